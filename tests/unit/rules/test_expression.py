"""Conditions in CEL: true, false, not answerable, broken, vacuous."""

from dataclasses import replace

import pytest

from rampgate.model.change import Change
from rampgate.model.vocabulary import ChangeKind
from rampgate.rules.expression import KIND
from worlds.facts_world import ABSENT, example_rules, facts, judge, lint, outcomes


def test_a_condition_that_holds_passes():
    assert outcomes(judge(KIND, facts(), that='card.tier == "high" && change.to == "canary"')) == ["pass"]


def test_a_condition_that_does_not_hold_fails_at_the_field_that_it_names():
    about = facts({"outcome.window_days": 7})
    (answer,) = judge(KIND, about, that="card.outcome.window_days >= 14")
    assert answer.outcome == "fail"
    assert answer.message == "`card.outcome.window_days >= 14` does not hold"
    assert answer.location == about.subject.card.at("outcome", "window_days")
    assert about.subject.card.path in answer.fix


@pytest.mark.parametrize(("days", "outcome"), [(14, "pass"), (13, "fail")])
def test_a_limit_is_inclusive_where_it_says_so(days, outcome):
    answers = judge(KIND, facts({"outcome.window_days": days}), that="card.outcome.window_days >= 14")
    assert outcomes(answers) == [outcome]


@pytest.mark.parametrize(
    "changes",
    {
        "missing": {"outcome.window_days": ABSENT},
        "section missing": {"outcome": ABSENT},
        "unknown": {"outcome": "unknown"},
        "not applicable": {"outcome": {"not_applicable": "internal tool"}},
        "null": {"outcome.window_days": None},
    }.values(),
)
@pytest.mark.parametrize("that", ["card.outcome.window_days >= 14", "!(card.outcome.window_days >= 14)"])
def test_a_value_that_is_not_there_is_insufficient_and_never_false(changes, that):
    (answer,) = judge(KIND, facts(changes), that=that)
    assert answer.outcome == "insufficient"
    assert "card.outcome" in answer.message


@pytest.mark.parametrize(
    "that",
    [
        'change.kind == "promote"',
        'change.model == "credit-risk"',
        'change.version == "2.0.0"',
        'change.from == "pilot"',
        'change.to == "canary"',
        "change.exposure_percent == 5",
    ],
)
def test_the_change_says_what_moves(that):
    assert outcomes(judge(KIND, facts(), that=that)) == ["pass"]
    assert outcomes(judge(KIND, facts(), that=f"!({that})")) == ["fail"]


def test_a_new_version_comes_from_the_empty_stage():
    about = facts(kind="register", to_stage="pilot")
    assert outcomes(judge(KIND, about, that='change.from == "" && change.exposure_percent == 0')) == ["pass"]


def test_a_change_without_a_transition_can_not_be_told():
    about = replace(facts(), change=Change(ChangeKind.POLICY))
    assert outcomes(judge(KIND, about, that='change.to != "full"')) == ["insufficient"]


def test_a_misspelt_field_is_told_with_line_and_column():
    (fault,) = lint(KIND, that='card.tier == "high" &&\n  card.ownrs.security == "sam"')
    assert fault.pointer == ("that",)
    assert (fault.line, fault.column) == (2, 8)
    assert "did you mean `owners`?" in fault.message


@pytest.mark.parametrize("that", ["card.extensions.reviewed == true", 'card["extensions"]["reviewed"] == true'])
def test_extensions_are_not_there_to_be_read(that):
    """An importer writes them verbatim, and nothing vouches for them."""
    (fault,) = lint(KIND, that=that)
    assert "extensions" in fault.message


def test_a_misspelt_choice_of_the_change_is_a_fault():
    (fault,) = lint(KIND, that='change.kind == "promot"')
    assert "promot" in fault.message


@pytest.mark.parametrize("that", ["true", "1 < 2", "true || card.tier == 'high'", "false && card.tier == 'high'"])
def test_a_condition_that_looks_at_nothing_is_a_fault(that):
    (fault,) = lint(KIND, that=that)
    assert "always" in fault.message


@pytest.mark.parametrize("that", ["card.tier ==", "card.tier", "os.system('x')", "size(card.tier) + 1"])
def test_what_is_no_condition_is_a_fault_and_at_run_time_an_error(that):
    assert lint(KIND, that=that)
    (answer,) = judge(KIND, facts(), that=that)
    assert answer.outcome == "error"


def test_the_example_on_the_page_is_a_rule_of_this_kind():
    (rule,) = example_rules(KIND)
    assert rule.kind == KIND.id
    assert lint(KIND, **rule.with_) == []
    automated = {"human_oversight": {"mode": "solely_automated"}}
    assert outcomes(judge(KIND, facts(automated), **rule.with_)) == ["fail"]
    assert outcomes(judge(KIND, facts(automated, from_stage="majority", to_stage="full"), **rule.with_)) == ["pass"]
    assert outcomes(judge(KIND, facts(), **rule.with_)) == ["insufficient"]
