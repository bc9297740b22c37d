"""In which states a waiver is, why, and what to do about it; pure.

What the gate would say of its rule is handed in: the findings on entering the waiver's stage, with and without waivers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from rampgate.core.bound import BoundRule
from rampgate.core.builtin import BUILT_IN
from rampgate.core.waive import EXCUSABLE, limit_days, not_granted, too_long
from rampgate.formats.suggest import did_you_mean
from rampgate.model.exceptions import WaiverRow, WaiverState
from rampgate.model.finding import Finding
from rampgate.model.ladder import Ladder
from rampgate.model.people import People
from rampgate.model.registry import WaiverCap
from rampgate.model.vocabulary import RETIRED, STANDBY, ChangeKind, Effect, Outcome
from rampgate.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What waivers are held against. rules: id -> rule in force; cap: None where the organisation has no ceiling."""

    day: str
    horizon_days: int
    rules: Mapping[str, BoundRule]
    people: People
    ladder: Ladder
    cap: WaiverCap | None


@dataclass(frozen=True, slots=True)
class Version:
    """The version that a waiver names.

    stage: by today's name. absent: why there is none, "" where there is one. bare: what the waiver's rule says on
    entering the waiver's stage without any waiver, None where that can not be asked; under_waivers: with all of them.
    """

    stage: str = ""
    absent: str = ""
    bare: tuple[Finding, ...] | None = None
    under_waivers: tuple[Finding, ...] = ()


def row_of(waiver: Waiver, path: str, version: Version, around: Surroundings) -> WaiverRow:
    """Return a waiver with everything that is to be said of it."""
    found = list(_states(waiver, version, around))
    states = tuple(dict.fromkeys(state for state, _ in found))
    days = (date.fromisoformat(waiver.ends) - date.fromisoformat(around.day)).days + 1
    reasons = tuple(reason for _, reason in found if reason)
    return WaiverRow(waiver, path, states, reasons, days, _next_step(waiver, path, states, around))


def _states(waiver: Waiver, version: Version, around: Surroundings) -> Iterator[tuple[WaiverState, str]]:
    """Yield every state with its reason, "" where the state says it all."""
    if waiver.ends < around.day:
        yield WaiverState.EXPIRED, ""
        open_ones = [each for each in version.under_waivers if _blocks(each)]
        if open_ones and was_entered(around.ladder, waiver.entering, version.stage):
            first = open_ones[0]
            yield WaiverState.OVERDUE, f"`{first.rule}` is {first.outcome} without it: {first.message}"
        return
    dead = [(WaiverState.VOID, reason) for reason in _why_void(waiver, version, around)]
    bound = around.rules.get(waiver.rule)
    if bound is not None and bound.rule.waivable is not None:
        long = too_long(waiver, bound.rule.waivable, around.cap, around.ladder)
        dead += [(WaiverState.TOO_WIDE, long)] if long else []
    if waiver.starts > around.day:
        yield WaiverState.NOT_STARTED, ""
    elif not dead:
        yield WaiverState.LIVE, ""
    if waiver.starts <= around.day and waiver.ends <= days_after(around.day, around.horizon_days):
        yield WaiverState.EXPIRING, ""
    yield from dead
    unused = "" if dead or bound is None else _why_unused(waiver, version, bound, around.ladder)
    if unused and waiver.starts <= around.day:
        yield WaiverState.UNUSED, unused


def no_such_rule(rule: str, rules: Mapping[str, BoundRule]) -> str:
    """Return why a waiver of a rule that no policy has can never count."""
    if rule in {bound.rule.id for bound in BUILT_IN}:
        return f"`{rule}` is a rule of rampgate itself, and can not be waived"
    return f"there is no rule `{rule}`{did_you_mean(rule, rules)}"


