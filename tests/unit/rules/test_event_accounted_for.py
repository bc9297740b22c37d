"""`event.accounted_for`: who moves a version down or away says why, and is somebody known who did it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rampgate.model.approval import Contributor
from rampgate.rules.event_accounted_for import KIND
from worlds.facts_world import facts, judge, outcomes, version_facts


def an_event(**fields):
    return {
        "schema": "rampgate/event/v1",
        "kind": "rollback",
        "from": "ramp",
        "to": "canary",
        "reason": "errors doubled within the hour",
        "by": "alice",
        "date": "2026-11-20",
        **fields,
    }


def rollback(event=None, **fields):
    events = {"down": event} if event else None
    return facts(kind="rollback", from_stage="ramp", to_stage="canary", events=events, **fields)


def test_the_reason_of_somebody_who_did_it_passes():
    (answer,) = judge(KIND, rollback(an_event()))
    assert (answer.outcome, answer.message) == ("pass", "`alice` gives the reason: errors doubled within the hour")


def test_without_an_event_it_fails_and_says_the_command():
    (answer,) = judge(KIND, rollback())
    assert answer.outcome == "fail"
    assert answer.fix == 'use `rampgate rollback credit-risk --to canary --reason "..." --local`'


def test_an_event_of_earlier_gives_no_reason_for_this_move():
    before = version_facts({"stage": "ramp"}, events={"down": an_event()})
    (answer,) = judge(KIND, rollback(an_event(), before=before))
    assert (answer.outcome, answer.message) == ("fail", "a rollback needs one event file with its reason")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("kind", "retire", "the event tells another move than the cards"),
        ("from", "majority", "the event tells another move than the cards"),
        ("to", "pilot", "the event tells another move than the cards"),
        ("by", "zoe", "`zoe` is nobody in `policies/people.yaml`"),
        ("by", "rita", "`rita` is named as who did it, but had no hand in this change"),
        ("date", "2026-11-21", "the event is dated 2026-11-21, after today"),
    ],
)
def test_an_event_that_is_not_so_fails_at_its_place(field, value, words):
    (answer,) = judge(KIND, rollback(an_event(**{field: value})))
    assert (answer.outcome, answer.message) == ("fail", words)
    assert str(answer.location).startswith("model_cards/credit-risk/2.0.0/events/down.yaml:")


def test_everything_that_is_not_so_is_told():
    assert outcomes(judge(KIND, rollback(an_event(to="pilot", by="zoe", date="2027-01-01")))) == ["fail"] * 3


def test_who_opened_the_pull_request_must_be_known_whatever_its_commits_say():
    about = rollback(an_event(), approved_by=["rita"])
    forged = replace(
        about.reviews,
        author="",
        contributors=(Contributor("author", "mallory"), Contributor("commit author", "alice@example.com", "alice")),
    )
    answers = judge(KIND, replace(about, reviews=forged))
    assert outcomes(answers) == ["fail", "pass"]
    assert answers[0].message == "`mallory`, who opened the pull request, is nobody in `policies/people.yaml`"


def test_reviews_that_can_not_be_believed_are_an_error():
    about = rollback(an_event(), approved_by=["rita"])
    broken = replace(about, reviews=replace(about.reviews, faults=("they are of another pull request",)))
    assert outcomes(judge(KIND, broken))[0] == "error"
