"""The rule `evidence.metric_within`."""

from __future__ import annotations

from typing import Any

import pytest

from rampgate.rules.evidence_metric_within import KIND
from worlds.facts_world import an_evidence, example_rules, facts, judge, lint, outcomes

FILE = "evidence/performance.json"
WITH: dict[str, Any] = {"evidence": "performance", "metric": "accuracy"}


def right(k: int, n: int) -> dict[str, Any]:
    """Counts in which k of n are predicted rightly."""
    return {"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, k], [1, 0, n - k]]}


def about(counts: dict[str, Any], kind: str = "performance", **fields: Any) -> Any:
    """Facts with one file that has these counts."""
    return facts(evidence={FILE: an_evidence(kind, counts=counts, **fields)})


def test_a_whole_interval_within_passes() -> None:
    [answer] = judge(KIND, about(right(9_000, 10_000)), **WITH, at_least="0.85")
    assert answer.outcome == "pass"
    assert "accuracy is 0.9000 (n=10000), 95% interval 0.8940 to 0.9057; at least 0.85 is met" in answer.message


def test_a_whole_interval_outside_fails() -> None:
    [answer] = judge(KIND, about(right(7_000, 10_000)), **WITH, at_least="0.85")
    assert answer.outcome == "fail"
    assert answer.expected == "at least 0.85"


def test_an_interval_that_holds_the_limit_is_insufficient_with_the_rows_that_are_missing() -> None:
    """88 of 100: Wilson's interval is 0.8019 to 0.9300."""
    [answer] = judge(KIND, about(right(88, 100)), **WITH, at_least="0.85")
    assert answer.outcome == "insufficient"
    assert "0.8019 to 0.9300" in answer.message
    assert "more rows of evaluation data" in answer.fix


@pytest.mark.parametrize(("limit", "outcome"), [("0.1", "pass"), ("0.0999999999999999999999", "fail")])
def test_the_limit_itself_is_met_exactly(limit: str, outcome: str) -> None:
    """1 of 10 is exactly 0.1, which no binary fraction is."""
    world = about(right(9, 10))
    assert outcomes(judge(KIND, world, **{**WITH, "metric": "error_rate"}, at_most=limit, decide_on="point")) == [
        outcome
    ]


def test_both_limits_must_hold() -> None:
    world = about(right(500, 1000))
    assert outcomes(judge(KIND, world, **WITH, at_least="0.4", at_most="0.6")) == ["pass"]
    assert outcomes(judge(KIND, world, **WITH, at_least="0.1", at_most="0.2")) == ["fail"]
    assert outcomes(judge(KIND, world, **WITH, at_least="0.4", at_most="0.51")) == ["insufficient"]


@pytest.mark.parametrize(("least", "outcome"), [(1000, "pass"), (1001, "insufficient")])
def test_the_least_number_of_rows_counts_what_the_metric_divides_by(least: int, outcome: str) -> None:
    """1,000 positives among 101,000 rows."""
    counts = {"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, 1000], [0, 0, 100_000]]}
    rule = {**WITH, "metric": "recall", "at_least": "0.9", "min_n": least}
    [answer] = judge(KIND, about(counts), **rule)
    assert answer.outcome == outcome
    if outcome == "insufficient":
        assert "gather 1 more rows" in answer.fix


def test_every_group_must_lie_within_and_the_worst_is_named() -> None:
    rows = [["f", 1, 1, 9_000], ["f", 1, 0, 1_000], ["m", 1, 1, 5_000], ["m", 1, 0, 5_000]]
    world = about({"columns": ["sex", "y_true", "y_pred", "n"], "rows": rows})
    overall = judge(KIND, world, **WITH, at_least="0.65")
    assert outcomes(overall) == ["pass"]
    [answer] = judge(KIND, world, **WITH, at_least="0.65", group="every", by=["sex"])
    assert answer.outcome == "fail"
    assert "`sex=m` is 0.5000 (n=10000)" in answer.message
    assert "sex=f" not in answer.message


def test_every_of_no_group_is_insufficient() -> None:
    world = about({"columns": ["sex", "y_true", "y_pred", "n"], "rows": []})
    assert outcomes(judge(KIND, world, **WITH, at_least="0.65", group="every", by=["sex"])) == ["insufficient"]
    assert outcomes(judge(KIND, world, **WITH, at_least="0.65")) == ["insufficient"]


def test_an_undefined_rate_is_insufficient_even_where_0_would_pass() -> None:
    """Without a true negative the false positive rate is 0/0, not 0."""
    world = about(right(9, 10))
    rule = {**WITH, "metric": "false_positive_rate", "at_most": "0.05", "decide_on": "point"}
    [answer] = judge(KIND, world, **rule)
    assert answer.outcome == "insufficient"
    assert "undefined (n=0)" in answer.message


def test_what_the_evidence_claims_of_itself_is_not_read() -> None:
    claim = [{"metric": "accuracy", "n": 10_000, "value": "0.99"}]
    assert outcomes(judge(KIND, about(right(7_000, 10_000), measures=claim), **WITH, at_least="0.85")) == ["fail"]


def test_the_rate_of_an_outcome_is_judged_without_a_truth() -> None:
    counts = {"columns": ["outcome", "n"], "rows": [[1, 20], [0, 1980]]}
    rule = {"evidence": "rate", "metric": "rate"}
    assert outcomes(judge(KIND, about(counts, "rate"), **rule, at_most="0.03")) == ["pass"]
    assert outcomes(judge(KIND, about(counts, "rate"), **rule, at_most="0.005")) == ["fail"]
    assert outcomes(judge(KIND, about(counts, "rate"), **rule, at_most="0.011")) == ["insufficient"]


def test_rows_that_are_suppressed_must_not_be_able_to_change_the_answer() -> None:
    """9 rows of one group are hidden: 9,000 of 10,009 or 9,009 of 10,009 are both above 0.85; with 4,999 they are not."""
    rows = [["f", 1, 1, 9_000], ["f", 1, 0, 1_000]]
    counts = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": rows}
    few = about(counts, suppressed=[{"sex": "m"}], minimum_cell=10)
    many = about(counts, suppressed=[{"sex": "m"}], minimum_cell=5_000)
    unknown = about(counts, suppressed=[{"sex": "m"}])
    assert outcomes(judge(KIND, few, **WITH, at_least="0.85")) == ["pass"]
    assert outcomes(judge(KIND, many, **WITH, at_least="0.85")) == ["insufficient"]
    assert outcomes(judge(KIND, unknown, **WITH, at_least="0.85")) == ["insufficient"]
    every = judge(KIND, few, **WITH, at_least="0.85", group="every", by=["sex"])
    assert outcomes(every) == ["insufficient"]


def test_errors_of_a_regression_come_from_its_sums() -> None:
    """1,000 rows, each off by 2: the mean absolute error is 2, exactly."""
    scale = 10**9
    sums = {
        "n": 1000,
        "sum_err": 0,
        "sum_abs_err": 2000 * scale,
        "sum_sq_err": 4000 * scale,
        "sum_y": 0,
        "sum_y2": 16_000 * scale,
    }
    world = facts(evidence={FILE: an_evidence("regression", sums=sums)})
    rule = {"evidence": "regression", "metric": "mae"}
    assert outcomes(judge(KIND, world, **rule, at_most="2", decide_on="point")) == ["pass"]
    assert outcomes(judge(KIND, world, **rule, at_most="1.999", decide_on="point")) == ["fail"]
    # Every error is 2, so the interval of their mean is a point.
    assert outcomes(judge(KIND, world, **rule, at_most="2.0001")) == ["pass"]
    # R squared is 1 - 4000 / 16000.
    assert outcomes(judge(KIND, world, **{**rule, "metric": "r2"}, at_least="0.75", decide_on="point")) == ["pass"]
    assert outcomes(judge(KIND, world, **{**rule, "metric": "r2"}, at_least="0.75")) == ["insufficient"]


def test_a_table_that_does_not_give_the_metric_is_insufficient() -> None:
    counts = {"columns": ["outcome", "n"], "rows": [[1, 20]]}
    assert outcomes(judge(KIND, about(counts), **WITH, at_least="0.5")) == ["insufficient"]
    assert outcomes(judge(KIND, about(right(1, 2)), **{**WITH, "metric": "mae"}, at_most="5")) == ["insufficient"]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"at_least": "0.9", "at_most": "0.1"},
        {"at_least": "NaN"},
        {"at_least": "0.5", "by": ["sex"]},
        {"at_least": "0.5", "group": "every"},
        {"at_least": "0.5", "min_n": 0},
        {"at_least": "0.5", "atleast": "0.6"},
    ],
)
def test_parameters_that_say_nothing_are_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        judge(KIND, about(right(1, 2)), **WITH, **parameters)


