"""What is watched while the model serves is declared, and so is what makes somebody, or something, act on it.

## Why it exists
A model that nobody watches fails in silence; a dashboard without a trigger is looked at after the damage. Both are
cheap to write down before the first user is served.

## Example
```yaml
- id: monitoring.watches-quality-and-drift
  kind: monitoring.declared
  applies: {tiers: [high, medium], entering: [canary, ramp, majority, full]}
  effect: block
  with: {signals: [quality, drift], actions: [rollback], min_samples_at_least: 100}
```
Every kind under `signals` must be declared. At least one trigger must have any one of the `actions`. Every trigger must
watch a declared signal, and wait for at least `min_samples_at_least` samples.

## How to satisfy it
Under `monitoring.signals` declare a signal of every kind asked for. Under `monitoring.triggers` write a trigger whose
`metric` is the name of one of them, with `window`, `min_samples` and an `action` from the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from rampgate.formats.suggest import did_you_mean
from rampgate.model.card import Card, Monitoring
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Sourced
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Params, RuleKind, subject_of
from rampgate.rules._evidence import shown

SignalKind = Literal["quality", "drift", "data_quality", "fairness", "latency", "errors", "cost", "business", "safety"]
Action = Literal["investigate", "hold", "rollback", "retrain", "page"]


class MonitoringDeclared(Params):
    """What must be watched, and what must follow."""

    signals: Annotated[tuple[SignalKind, ...], Field(min_length=1)]
    """Kinds of signal, every one of which must be declared."""
    actions: tuple[Action, ...] = ()
    """Actions, any one of which at least one trigger must have; left out, no trigger is asked for."""
    min_samples_at_least: Annotated[int, Field(ge=1, strict=True)] = 1
    """The least `min_samples` of every trigger."""


def check(params: MonitoringDeclared, facts: Facts) -> Iterator[Answer]:
    """Answer once for each thing that is not declared; pass once if there is none."""
    card = subject_of(facts).card
    monitoring = card.noun.monitoring
    if not isinstance(monitoring, Monitoring):
        said = "does not say" if monitoring is None else "leaves open"
        fix = f"write `monitoring:` with signals and triggers in {card.path}"
        message = f"the card {said} what is watched while the model serves"
        yield Answer(Outcome.INSUFFICIENT, message, "nothing", "monitoring", card.at("monitoring"), fix)
        return
    lacking = [
        *_signals(params, monitoring, card),
        *_triggers(params, monitoring, card),
        *_action(params, monitoring, card),
    ]
    yield from lacking
    if not lacking:
        signals, triggers = len(monitoring.signals), len(monitoring.triggers)
        message = f"signals declared: {signals}, {', '.join(params.signals)} among them; triggers: {triggers}"
        yield Answer(Outcome.PASS, message, location=card.at("monitoring"))


def _signals(params: MonitoringDeclared, monitoring: Monitoring, card: Sourced[Card]) -> Iterator[Answer]:
    declared = {signal.kind for signal in monitoring.signals}
    found = ", ".join(sorted(declared))
    for kind in dict.fromkeys(params.signals):
        if kind not in declared:
            fix = f"add a signal with `kind: {kind}` under `monitoring.signals` in {card.path}"
            place = card.at("monitoring", "signals")
            yield Answer(Outcome.FAIL, f"no signal of kind `{kind}` is watched", found, kind, place, fix)


def _triggers(params: MonitoringDeclared, monitoring: Monitoring, card: Sourced[Card]) -> Iterator[Answer]:
    """Yield triggers that watch no declared signal, or that answer to too few samples."""
    names = list(dict.fromkeys(signal.name for signal in monitoring.signals))
    least = params.min_samples_at_least
    for index, trigger in enumerate(monitoring.triggers):
        metric = shown(trigger.metric)
        if trigger.metric not in names:
            message = f"a trigger watches `{metric}`, which is no declared signal{did_you_mean(trigger.metric, names)}"
            place = card.at("monitoring", "triggers", index, "metric")
            fix = f"declare a signal with `name: {metric}`, or name a declared one: {', '.join(map(shown, names))}"
            yield Answer(Outcome.FAIL, message, metric, "a declared signal", place, fix)
        if trigger.min_samples < least:
            message = f"the trigger on `{metric}` acts on {trigger.min_samples} samples; at least {least} are asked for"
            place = card.at("monitoring", "triggers", index, "min_samples")
            fix = f"set `min_samples: {least}` or more"
            yield Answer(Outcome.FAIL, message, str(trigger.min_samples), f"at least {least}", place, fix)


def _action(params: MonitoringDeclared, monitoring: Monitoring, card: Sourced[Card]) -> Iterator[Answer]:
    """Yield that no trigger has any of the actions; no trigger at all is insufficient."""
    if not params.actions or any(trigger.action in params.actions for trigger in monitoring.triggers):
        return
    wanted = " or ".join(f"`{action}`" for action in params.actions)
    place = card.at("monitoring", "triggers")
    fix = f"add a trigger with action {wanted} under `monitoring.triggers` in {card.path}"
    if not monitoring.triggers:
        yield Answer(Outcome.INSUFFICIENT, "no trigger is declared", "none", f"action {wanted}", place, fix)
        return
    found = ", ".join(sorted({trigger.action for trigger in monitoring.triggers}))
    yield Answer(Outcome.FAIL, f"no trigger leads to {wanted}", found, f"action {wanted}", place, fix)


KIND = RuleKind("monitoring.declared", MonitoringDeclared, check, __doc__)
