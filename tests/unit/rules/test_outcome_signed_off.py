"""The outcome: a goal in numbers that is better than today, and a signature."""

import pytest

from rampgate.rules.outcome_signed_off import KIND
from worlds.facts_world import ABSENT, an_attestation, example_rules, facts, judge, lint, outcomes

SIGNED = {"outcome": an_attestation("business_owner", "alice", topic="outcome")}


def judged(card=None, attestations=SIGNED, **parameters):
    return judge(KIND, facts(card, attestations=attestations), **parameters)


def test_a_goal_that_is_signed_passes():
    goal, signature = judged()
    assert (goal.outcome, signature.outcome) == ("pass", "pass")
    assert goal.message == "`approval_accuracy` should increase from 0.81 to 0.86 in 30 days"
    assert not goal.attested
    assert signature.attested
    assert signature.valid_until == "2027-11-01"


@pytest.mark.parametrize("goal", [ABSENT, "unknown", {"not_applicable": "internal"}])
def test_no_goal_is_insufficient(goal):
    assert outcomes(judged({"outcome": goal})) == ["insufficient", "pass"]


@pytest.mark.parametrize("name", ["baseline", "target", "direction", "window_days", "method"])
def test_a_goal_that_leaves_something_open_is_insufficient(name):
    answers = judged({f"outcome.{name}": ABSENT if name in ("direction", "window_days", "method") else "unknown"})
    assert outcomes(answers) == ["insufficient", "pass"]
    assert f"`{name}`" in answers[0].message


@pytest.mark.parametrize(
    ("direction", "target", "outcome"),
    {
        "above": ("increase", "0.811", "pass"),
        "equal": ("increase", "0.810", "fail"),
        "below": ("increase", "0.80", "fail"),
        "wrong way": ("decrease", "0.86", "fail"),
        "right way down": ("decrease", "0.8099999999999999999999", "pass"),
        "equal down": ("decrease", "0.81", "fail"),
    }.values(),
)
def test_the_target_must_be_better_than_the_baseline(direction, target, outcome):
    about = facts({"outcome.direction": direction, "outcome.target.value": target}, attestations=SIGNED)
    answer, _ = judge(KIND, about)
    assert answer.outcome == outcome
    assert answer.location == about.subject.card.at("outcome", "target")


def test_numbers_in_different_units_can_not_be_compared():
    answers = judged({"outcome.baseline.unit": "percent", "outcome.target.unit": "share"})
    assert outcomes(answers) == ["insufficient", "pass"]


def test_without_a_signature_it_is_insufficient():
    _, signature = judged(attestations={})
    assert signature.outcome == "insufficient"
    assert "--role business_owner --topic outcome" in signature.fix


@pytest.mark.parametrize(
    ("attestation", "outcome"),
    {
        "another topic": (an_attestation("business_owner", "alice", topic="budget"), "insufficient"),
        "no topic": (an_attestation("business_owner", "alice"), "insufficient"),
        "expired": (
            an_attestation("business_owner", "alice", topic="outcome", expires="2026-11-19"),
            "insufficient",
        ),
        "another role": (an_attestation("risk", "rita", topic="outcome"), "insufficient"),
        "a role not held": (an_attestation("business_owner", "rita", topic="outcome"), "fail"),
    }.values(),
)
def test_a_signature_that_does_not_count(attestation, outcome):
    _, signature = judged(attestations={"a": attestation})
    assert signature.outcome == outcome


def test_any_one_of_the_roles_may_sign():
    by_risk = {"a": an_attestation("risk", "rita", topic="outcome")}
    assert outcomes(judged(attestations=by_risk, roles=["business_owner", "risk"])) == ["pass", "pass"]


def test_a_role_that_nobody_holds_is_a_fault_of_the_policy():
    (fault,) = lint(KIND, roles=["busines_owner"])
    assert "did you mean `business_owner`?" in fault.message


def test_the_example_on_the_page_is_a_rule_of_this_kind():
    (rule,) = example_rules(KIND)
    assert rule.kind == KIND.id
    assert lint(KIND, **rule.with_) == []
