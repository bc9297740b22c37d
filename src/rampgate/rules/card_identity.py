"""A card says the model, version, tier and task that its folder and `policies/models.yaml` say.

## Why it exists
If the card could choose its own tier or task, it could choose which rules speak about it.

## Example
Applied by rampgate itself to every change but rollback and retirement, which may change nothing of the card but its
stage and must pass though the registry has changed since; a policy does not name it.

## How to satisfy it
Write the tier and task of `policies/models.yaml` (a stricter tier is allowed), and keep them once the version is live.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Location, Missing
from rampgate.model.vocabulary import TIER_STRICTNESS, Outcome
from rampgate.rules._base import Nothing, RuleKind, subject_of


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001
    """Fail where tier or task are laxer or other than what is fixed, or than what stood there before."""
    card = subject_of(facts).card
    faults: list[Answer] = []
    if facts.entry is not None:
        if TIER_STRICTNESS[card.noun.tier] < TIER_STRICTNESS[facts.entry.tier]:
            message = f"the tier of `{card.noun.model}` is fixed in `policies/models.yaml`; a card may only be stricter"
            faults.append(_fault(card.at("tier"), message, card.noun.tier, facts.entry.tier))
        if card.noun.task != facts.entry.task:
            message = f"the task of `{card.noun.model}` is fixed in `policies/models.yaml`"
            faults.append(_fault(card.at("task"), message, card.noun.task, facts.entry.task))
    if not isinstance(facts.before, Missing):
        old = facts.before.card.noun
        is_live = facts.ladder.canonical(old.stage) != facts.ladder.first
        if TIER_STRICTNESS[card.noun.tier] < TIER_STRICTNESS[old.tier] and is_live:
            message = f"the tier was lowered after `{facts.ladder.first}`"
            faults.append(_fault(card.at("tier"), message, card.noun.tier, old.tier))
        if card.noun.task != old.task and is_live:
            faults.append(
                _fault(card.at("task"), f"the task changed after `{facts.ladder.first}`", card.noun.task, old.task)
            )
    yield from faults
    if not faults:
        source = "`policies/models.yaml`" if facts.entry else "no entry in `policies/models.yaml`, so judged as high"
        yield Answer(Outcome.PASS, f"tier and task agree with what is fixed ({source})", location=card.at("tier"))


def _fault(place: Location, message: str, found: str, expected: str) -> Answer:
    return Answer(Outcome.FAIL, message, str(found), str(expected), place, f"write `{expected}`")


KIND = RuleKind("card.identity", Nothing, check, __doc__, may_be_waived=False, built_in=True)
