"""The file of a break-glass: what is written is what the gate lets pass, and what could never count is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rampgate.app.judging.control import Control, load_control
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.break_glass import BreakGlassRequest, break_glass_event
from rampgate.errors import UsageProblem
from worlds.governed_world import BOB, GOVERNANCE, METRIC_RULE, RITA, GovernedWorld, dump, evidence

FLOOR = METRIC_RULE["id"]
TERMS = {"by": ["risk"], "reviewed_by": ["security"], "review_within_days": 7, "max_exposure_percent": 25}
REQUEST = BreakGlassRequest(
    "credit-risk", "2.0.0", "pilot", "canary", [FLOOR], "bob", "rita", "the serving version rejects all", "INC-7",
    "2026-11-20",
)  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> GovernedWorld:
    world = GovernedWorld(tmp_path)
    world.replace_evidence(evidence(50, 50))
    world.write("policies/governance.yaml", dump({**GOVERNANCE, "break_glass": TERMS}))
    world.base = world.commit("terms")
    return world


def control_of(world: GovernedWorld) -> Control:
    return load_control(WorkTree(world.root))


def test_the_gate_lets_pass_what_is_written(world: GovernedWorld) -> None:
    made = break_glass_event(REQUEST, control_of(world))
    assert made.path == "model_cards/credit-risk/2.0.0/events/2026-11-20-break-glass.yaml"
    assert made.event.review_by == "2026-11-27"
    world.branch("emergency")
    world.write(made.path, made.data)
    world.edit_card(stage="canary")
    head = world.commit("promote")
    answer = world.judge(head, reviews=[world.review(RITA, head)], author=BOB)
    assert (answer.verdict, answer.of(FLOOR)[0]["waiver"]) == ("allow", "break-glass 2026-11-20-break-glass")
    (told,) = answer.json["excused_by"]["break_glass"]
    assert told == {
        "id": "2026-11-20-break-glass", "reason": "the serving version rejects all", "ticket": "INC-7", "by": "bob",
        "second": "rita", "review_by": "2026-11-27",
    }  # fmt: skip


def test_a_record_is_never_written_over(world: GovernedWorld) -> None:
    made = break_glass_event(REQUEST, control_of(world), taken=["2026-11-20-Break-Glass.yaml"])
    assert made.path.endswith("/events/2026-11-20-break-glass-2.yaml")


REFUSED = {
    "a rule that is none": ({"rules": ["evidence.accuracy"]}, "did you mean `evidence.accuracy-floor`?"),
    "a built-in rule": ({"rules": ["change.stage-move"]}, "`change.stage-move` is no rule that can be bypassed"),
    "no rule": ({"rules": []}, "it names no rule"),
    "no ticket": ({"ticket": " "}, "it names no ticket"),
    "one person twice": ({"second": "bob"}, "`bob` can not be the second person too"),
    "a person without the role": ({"second": "sam"}, "`sam` holds no role that may break the glass (risk)"),
    "nobody": ({"by": "bobb"}, "`bobb` is nobody in policies/people.yaml; did you mean `bob`?"),
    "too far up": ({"from_stage": "ramp", "to_stage": "majority"}, "25% of traffic at most, and `majority` has 75%"),
    "a review too late": ({"review_by": "2026-11-28"}, "is not between today and 2026-11-27"),
    "a review in the past": ({"review_by": "2026-11-19"}, "is not between today and 2026-11-27"),
    "a reason that says nothing": ({"reason": "urgent"}, "at least 10 characters"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_break_glass_that_could_never_count_is_refused(case: str, world: GovernedWorld) -> None:
    fields, words = REFUSED[case]
    with pytest.raises(UsageProblem) as refused:
        break_glass_event(replace(REQUEST, **fields), control_of(world))
    assert words in str(refused.value)


def test_without_terms_there_is_no_break_glass(world: GovernedWorld) -> None:
    world.write("policies/governance.yaml", dump(GOVERNANCE))
    with pytest.raises(UsageProblem, match="has no `break_glass`"):
        break_glass_event(REQUEST, control_of(world))
