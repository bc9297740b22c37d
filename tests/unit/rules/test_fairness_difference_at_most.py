"""The rule `fairness.difference_at_most`."""

from __future__ import annotations

from typing import Any

import pytest

from rampgate.rules.fairness_difference_at_most import KIND
from rampgate.rules.fairness_ratio_at_least import KIND as RATIO
from worlds.facts_world import an_evidence, example_rules, facts, judge, lint, outcomes

FILE = "evidence/fairness.json"
WITH = {"evidence": "fairness", "metric": "true_positive_rate", "by": ["sex"], "at_most": "0.10"}


def about(groups: dict[str, tuple[int, int]], **fields: Any) -> Any:
    """Facts with one file in which k of n positives of each group are found; there are no negatives."""
    rows = [[g, 1, 1, k] for g, (k, _) in groups.items()] + [[g, 1, 0, n - k] for g, (k, n) in groups.items()]
    counts = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": rows}
    return facts(evidence={FILE: an_evidence("fairness", counts=counts, **fields)})


def test_equal_rates_of_large_groups_pass() -> None:
    [answer] = judge(KIND, about({"f": (9_000, 10_000), "m": (9_000, 10_000)}), **WITH)
    assert answer.outcome == "pass"
    assert answer.attested


def test_a_whole_interval_over_the_limit_fails() -> None:
    """0.5 against 0.9 is 0.4 apart."""
    [answer] = judge(KIND, about({"f": (5_000, 10_000), "m": (9_000, 10_000)}), **WITH)
    assert answer.outcome == "fail"
    assert "`sex=f` (0.5000, n=10000) is 0.4000 below that of `sex=m` (0.9000, n=10000)" in answer.message
    assert answer.expected == "at most 0.10"


def test_an_interval_that_holds_the_limit_is_insufficient() -> None:
    """85 and 90 of 100: 0.05 apart, and -0.04 to 0.14 could all be true."""
    [answer] = judge(KIND, about({"f": (85, 100), "m": (90, 100)}), **WITH)
    assert answer.outcome == "insufficient"
    assert "more rows of `sex=f`" in answer.fix


def test_rates_that_miss_the_limit_as_found_are_not_settled_by_more_rows() -> None:
    """79 and 90 of 100 are 0.11 apart: more of the same would only make the failure certain."""
    [answer] = judge(KIND, about({"f": (79, 100), "m": (90, 100)}), **WITH)
    assert answer.outcome == "insufficient"
    assert "more rows alone do not settle it" in answer.fix


@pytest.mark.parametrize(("at_most", "outcome"), [("0.10", "pass"), ("0.0999999999", "fail"), ("0", "fail")])
def test_the_limit_itself_is_met(at_most: str, outcome: str) -> None:
    """80 and 90 of 100 are exactly 0.1 apart, which binary fractions would miss."""
    world = about({"f": (80, 100), "m": (90, 100)})
    assert outcomes(judge(KIND, world, **{**WITH, "at_most": at_most}, decide_on="point")) == [outcome]


def test_a_thin_group_is_insufficient_unless_a_large_one_fails() -> None:
    good = {"f": (9_000, 10_000), "m": (9_000, 10_000), "x": (1, 5)}
    bad = {"f": (5_000, 10_000), "m": (9_000, 10_000), "x": (1, 5)}
    assert outcomes(judge(KIND, about(good), **WITH, min_group=50)) == ["insufficient"]
    assert outcomes(judge(KIND, about(bad), **WITH, min_group=50)) == ["fail"]
    assert outcomes(judge(KIND, about(good), **WITH, min_group=50, thin_groups="exclude_and_list")) == ["pass"]


def test_one_group_has_no_difference_and_does_not_pass_with_zero() -> None:
    assert outcomes(judge(KIND, about({"f": (9_000, 10_000)}), **WITH)) == ["insufficient"]


def test_a_metric_of_another_table_is_insufficient() -> None:
    """`rate` is the share of an outcome; a table of truth and prediction does not have it."""
    [answer] = judge(KIND, about({"f": (1, 2), "m": (1, 2)}), **{**WITH, "metric": "rate"})
    assert answer.outcome == "insufficient"
    assert "needs `outcome`" in answer.message


def test_a_malformed_table_is_insufficient_and_says_why() -> None:
    counts = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": [["f", 1, 1, -5]]}
    world = facts(evidence={FILE: an_evidence("fairness", counts=counts)})
    [answer] = judge(KIND, world, **WITH)
    assert answer.outcome == "insufficient"
    assert "`n` must be an integer of at least 0" in answer.message


def test_a_limit_on_a_difference_is_no_limit_on_a_ratio() -> None:
    with pytest.raises(ValueError, match="at_least"):
        judge(KIND, about({}), **WITH, at_least="0.80")
    with pytest.raises(ValueError, match="at_most"):
        judge(RATIO, about({}), **WITH, at_least="0.80")


@pytest.mark.parametrize("at_most", ["1", "-0.1", "Infinity"])
def test_a_limit_that_says_nothing_is_refused(at_most: str) -> None:
    with pytest.raises(ValueError, match="at_most"):
        judge(KIND, about({}), **{**WITH, "at_most": at_most})


def test_a_misspelt_metric_is_found_when_the_policy_is_checked() -> None:
    [fault] = lint(KIND, **{**WITH, "metric": "true_postive_rate"})
    assert "did you mean `true_positive_rate`?" in fault.message


def test_the_example_of_the_page_is_a_rule() -> None:
    for rule in example_rules(KIND):
        assert lint(KIND, **rule.with_) == []


def odds(female: tuple[int, int, int, int], male: tuple[int, int, int, int]) -> Any:
    """Facts with one file of the cells tp, fp, fn, tn of two groups."""
    labels = ((1, 1), (0, 1), (1, 0), (0, 0))
    rows = [
        [sex, *label, n] for sex, cells in (("f", female), ("m", male)) for label, n in zip(labels, cells, strict=True)
    ]
    counts = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": rows}
    return facts(evidence={FILE: an_evidence("fairness", counts=counts)})


ODDS = {**WITH, "metric": "equalized_odds"}


def test_equalised_odds_hold_where_both_of_its_rates_do() -> None:
    alike = (8_000, 2_000, 2_000, 8_000)
    assert outcomes(judge(KIND, odds(alike, alike), **ODDS)) == ["pass", "pass"]


def test_equalised_odds_fail_where_one_of_its_rates_does() -> None:
    """Found equally often, and flagged wrongly twice as often: demographic parity alone would not show whom it hurts."""
    answers = judge(KIND, odds((8_000, 4_000, 2_000, 6_000), (8_000, 2_000, 2_000, 8_000)), **ODDS)
    assert outcomes(answers) == ["pass", "fail"]
    assert "false_positive_rate of `sex=m`" in answers[1].message
    assert "97.5% interval" in answers[1].message


def test_equalised_odds_of_a_group_without_positives_are_not_told() -> None:
    answers = judge(KIND, odds((0, 2_000, 0, 8_000), (8_000, 2_000, 2_000, 8_000)), **ODDS)
    assert outcomes(answers) == ["insufficient", "pass"]
