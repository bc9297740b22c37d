"""Waivers: a live one turns a failed or insufficient answer of exactly its rule, version and stage into `waived`.

An error is never waived, nor a rule that its policy does not call waivable. What a waiver excuses is checked again at
every judgement, against the policy and the people of that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from rampgate.core.bound import BoundRule
from rampgate.model.facts import Facts
from rampgate.model.finding import Finding
from rampgate.model.ladder import Ladder
from rampgate.model.people import People
from rampgate.model.policy import Waivable
from rampgate.model.registry import Governance, WaiverCap
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.vocabulary import Effect, Outcome
from rampgate.model.waiver import Waiver

EXCUSABLE = (Outcome.FAIL, Outcome.INSUFFICIENT)


def waive(
    findings: Iterable[Finding], waivers: Sequence[Sourced[Waiver]], rules: Mapping[str, BoundRule], facts: Facts
) -> Iterator[Finding]:
    """Yield the findings, those that a live waiver excuses as `waived`, those that a dead one names with the reason.

    The next step of one that blocks, and that a waiver could excuse, ends with how to ask for it.
    """
    for finding in findings:
        named = [each.noun for each in waivers if _names(each.noun, finding, facts)]
        if finding.outcome not in EXCUSABLE:
            yield finding
            continue
        reasons: list[str] = []
        for waiver in sorted(named, key=lambda each: each.id):
            reason = why_void(waiver, rules.get(finding.rule), facts, finding.outcome)
            if not reason:
                yield finding.waived_by(waiver.id, waiver.ends)
                break
            reasons.append(f"waiver {waiver.id} does not help: {reason}")
        else:
            open_one = replace(finding, message="; ".join([finding.message, *reasons]))
            yield _with_the_way_to_a_waiver(open_one, rules.get(finding.rule), facts)


def _names(waiver: Waiver, finding: Finding, facts: Facts) -> bool:
    transition = facts.change.transition
    return (
        transition is not None
        and waiver.rule == finding.rule
        and waiver.model == transition.model
        and waiver.version == transition.version
    )


def why_void(waiver: Waiver, bound: BoundRule | None, facts: Facts, outcome: Outcome) -> str:
    """Return why a waiver that names a rule and version does not count, or "" when it does."""
    if facts.ladder.canonical(waiver.entering) != facts.entering:
        return f"it is for entering `{waiver.entering}`, this is `{facts.entering}`"
    if not waiver.is_live(facts.today):
        return f"it ended on {waiver.ends}" if waiver.ends < facts.today else f"it starts on {waiver.starts}"
    if bound is None or bound.rule.waivable is None or not bound.kind.may_be_waived:
        return "the rule can not be waived"
    terms = bound.rule.waivable
    if outcome not in terms.outcomes:
        return f"the rule may be waived when it is {' or '.join(terms.outcomes)}, and it is {outcome}"
    return too_long(waiver, terms, cap_of(facts.governance), facts.ladder) or not_granted(waiver, terms, facts.people)


def _with_the_way_to_a_waiver(finding: Finding, bound: BoundRule | None, facts: Facts) -> Finding:
    transition = facts.change.transition
    if bound is None or bound.rule.waivable is None or not bound.kind.may_be_waived or transition is None:
        return finding
    terms = bound.rule.waivable
    days = limit_days(terms, cap_of(facts.governance), facts.entering)
    if finding.effect is not Effect.BLOCK or finding.outcome not in terms.outcomes or not days:
        return finding
    roles = " or ".join(f"`{role}`" for role in terms.by)
    command = (
        f"rampgate waive {finding.rule} {transition.model} {transition.version} --entering {facts.entering} "
        f"--days {days} --owner PERSON --approved-by PERSON --reason TEXT"
    )
    step = f"ask for a waiver, which a {roles} grants: `{command}`"
    return replace(finding, fix=f"{finding.fix}; or {step}" if finding.fix else step)


def too_long(waiver: Waiver, terms: Waivable, cap: WaiverCap | None, ladder: Ladder) -> str:
    """Return why a waiver lives longer than its rule or the organisation allows, or "" when it does not."""
    days = (date.fromisoformat(waiver.ends) - date.fromisoformat(waiver.starts)).days + 1
    # A stage that was renamed since is meant by its old name.
    stage = ladder.canonical(waiver.entering) or waiver.entering
    limit = _days_at(terms, stage)
    if days > limit:
        return f"it lasts {days} days, and the rule allows {limit} at `{stage}`"
    if cap is None or days <= cap.days_at(stage):
        return ""
    if not cap.days_at(stage):
        return f"policies/governance.yaml allows no waiver at `{stage}`"
    return f"it lasts {days} days, and policies/governance.yaml allows {cap.days_at(stage)} at `{stage}`"


def limit_days(terms: Waivable, cap: WaiverCap | None, stage: str) -> int:
    """Return the longest life in days of a waiver of a rule for entering a stage, 0 where there can be none."""
    days = _days_at(terms, stage)
    return days if cap is None else min(days, cap.days_at(stage))


def _days_at(terms: Waivable, stage: str) -> int:
    return terms.max_days if isinstance(terms.max_days, int) else terms.max_days.get(stage, 0)


def cap_of(governance: Governance | Missing) -> WaiverCap | None:
    """Return the organisation's ceiling over every waiver, None where there is none."""
    return None if isinstance(governance, Missing) else governance.waivers


def not_granted(waiver: Waiver, terms: Waivable, people: People) -> str:
    """Return why who approved a waiver may not grant it, or "" when they may."""
    person = people.named(waiver.approved_by)
    if person is None or not set(person.roles) & set(terms.by):
        return f"`{waiver.approved_by}` holds none of the roles that may grant it ({', '.join(terms.by)})"
    return ""