def _why_void(waiver: Waiver, version: Version, around: Surroundings) -> Iterator[str]:
    bound = around.rules.get(waiver.rule)
    if bound is None:
        yield no_such_rule(waiver.rule, around.rules)
    elif bound.rule.waivable is None or not bound.kind.may_be_waived:
        yield f"the rule `{waiver.rule}` can not be waived any more"
    names = [person.name for person in around.people.people]
    for word, name in (("owner", waiver.owner), ("approver", waiver.approved_by)):
        if name not in names:
            yield f"its {word} `{name}` is not in policies/people.yaml{did_you_mean(name, names)}"
    if waiver.approved_by in names and bound is not None and bound.rule.waivable is not None:
        reason = not_granted(waiver, bound.rule.waivable, around.people)
        if reason:
            yield reason
    if around.ladder.position(waiver.entering) is None:
        yield f"there is no stage `{waiver.entering}`{did_you_mean(waiver.entering, around.ladder.names)}"
    if version.absent:
        yield version.absent


def _why_unused(waiver: Waiver, version: Version, bound: BoundRule, ladder: Ladder) -> str:
    """Return why a waiver that counts excuses nothing now, or "" where it does."""
    reason = passed_by(waiver, version.stage, bound, ladder)
    if reason or version.bare is None or ladder.position(version.stage) == ladder.position(waiver.entering):
        return reason
    rule, terms = waiver.rule, bound.rule.waivable
    open_ones = [each for each in version.bare if _blocks(each)]
    if open_ones:
        helped = terms is not None and any(each.outcome in terms.outcomes for each in open_ones)
        return "" if helped else f"`{rule}` is {open_ones[0].outcome}, for which it can not be waived"
    outcomes = {each.outcome for each in version.bare}
    if Outcome.ERROR in outcomes:
        return ""
    if outcomes & set(EXCUSABLE):
        return f"`{rule}` does not block at `{waiver.entering}`"
    if Outcome.PASS in outcomes:
        return f"`{rule}` passes"
    return f"`{rule}` does not apply: {version.bare[0].message}" if version.bare else ""


def _blocks(finding: Finding) -> bool:
    return finding.effect is Effect.BLOCK and finding.outcome in EXCUSABLE


def passed_by(waiver: Waiver, stage: str, bound: BoundRule | None, ladder: Ladder) -> str:
    """Return that a version has passed or left the stage that a waiver is for, or "" where it has not.

    A version at that very stage still needs the waiver where its rule judges amendments.
    """
    aims, stands = ladder.position(waiver.entering), ladder.position(stage)
    about = f"{waiver.model} {waiver.version}"
    if stage in (STANDBY, RETIRED):
        return f"{about} stands at `{stage}`, beside the ladder"
    if aims is None or stands is None or stands < aims:
        return ""
    if stands > aims:
        return f"{about} stands at `{stage}` already, beyond `{waiver.entering}`"
    amends = bound is not None and ChangeKind.AMEND in bound.rule.applies.changes
    return "" if bound is None or amends else f"{about} stands at `{stage}` already"


def was_entered(ladder: Ladder, entering: str, stage: str) -> bool:
    """Return whether a version at a stage has come by the rung that a waiver is for."""
    there = ladder.position(entering)
    here = ladder.position(ladder.judged_as(stage)) if ladder.canonical(stage) else None
    return there is not None and here is not None and there <= here


def days_after(day: str, days: int) -> str:
    """Return the UTC day that is so many days after another, the calendar's last where it ends before."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return date.max.isoformat()


def _next_step(waiver: Waiver, path: str, states: tuple[WaiverState, ...], around: Surroundings) -> str:
    remove = f"remove {path}, in a pull request of its own"
    if WaiverState.OVERDUE in states:
        command = f"rampgate plan {waiver.model} --version {waiver.version}"
        return f"meet `{waiver.rule}` (`{command}` says how), or ask for a new waiver; then {remove}"
    if WaiverState.VOID in states or WaiverState.UNUSED in states or WaiverState.EXPIRED in states:
        return remove
    if WaiverState.TOO_WIDE in states:
        bound = around.rules.get(waiver.rule)
        terms = bound.rule.waivable if bound is not None else None
        stage = around.ladder.canonical(waiver.entering) or waiver.entering
        limit = limit_days(terms, around.cap, stage) if terms is not None else 0
        return f"{remove}, and ask for one of at most {limit} days" if limit else remove
    if WaiverState.EXPIRING in states:
        return f"let `{waiver.entering}` be entered by {waiver.ends}, or ask for a new waiver"
    return ""
