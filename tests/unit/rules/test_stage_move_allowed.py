"""`stage.move_allowed`: one rung up, any number down, aside only with company; who serves is never left to chance."""

from __future__ import annotations

import pytest

from rampgate.rules.stage_move_allowed import KIND
from worlds.facts_world import ABSENT, facts, judge, outcomes

RUNGS = ("pilot", "canary", "ramp", "majority", "full")
ALONE = {"fallback": ABSENT}


@pytest.mark.parametrize("before", [*RUNGS, "standby", "retired"])
@pytest.mark.parametrize("after", RUNGS)
def test_a_promotion_passes_to_the_next_rung_and_to_no_other(before, after):
    """The table is written out: five rungs, two stages beside them."""
    is_next = (before, after) in {("pilot", "canary"), ("canary", "ramp"), ("ramp", "majority"), ("majority", "full")}
    answers = judge(KIND, facts(ALONE, from_stage=before, to_stage=after))
    assert outcomes(answers) == ["pass" if is_next else "fail"]


@pytest.mark.parametrize("after", [*RUNGS, "standby", "retired"])
def test_a_version_registers_at_the_first_stage(after):
    about = facts(ALONE, kind="register", to_stage=after)
    assert outcomes(judge(KIND, about)) == ["pass" if after == "pilot" else "fail"]


@pytest.mark.parametrize(
    ("before", "after"), [("full", "pilot"), ("full", "majority"), ("ramp", "canary"), ("canary", "pilot")]
)
def test_a_rollback_goes_down_any_number_of_rungs(before, after):
    assert outcomes(judge(KIND, facts(ALONE, kind="rollback", from_stage=before, to_stage=after))) == ["pass"]


def moved(kind, from_stage, to_stage, siblings, before=None, fallback="credit-risk@1.4.0", **fields):
    """A move of 2.0.0 beside siblings: version -> stage as it would land, and on base where that differs."""
    on_base = {**siblings, **(before or {})}
    return judge(
        KIND,
        facts(
            {"fallback": {"kind": "previous_model", "target": fallback}},
            kind=kind,
            from_stage=from_stage,
            to_stage=to_stage,
            siblings={version: {"stage": stage} for version, stage in siblings.items()},
            siblings_before={version: {"stage": stage} for version, stage in on_base.items()},
            **fields,
        ),
    )


def test_one_challenger_and_one_incumbent():
    assert outcomes(moved("promote", "pilot", "canary", {"1.4.0": "full"})) == ["pass"]
    assert outcomes(
        moved("promote", "pilot", "canary", {"1.4.0": "pilot", "1.5.0": "retired", "1.6.0": "standby"})
    ) == ["pass"]
    (two,) = moved("promote", "pilot", "canary", {"1.4.0": "ramp"})
    assert "version 1.4.0 already stands between `pilot` and `full`" in two.message
    (both,) = moved("promote", "majority", "full", {"1.4.0": "full"})
    assert "version 1.4.0 still stands at `full`" in both.message
    assert both.fix == "set `stage: standby` in the card of version 1.4.0, in the same change"


ROLLBACKS = {
    "the fallback serves again": ({"1.4.0": "full"}, {"1.4.0": "standby"}, "1.4.0", "pass"),
    "the fallback stays aside though it is ready": ({"1.4.0": "standby"}, {}, "", "fail"),
    "no fallback is ready": ({"1.4.0": "retired"}, {}, "", "pass"),
    "another version comes back instead": ({"1.4.0": "standby", "1.3.0": "full"}, {"1.3.0": "standby"}, "1.3.0", "fail"),
    "another version comes back for one that is gone": ({"1.4.0": "retired", "1.3.0": "full"}, {"1.3.0": "standby"}, "1.3.0", "fail"),
    "another version comes back for one that never was": ({"1.3.0": "full"}, {"1.3.0": "standby"}, "1.3.0", "fail"),
}  # fmt: skip


@pytest.mark.parametrize("case", ROLLBACKS)
def test_leaving_the_last_rung_brings_back_the_fallback_and_nothing_else(case):
    after, before, supersedes, outcome = ROLLBACKS[case]
    assert outcomes(moved("rollback", "full", "canary", after, before, supersedes=supersedes)) == [outcome]


def test_no_version_comes_back_where_the_fallback_is_a_process():
    about = facts(
        {"fallback": {"kind": "human", "target": "the desk"}},
        kind="rollback", from_stage="full", to_stage="canary", supersedes="1.4.0",
        siblings={"1.4.0": {"stage": "full"}}, siblings_before={"1.4.0": {"stage": "standby"}},
    )  # fmt: skip
    assert outcomes(judge(KIND, about)) == ["fail"]


@pytest.mark.parametrize(
    ("kind", "outcome"), [("human", "pass"), ("rules", "pass"), ("off", "pass"), ("previous_model", "fail")]
)
def test_who_serves_everybody_retires_only_where_a_process_takes_over(kind, outcome):
    fallback = {"kind": kind, "target": "credit-risk@1.4.0" if kind == "previous_model" else "the desk"}
    about = facts({"fallback": fallback}, kind="retire", from_stage="full", to_stage="retired")
    assert outcomes(judge(KIND, about)) == [outcome]
