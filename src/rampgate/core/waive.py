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
from rampgate.model.people import People
from rampgate.model.policy import Waivable
from rampgate.model.sourced import Sourced
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
    return too_long(waiver, terms) or not_granted(waiver, terms, facts.people)


def _with_the_way_to_a_waiver(finding: Finding, bound: BoundRule | None, facts: Facts) -> Finding:
    transition = facts.change.transition
    if bound is None or bound.rule.waivable is None or not bound.kind.may_be_waived or transition is None:
        return finding
    terms = bound.rule.waivable
    days = terms.max_days if isinstance(terms.max_days, int) else terms.max_days.get(facts.entering, 0)
    if finding.effect is not Effect.BLOCK or finding.outcome not in terms.outcomes or not days:
        return finding
    roles = " or ".join(f"`{role}`" for role in terms.by)
    command = (
        f"rampgate waive {finding.rule} {transition.model} {transition.version} --entering {facts.entering} "
        f"--days {days} --owner PERSON --approved-by PERSON --reason TEXT"
    )
    step = f"ask for a waiver, which a {roles} grants: `{command}`"
    return replace(finding, fix=f"{finding.fix}; or {step}" if finding.fix else step)


def too_long(waiver: Waiver, terms: Waivable) -> str:
    """Return why a waiver lives longer than its rule allows, or "" when it does not."""
    days = (date.fromisoformat(waiver.ends) - date.fromisoformat(waiver.starts)).days + 1
    limit = terms.max_days if isinstance(terms.max_days, int) else terms.max_days.get(waiver.entering, 0)
    if days <= limit:
        return ""
    return f"it lasts {days} days, and the rule allows {limit} at `{waiver.entering}`"


def not_granted(waiver: Waiver, terms: Waivable, people: People) -> str:
    """Return why who approved a waiver may not grant it, or "" when they may."""
    person = people.named(waiver.approved_by)
    if person is None or not set(person.roles) & set(terms.by):
        return f"`{waiver.approved_by}` holds none of the roles that may grant it ({', '.join(terms.by)})"
    return ""
