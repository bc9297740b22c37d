"""A team's own JSON Schema: fits, differs, is absent, is broken, leads out of the repository."""

from dataclasses import replace
from decimal import Decimal

from rampgate.rules.card_matches_schema import KIND
from worlds.facts_world import example_rules, facts, judge, lint, outcomes

HOUSE = {
    "type": "object",
    "required": ["cost"],
    "properties": {"operations": {"properties": {"oncall": {"pattern": "^[a-z]+-oncall$"}}}},
}


def test_a_card_that_fits_passes():
    about = facts(team_schemas={"house.json": {"required": ["owners"]}})
    (answer,) = judge(KIND, about, schema="house.json")
    assert answer.outcome == "pass"
    assert answer.message == "the card fits `policies/schemas/house.json`"


def test_every_difference_fails_at_its_own_place():
    about = facts({"operations.oncall": "Bob"}, team_schemas={"house.json": HOUSE})
    answers = judge(KIND, about, schema="house.json")
    assert outcomes(answers) == ["fail", "fail"]
    assert {str(answer.location) for answer in answers} == {
        str(about.subject.card.at()),
        str(about.subject.card.at("operations", "oncall")),
    }
    assert any("`cost`" in answer.message for answer in answers)
    assert all("policies/schemas/house.json" in answer.message for answer in answers)


def test_a_schema_that_is_not_on_base_is_insufficient():
    (answer,) = judge(KIND, facts(), schema="house.json")
    assert answer.outcome == "insufficient"
    assert "policies/schemas/house.json" in answer.message


def test_a_limit_is_held_exactly_at_its_boundary():
    limit = {"properties": {"outcome": {"properties": {"window_days": {"minimum": 30}}}}}
    at, below = facts({"outcome.window_days": 30}), facts({"outcome.window_days": 29})
    for about, outcome in ((at, "pass"), (below, "fail")):
        assert outcomes(judge(KIND, _with(about, limit), schema="s.json")) == [outcome]


def _with(about, schema):
    return replace(about, team_schemas={"s.json": schema})


def test_a_decimal_counts_as_a_number():
    about = facts({"extensions": {"share": Decimal("0.1")}})
    schema = {"properties": {"extensions": {"properties": {"share": {"type": "number", "maximum": Decimal("0.1")}}}}}
    assert outcomes(judge(KIND, _with(about, schema), schema="s.json")) == ["pass"]


def test_a_schema_that_can_not_be_used_is_an_error_and_never_a_pass():
    for broken in (
        {"type": "objekt"},
        {"$ref": "https://example.com/card.json"},
        {"properties": {"a": {"pattern": "("}}},
    ):
        answers = judge(KIND, _with(facts(), broken), schema="s.json")
        assert set(outcomes(answers)) == {"error"}
        faults = lint(KIND, {"s.json": broken}, schema="s.json")
        assert faults
        assert all(fault.pointer == ("schema",) for fault in faults)


def test_a_misspelt_schema_is_a_fault_of_the_policy():
    (fault,) = lint(KIND, {"house-card.json": HOUSE}, schema="house-crad.json")
    assert fault.pointer == ("schema",)
    assert "did you mean `house-card.json`?" in fault.message


def test_the_example_on_the_page_is_a_rule_of_this_kind():
    (rule,) = example_rules(KIND)
    assert rule.kind == KIND.id
    assert lint(KIND, {"house-card.json": HOUSE}, **rule.with_) == []
