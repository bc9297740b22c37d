"""What can be wrong with the terms of waivers and of break-glass: names nobody knows, persons nobody can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rampgate.approvals.slots import assign
from rampgate.errors import Problem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.ladder import Ladder
from rampgate.model.people import People
from rampgate.model.policy import Policy, Rule
from rampgate.model.registry import BreakGlassTerms, Governance, WaiverCap
from rampgate.model.sourced import Sourced


def terms_problems(governance: Sourced[Governance], people: People, ladder: Ladder) -> Iterator[Problem]:
    """Yield unknown stages of the ceiling, why nobody could break the glass, and roles that lift no objection."""
    cap, terms = governance.noun.waivers, governance.noun.break_glass
    for stage in cap.max_days if cap is not None and not isinstance(cap.max_days, int) else ():
        if stage not in ladder.names:
            hint = did_you_mean(stage, ladder.names)
            fix = "known: " + ", ".join(f"`{each}`" for each in ladder.names)
            yield governance.problem(("waivers", "max_days", stage), f"unknown stage `{stage}`{hint}", fix=fix)
    if terms is not None:
        yield from _break_glass_problems(governance, terms, people)
    held = sorted({role for person in people.people for role in person.roles})
    for index, role in enumerate(governance.noun.veto_lifted_by):
        if role not in held:
            fix = "known: " + ", ".join(f"`{each}`" for each in held)
            message = f"nobody holds the role `{role}`{did_you_mean(role, held)}"
            yield governance.problem(("veto_lifted_by", index), message, fix=fix)


def _break_glass_problems(governance: Sourced[Governance], terms: BreakGlassTerms, people: People) -> Iterator[Problem]:
    held = sorted({role for person in people.people for role in person.roles})
    unheld = [
        (key, index, role)
        for key, roles in (("by", terms.by), ("reviewed_by", terms.reviewed_by))
        for index, role in enumerate(roles)
        if role not in held
    ]
    for key, index, role in unheld:
        message = f"nobody holds the role `{role}`{did_you_mean(role, held)}"
        fix = "known: " + ", ".join(f"`{each}`" for each in held)
        yield governance.problem(("break_glass", key, index), message, fix=fix)
    able = [person for person in people.people if person.accounts]
    breakers = [person.name for person in able if set(person.roles) & set(terms.by)]
    reviewers = [person.name for person in able if set(person.roles) & set(terms.reviewed_by)]
    # Two break the glass and a third reviews it: three places, three persons.
    if not unheld and not all(assign([breakers, breakers, reviewers])):
        message = "break-glass takes two persons and a third who reviews it; the people file has no such three"
        fix = "give the roles to more people with accounts in policies/people.yaml"
        yield governance.problem(("break_glass",), message, fix=fix)


def rules_beyond_cap(policies: Sequence[Sourced[Policy]], cap: WaiverCap | None, ladder: Ladder) -> Iterator[Problem]:
    """Yield every rule whose `max_days` exceeds the ceiling at a stage at which it speaks.

    The ceiling holds all the same; a policy that promises more than it can give must not stop the gate.
    """
    if cap is None:
        return
    for policy in policies:
        for index, rule in enumerate(policy.noun.rules):
            for stage, days in _stages_waived(rule, ladder):
                limit = cap.days_at(stage)
                if days > limit:
                    allowed = f"allows {limit}" if limit else "allows no waiver"
                    message = f"waivers of {days} days at `{stage}`, where policies/governance.yaml {allowed}"
                    pointer = ("rules", index, "waivable", "max_days")
                    fix = f"write at most {limit} for `{stage}`" if limit else f"list days by stage, without `{stage}`"
                    yield policy.problem(pointer, message, fix=fix)
                    break


def _stages_waived(rule: Rule, ladder: Ladder) -> Iterator[tuple[str, int]]:
    """Yield (stage, days) of every rung at which a rule speaks and may be waived; nothing is moved to the first."""
    if rule.waivable is None:
        return
    spoken = None if rule.applies.entering is None else {ladder.canonical(stage) for stage in rule.applies.entering}
    days = rule.waivable.max_days
    for stage in ladder.names if spoken is not None else ladder.names[1:]:
        if spoken is None or stage in spoken:
            limit = days if isinstance(days, int) else days.get(stage, 0)
            if limit:
                yield stage, limit
