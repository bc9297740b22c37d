"""Replays: recorded decisions judged again, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rampgate.model.rule_shift import RuleShift


class ReplayState(StrEnum):
    """What came of judging a decision again."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_REPLAYABLE = "not replayable"
    NOTHING_JUDGED = "nothing was judged"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing that differs between a recorded decision and the same decision made again.

    rule: whose answer differs, "" where it is no rule's. outcome: what the rule said on record, "" for none.
    field: what differs of it, such as `found`, or a place in the document, such as `approvals.counted[0].person`.
    old: on record; new: now; in words, `-` for nothing.
    """

    rule: str
    outcome: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """One record, judged again. about: what it is about, in a line; at: the moment it was judged as of.

    verdict: the recorded one, "" where nothing was judged. why: why it is not replayable, or was not judged.
    engine: the version that is on record, with the beginning of its digest.
    """

    seq: int
    about: str
    at: str
    state: ReplayState
    verdict: str = ""
    why: str = ""
    difference: Difference | None = None
    engine: str = ""


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What came of replaying. version, sha256: of the engine here; size: how many records the history has.

    is_strict: whether each decision was made again only by the engine that had made it.
    """

    version: str
    sha256: str
    is_strict: bool
    repository: str
    size: int
    rows: tuple[Replayed, ...]

    @property
    def counts(self) -> Mapping[ReplayState, int]:
        """Return how many records there are of each state, every state included."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in ReplayState}

    @property
    def is_sound(self) -> bool:
        """Return whether everything that was judged gives the same again."""
        return not self.counts[ReplayState.DIFFERS] and not self.counts[ReplayState.NOT_REPLAYABLE]


@dataclass(frozen=True, slots=True)
class PastRow:
    """One recorded decision, judged again under other policies.

    before: the recorded verdict; after: the verdict under them, "" where it can not be judged again, and `why` says
    why. shifts: the rules that answer differently. problems: what made the input invalid under them.
    """

    seq: int
    about: str
    at: str
    before: str
    after: str
    shifts: tuple[RuleShift, ...] = ()
    problems: tuple[str, ...] = ()
    why: str = ""

    @property
    def flips(self) -> bool:
        """Return whether the verdict differs."""
        return bool(self.after) and self.before != self.after


@dataclass(frozen=True, slots=True)
class Past:
    """Recorded decisions under other policies.

    policies: in words. moment: RFC 3339, "" for each decision's own. rows: every decision that was looked at, the
    oldest first. size: how many records the history has. left_out: how many decisions were not looked at, all older.
    not_judged: how many records of those asked for hold no decision. missing: why there is no history, "" where there
    is one.
    """

    policies: str
    moment: str = ""
    rows: tuple[PastRow, ...] = ()
    size: int = 0
    left_out: int = 0
    not_judged: int = 0
    missing: str = ""

    @property
    def flips(self) -> tuple[PastRow, ...]:
        """Return the decisions whose verdict differs."""
        return tuple(row for row in self.rows if row.flips)

    @property
    def not_replayable(self) -> tuple[PastRow, ...]:
        """Return the decisions that can not be judged again."""
        return tuple(row for row in self.rows if not row.after)
