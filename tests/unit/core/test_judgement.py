"""Select, check, waive and judge on facts made by hand: what speaks, with which effect, and until when it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from rampgate.core.bound import BoundRule
from rampgate.core.builtin import BUILT_IN, built_in_rules_settle
from rampgate.core.check import check
from rampgate.core.judge import judge
from rampgate.core.select import effect_of, tier_of, why_silent
from rampgate.model.finding import Answer
from rampgate.model.policy import Rule
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Params, RuleKind
from worlds.facts_world import facts


class Nothing(Params):
    """No parameters."""


def a_kind(check_: Any, id_: str = "test.kind", **fields: Any) -> RuleKind[Any]:
    return RuleKind(id_, Nothing, check_, "It holds.\n", **fields)


def saying(*answers: Answer) -> Any:
    def check_(params: Any, about: Any) -> Iterator[Answer]:
        yield from answers

    return check_


def a_rule(check_: Any = None, kind: str = "test.kind", **fields: Any) -> BoundRule:
    rule = Rule.model_validate({"id": "test.rule", "kind": kind, "effect": "block", **fields})
    return BoundRule(rule, a_kind(check_ or saying(Answer(Outcome.PASS, "so")), kind), Nothing(), "lending")


def finding(bound: BoundRule, about: Any) -> Any:
    (found,) = check([(bound, "")], about)
    return found


# Check


def broken(params: Any, about: Any) -> Iterator[Answer]:
    yield Answer(Outcome.PASS, "so far")
    raise ZeroDivisionError("division\nby zero")


def test_a_rule_that_breaks_is_an_error_and_what_it_said_before_does_not_count():
    found = finding(a_rule(broken), facts())
    assert (found.outcome, found.message) == (
        "error",
        "the rule could not be evaluated: ZeroDivisionError: division by zero",
    )


def test_a_rule_that_says_nothing_is_an_error():
    assert finding(a_rule(saying()), facts()).outcome == "error"


def test_a_rule_that_does_not_speak_says_why():
    (found,) = check([(a_rule(broken), "it is for tier `low`")], facts())
    assert (found.outcome, found.message) == ("not_applicable", "it is for tier `low`")


@pytest.mark.parametrize(
    ("outcome", "fix"), [("fail", "ask risk; retrain"), ("waiting", "ask risk; retrain"), ("pass", "")]
)
def test_the_next_step_is_that_of_the_policy_and_then_that_of_the_case(outcome, fix):
    bound = a_rule(saying(Answer(Outcome(outcome), "m", fix="retrain")), fix="ask risk")
    assert finding(bound, facts()).fix == fix


# Select

SILENT = {
    "a tier": ({"applies": {"tiers": ["low"]}}, "it is for tier `low`; this model is `high`"),
    "a task": (
        {"applies": {"tasks": ["regression"]}},
        "it is for task `regression`; this model does `binary_classification`",
    ),
    "a model": ({"applies": {"models": ["fraud"]}}, "it is for `fraud`; this is `credit-risk`"),
    "a change": ({"applies": {"changes": ["amend"]}}, "it is for `amend`; this is `promote`"),
    "a stage": ({"applies": {"entering": ["full"]}}, "it is for entering `full`; this is `canary`"),
    "a day to come": ({"in_force": {"from": "2026-11-21"}}, "it is in force from 2026-11-21 to ever"),
    "a day gone by": ({"in_force": {"to": "2026-11-19"}}, "it is in force from ever to 2026-11-19"),
}


@pytest.mark.parametrize("case", SILENT)
def test_a_rule_that_is_about_something_else_says_about_what(case):
    fields, words = SILENT[case]
    assert why_silent(a_rule(**fields), facts()) == words


def test_a_rule_without_scope_speaks_about_every_promotion():
    assert why_silent(a_rule(), facts()) == ""


NOBODY = {"schema": "rampgate/models/v1", "models": {}}


def registered(tier: str) -> dict[str, Any]:
    return {"schema": "rampgate/models/v1", "models": {"credit-risk": {"tier": tier, "task": "regression"}}}


@pytest.mark.parametrize(
    ("models", "card", "tier"),
    [(NOBODY, "low", "high"), (registered("low"), "low", "low"), (registered("low"), "medium", "medium"), (registered("high"), "low", "high")],
)  # fmt: skip
def test_the_stricter_of_card_and_registry_counts_and_an_unlisted_model_is_high(models, card, tier):
    assert tier_of(facts({"tier": card}, models=models)) == tier


def test_every_tasks_rules_speak_about_a_model_that_nobody_listed():
    assert why_silent(a_rule(applies={"tasks": ["regression"]}), facts(models=NOBODY)) == ""


LADDER = ["canary", "ramp", "majority", "full"]


@pytest.mark.parametrize(("to", "effect"), [("canary", "warn"), ("ramp", "block"), ("standby", "block")])
def test_an_effect_is_that_of_the_stage_and_a_standby_counts_as_the_last(to, effect):
    bound = a_rule(effect={"canary": "warn", "ramp": "block", "majority": "block", "full": "block"})
    assert effect_of(bound, facts(to_stage=to)) == effect


def test_a_quorum_asked_again_for_edits_has_the_effect_of_the_stage_that_is_left():
    bound = a_rule(kind="approval.roles", applies={"entering": ["canary"]}, effect={"canary": "block"})
    about = facts(from_stage="canary", to_stage="ramp")
    edited = replace(about, change=replace(about.change, edits_beside_stage=True))
    assert why_silent(bound, about) != ""
    assert why_silent(bound, edited) == ""
    assert effect_of(bound, edited) == "block"


@pytest.mark.parametrize(
    ("only_adds", "stage", "asked"), [(True, "canary", False), (False, "canary", True), (False, "pilot", False)]
)
def test_an_amendment_asks_the_quorum_of_its_stage_unless_it_only_adds_or_nobody_is_served(only_adds, stage, asked):
    about = facts(kind="amend", from_stage=stage, to_stage=stage)
    about = replace(about, change=replace(about.change, only_adds=only_adds))
    assert (why_silent(a_rule(kind="approval.roles"), about) == "") is asked
    assert why_silent(a_rule(kind="evidence.present"), about) != ""


# What the built-in rules settle


@pytest.mark.parametrize(
    ("kind", "before", "after", "settled"),
    [("rollback", "full", "canary", True), ("retire", "ramp", "retired", True), ("register", "", "pilot", True),
     ("amend", "pilot", "pilot", True), ("amend", "canary", "canary", False), ("amend", "standby", "standby", False),
     ("promote", "pilot", "canary", False), ("restore", "standby", "full", False)],
)  # fmt: skip
def test_the_built_in_rules_allow_only_where_nobody_new_is_served(kind, before, after, settled):
    assert built_in_rules_settle(facts(kind=kind, from_stage=before, to_stage=after)) is settled


@pytest.mark.parametrize("kind", ["rollback", "retire"])
def test_going_down_is_not_held_against_the_registry_nor_against_approvals(kind):
    about = facts(kind=kind, from_stage="ramp", to_stage="canary" if kind == "rollback" else "retired")
    speaking = {bound.rule.id for bound in BUILT_IN if not why_silent(bound, about)}
    assert speaking == {"change.is-one", "change.stage-move", "change.same-artifact", "change.reason"}


# Judge


def judged(*rules: BoundRule, **fields: Any) -> Any:
    about = facts({"fallback": {"kind": "human", "target": "the desk"}}, approved_by=["rita"], **fields)
    return judge(about, rules, (), inputs=(), engine_version="0", base="b" * 40, head="c" * 40)


def ending(outcome: str, day: str, **fields: Any) -> BoundRule:
    return a_rule(saying(Answer(Outcome(outcome), "m", valid_until=day)), **{"id": f"r.{day}", **fields})


def test_a_decision_stands_until_the_earliest_day_of_what_blocks_and_passes():
    decision = judged(
        ending("pass", "2026-12-05"),
        ending("pass", "2026-12-03"),
        ending("pass", "2026-12-01", effect="warn"),
        ending("insufficient", "2026-12-02"),
    )
    assert decision.valid_until == "2026-12-03"


def test_a_decision_that_rests_on_nothing_that_ends_has_no_end():
    assert judged(a_rule()).valid_until == ""


@pytest.mark.parametrize(("effect", "verdict"), [("block", "deny"), ("warn", "undecided"), ("audit", "undecided")])
def test_only_what_blocks_decides(effect, verdict):
    assert judged(a_rule(saying(Answer(Outcome.FAIL, "no")), effect=effect)).verdict == verdict


def test_the_built_in_rules_alone_allow_no_promotion():
    assert judged().verdict == "undecided"
    assert judged(a_rule()).verdict == "allow"
