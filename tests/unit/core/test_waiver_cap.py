"""The organisation's ceiling over waivers: it holds whatever a rule allows, and `check` says which rule goes beyond."""

from __future__ import annotations

import pytest

from rampgate.core.lint_governance import rules_beyond_cap, terms_problems
from rampgate.core.waive import limit_days, too_long
from rampgate.model.ladder import Ladder
from rampgate.model.policy import Policy, Waivable
from rampgate.model.registry import Governance, WaiverCap
from rampgate.model.waiver import Waiver
from worlds.facts_world import some_people, sourced

LADDER = Ladder.preset("5-25-75-100")
GOVERNANCE = {"schema": "rampgate/governance/v1", "policy_change": {"slots": [{"role": "policy_owner", "count": 2}]}}


def waiver(ends: str, entering: str = "ramp") -> Waiver:
    return Waiver.model_validate(
        {
            "schema": "rampgate/waiver/v1", "id": "W-1", "rule": "a.rule", "model": "credit-risk", "version": "2.0.0",
            "entering": entering, "reason": "agreed until March", "owner": "alice", "approved_by": "rita",
            "starts": "2026-11-01", "ends": ends,
        }
    )  # fmt: skip


def cap(days: object) -> WaiverCap | None:
    return None if days is None else WaiverCap.model_validate({"max_days": days})


TERMS = Waivable.model_validate({"by": ["risk"], "max_days": 30})
# 2026-11-01 to 2026-11-20 are 20 days, both ends counted.
LIVES = {
    "no ceiling": ("2026-11-20", None, ""),
    "the ceiling to the day": ("2026-11-20", 20, ""),
    "one day beyond it": (
        "2026-11-21",
        20,
        "it lasts 21 days, and policies/governance.yaml allows 20 at `ramp`",
    ),
    "beyond the rule's own end, under a higher ceiling": (
        "2026-12-01",
        90,
        "it lasts 31 days, and the rule allows 30 at `ramp`",
    ),
    "the ceiling of its stage": ("2026-11-10", {"canary": 30, "ramp": 10}, ""),
    "a stage that the ceiling leaves out": (
        "2026-11-01",
        {"canary": 30},
        "policies/governance.yaml allows no waiver at `ramp`",
    ),
}


@pytest.mark.parametrize("case", LIVES)
def test_a_waiver_lives_no_longer_than_rule_and_organisation_allow(case):
    ends, days, words = LIVES[case]
    assert too_long(waiver(ends), TERMS, cap(days), LADDER) == words


def test_a_waiver_by_a_former_name_of_the_stage_has_the_days_of_that_stage():
    stages = [{"name": "pilot", "exposure_percent": 0}, {"name": "wide", "exposure_percent": 100, "formerly": ["ramp"]}]
    renamed = Ladder.model_validate({"schema": "rampgate/ladder/v1", "stages": stages})
    assert too_long(waiver("2026-11-05"), TERMS, cap({"wide": 5}), renamed) == ""
    assert "allows 5 at `wide`" in too_long(waiver("2026-11-06"), TERMS, cap({"wide": 5}), renamed)


@pytest.mark.parametrize(("days", "limit"), [(None, 30), (10, 10), (40, 30), ({"canary": 9}, 0)])
def test_the_lower_of_both_limits_holds(days, limit):
    assert limit_days(TERMS, cap(days), "ramp") == limit


def a_policy(max_days: object, **applies: object):
    rule = {
        "id": "a.rule",
        "kind": "card.requires",
        "effect": "block",
        "waivable": {"by": ["risk"], "max_days": max_days},
    }
    whole = {"schema": "rampgate/policy/v1", "policy": "lending", "version": "1", "owner": "risk"}
    return sourced(
        Policy, {**whole, "rules": [{**rule, "applies": applies} if applies else rule]}, "policies/lending.yaml"
    )


BEYOND = {
    "a rule under the ceiling": (20, {}, 20, None),
    "a rule above it": (21, {}, 20, "waivers of 21 days at `canary`, where policies/governance.yaml allows 20"),
    "every rung but one under it": (
        {"canary": 20, "full": 9},
        {},
        {"canary": 20, "full": 8},
        "waivers of 9 days at `full`, where policies/governance.yaml allows 8",
    ),
    "a rung that the ceiling leaves out": (
        5,
        {},
        {"canary": 5, "ramp": 5, "majority": 5},
        "waivers of 5 days at `full`, where policies/governance.yaml allows no waiver",
    ),
    "a rung that the ceiling leaves out, and at which the rule is silent": (
        5,
        {"entering": ["canary"]},
        {"canary": 5},
        None,
    ),
    "no ceiling": (9999, {}, None, None),
}


@pytest.mark.parametrize("case", BEYOND)
def test_a_rule_that_promises_more_than_the_ceiling_is_told(case):
    max_days, applies, ceiling, words = BEYOND[case]
    found = list(rules_beyond_cap([a_policy(max_days, **applies)], cap(ceiling), LADDER))
    assert [problem.message for problem in found] == ([words] if words else [])
    assert all(problem.line > 1 and problem.fix for problem in found)


def governance(**fields: object):
    return sourced(Governance, {**GOVERNANCE, **fields}, "policies/governance.yaml")


def test_a_ceiling_for_a_stage_that_is_none_is_told_with_the_nearest():
    (problem,) = terms_problems(governance(waivers={"max_days": {"rmp": 9}}), some_people(), LADDER)
    assert problem.message == "unknown stage `rmp`; did you mean `ramp`?"


TERMS_OF_BREAK_GLASS = {
    "two and a third": (["risk"], ["policy_owner"], None),
    "the third holds the same role": (["risk"], ["risk"], None),
    "a role that nobody holds": (["risc"], ["policy_owner"], "nobody holds the role `risc`; did you mean `risk`?"),
    "one person alone": (
        ["security"],
        ["policy_owner"],
        "break-glass takes two persons and a third who reviews it; the people file has no such three",
    ),
    "nobody is left to review": (
        ["policy_owner"],
        ["policy_owner"],
        "break-glass takes two persons and a third who reviews it; the people file has no such three",
    ),
}


@pytest.mark.parametrize("case", TERMS_OF_BREAK_GLASS)
def test_break_glass_needs_two_persons_and_a_third(case):
    """The people file has three of `risk` and two of `policy_owner`, one of `security`."""
    by, reviewed_by, words = TERMS_OF_BREAK_GLASS[case]
    terms = {"by": by, "reviewed_by": reviewed_by, "review_within_days": 5}
    found = [problem.message for problem in terms_problems(governance(break_glass=terms), some_people(), LADDER)]
    assert found == ([words] if words else [])
