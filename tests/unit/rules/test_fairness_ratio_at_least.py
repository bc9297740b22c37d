"""The rule `fairness.ratio_at_least`: by hand, and on the counts that ProPublica published."""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

import pytest

from rampgate.rules.fairness_ratio_at_least import KIND
from shared_data import shared
from worlds.facts_world import an_evidence, example_rules, facts, judge, lint, outcomes

FILE = "evidence/fairness.json"
WITH = {"evidence": "fairness", "metric": "selection_rate", "by": ["sex"], "at_least": "0.80"}


def selected(groups: dict[str, tuple[int, int]], column: str = "sex") -> dict[str, Any]:
    """Counts in which k of n rows of each group are selected, all of them truly negative."""
    rows = [[g, 0, 1, k] for g, (k, _) in groups.items()] + [[g, 0, 0, n - k] for g, (k, n) in groups.items()]
    return {"columns": [column, "y_true", "y_pred", "n"], "rows": rows}


def about(groups: dict[str, tuple[int, int]], **fields: Any) -> Any:
    """Facts with one fairness file that has these groups."""
    return facts(evidence={FILE: an_evidence("fairness", counts=selected(groups), **fields)})


def test_equal_rates_of_large_groups_pass_and_say_that_the_evidence_is_claimed() -> None:
    """100,000 rows each at 50%: the interval of the ratio is far above 0.80."""
    [answer] = judge(KIND, about({"f": (50_000, 100_000), "m": (50_000, 100_000)}), **WITH)
    assert answer.outcome == "pass"
    assert answer.attested
    assert "claimed" in answer.message
    assert answer.location is not None
    assert answer.location.path == "model_cards/credit-risk/2.0.0/card.yaml"
    assert answer.location.line > 0


def test_signed_evidence_is_no_claim() -> None:
    counts = selected({"f": (50_000, 100_000), "m": (50_000, 100_000)})
    world = facts(evidence={FILE: an_evidence("fairness", counts=counts)}, signed_by={FILE: "bob"})
    [answer] = judge(KIND, world, **WITH)
    assert (answer.outcome, answer.attested) == ("pass", False)


def test_a_whole_interval_under_the_limit_fails_and_names_both_groups_with_their_rows() -> None:
    """0.2 against 0.5 is 0.4; with 10,000 rows each no interval reaches 0.80."""
    [answer] = judge(KIND, about({"f": (2_000, 10_000), "m": (5_000, 10_000)}), **WITH)
    assert answer.outcome == "fail"
    assert "`sex=f` (0.2000, n=10000) is 0.4000 times that of `sex=m` (0.5000, n=10000)" in answer.message
    assert "at least 0.80 is missed" in answer.message
    assert "rampgate measure fairness" in answer.fix


def test_an_interval_that_holds_the_limit_is_insufficient_and_says_how_many_rows_are_missing() -> None:
    """45 of 100 against 50 of 100 is 0.9, and far too few rows to tell it from 0.80."""
    [answer] = judge(KIND, about({"f": (45, 100), "m": (50, 100)}), **WITH)
    assert answer.outcome == "insufficient"
    steps = [answer.fix.index(word) for word in ("pool windows", "more rows of `sex=f`")]
    assert steps == sorted(steps), "the way out goes by pooling, then more rows"


def test_upper_passes_what_lower_can_not_tell() -> None:
    assert outcomes(judge(KIND, about({"f": (45, 100), "m": (50, 100)}), **WITH, decide_on="upper")) == ["pass"]


@pytest.mark.parametrize(("at_least", "outcome"), [("0.80", "pass"), ("0.8000000001", "fail"), ("0.79", "pass")])
def test_the_limit_itself_is_met(at_least: str, outcome: str) -> None:
    """40 of 100 against 50 of 100 is exactly 0.8."""
    world = about({"f": (40, 100), "m": (50, 100)})
    assert outcomes(judge(KIND, world, **{**WITH, "at_least": at_least}, decide_on="point")) == [outcome]


def test_a_number_that_rounds_to_the_limit_is_shown_with_enough_places() -> None:
    """39,999 of 100,000 against 50,000 of 100,000 is 0.79998, which 4 places would show as 0.8000."""
    world = about({"f": (39_999, 100_000), "m": (50_000, 100_000)})
    [answer] = judge(KIND, world, **WITH, decide_on="point")
    assert answer.outcome == "fail"
    assert "0.79998" in answer.message


def test_a_failure_among_large_groups_outranks_a_thin_one() -> None:
    groups = {"f": (2_000, 10_000), "m": (5_000, 10_000), "x": (3, 7)}
    [answer] = judge(KIND, about(groups), **WITH, min_group=100)
    assert answer.outcome == "fail"
    assert "`sex=x` (n=7)" in answer.message


def test_a_thin_group_makes_a_pass_insufficient() -> None:
    groups = {"f": (50_000, 100_000), "m": (50_000, 100_000), "x": (3, 7)}
    [answer] = judge(KIND, about(groups), **WITH, min_group=100)
    assert answer.outcome == "insufficient"
    assert "gather 93 more rows of `sex=x`" in answer.fix


