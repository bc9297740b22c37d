"""What the business gets from the model is written down as a number to reach, and its owner has signed it.

## Why it exists
Most models that disappoint were never told what to achieve. A baseline, a target, a window and a way to measure, agreed
by the person who pays, turn "it seems better" into something that can be found wrong.

## Example
```yaml
- id: outcome.is-signed-off
  kind: outcome.signed_off
  applies: {changes: [promote], tiers: [high, medium]}
  effect: {canary: warn, ramp: block, majority: block, full: block}
  with: {roles: [business_owner]}
  waivable: {by: [risk], max_days: 30}
```
Any one of the `roles` may sign. The signature is an attestation with `topic: outcome`.

## How to satisfy it
Under `outcome` write `metric`, `baseline` and `target` with their values, `direction` (`increase` or `decrease`),
`window_days` and `method`; the target must be better than the baseline. Then its owner runs
`rampgate attest` with the topic `outcome`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from rampgate.model.card import Card, Measured, OutcomeGoal
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.ids import Days, RoleName
from rampgate.model.sourced import Sourced
from rampgate.model.vocabulary import Outcome
from rampgate.rules._attestations import attested, unheld_roles
from rampgate.rules._base import ParamFault, Params, RuleKind, Surroundings, subject_of
from rampgate.rules._evidence import shown

TOPIC = "outcome"


class OutcomeSignedOff(Params):
    """Who may sign."""

    roles: Annotated[tuple[RoleName, ...], Field(min_length=1)] = ("business_owner",)
    """Roles, any one of which must have attested to the outcome."""
    max_age_days: Days | None = None
    """The greatest age of the signature in days, however late it expires."""


def check(params: OutcomeSignedOff, facts: Facts) -> Iterator[Answer]:
    """Answer about the goal, once for each thing it leaves open, and once about the signature."""
    card = subject_of(facts).card
    goal = card.noun.outcome
    if isinstance(goal, OutcomeGoal):
        yield from _goal(goal, card)
    else:
        said = "does not say" if goal is None else "leaves open"
        fix = f"write `outcome:` with metric, baseline, target, direction, window_days and method in {card.path}"
        message = f"the card {said} what the business gets from the model"
        yield Answer(Outcome.INSUFFICIENT, message, "nothing", "an outcome", card.at("outcome"), fix)
    yield _signature(params, facts)


def _goal(goal: OutcomeGoal, card: Sourced[Card]) -> Iterator[Answer]:
    open_fields = [
        name
        for name in ("baseline", "target", "direction", "window_days", "method")
        if getattr(goal, name) is None or (name in ("baseline", "target") and not _is_number(getattr(goal, name)))
    ]
    for name in open_fields:
        place = card.at("outcome", name)
        fix = f"write `{name}:` under `outcome` in {card.path}"
        yield Answer(Outcome.INSUFFICIENT, f"the outcome has no `{name}`", "nothing", f"`{name}`", place, fix)
    if not open_fields and isinstance(goal.baseline, Measured) and isinstance(goal.target, Measured):
        yield _ambition(goal, goal.baseline, goal.target, card)


def _is_number(value: object) -> bool:
    return isinstance(value, Measured)


def _ambition(goal: OutcomeGoal, baseline: Measured, target: Measured, card: Sourced[Card]) -> Answer:
    """Return whether the target is better than the baseline, in the direction that the goal names."""
    place = card.at("outcome", "target")
    if baseline.unit != target.unit:
        message = f"baseline and target have different units, `{_unit(baseline)}` and `{_unit(target)}`"
        return Answer(Outcome.INSUFFICIENT, message, location=place, fix="write both in the same unit")
    increases = goal.direction == "increase"
    wanted = f"{'above' if increases else 'below'} {baseline.value}"
    is_better = target.value > baseline.value if increases else target.value < baseline.value
    metric = shown(goal.metric)
    if not is_better:
        message = f"`{metric}` should {goal.direction} from {baseline.value}, but its target is {target.value}"
        fix = "correct target or direction; a target that equals the baseline asks for nothing"
        return Answer(Outcome.FAIL, message, str(target.value), wanted, place, fix)
    message = f"`{metric}` should {goal.direction} from {baseline.value} to {target.value} in {goal.window_days} days"
    return Answer(Outcome.PASS, message, str(target.value), wanted, place)


def _unit(measured: Measured) -> str:
    return shown(measured.unit) if measured.unit else "none"


def _signature(params: OutcomeSignedOff, facts: Facts) -> Answer:
    """Return the best answer among the roles: one signature is enough."""
    answers = [attested(role, facts, topic=TOPIC, max_age_days=params.max_age_days) for role in params.roles]
    passed = [answer for answer in answers if answer.outcome is Outcome.PASS]
    if passed:
        return max(passed, key=lambda answer: answer.valid_until)
    return next((answer for answer in answers if answer.outcome is Outcome.FAIL), answers[0])


def lint(params: OutcomeSignedOff, surroundings: Surroundings) -> Iterator[ParamFault]:
    """Yield every role that nobody holds."""
    yield from unheld_roles(params.roles, surroundings, "roles")


KIND = RuleKind("outcome.signed_off", OutcomeSignedOff, check, __doc__, lint=lint)
