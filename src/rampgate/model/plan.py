"""Plans: what stands between a version and each rung above it, before any pull request exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rampgate.model.approval import SlotState
from rampgate.model.exceptions import BreakGlassRow
from rampgate.model.finding import Finding
from rampgate.model.vocabulary import Outcome, Tier, Verdict
from rampgate.model.waiver import Waiver

if TYPE_CHECKING:
    from rampgate.model.replay import Past


@dataclass(frozen=True, slots=True)
class RungPlan:
    """One rung above: what the gate would say if the version were promoted to it now, from the rung below.

    unmet: findings that block, are no approvals and wait for no day. waiting: findings that block and only wait for a
    person or a day. warnings: the same of rules that only warn. missing: places that nobody fills yet. expiring: what
    holds now and ends within the plan's horizon. not_before: the earliest UTC day, were everything else met; days:
    what that day rests on. unknown: what no file says about days.
    """

    stage: str
    exposure_percent: int
    verdict: Verdict
    unmet: tuple[Finding, ...] = ()
    waiting: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    waived: tuple[Finding, ...] = ()
    missing: tuple[SlotState, ...] = ()
    expiring: tuple[Finding, ...] = ()
    not_before: str = ""
    days: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comeback:
    """The rollback that a restore may undo. to: the highest stage; on: its day; until: the last day, inclusive."""

    to: str
    on: str
    until: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What stands between one version and each rung above it, up to the last or to the one asked for.

    overdue: waivers that ended, under which the version came to where it stands, or below, and whose rule is still
    open. ending: live waivers of
    the version that end within the horizon. reviews_owed: every break-glass of the model that nobody has reviewed.
    not_landed: waivers that the governed branch does not hold yet, and which
    the gate therefore does not know. horizon_days: how far "soon" reaches. comeback: None where no rollback can
    be undone. since: the moment since when it stands there by the decision history, "" where that does not tell.
    """

    model: str
    version: str
    stage: str
    tier: Tier
    now: str
    rungs: tuple[RungPlan, ...]
    overdue: tuple[Waiver, ...] = ()
    ending: tuple[Waiver, ...] = ()
    not_landed: tuple[Waiver, ...] = ()
    reviews_owed: tuple[BreakGlassRow, ...] = ()
    horizon_days: int = 30
    comeback: Comeback | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class RuleShift:
    """How one rule answers under two sets of policies, in words; `-` where it does not speak or is not there.

    reason: what it says under the second, "" where that is not told.
    """

    rule: str
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WhatIfRow:
    """One question about one version under two sets of policies.

    question: `next` for the next promotion, `standing` for the stage where it stands, approvals taken as given.
    before, after: a verdict, `invalid` where the files are invalid under those policies, `not asked` where their ladder
    has no such question. shifts: the rules that answer differently.
    """

    model: str
    version: str
    stage: str
    question: str
    entering: str
    before: str
    after: str
    shifts: tuple[RuleShift, ...] = ()

    @property
    def flips(self) -> bool:
        """Return whether the verdict differs."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What other policies would change. rows: every question, flipped or not. problems: why files would be invalid.

    borrowed: control files that the other policies lack and that were taken from the repository. past: recorded
    decisions under the other policies, None where they were not asked about.
    """

    policies: str
    now: str
    rows: tuple[WhatIfRow, ...]
    problems_before: tuple[str, ...] = ()
    problems_after: tuple[str, ...] = ()
    borrowed: tuple[str, ...] = ()
    past: Past | None = None


MET = (Outcome.PASS, Outcome.WAIVED, Outcome.NOT_APPLICABLE)
"""Outcomes that need nobody's hand."""
