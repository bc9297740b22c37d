"""`card.identity`: tier and task are those of the registry, and a card is at most stricter."""

from __future__ import annotations

import pytest

from rampgate.model.ladder import Ladder
from rampgate.rules.card_identity import KIND
from worlds.facts_world import facts, judge, outcomes


def models(tier="medium", task="binary_classification"):
    return {"schema": "rampgate/models/v1", "models": {"credit-risk": {"tier": tier, "task": task}}}


@pytest.mark.parametrize(
    ("fixed", "card", "outcome"),
    [("medium", "low", "fail"), ("medium", "medium", "pass"), ("medium", "high", "pass"), ("high", "medium", "fail"),
     ("low", "low", "pass")],
)  # fmt: skip
def test_a_card_may_be_stricter_and_never_laxer(fixed, card, outcome):
    (answer,) = judge(KIND, facts({"tier": card}, models=models(fixed), before={"tier": card}))
    assert answer.outcome == outcome
    if outcome == "fail":
        assert (answer.found, answer.expected, answer.fix) == (card, fixed, f"write `{fixed}`")


def test_another_task_fails_at_its_line():
    (answer,) = judge(KIND, facts({"task": "regression"}, models=models("high"), before={"task": "regression"}))
    assert (answer.outcome, answer.found, answer.expected) == ("fail", "regression", "binary_classification")
    assert answer.location is not None
    assert answer.location.line == 6


def test_tier_and_task_are_both_told():
    about = facts({"tier": "low", "task": "regression"}, models=models(), before={"tier": "low", "task": "regression"})
    assert outcomes(judge(KIND, about)) == ["fail", "fail"]


NOBODY = {"schema": "rampgate/models/v1", "models": {}}


@pytest.mark.parametrize(("stage", "outcome"), [("pilot", "pass"), ("canary", "fail"), ("standby", "fail")])
def test_a_tier_is_not_lowered_once_the_first_stage_is_left(stage, outcome):
    about = facts(
        {"tier": "low"}, models=NOBODY, kind="amend", from_stage=stage, to_stage=stage, before={"tier": "high"}
    )
    assert outcomes(judge(KIND, about)) == [outcome]


def test_a_former_name_of_the_first_stage_is_the_first_stage():
    stages = [
        {"name": "entry", "exposure_percent": 0, "formerly": ["pilot"]},
        {"name": "full", "exposure_percent": 100},
    ]
    ladder = Ladder.model_validate({"schema": "rampgate/ladder/v1", "stages": stages})
    about = facts({"tier": "low", "stage": "pilot"}, models=NOBODY, kind="amend", from_stage="pilot", to_stage="pilot",
                  before={"tier": "high"}, ladder=ladder)  # fmt: skip
    assert outcomes(judge(KIND, about)) == ["pass"]


def test_a_task_is_not_changed_once_the_first_stage_is_left():
    about = facts({"task": "regression"}, models=NOBODY, kind="amend", from_stage="ramp", to_stage="ramp",
                  before={"task": "binary_classification"})  # fmt: skip
    (answer,) = judge(KIND, about)
    assert (answer.outcome, answer.message) == ("fail", "the task changed after `pilot`")
