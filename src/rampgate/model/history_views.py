"""What is told of the decision history: entries of a list, what stood where, samples, and one record whole.

Values that reports write and that the Python API hands out; made by `rampgate.core` from records that were believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rampgate.model.history import HistoryKey
from rampgate.model.record import Record
from rampgate.model.sourced import Missing


class Deed(StrEnum):
    """What somebody did for a decision."""

    OPENED = "opened"
    """Opened the pull request."""
    APPROVED = "approved"
    """Gave an approval that counted."""
    GRANTED = "granted"
    """Granted a waiver that the decision rests on, or that the change brings."""
    BYPASSED = "bypassed"
    """Broke the glass, as the first person or the second."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who had a hand in a decision.

    person: the name in the people file, else the login. roles: whose places an approval filled. what: the waiver or
    break-glass, "" for none.
    """

    person: str
    deed: Deed
    roles: tuple[str, ...] = ()
    what: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it is listed.

    record: without findings and inputs, which `History.record` gives. digest: 64 hexadecimal digits, of the envelope.
    """

    record: Record
    digest: str
    hands: tuple[Hand, ...] = ()

    @property
    def seq(self) -> int:
        """Return the place of the record in the history, from 0."""
        return self.record.seq

    @property
    def verdict(self) -> str:
        """Return what was decided, "" where the record holds no decision."""
        return str(self.record.decision.verdict) if self.record.decision else ""

    @property
    def title(self) -> str:
        """Return what it is about in one line; what moves no version is told by the statements that it brings."""
        if self.record.moves or (self.record.decision and self.record.decision.transition):
            return self.record.title
        names = [each.path.rpartition("/")[2].removesuffix(".yaml") for each in self.record.statements]
        corrected = [f"record {seq}" for seq in self.record.corrects]
        about = ", ".join(names or [f"corrects {', '.join(corrected)}"] if names or corrected else ())
        return f"{self.record.kind} {about}".strip()

    @property
    def stages(self) -> tuple[str, ...]:
        """Return the stages that something came to, or was to come to."""
        shown = self.record.decision.transition if self.record.decision else None
        found = [*([shown.to] if shown else []), *(move.to for move in self.record.moves if move.to)]
        return tuple(dict.fromkeys(found))

    def people(self, deed: Deed) -> tuple[str, ...]:
        """Return who did something for it, in order, each once."""
        return tuple(dict.fromkeys(each.person for each in self.hands if each.deed is deed))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which records are meant; "" and False leave a question open.

    stage: one that something came to, or was to come to. person: who opened, approved, granted or bypassed.
    since, until: UTC days, both included, of the moment that was judged as of. newest: at most so many, the newest;
    0 for all. size: as if the history had only its first so many records; 0 for all.
    """

    model: str = ""
    stage: str = ""
    person: str = ""
    verdict: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    past_the_gate: bool = False
    newest: int = 0
    size: int = 0

    @property
    def given(self) -> dict[str, str | int | bool]:
        """Return the questions that are asked, by name."""
        names = ("model", "stage", "person", "verdict", "kind", "since", "until", "past_the_gate", "newest", "size")
        return {name: value for name in names if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries in the order of the history.

    size: how many records the history has; head: the digest of the newest of them.
    """

    entries: tuple[Entry, ...]
    filters: Filters
    repository: str
    size: int
    head: str
    corrected: Mapping[int, int] = field(default_factory=dict)
    """The place of a record -> that of the newest record that puts it right."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One entry of a sample. rank: from 1, in the order of the keys; key: 64 hexadecimal digits."""

    rank: int
    key: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Sample:
    """Entries that were drawn by a seed. population: the records that were drawn from; drawn: in the log's order."""

    population: Listing
    seed: str
    asked: int
    drawn: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Stood:
    """Where one version stood at a moment.

    exposure_percent: by the ladder of that time; traffic_percent: the same, but the last rung serves what the
    challenger does not. since: RFC 3339. way: every record that brought or moved it, oldest first; the last one that
    placed it where it stood is `placed_by`. past_the_gate: place of a record -> the faults of it, of those that went
    past the gate with this version; put_right: those of them that a later record had put right by then, and by which.
    """

    model: str
    version: str
    stage: str
    artifact: str
    since: str
    exposure_percent: int | Missing
    traffic_percent: int | Missing
    placed_by: Entry
    way: tuple[Entry, ...]
    past_the_gate: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    put_right: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AsOf:
    """What stood where at a moment.

    moment: RFC 3339 in UTC, up to and including it. asked: as it was asked for, a day or a moment. size: how many
    records had happened by then; newest: the last of them. commit: of the governed branch, whose ladder counted.
    unread: why that ladder can not be read, "" where it can. retired: how many versions were retired by then.
    """

    asked: str
    moment: str
    model: str
    repository: str
    branch: str
    size: int
    newest: Entry
    commit: str
    unread: str
    rows: tuple[Stood, ...]
    retired: int


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a record. fingerprint: of the key, as `ssh-keygen -l` shows it."""

    key: HistoryKey
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What people stated with a change. text: the file, or why it is not there to be read."""

    kind: str
    path: str
    sha256: str
    text: str | Missing


@dataclass(frozen=True, slots=True)
class Shown:
    """One record whole, with what stands around it.

    record: with all of its findings and inputs. path: its file on the history's branch. document: the decision as it
    was told then (`rampgate/decision/v1`), None where nothing was decided. fate: what became of it, in words.
    neighbours: model -> the places of its record before and after, None for none. same_pull: other records of the
    same pull request. corrected_by: the record that puts it right.
    """

    record: Record
    entry: Entry
    path: str
    signed: Signed
    document: Mapping[str, Any] | None
    statements: tuple[Statement, ...]
    fate: str
    later: tuple[Entry, ...]
    neighbours: Mapping[str, tuple[int | None, int | None]]
    same_pull: tuple[Entry, ...]
    corrected_by: int | None

    @property
    def landed_as_judged(self) -> bool | None:
        """Return what the record says of it; see `Record.landed_as_judged`."""
        return self.record.landed_as_judged
