"""The rule `evidence.no_worse_than`."""

from __future__ import annotations

from typing import Any

import pytest

from rampgate.model.sourced import Missing
from rampgate.rules.evidence_no_worse_than import KIND
from worlds.facts_world import a_card, an_evidence, digest, example_rules, facts, judge, lint, outcomes, version_facts

FILE = "evidence/performance.json"
WITH: dict[str, Any] = {"evidence": "performance", "metric": "accuracy", "margin": "0.01"}


def right(k: int, n: int) -> dict[str, Any]:
    """Counts in which k of n are predicted rightly, half of the rows being positive."""
    wrong = n - k
    rows = [[1, 1, n // 2], [0, 0, n // 2 - wrong], [0, 1, wrong]]
    return {"columns": ["y_true", "y_pred", "n"], "rows": rows}


def measured(
    counts: dict[str, Any], version: str = "2.0.0", kind: str = "performance", **fields: Any
) -> dict[str, Any]:
    """Evidence about one version on the test data."""
    about = {"subject.version": version, "subject.artifact": digest(f"artifact {version}")}
    return an_evidence(kind, about, counts=counts, **fields)


def served(*evidence: dict[str, Any] | Missing) -> Any:
    """Version 1.4.0 at the last rung, with its evidence."""
    artifact = {"uri": "s3://models/credit-risk/1.4.0", "digest": digest("artifact 1.4.0")}
    card = a_card({"version": "1.4.0", "stage": "full", "artifact": artifact})
    return version_facts(card, evidence={f"evidence/{at}.json": each for at, each in enumerate(evidence)})


def about(own: dict[str, Any], incumbent: Any = None) -> Any:
    """Facts with one file of the challenger, and the incumbent's version folder where there is one."""
    return facts(evidence={FILE: own}, siblings={"1.4.0": incumbent} if incumbent else {})


def test_a_challenger_that_is_surely_not_worse_passes() -> None:
    """80% against 75% of 10,000 rows."""
    world = about(measured(right(8_000, 10_000)), served(measured(right(7_500, 10_000), "1.4.0")))
    [answer] = judge(KIND, world, **WITH, than="incumbent")
    assert answer.outcome == "pass"
    assert "accuracy is 0.8000 (n=10000), and 0.7500 (n=10000) for the incumbent 1.4.0" in answer.message
    assert answer.expected == "no worse than the incumbent 1.4.0 by more than 0.01"


def test_a_challenger_that_is_surely_worse_fails() -> None:
    world = about(measured(right(7_500, 10_000)), served(measured(right(8_000, 10_000), "1.4.0")))
    assert outcomes(judge(KIND, world, **WITH, than="incumbent")) == ["fail"]


def test_equal_values_on_few_rows_are_insufficient() -> None:
    """80 of 100 twice: no difference found, and a difference of 0.1 either way could be there."""
    world = about(measured(right(80, 100)), served(measured(right(80, 100), "1.4.0")))
    [answer] = judge(KIND, world, **WITH, than="incumbent")
    assert answer.outcome == "insufficient"
    assert "can not be told" in answer.message


def test_the_same_data_set_is_demanded_of_the_incumbent() -> None:
    other = {**measured(right(7_500, 10_000), "1.4.0")}
    other["subject"] = {**other["subject"], "dataset": digest("other data")}
    [answer] = judge(KIND, about(measured(right(8_000, 10_000)), served(other)), **WITH, than="incumbent")
    assert answer.outcome == "insufficient"
    assert "no performance evidence on the same data set" in answer.message
    assert "--model-version 1.4.0" in answer.fix


def test_two_files_without_a_data_set_are_not_on_the_same_one() -> None:
    own, theirs = measured(right(8_000, 10_000)), measured(right(7_500, 10_000), "1.4.0")
    for each in (own, theirs):
        del each["subject"]["dataset"]
    assert outcomes(judge(KIND, about(own, served(theirs)), **WITH, than="incumbent")) == ["insufficient"]


@pytest.mark.parametrize(
    "theirs",
    [
        Missing("its digest is not the one that the card names"),
        measured(right(7_500, 10_000), "1.3.0"),
        measured(
            right(7_500, 10_000),
            "1.4.0",
            produced={"by": "x", "tool": "x", "tool_version": "1", "at": "2027-01-01T00:00:00Z"},
        ),
        measured({"columns": ["y_true", "y_pred", "n"], "rows": [[2, 0, 10]]}, "1.4.0"),
        measured({"columns": ["y_true", "y_pred", "n"], "rows": []}, "1.4.0"),
    ],
    ids=["unreadable", "another version", "from the future", "malformed", "empty"],
)
def test_evidence_of_the_incumbent_that_does_not_fit_is_insufficient(theirs: Any) -> None:
    world = about(measured(right(8_000, 10_000)), served(theirs))
    assert outcomes(judge(KIND, world, **WITH, than="incumbent")) == ["insufficient"]


def test_every_file_of_the_incumbent_on_that_data_counts() -> None:
    bad, good = measured(right(7_500, 10_000), "1.4.0"), measured(right(9_000, 10_000), "1.4.0")
    world = about(measured(right(8_000, 10_000)), served(bad, good))
    assert outcomes(judge(KIND, world, **WITH, than="incumbent")) == ["pass", "fail"]


def test_without_an_incumbent_the_rule_speaks_only_where_it_says_so() -> None:
    world = about(measured(right(8_000, 10_000)))
    assert outcomes(judge(KIND, world, **WITH, than="incumbent")) == ["insufficient"]
    silent = judge(KIND, world, **WITH, than="incumbent", when_no_incumbent="not_applicable")
    assert outcomes(silent) == ["not_applicable"]


def test_the_incumbent_is_the_one_on_base_and_not_the_one_that_the_change_leaves() -> None:
    """Promoting to the last rung moves the incumbent to standby in the same change."""
    before = served(measured(right(9_000, 10_000), "1.4.0"))
    world = facts(
        evidence={FILE: measured(right(7_500, 10_000))},
        siblings={"1.4.0": {"stage": "standby"}},
        siblings_before={"1.4.0": before},
        from_stage="majority",
        to_stage="full",
    )
    assert outcomes(judge(KIND, world, **WITH, than="incumbent")) == ["fail"]


def test_a_trivial_model_is_beaten_or_not_row_by_row() -> None:
    """60% positive. Right in 80%: 2,800 negatives found, 800 positives missed, 0.2 better. Everybody positive: 0."""
    good = {"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, 5_200], [1, 0, 800], [0, 0, 2_800], [0, 1, 1_200]]}
    all_positive = {"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, 6_000], [0, 1, 4_000]]}
    worse = {"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, 3_000], [1, 0, 3_000], [0, 0, 2_000], [0, 1, 2_000]]}
    rule = {**WITH, "than": "trivial", "margin": "0"}
    [answer] = judge(KIND, about(measured(good)), **rule)
    assert answer.outcome == "pass"
    assert "0.6000 (n=10000) for always giving the more frequent class; difference 0.2000" in answer.message
    assert outcomes(judge(KIND, about(measured(all_positive)), **rule)) == ["insufficient"]
    assert outcomes(judge(KIND, about(measured(worse)), **rule)) == ["fail"]
    assert outcomes(judge(KIND, about(measured(good)), **{**rule, "metric": "error_rate"})) == ["pass"]
    assert outcomes(judge(KIND, about(measured(worse)), **{**rule, "metric": "error_rate"})) == ["fail"]


def test_a_majority_of_negatives_is_trivial_too() -> None:
    """60% negative and everybody predicted negative is the trivial model itself."""
    counts = {"columns": ["y_true", "y_pred", "n"], "rows": [[1, 0, 4_000], [0, 0, 6_000]]}
    [answer] = judge(KIND, about(measured(counts)), **{**WITH, "margin": "0.05"}, than="trivial")
    assert answer.outcome == "pass"
    assert "difference 0.0000" in answer.message


@pytest.mark.parametrize(("margin", "outcome"), [("0.02", "pass"), ("0", "insufficient")])
def test_a_fixed_value_is_compared_on_the_interval(margin: str, outcome: str) -> None:
    """8,000 of 10,000: Wilson's interval is 0.7920 to 0.8077, which holds 0.80 and lies above 0.78."""
    world = about(measured(right(8_000, 10_000)))
    assert outcomes(judge(KIND, world, **{**WITH, "margin": margin}, than={"value": "0.80"})) == [outcome]


def test_the_limit_itself_is_met() -> None:
    """All of 100 right: the interval ends at 1 exactly; none right ends at 0, against 0.5 with a margin of a half."""
    rule = {"evidence": "rate", "metric": "rate", "than": {"value": "0.5"}, "better": "higher"}
    none = {"columns": ["outcome", "n"], "rows": [[1, 0], [0, 100]]}
    assert outcomes(judge(KIND, about(measured(none, kind="rate")), **rule, margin="0.5")) == ["pass"]
    assert outcomes(judge(KIND, about(measured(none, kind="rate")), **rule, margin="0.4999")) == ["insufficient"]


def test_less_is_better_where_the_metric_or_the_rule_says_so() -> None:
    few = measured({"columns": ["outcome", "n"], "rows": [[1, 100], [0, 9_900]]}, kind="rate")
    rule = {"evidence": "rate", "metric": "rate", "margin": "0", "than": {"value": "0.04"}}
    assert outcomes(judge(KIND, about(few), **rule, better="lower")) == ["pass"]
    assert outcomes(judge(KIND, about(few), **rule, better="higher")) == ["fail"]
    assert outcomes(judge(KIND, about(few), **rule)) == ["error"]


def test_errors_of_regressions_are_compared() -> None:
    """Mean absolute errors of 2 and 3 with no spread: the difference is surely 1."""

    def off_by(error: int, version: str) -> dict[str, Any]:
        scaled = 1000 * 10**9
        sums = {
            "n": 1000,
            "sum_err": 0,
            "sum_abs_err": error * scaled,
            "sum_sq_err": error**2 * scaled,
            "sum_y": 0,
            "sum_y2": scaled,
        }
        whose = {"subject.version": version, "subject.artifact": digest(f"artifact {version}")}
        return an_evidence("regression", whose, sums=sums)

    rule = {"evidence": "regression", "metric": "mae", "than": "incumbent"}
    better = about(off_by(2, "2.0.0"), served(off_by(3, "1.4.0")))
    worse = about(off_by(3, "2.0.0"), served(off_by(2, "1.4.0")))
    assert outcomes(judge(KIND, better, **rule, margin="0")) == ["pass"]
    assert outcomes(judge(KIND, worse, **rule, margin="0.9")) == ["fail"]
    assert outcomes(judge(KIND, worse, **rule, margin="1.001")) == ["pass"]
    assert outcomes(judge(KIND, worse, **{**rule, "metric": "rmse"}, margin="9")) == ["insufficient"]


def test_hidden_rows_make_a_comparison_insufficient() -> None:
    counts = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": [["f", 1, 1, 9_000], ["f", 0, 0, 1_000]]}
    world = about(measured(counts, suppressed=[{"sex": "m"}], minimum_cell=10))
    [answer] = judge(KIND, world, **WITH, than={"value": "0.5"})
    assert answer.outcome == "insufficient"
    assert "suppressed" in answer.message


@pytest.mark.parametrize("parameters", [{}, {"margin": "-0.1"}, {"margin": "NaN"}], ids=["none", "negative", "nan"])
def test_a_margin_is_explicit(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="margin"):
        judge(KIND, facts(), evidence="performance", metric="accuracy", than="trivial", **parameters)


def test_comparisons_that_can_never_work_are_faults_of_the_policy() -> None:
    assert lint(KIND, **WITH, than="trivial") == []
    [fault] = lint(KIND, **{**WITH, "metric": "acuracy"}, than="trivial")
    assert "did you mean `accuracy`?" in fault.message
    assert [f.pointer for f in lint(KIND, **{**WITH, "metric": "recall"}, than="trivial")] == [("than",)]
    assert [f.pointer for f in lint(KIND, **{**WITH, "metric": "selection_rate"}, than="incumbent")] == [("better",)]
    assert [f.pointer for f in lint(KIND, **WITH, than="incumbent", better="lower")] == [("better",)]
    assert [f.pointer for f in lint(KIND, **{**WITH, "metric": "rmse"}, than="incumbent")] == [("metric",)]


def test_the_examples_of_the_page_are_rules() -> None:
    rules = example_rules(KIND)
    assert len(rules) == 3
    for rule in rules:
        assert lint(KIND, **rule.with_) == []