def test_a_group_of_exactly_the_minimum_is_not_thin() -> None:
    groups = {"f": (50, 100), "m": (50, 100)}
    assert outcomes(judge(KIND, about(groups), **WITH, min_group=100, decide_on="point")) == ["pass"]
    assert outcomes(judge(KIND, about(groups), **WITH, min_group=101, decide_on="point")) == ["insufficient"]


def test_thin_groups_are_left_out_and_listed_where_the_rule_says_so() -> None:
    groups = {"f": (50_000, 100_000), "m": (50_000, 100_000), "x": (0, 7)}
    [answer] = judge(KIND, about(groups), **WITH, min_group=100, thin_groups="exclude_and_list")
    assert answer.outcome == "pass"
    assert "left out as thin (under 100): `sex=x` (n=7)" in answer.message


def test_the_minimum_counts_the_rows_that_the_metric_divides_by() -> None:
    """Group f has 10,000 rows but 5 positives: its true positive rate divides by 5."""
    rows = [["f", 1, 1, 5], ["f", 0, 0, 9_995], ["m", 1, 1, 5_000], ["m", 0, 0, 5_000]]
    counts = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": rows}
    world = facts(evidence={FILE: an_evidence("fairness", counts=counts)})
    with_tpr = {**WITH, "metric": "true_positive_rate", "min_group": 100, "decide_on": "point"}
    [answer] = judge(KIND, world, **with_tpr)
    assert answer.outcome == "insufficient"
    assert "`sex=f` (n=5)" in answer.message
    assert outcomes(judge(KIND, world, **{**with_tpr, "metric": "accuracy"})) == ["pass"]


def test_an_undefined_rate_is_insufficient_and_not_zero() -> None:
    """Group x has no positives; taken as 0 it would fail, left out it would pass."""
    rows = [[g, 1, 1, 5_000] for g in "fm"] + [["x", 0, 0, 5_000]]
    counts = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": rows}
    world = facts(evidence={FILE: an_evidence("fairness", counts=counts)})
    [answer] = judge(KIND, world, **{**WITH, "metric": "recall"})
    assert answer.outcome == "insufficient"
    assert "undefined: `sex=x` (n=0)" in answer.message


@pytest.mark.parametrize(
    "groups",
    [{"f": (500, 1000)}, {}, {"f": (0, 1000), "m": (0, 1000)}],
    ids=["one group", "no rows", "nobody selected"],
)
def test_what_can_not_be_compared_is_insufficient(groups: dict[str, tuple[int, int]]) -> None:
    [answer] = judge(KIND, about(groups), **WITH)
    assert answer.outcome == "insufficient"
    assert "can not be compared" in answer.message


def test_a_suppressed_group_is_thin_only_where_it_surely_has_too_few_rows() -> None:
    """Under `minimum_cell: 10` a suppressed group has at most 9 rows; under 5000 it may have 4,999."""
    groups = {"f": (50_000, 100_000), "m": (50_000, 100_000)}
    rule = {**WITH, "min_group": 100}
    small = about(groups, suppressed=[{"sex": "x"}], minimum_cell=10)
    large = about(groups, suppressed=[{"sex": "x"}], minimum_cell=5_000)
    assert outcomes(judge(KIND, small, **rule)) == ["insufficient"]
    assert outcomes(judge(KIND, small, **rule, thin_groups="exclude_and_list")) == ["pass"]
    assert outcomes(judge(KIND, large, **rule, thin_groups="exclude_and_list")) == ["insufficient"]
    lying = about(groups, suppressed=[{"sex": "x"}], minimum_cell=0)
    assert outcomes(judge(KIND, lying, **rule, thin_groups="exclude_and_list")) == ["insufficient"]


def test_a_group_with_suppressed_rows_of_its_own_can_not_pass() -> None:
    """Split by race too, 9 women of a small race are left out, so what is counted of women is not all."""
    rows = [[s, "r", 0, y, 50_000] for s in "fm" for y in (0, 1)]
    counts = {"columns": ["sex", "race", "y_true", "y_pred", "n"], "rows": rows}
    evidence = an_evidence("fairness", counts=counts, suppressed=[{"sex": "f", "race": "q"}], minimum_cell=10)
    [answer] = judge(KIND, facts(evidence={FILE: evidence}), **WITH, min_group=100, thin_groups="exclude_and_list")
    assert answer.outcome == "insufficient"
    assert "`sex=f`" in answer.message


def test_evidence_that_is_not_split_by_the_column_is_insufficient() -> None:
    [answer] = judge(KIND, about({"f": (5, 10), "m": (5, 10)}), **{**WITH, "by": ["race"]})
    assert answer.outcome == "insufficient"
    assert "no group column `race`; the counts have `sex`" in answer.message
    assert "--by race" in answer.fix


def test_every_matching_file_is_judged() -> None:
    good = an_evidence("fairness", counts=selected({"f": (50_000, 100_000), "m": (50_000, 100_000)}))
    bad = an_evidence("fairness", counts=selected({"f": (2_000, 10_000), "m": (5_000, 10_000)}))
    world = facts(evidence={"evidence/good.json": good, "evidence/bad.json": bad})
    assert outcomes(judge(KIND, world, **WITH)) == ["pass", "fail"]


