"""Policies to rules: every problem of every file at once, each at its line and column, with the nearest known word."""

from __future__ import annotations

import pytest

from rampgate.core.bind import RESERVED, bind
from rampgate.core.builtin import BUILT_IN
from rampgate.core.lint_rule import ended_rules
from rampgate.errors import InvalidInput
from rampgate.model.ladder import Ladder
from rampgate.model.policy import Policy
from rampgate.rules import BY_ID
from rampgate.rules._base import Surroundings
from worlds.facts_world import card_schema, some_people, sourced

DAY = "2026-11-20"
HEAD = "schema: rampgate/policy/v1\npolicy: lending\nversion: '1'\nowner: risk\nrules:\n"
RULE = """\
- id: evidence.floor
  kind: evidence.metric_within
  effect: block
  with: {evidence: performance, metric: accuracy, at_least: "0.80", decide_on: point}
"""


def read(rules, path="policies/lending.yaml"):
    return sourced(Policy, HEAD + rules, path)


def bound(*policies, ladder=None, day=DAY):
    around = Surroundings(ladder or Ladder.preset("5-25-75-100"), some_people(), card_schema(), {})
    return bind([each if not isinstance(each, str) else read(each) for each in policies], BY_ID, around, day=day)


def problems(*policies, **more):
    with pytest.raises(InvalidInput) as caught:
        bound(*policies, **more)
    return [str(each) for each in caught.value.problems]


def changed(old, new):
    assert RULE.count(old) == 1
    return RULE.replace(old, new)


def test_a_rule_is_bound_to_its_kind_and_place():
    (rule,) = bound(RULE)
    assert (rule.rule.id, rule.kind.id, rule.policy, str(rule.location)) == (
        "evidence.floor",
        "evidence.metric_within",
        "lending",
        "policies/lending.yaml:6:3",
    )


