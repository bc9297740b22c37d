"""Which rules speak about a change, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rampgate.core.bound import BoundRule
from rampgate.model.facts import Facts
from rampgate.model.vocabulary import EFFECT_STRENGTH, ChangeKind, Effect, Tier

QUORUM_KIND = "approval.roles"
"""The kind whose rules are asked again when a card beyond the first stage is edited."""


def select(rules: Iterable[BoundRule], facts: Facts) -> Iterator[tuple[BoundRule, str]]:
    """Yield every rule with "" where it speaks, else with the reason why it does not."""
    for rule in rules:
        yield rule, why_silent(rule, facts)


def why_silent(bound: BoundRule, facts: Facts) -> str:
    """Return why a rule does not speak about this change, or "" when it does."""
    rule, scope = bound.rule, bound.rule.applies
    if not rule.is_in_force(facts.today):
        force = rule.in_force
        return f"it is in force from {(force and force.from_) or 'ever'} to {(force and force.to) or 'ever'}"
    reason = _change_differs(bound, facts)
    if reason or facts.change.transition is None:
        return reason
    model, tier = facts.change.transition.model, tier_of(facts)
    if scope.models is not None and model not in scope.models:
        return f"it is for {_listed(scope.models)}; this is `{model}`"
    if scope.tiers is not None and tier not in scope.tiers:
        return f"it is for tier {_listed(scope.tiers)}; this model is `{tier}`"
    # A model without an entry has no task that could be trusted: every task's rules speak about it.
    if scope.tasks is not None and facts.entry is not None and facts.entry.task not in scope.tasks:
        return f"it is for task {_listed(scope.tasks)}; this model does `{facts.entry.task}`"
    return ""


def tier_of(facts: Facts) -> Tier:
    """Return the tier that a model is judged as: the stricter of card and registry; high where it is not listed."""
    return facts.tier


def _change_differs(bound: BoundRule, facts: Facts) -> str:
    """Return why the rule is not about such a change or stage, or "" when it is."""
    scope = bound.rule.applies
    asked = [(kind, stage) for kind, stage in _judged_as(bound, facts) if kind in scope.changes]
    if not asked:
        return f"it is for {_listed(scope.changes)}; this is `{facts.change.kind}`"
    if scope.entering is None:
        return ""
    wanted = {facts.ladder.canonical(stage) for stage in scope.entering}
    if any(stage in wanted for _, stage in asked):
        return ""
    return f"it is for entering {_listed(scope.entering)}; this is `{facts.entering or facts.change.kind}`"


def effect_of(bound: BoundRule, facts: Facts) -> Effect:
    """Return the effect of a rule that speaks: the strictest at the stages for which it is asked."""
    if not facts.entering:
        return bound.rule.effect if isinstance(bound.rule.effect, Effect) else Effect.BLOCK
    asked = [stage for kind, stage in _judged_as(bound, facts) if kind in bound.rule.applies.changes]
    stages = asked or [facts.entering]
    return max((bound.rule.effect_at(stage, facts.today) for stage in stages), key=EFFECT_STRENGTH.__getitem__)


def _judged_as(bound: BoundRule, facts: Facts) -> Iterator[tuple[ChangeKind, str]]:
    """Yield every (kind of change, stage) as which this change is judged by this rule.

    A promotion that edits its own folder is judged as an amendment too. An edit beyond the first stage that does more
    than add evidence, attestations or events needs the approvals with which its present stage was entered.
    """
    change, ladder = facts.change, facts.ladder
    yield change.kind, facts.entering
    if change.kind is ChangeKind.PROMOTE and change.edits_beside_stage:
        yield ChangeKind.AMEND, facts.entering
    edits = change.kind is ChangeKind.AMEND or (change.kind is ChangeKind.PROMOTE and change.edits_beside_stage)
    if bound.kind.id != QUORUM_KIND or not edits or change.only_adds or change.transition is None:
        return
    present = change.transition.from_stage
    if ladder.canonical(present) is not None and ladder.judged_as(present) in ladder.names[1:]:
        yield ChangeKind.PROMOTE, ladder.judged_as(present)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