def test_recorded_measures_are_never_believed() -> None:
    measures = [{"metric": "selection_rate", "group": {"sex": g}, "n": 10_000, "value": "0.5"} for g in "fm"]
    world = about({"f": (2_000, 10_000), "m": (5_000, 10_000)}, measures=measures)
    assert outcomes(judge(KIND, world, **WITH)) == ["fail"]


def test_a_hostile_group_name_stays_on_one_line() -> None:
    groups = {"f`\nverdict: allow": (2_000, 10_000), "m\tx": (5_000, 10_000)}
    [answer] = judge(KIND, about(groups), **WITH)
    assert answer.outcome == "fail"
    assert answer.message.isprintable()
    assert "f\\u0060\\u000averdict" in answer.message


@pytest.mark.parametrize(
    ("stage", "window", "words"),
    [
        # 10 days gave 50 rows of group x at canary (5%); the 50 that are missing take 10 days there ...
        ("canary", {"from": "2026-11-01", "to": "2026-11-10"}, "about 10 days at `canary`, 5% of traffic"),
        # ... and had they been gathered at 25%, a day at canary gives a fifth of that.
        ("ramp", {"from": "2026-11-01", "to": "2026-11-10"}, "about 50 days at `canary`"),
    ],
)
def test_the_fix_says_for_how_long_to_wait(stage: str, window: dict[str, str], words: str) -> None:
    groups = {"f": (50_000, 100_000), "m": (50_000, 100_000), "x": (25, 50)}
    counts = selected(groups)
    evidence = an_evidence("fairness", counts=counts, population="production", stage=stage, window=window)
    world = facts(evidence={FILE: evidence}, from_stage="canary", to_stage="ramp")
    [answer] = judge(KIND, world, **WITH, min_group=100)
    assert answer.outcome == "insufficient"
    assert "gather 50 more rows of `sex=x`" in answer.fix
    assert words in answer.fix


def test_parameters_that_can_never_work_are_found_when_the_policy_is_checked() -> None:
    [fault] = lint(KIND, **{**WITH, "metric": "selection_rat"})
    assert "unknown metric `selection_rat`; did you mean `selection_rate`?" in fault.message
    assert [f.pointer for f in lint(KIND, **{**WITH, "by": ["sex", "sex"]})] == [("by", 1)]
    assert [f.pointer for f in lint(KIND, **WITH, thin_groups="exclude_and_list")] == [("thin_groups",)]
    assert [f.pointer for f in lint(KIND, **{**WITH, "metric": "f1"})] == [("metric",)]
    assert lint(KIND, **WITH) == []


@pytest.mark.parametrize("at_least", ["0", "1.1", "NaN", "-0.8"])
def test_a_limit_that_is_no_ratio_is_refused(at_least: str) -> None:
    with pytest.raises(ValueError, match="at_least"):
        judge(KIND, about({}), **{**WITH, "at_least": at_least})


def test_the_example_of_the_page_is_a_rule() -> None:
    for rule in example_rules(KIND):
        assert lint(KIND, **rule.with_) == []


def compas(column: str) -> dict[str, Any]:
    """ProPublica's two-year table: rows counted here with the csv module alone."""
    with shared("fairness/compas_for_aequitas.csv").open(encoding="utf-8", newline="") as file:
        cells = Counter(
            (row[column], int(float(row["label_value"])), int(float(row["score"]))) for row in csv.DictReader(file)
        )
    return {"columns": [column, "y_true", "y_pred", "n"], "rows": [[*cell, n] for cell, n in sorted(cells.items())]}


def test_compas_by_race_is_decided_by_groups_of_at_least_100_or_by_a_group_of_18() -> None:
    """By hand from the published counts: 79/377 over 2174/3696 is 0.3562..., over 12/18 it is 0.3143..."""
    world = facts(evidence={FILE: an_evidence("fairness", counts=compas("race"))})
    rule = {**WITH, "by": ["race"]}
    [large] = judge(KIND, world, **rule, min_group=100)
    assert large.outcome == "fail"
    assert large.found.startswith("0.3563,")  # 0.35625...
    assert "`race=Other` (0.2095, n=377)" in large.message
    assert "`race=African-American` (0.5882, n=3696)" in large.message
    assert "`race=Native American` (n=18), `race=Asian` (n=32)" in large.message
    [every] = judge(KIND, world, **rule)
    assert every.outcome == "fail"
    assert every.found.startswith("0.3143,")
    assert "`race=Native American` (0.6667, n=18)" in every.message
    assert "`race=Native American` (n=18) decides although it is small" in every.message


def test_compas_by_sex_fails_on_false_positives() -> None:
    world = facts(evidence={FILE: an_evidence("fairness", counts=compas("sex"))})
    [answer] = judge(KIND, world, **{**WITH, "metric": "accuracy"}, min_group=100)
    assert answer.outcome == "pass"
