"""Break-glass: the one that a promotion brings turns open answers of exactly the rules that it names into `waived`.

It excuses nothing unless every one of its terms holds; only the approval of the second person is left to the built-in
rule that waits for it, so that the verdict is `hold` until then and never `allow`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from rampgate.approvals.quorum import in_words
from rampgate.core.bound import BoundRule
from rampgate.core.builtin import BUILT_IN
from rampgate.core.select import QUORUM_KIND
from rampgate.model.exceptions import BreakGlassRow, ReviewState
from rampgate.model.facts import Facts
from rampgate.model.finding import BY_BREAK_GLASS, Finding
from rampgate.model.people import People
from rampgate.model.policy import Policy
from rampgate.model.registry import Governance
from rampgate.model.sourced import Sourced
from rampgate.model.statements import BreakGlass, BreakGlassReview
from rampgate.model.vocabulary import Effect, Outcome
from rampgate.rules._base import RuleKind
from rampgate.rules._break_glass import Brought, brought, days_between, faults, review_of, reviewer_roles

EXCUSABLE: Final = (Outcome.FAIL, Outcome.INSUFFICIENT, Outcome.WAITING)


VersionRecords = tuple[Mapping[str, Sourced[BreakGlass]], Mapping[str, Sourced[BreakGlassReview]]]
"""The break-glass files of a version and their reviews, by the names of their files."""


def may_be_bypassed(kind: RuleKind[Any]) -> bool:
    """Return whether a break-glass may name rules of this kind: those that can be waived, and approvals.

    Two named persons of the roles that governance trusts with an emergency stand in for a quorum; nothing stands in
    for identity, for where the model came from, or for the record.
    """
    return not kind.built_in and (kind.may_be_waived or kind.id == QUORUM_KIND)


def bypassable(policies: Sequence[Sourced[Policy]], kinds: Mapping[str, RuleKind[Any]]) -> frozenset[str]:
    """Return the ids of the rules that a break-glass may name."""
    rules = (rule for policy in policies for rule in policy.noun.rules)
    own = (bound.rule.id for bound in BUILT_IN if may_be_bypassed(bound.kind))
    return frozenset([*own, *(rule.id for rule in rules if rule.kind in kinds and may_be_bypassed(kinds[rule.kind]))])


def excuse(
    findings: Sequence[Finding], after_waivers: Iterable[Finding], rules: Mapping[str, BoundRule], facts: Facts
) -> Iterator[Finding]:
    """Yield the findings after waivers, those that still block and that a valid break-glass names as `waived` by it.

    findings: the same without waivers, in the same order; what a break-glass excuses asks for no waiver any more.
    """
    found = _valid(facts)
    for bare, finding in zip(findings, after_waivers, strict=True):
        if found is not None and _is_excused(finding, found, rules.get(finding.rule)):
            noun = found.event.noun
            # Whoever need not approve any more is not awaited either.
            yield replace(bare.waived_by(f"{BY_BREAK_GLASS}{found.id}", noun.review_by), slots=())
        else:
            yield finding


def break_glass_rows(
    model: str, versions: Mapping[str, VersionRecords], people: People, governance: Governance, day: str
) -> list[BreakGlassRow]:
    """Return every break-glass of a model with its review or how long there is for one, as of a UTC day."""
    rows = []
    for version, (events, reviews) in sorted(versions.items()):
        for id_, event in sorted(events.items()):
            review = review_of(id_, event.noun, reviews)
            days = days_between(day, event.noun.review_by) + 1
            state = ReviewState.REVIEWED if review else ReviewState.OPEN if days > 0 else ReviewState.OVERDUE
            step = "" if review else _review_step(id_, event, people, governance)
            rows.append(BreakGlassRow(id_, model, version, event.noun, state, days, review, step))
    return rows


def reviewers(people: People, governance: Governance, event: BreakGlass) -> list[str]:
    """Return who may review a break-glass: holders of a role that reviews, but the two who broke it."""
    roles = set(reviewer_roles(governance))
    return [
        each.name for each in people.people if roles & set(each.roles) and each.name not in (event.by, event.second)
    ]


def _review_step(id_: str, event: Sourced[BreakGlass], people: People, governance: Governance) -> str:
    who = in_words([f"`{name}`" for name in reviewers(people, governance, event.noun)], "or")
    command = f'`rampgate break-glass review {id_} --conclusion accepted|rolled-back|rejected --reason "..."`'
    return f"{who or 'somebody of a role that reviews'} reviews it: {command}"


def _valid(facts: Facts) -> Brought | None:
    new = brought(facts)
    return new[0] if len(new) == 1 and not any(True for _ in faults(new[0], facts)) else None


def _is_excused(finding: Finding, found: Brought, bound: BoundRule | None) -> bool:
    if bound is None or not may_be_bypassed(bound.kind) or finding.rule not in found.event.noun.rules:
        return False
    # An objection is lifted by who made it; only the lack of an approval is bypassed.
    open_ones = (Outcome.WAITING,) if bound.kind.id == QUORUM_KIND else EXCUSABLE
    return finding.effect is Effect.BLOCK and finding.outcome in open_ones
