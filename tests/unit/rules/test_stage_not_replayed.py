"""`stage.not_replayed`: content that came up once does not come up by itself again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rampgate.model.history import History
from rampgate.model.sourced import Missing
from rampgate.rules.stage_not_replayed import KIND
from worlds.facts_world import digest, facts, judge, outcomes

THIS, OTHER = digest("content"), digest("other content")


def about(history=None, content=THIS, head="e" * 40, **given):
    found = facts(**given, **({"history": history, "records": True} if history is not None else {}))
    return replace(found, reviews=replace(found.reviews, content=content, head=head))


def told(**contents):
    return History(size=20, head="0" * 64, contents={digest(name): seq for name, seq in contents.items()})


def test_content_that_is_new_passes():
    (answer,) = judge(KIND, about(told(something=3)))
    assert (str(answer.outcome), answer.found) == ("pass", "20 records")
    assert outcomes(judge(KIND, about(told()))) == ["pass"]


def test_content_that_came_up_before_fails_and_names_the_record():
    (answer,) = judge(KIND, about(told(content=7, something=3)))
    assert str(answer.outcome) == "fail"
    assert answer.message == (
        "this very content came up before, by record 7; an old decision is no decision about today"
    )
    assert "`rampgate restore`" in answer.fix


@pytest.mark.parametrize("kind", ["promote", "restore"])
def test_a_restore_is_held_against_it_too(kind):
    before, after = ("pilot", "canary")
    assert outcomes(judge(KIND, about(told(content=7), kind=kind, from_stage=before, to_stage=after))) == ["fail"]


def test_a_history_that_says_nothing_is_insufficient():
    (answer,) = judge(KIND, about(Missing("it is forged", "look into it")))
    assert (str(answer.outcome), answer.message, answer.fix) == ("insufficient", "it is forged", "look into it")


def test_where_none_is_declared_it_does_not_apply():
    (answer,) = judge(KIND, about())
    assert str(answer.outcome) == "not_applicable"
    assert answer.message == "no decision history is declared: there is no `policies/history.yaml`"


def test_content_without_a_key_is_insufficient_but_for_a_plan():
    """A plan has no commit; a pull request always has one."""
    assert outcomes(judge(KIND, about(told(), content=""))) == ["insufficient"]
    assert outcomes(judge(KIND, about(told(), content="", head=""))) == ["not_applicable"]