def test_a_metric_without_an_interval_needs_the_point() -> None:
    assert [f.pointer for f in lint(KIND, **{**WITH, "metric": "f1"}, at_least="0.5")] == [("metric",)]
    assert [f.pointer for f in lint(KIND, **{**WITH, "metric": "rmse"}, at_most="5")] == [("metric",)]
    assert lint(KIND, **{**WITH, "metric": "f1"}, at_least="0.5", decide_on="point") == []
    assert outcomes(judge(KIND, about(right(9, 10)), **{**WITH, "metric": "f1"}, at_least="0.5")) == ["insufficient"]


def test_a_misspelt_metric_and_an_idle_limit_are_faults_of_the_policy() -> None:
    [fault] = lint(KIND, **{**WITH, "metric": "acuracy"}, at_least="0.5")
    assert "did you mean `accuracy`?" in fault.message
    assert [f.pointer for f in lint(KIND, **WITH, at_least="0")] == [("at_least",)]
    assert [f.pointer for f in lint(KIND, **WITH, at_least="85")] == [("at_least",)]
    assert outcomes(judge(KIND, about(right(1, 2)), **{**WITH, "metric": "acuracy"}, at_least="0.5")) == ["error"]


def test_the_examples_of_the_page_are_rules() -> None:
    rules = example_rules(KIND)
    assert len(rules) == 3
    for rule in rules:
        assert lint(KIND, **rule.with_) == []