UNKNOWN = {
    "a kind": (
        changed("kind: evidence.metric_within", "kind: evidence.metric_witin"),
        ["policies/lending.yaml:7:9: unknown rule kind `evidence.metric_witin`; did you mean `evidence.metric_within`?"],
    ),
    "a built-in kind": (
        changed("kind: evidence.metric_within", "kind: policy.quorum"),
        ["policies/lending.yaml:7:9: unknown rule kind `policy.quorum`"],
    ),
    "a parameter": (
        changed("at_least:", "at_leest:"),
        [
            "policies/lending.yaml:9:61: unknown parameter `at_leest`; did you mean `at_least`?",
        ],
    ),
    "a stage that is entered": (
        changed("  effect", "  applies: {entering: [canary, rampp]}\n  effect"),
        ["policies/lending.yaml:8:32: unknown stage `rampp`; did you mean `ramp`?"],
    ),
    "a stage of an effect": (
        changed("effect: block", "effect: {canary: warn, ramp: block, majority: block, full: block, ful: block}"),
        ["policies/lending.yaml:8:74: unknown stage `ful`; did you mean `full`?"],
    ),
    "a stage of a waiver's days": (
        RULE + "  waivable: {by: [risk], max_days: {canry: 3}}\n",
        ["policies/lending.yaml:10:44: unknown stage `canry`; did you mean `canary`?"],
    ),
    "a role that may waive": (
        RULE + "  waivable: {by: [risc], max_days: 3}\n",
        ["policies/lending.yaml:10:19: nobody holds the role `risc`; did you mean `risk`?"],
    ),
    "a role of a slot": (
        "- id: approval.all\n  kind: approval.roles\n  effect: block\n  with: {slots: [{role: risc}]}\n",
        ["policies/lending.yaml:9:"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNKNOWN)
def test_an_unknown_word_is_told_at_its_place_with_the_nearest(case):
    rules, expected = UNKNOWN[case]
    found = problems(rules)
    assert len(found) >= len(expected)
    for words in expected:
        assert any(each.startswith(words) for each in found), found


def test_a_role_of_a_slot_that_nobody_holds_is_told_with_the_nearest():
    rules, _ = UNKNOWN["a role of a slot"]
    (found,) = problems(rules)
    assert "`risc`" in found
    assert "did you mean `risk`?" in found


def test_every_problem_of_every_file_is_told_at_once():
    one = read(changed("kind: evidence.metric_within", "kind: nonsense"), "policies/one.yaml")
    two = read(changed("at_least:", "at_leest:") + "  waivable: {by: [nobody], max_days: 3}\n", "policies/two.yaml")
    found = problems(one, two)
    assert [each.split(":")[0] for each in found] == ["policies/one.yaml", *["policies/two.yaml"] * (len(found) - 1)]
    text = "\n".join(found)
    for words in (
        "`nonsense`",
        "`at_leest`",
        "`nobody`",
        "rule id `evidence.floor` is used in policies/one.yaml:6:7 too",
    ):
        assert words in text


def test_an_id_is_used_once_across_files():
    (found,) = problems(read(RULE, "policies/one.yaml"), read(RULE, "policies/two.yaml"))
    assert found == "policies/two.yaml:6:7: rule id `evidence.floor` is used in policies/one.yaml:6:7 too"


@pytest.mark.parametrize("id_", sorted(RESERVED))
def test_the_ids_of_rampgates_own_rules_are_taken(id_):
    (found,) = problems(changed("evidence.floor", id_))
    assert found == f"policies/lending.yaml:6:7: rule id `{id_}` belongs to a rule that rampgate applies by itself"


def test_no_rule_of_rampgate_can_be_waived_or_blocks_less():
    """Of the least stay a policy may say that its own rule is waivable; what rampgate applies by itself is not."""
    assert all(rule.rule.waivable is None for rule in BUILT_IN)
    assert [rule.rule.id for rule in BUILT_IN if rule.kind.may_be_waived] == ["rollout.has-dwelt"]
    assert all(rule.rule.effect == "block" for rule in BUILT_IN)


def test_a_kind_that_can_not_be_waived_is_not_waivable():
    rules = "- id: stage.rungs\n  kind: stage.move_allowed\n  effect: block\n  waivable: {by: [risk], max_days: 3}\n"
    assert problems(rules) == ["policies/lending.yaml:9:13: a rule of kind `stage.move_allowed` can not be waived"]


LOOSENING = {
    "weaker above": ("{canary: block, ramp: warn, majority: warn, full: warn}", "`block` at `canary`, `warn` at `ramp`"),
    "a gap in the middle": ("{canary: block, majority: block, full: block}", "`block` at `canary`, nothing at `ramp`"),
    "nothing at the top": ("{canary: warn, ramp: block, majority: block}", "`block` at `majority`, nothing at `full`"),
    "audit above warn": ("{ramp: warn, majority: audit, full: audit}", "`warn` at `ramp`, `audit` at `majority`"),
}  # fmt: skip


@pytest.mark.parametrize("case", LOOSENING)
def test_an_effect_never_loosens_up_the_ladder(case):
    effect, words = LOOSENING[case]
    assert problems(changed("effect: block", f"effect: {effect}")) == [
        f"policies/lending.yaml:8:11: the effect loosens up the ladder: {words}"
    ]


def test_an_effect_of_a_revision_never_loosens_either():
    revision = "  revisions: [{from: 2026-12-01, effect: {canary: block}}]\n"
    (found,) = problems(RULE + revision)
    assert found.startswith("policies/lending.yaml:10:")
    assert "the effect loosens up the ladder: `block` at `canary`, nothing at `ramp`" in found


@pytest.mark.parametrize(
    "effect",
    ["audit", "{full: block}", "{canary: warn, ramp: warn, majority: block, full: block}", "{canary: audit}"],
)
def test_an_effect_that_gets_no_weaker_is_taken(effect):
    assert bound(changed("effect: block", f"effect: {effect}"))


def test_an_effect_need_not_name_the_stages_at_which_the_rule_never_speaks():
    rules = changed("effect: block", "applies: {entering: [canary]}\n  effect: {canary: block}")
    assert bound(rules)


DEAD = {
    "nothing is promoted to the first stage": ("{entering: [pilot]}", "nothing is promoted to `pilot`"),
    "a version registers at the first stage": ("{changes: [register], entering: [full]}", "registers at `pilot` alone"),
}


@pytest.mark.parametrize("case", DEAD)
def test_a_rule_that_can_never_speak_is_told(case):
    applies, words = DEAD[case]
    (found,) = problems(changed("effect", f"applies: {applies}\n  effect"))
    assert "the rule can never speak" in found
    assert words in found


def test_a_rule_that_ends_before_it_begins_is_told():
    (found,) = problems(RULE + "  in_force: {from: 2026-12-02, to: 2026-12-01}\n")
    assert found.endswith("the rule can never speak: it ends on 2026-12-01, before it begins on 2026-12-02")


def test_a_rule_that_has_ended_is_a_matter_for_check_and_stops_no_judgement():
    """Else every gate would close on the morning after its last day."""
    policy = read(RULE + "  in_force: {to: 2026-11-20}\n")
    assert bound(policy, day="2026-11-21")
    assert list(ended_rules([policy], "2026-11-20")) == []
    (found,) = ended_rules([policy], "2026-11-21")
    assert str(found).endswith(":10:18: the rule can never speak again: it ended on 2026-11-20")


def test_a_former_name_of_a_stage_is_told_with_its_name_of_today():
    stages = [
        {"name": "pilot", "exposure_percent": 0},
        {"name": "trial", "exposure_percent": 5, "formerly": ["canary"]},
        {"name": "full", "exposure_percent": 100},
    ]
    ladder = Ladder.model_validate({"schema": "rampgate/ladder/v1", "stages": stages})
    (found,) = problems(changed("effect", "applies: {entering: [canary]}\n  effect"), ladder=ladder)
    assert found == "policies/lending.yaml:8:24: stage `canary` is now called `trial`"


def test_a_parameter_that_is_missing_is_named():
    (found,) = problems(changed("evidence: performance, ", ""))
    assert found == "policies/lending.yaml:9:9: missing parameter `evidence`"


def test_the_parameters_of_a_revision_are_held_against_the_kind_too():
    (found,) = problems(RULE + "  revisions: [{from: 2026-12-01, with: {at_leest: '0.9'}}]\n")
    assert found.startswith("policies/lending.yaml:10:")
    assert "unknown parameter `at_leest`" in found


@pytest.mark.parametrize(("day", "limit"), [("2026-11-30", "0.80"), ("2026-12-01", "0.90"), ("2027-01-01", "0.95")])
def test_the_latest_revision_of_the_day_holds_in_whatever_order_they_are_written(day, limit):
    revisions = (
        "  revisions: [{from: 2027-01-01, with: {at_least: '0.95'}}, {from: 2026-12-01, with: {at_least: '0.90'}}]\n"
    )
    (rule,) = bound(RULE + revisions, day=day)
    assert str(rule.params.at_least) == limit
