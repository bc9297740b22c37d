"""Plans: what stands between a version and each rung above it, before any pull request exists."""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.model.approval import SlotState
from rampgate.model.exceptions import BreakGlassRow
from rampgate.model.finding import Finding
from rampgate.model.vocabulary import Outcome, Tier, Verdict
from rampgate.model.waiver import Waiver


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


MET = (Outcome.PASS, Outcome.WAIVED, Outcome.NOT_APPLICABLE)
"""Outcomes that need nobody's hand."""
