"""What can be wrong with a rule whatever its kind: unknown names, effects that loosen, rules that are dead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rampgate.errors import Problem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.ladder import Ladder
from rampgate.model.policy import Effects, Policy, Rule
from rampgate.model.sourced import Pointer, Sourced
from rampgate.model.vocabulary import EFFECT_STRENGTH, ChangeKind, Effect
from rampgate.rules._base import Surroundings


def lint_rule(policy: Sourced[Policy], here: Pointer, rule: Rule, surroundings: Surroundings) -> Iterator[Problem]:
    """Yield every problem of one rule that needs no knowledge of its kind, at its place."""

    def problem(pointer: Pointer, message: str, fix: str = "") -> Problem:
        return policy.problem((*here, *pointer), message, fix=fix)

    ladder = surroundings.ladder
    roles = {role for person in surroundings.people.people for role in person.roles}
    for pointer, stage in _stages_named(rule):
        if ladder.position(stage) is not None and stage not in ladder.names:
            now = ladder.canonical(stage)
            yield problem(pointer, f"stage `{stage}` is now called `{now}`", f"write `{now}`")
        elif stage not in ladder.names:
            yield problem(pointer, f"unknown stage `{stage}`{did_you_mean(stage, ladder.names)}", _known(ladder.names))
    if rule.waivable is not None:
        for index, role in enumerate(rule.waivable.by):
            if role not in roles:
                hint = did_you_mean(role, roles)
                yield problem(("waivable", "by", index), f"nobody holds the role `{role}`{hint}", _known(sorted(roles)))
    for pointer, effects in _effects(rule):
        yield from (problem(pointer, message, fix) for message, fix in _loosening(effects, rule, ladder))
    for pointer, message in _dead(rule, ladder):
        yield problem(pointer, f"the rule can never speak: {message}")


def _known(names: Iterable[str]) -> str:
    return "known: " + ", ".join(f"`{name}`" for name in names)


def _stages_named(rule: Rule) -> Iterator[tuple[Pointer, str]]:
    for index, stage in enumerate(rule.applies.entering or ()):
        yield ("applies", "entering", index), stage
    for pointer, effects in _effects(rule):
        if not isinstance(effects, Effect):
            yield from (((*pointer, stage), stage) for stage in effects)
    if rule.waivable is not None and not isinstance(rule.waivable.max_days, int):
        yield from ((("waivable", "max_days", stage), stage) for stage in rule.waivable.max_days)


def _effects(rule: Rule) -> Iterator[tuple[Pointer, Effects]]:
    yield ("effect",), rule.effect
    for index, revision in enumerate(rule.revisions):
        if revision.effect is not None:
            yield ("revisions", index, "effect"), revision.effect


def _loosening(effects: Effects, rule: Rule, ladder: Ladder) -> Iterator[tuple[str, str]]:
    """Yield where an effect is weaker on a rung than on the one below, of those at which the rule speaks."""
    if isinstance(effects, Effect):
        return
    entering = None if rule.applies.entering is None else {ladder.canonical(stage) for stage in rule.applies.entering}
    spoken = [stage for stage in ladder.names if entering is None or stage in entering]
    for lower, upper in pairwise(spoken):
        strict, loose = effects.get(lower, Effect.AUDIT), effects.get(upper, Effect.AUDIT)
        if EFFECT_STRENGTH[loose] < EFFECT_STRENGTH[strict]:
            shown = f"`{loose}`" if upper in effects else "nothing"
            yield (
                f"the effect loosens up the ladder: `{strict}` at `{lower}`, {shown} at `{upper}`",
                f"a rule may only get stricter: at least `{strict}` at `{upper}`",
            )


def ended_rules(policies: Sequence[Sourced[Policy]], day: str) -> Iterator[Problem]:
    """Yield the rules whose last day is past: they are to be removed, yet their end must not stop the gate."""
    for policy in policies:
        for index, rule in enumerate(policy.noun.rules):
            last = rule.in_force.to if rule.in_force else None
            if last and last < day:
                message = f"the rule can never speak again: it ended on {last}"
                yield policy.problem(("rules", index, "in_force", "to"), message, fix="remove the rule")


def _dead(rule: Rule, ladder: Ladder) -> Iterator[tuple[Pointer, str]]:
    """Yield why no change can ever meet the rule's scope."""
    scope = rule.applies
    if scope.entering is not None and {ladder.canonical(stage) for stage in scope.entering} == {ladder.first}:
        moving = set(scope.changes) <= {ChangeKind.PROMOTE, ChangeKind.RESTORE}
        if moving:
            yield ("applies", "entering"), f"nothing is promoted to `{ladder.first}`, the entry of the ladder"
    elsewhere = scope.entering is not None and ladder.first not in map(ladder.canonical, scope.entering)
    if set(scope.changes) == {ChangeKind.REGISTER} and elsewhere:
        yield ("applies", "entering"), f"a version registers at `{ladder.first}` alone"
    if rule.in_force is not None:
        first, last = rule.in_force.from_, rule.in_force.to
        if first and last and last < first:
            yield ("in_force", "to"), f"it ends on {last}, before it begins on {first}"
