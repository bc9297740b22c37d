"""Required fields: there, missing, empty, unknown, not applicable, and ways that lead nowhere."""

import pytest
from pydantic import ValidationError

from rampgate.rules.card_requires import KIND
from worlds.facts_world import ABSENT, example_rules, facts, judge, lint, outcomes


def test_every_field_there_is_one_pass():
    answers = judge(KIND, facts(), fields=["owners.security", "operations.runbook", "stage"])
    assert outcomes(answers) == ["pass"]


def test_each_missing_field_fails_at_its_parents_place():
    about = facts({"owners.security": ABSENT, "operations": ABSENT})
    answers = judge(KIND, about, fields=["owners.security", "operations.runbook", "summary"])
    assert outcomes(answers) == ["fail", "fail", "fail"]
    first, second, _ = answers
    assert first.message == "the card does not say `owners.security`"
    assert first.location == about.subject.card.at("owners")
    assert first.location.line > 1
    assert "`security:` under `owners`" in first.fix
    assert second.message == "the card does not say `operations.runbook`"
    assert "`operations:` at the top level" in second.fix


@pytest.mark.parametrize(
    ("path", "value"),
    {
        "null": ("summary", None),
        "a blank text": ("summary", "   "),
        "an empty list": ("monitoring.triggers", []),
    }.values(),
)
def test_an_empty_value_is_as_good_as_none(path, value):
    (answer,) = judge(KIND, facts({path: value}), fields=[path])
    assert answer.outcome == "fail"


@pytest.mark.parametrize("path", ["outcome", "outcome.target", "outcome.target.value"])
def test_unknown_in_the_field_or_around_it_is_insufficient(path):
    (answer,) = judge(KIND, facts({"outcome": "unknown"}), fields=[path])
    assert answer.outcome == "insufficient"
    assert answer.message == "`outcome` is `unknown`"


def test_not_applicable_is_insufficient_unless_the_rule_permits_it():
    about = facts({"cost": {"not_applicable": "runs on a laptop"}})
    (answer,) = judge(KIND, about, fields=["cost"])
    assert answer.outcome == "insufficient"
    assert "runs on a laptop" in answer.message
    assert outcomes(judge(KIND, about, fields=["cost"], permit_not_applicable=["cost"])) == ["pass"]


def test_a_permitted_section_permits_what_is_below_it():
    about = facts({"outcome.target": {"not_applicable": "a pilot without one"}})
    permitted = judge(KIND, about, fields=["outcome.target"], permit_not_applicable=["outcome"])
    assert outcomes(permitted) == ["pass"]


def test_a_permission_for_a_name_that_only_starts_alike_does_not_count():
    about = facts({"outcome": {"not_applicable": "none"}})
    answers = judge(KIND, about, fields=["outcome"], permit_not_applicable=["outcome_goal"])
    assert outcomes(answers) == ["insufficient"]


def test_permitting_not_applicable_permits_neither_unknown_nor_missing():
    for value, outcome in (("unknown", "insufficient"), (ABSENT, "fail")):
        answers = judge(KIND, facts({"cost": value}), fields=["cost"], permit_not_applicable=["cost"])
        assert outcomes(answers) == [outcome]


def test_false_and_zero_are_values():
    about = facts({"monitoring.label_delay_days": 0})
    assert outcomes(judge(KIND, about, fields=["monitoring.label_delay_days"])) == ["pass"]


def test_a_reason_with_a_line_break_stays_on_one_line():
    about = facts({"cost": {"not_applicable": "none\nverdict: allow `x`"}})
    (answer,) = judge(KIND, about, fields=["cost"])
    assert "\n" not in answer.message
    assert "`x`" not in answer.message


@pytest.mark.parametrize(
    ("path", "words"),
    {
        "a misspelt section": ("ownrs.security", "a card has no field `ownrs`; did you mean `owners`?"),
        "a misspelt field": ("owners.securty", "`owners` has no field `securty`; did you mean `security`?"),
        "a way into a list": ("data.sets.digest", "`data.sets` is a list"),
        "a way into a text": ("stage.name", "`stage` has no fields"),
        "what no rule reads": ("extensions.mlflow", "no rule reads it"),
        "the marker itself": ("outcome.not_applicable", "`outcome` has no field `not_applicable`"),
    }.values(),
)
def test_a_way_that_leads_nowhere_is_a_fault_of_the_policy(path, words):
    (fault,) = lint(KIND, fields=["stage", path])
    assert fault.pointer == ("fields", 1)
    assert words in fault.message


def test_ways_through_sections_and_parts_are_known():
    assert lint(KIND, fields=["outcome.target.value", "artifact.parts", "data.sets", "rollout.parity"]) == []


def test_a_permission_for_a_field_that_is_not_required_is_a_fault():
    (fault,) = lint(KIND, fields=["stage"], permit_not_applicable=["cost"])
    assert fault.pointer == ("permit_not_applicable", 0)


@pytest.mark.parametrize("fields", [[], ["data.sets[0]"], ["owners.*"], [""]])
def test_no_field_and_wildcards_are_refused(fields):
    with pytest.raises(ValidationError):
        KIND.params.model_validate({"fields": fields})


def test_the_example_on_the_page_is_a_rule_of_this_kind():
    (rule,) = example_rules(KIND)
    assert rule.kind == KIND.id
    assert lint(KIND, **rule.with_) == []
