"""A version moves down or leaves with a reason, by a person of the people file who had a hand in the change.

## Why it exists
Rolling back must never wait for an approval, so the record of who did it and why is all that stands in for one.

## Example
Applied to rollbacks, restores and retirements by rampgate itself; a policy does not name it.

## How to satisfy it
`rampgate rollback MODEL --to STAGE --reason "..."` writes the event file beside the card; `rampgate restore` likewise.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.statements import Event
from rampgate.model.vocabulary import ChangeKind, Outcome
from rampgate.rules._base import Nothing, RuleKind, subject_of


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001
    """Fail where the event file is absent, tells another move, or names somebody who had no hand in it."""
    subject = subject_of(facts)
    yield from _strangers(facts)
    old = {} if isinstance(facts.before, Missing) else facts.before.events
    new = [event for name, event in sorted(subject.events.items()) if name not in old]
    if not new:
        to, model = subject.card.noun.stage, subject.card.noun.model
        verb = "restore" if facts.change.kind is ChangeKind.RESTORE else "rollback"
        yield Answer(
            Outcome.FAIL,
            f"a {facts.change.kind} needs one event file with its reason",
            "none",
            "events/<id>.yaml",
            subject.card.at("stage"),
            f'use `rampgate {verb} {model} --to {to} --reason "..." --local`',
        )
        return
    for event in new:
        faults = list(_faults(event, facts))
        yield from faults
        if not faults:
            noun = event.noun
            yield Answer(
                Outcome.PASS, f"`{noun.by}` gives the reason: {noun.reason.strip()}", location=event.at("reason")
            )


def _strangers(facts: Facts) -> Iterator[Answer]:
    """Yield that the pull request was opened by nobody we know: its commits may carry any name at all."""
    reviews = facts.reviews
    if reviews.faults:
        words = f"the reviews can not be believed: {reviews.faults[0]}"
        yield Answer(Outcome.ERROR, words, fix="fetch the reviews again")
    if reviews.given and not reviews.author:
        mark = next((each.mark for each in reviews.contributors if each.how == "author"), "an unknown account")
        words = f"`{mark}`, who opened the pull request, is nobody in `policies/people.yaml`"
        yield Answer(Outcome.FAIL, words, mark, "a person", fix="let a person of the people file open it")


def _faults(event: Sourced[Event], facts: Facts) -> Iterator[Answer]:
    noun, transition = event.noun, facts.change.transition
    if transition is None:
        return
    told = (noun.kind, facts.ladder.canonical(noun.from_), facts.ladder.canonical(noun.to))
    real = (facts.change.kind.value, transition.from_stage, transition.to_stage)
    if told != real:
        words = "the event tells another move than the cards"
        yield Answer(
            Outcome.FAIL, words, " ".join(map(str, told)), " ".join(real), event.at("from"), "correct the event file"
        )
    if facts.people.named(noun.by) is None:
        words = f"`{noun.by}` is nobody in `policies/people.yaml`"
        yield Answer(Outcome.FAIL, words, noun.by, "a person", event.at("by"), "name the person who did it")
    elif noun.by not in facts.reviews.people_behind():
        words = f"`{noun.by}` is named as who did it, but had no hand in this change"
        behind = ", ".join(sorted(facts.reviews.people_behind())) or "nobody in the people file"
        yield Answer(Outcome.FAIL, words, behind, noun.by, event.at("by"), "name the person who did it")
    if noun.date > facts.today:
        words = f"the event is dated {noun.date}, after today"
        yield Answer(
            Outcome.FAIL, words, noun.date, facts.today, event.at("date"), "write the day on which it happened"
        )
    # The order of events says which rollback was the last, and so how far a restore may go.
    latest = _latest_day(facts)
    if noun.date < latest:
        words = f"the event is dated {noun.date}, before the last one of this version"
        yield Answer(Outcome.FAIL, words, noun.date, latest, event.at("date"), "write the day on which it happened")
    if noun.artifact not in (None, transition.artifact):
        words = "the event names another artifact than the card"
        fix = "write the identity of the card's artifact"
        yield Answer(Outcome.FAIL, words, noun.artifact or "", transition.artifact, event.at("artifact"), fix)


def _latest_day(facts: Facts) -> str:
    """Return the day of the last event on base, "" for none; days to come can not be waited for at night."""
    old = {} if isinstance(facts.before, Missing) else facts.before.events
    return max((event.noun.date for event in old.values() if event.noun.date <= facts.today), default="")


KIND = RuleKind("event.accounted_for", Nothing, check, __doc__, may_be_waived=False, built_in=True)
