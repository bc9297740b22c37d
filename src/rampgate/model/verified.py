"""What the proof of a decision history works on and comes to: the governed line, mismatches, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that is not as it must be.

    kind: a stable name, such as `record.signature`. place: `record 42`, a commit, a checkpoint. seq: the place in the
    history, None where it is about none. found, expected: "" where there is nothing to compare.
    """

    kind: str
    place: str
    message: str
    found: str = ""
    expected: str = ""
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class LineCommit:
    """One commit of the governed branch. parents: the first is the commit before it on the line.

    governed: the governed paths at which it differs from that one, in order. files: what stands at paths of cards and
    policies after it, by path, "" for nothing, where it differs.
    """

    commit: str
    tree: str
    parents: tuple[str, ...]
    governed: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """The governed branch by first parents. commits: oldest first; the first of them is where it is begun with.

    files: what stood at paths of cards and policies at the first: path -> object name.
    """

    commits: Sequence[LineCommit]
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def tip(self) -> str:
        """Return the newest commit."""
        return self.commits[-1].commit


@dataclass
class Tally:
    """Counts over the records that were verified."""

    kinds: Counter[str] = field(default_factory=Counter)
    landed: Counter[str] = field(default_factory=Counter)
    """By verdict, of what landed."""
    closed: Counter[str] = field(default_factory=Counter)
    """By verdict, of what did not land."""
    past_the_gate: int = 0
    corrected: int = 0
    break_glass: int = 0
    waived: int = 0
    inputs: int = 0
    keys: dict[str, int] = field(default_factory=dict)
    """Records by the name of the key that signed them."""
    first_at: str = ""
    last_at: str = ""

    @property
    def records(self) -> int:
        """Return how many records were read and understood."""
        return self.kinds.total()


@dataclass(frozen=True, slots=True)
class HeldCheckpoint:
    """A checkpoint that was held against the history. witness: the name of the key, "" where none signed it."""

    path: str
    size: int
    witness: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """What `rampgate audit verify` found.

    size: how many records the log has; since: how many of them were taken on a checkpoint's word. head: the digest of
    the newest record; commit: of the branch; covered: the newest commit of the governed branch on record.
    opened: the commit that the history begins at, "" where it can not be told. commits, governed: of the governed
    branch after that, and those of them that differ in governed paths.
    keys_from: where the keys come from. tail_anchored: whether a checkpoint was held against the log, without which
    nobody can tell that its newest records were taken away.
    """

    size: int
    since: int
    head: str
    commit: str
    covered: str
    opened: str
    branch: str
    governed_tip: str
    commits: int
    governed: int
    keys_from: Literal["file", "repository"]
    trust: str
    checkpoints: tuple[HeldCheckpoint, ...]
    tally: Tally
    mismatches: tuple[Mismatch, ...]

    @property
    def holds(self) -> bool:
        """Return whether nothing was found."""
        return not self.mismatches

    @property
    def tail_anchored(self) -> bool:
        """Return whether a believed checkpoint says how long the history was at least."""
        return any(each.agrees for each in self.checkpoints)