def test_what_scores_tell_is_judged_on_its_interval() -> None:
    """A hundred of each class in perfect order: the area is 1, and certainly above 0.95."""
    counts = {"columns": ["y_true", "y_pred", "n"], "rows": [[0, 0, 100], [1, 1, 100]]}
    scores = {"columns": ["score", "y_true", "n"], "rows": [[100_000_000, 0, 100], [900_000_000, 1, 100]]}
    world = about(counts, tables={"scores": scores})
    for metric, limit, outcome in (
        ("roc_auc", {"at_least": "0.95"}, "pass"),
        ("brier", {"at_most": "0.02"}, "pass"),
        ("log_loss", {"at_most": "0.05"}, "fail"),
        ("average_precision", {"at_least": "1", "decide_on": "point"}, "pass"),
    ):
        assert outcomes(judge(KIND, world, evidence="performance", metric=metric, **limit)) == [outcome], metric


def test_scores_that_are_not_there_are_insufficient() -> None:
    [answer] = judge(KIND, about(right(90, 100)), evidence="performance", metric="roc_auc", at_least="0.7")
    assert answer.outcome == "insufficient"
    assert "does not tell `roc_auc`" in answer.message


def test_scores_of_suppressed_groups_could_be_anything() -> None:
    counts = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": [["f", 0, 0, 100], ["f", 1, 1, 100]]}
    rows = [["f", 100_000_000, 0, 100], ["f", 900_000_000, 1, 100]]
    tables = {"scores": {"columns": ["sex", "score", "y_true", "n"], "rows": rows}}
    world = about(counts, tables=tables, minimum_cell=5, suppressed=[{"sex": "m"}])
    [answer] = judge(KIND, world, evidence="performance", metric="roc_auc", at_least="0.7")
    assert answer.outcome == "insufficient"


def test_classes_and_bins_are_groups_to_a_rule() -> None:
    rows = [["a", "a", 900], ["b", "b", 880], ["b", "a", 20], ["c", "c", 500], ["c", "a", 500]]
    tables = {"confusion": {"columns": ["y_true", "y_pred", "n"], "rows": rows}}
    world = facts(evidence={"evidence/multiclass.json": an_evidence("multiclass", tables=tables, results={})})
    given = {"evidence": "multiclass", "metric": "recall", "group": "every", "by": ["class"]}
    assert outcomes(judge(KIND, world, **given, at_least="0.40")) == ["pass"]
    [answer] = judge(KIND, world, **given, at_least="0.90")
    assert answer.outcome == "fail"
    assert "`class=c`" in answer.message


def test_a_disparity_is_no_metric_of_a_group() -> None:
    """`fairness.difference_at_most` and `fairness.ratio_at_least` judge disparities, with thin groups and intervals."""
    faults = lint(KIND, evidence="fairness", metric="equalized_odds_difference", at_most="0.1")
    assert any("unknown metric" in fault.message for fault in faults)
