"""The rule `fairness.groups_covered`."""

from __future__ import annotations

from typing import Any

import pytest

from rampgate.rules.fairness_groups_covered import KIND
from worlds.facts_world import an_evidence, example_rules, facts, judge, lint, outcomes

FILE = "evidence/fairness.json"
WITH: dict[str, Any] = {"evidence": "fairness", "by": ["sex"], "groups": ["Female", "Male"], "min_group": 100}


def about(groups: dict[str, int], **fields: Any) -> Any:
    """Facts with one file that has so many rows of each group."""
    counts = {"columns": ["sex", "y_true", "y_pred", "n"], "rows": [[g, 0, 0, n] for g, n in groups.items()]}
    return facts(evidence={FILE: an_evidence("fairness", counts=counts, **fields)})


def test_groups_with_exactly_the_least_rows_pass() -> None:
    [answer] = judge(KIND, about({"Female": 100, "Male": 5000}), **WITH)
    assert answer.outcome == "pass"
    assert "the smallest is `sex=Female` (n=100)" in answer.message


def test_a_group_with_one_row_too_few_is_insufficient() -> None:
    [answer] = judge(KIND, about({"Female": 99, "Male": 5000}), **WITH)
    assert answer.outcome == "insufficient"
    assert "`sex=Female` has n=99" in answer.message
    assert "gather 1 more rows of `sex=Female`" in answer.fix


def test_a_missing_group_is_insufficient_and_a_look_alike_is_named() -> None:
    [answer] = judge(KIND, about({"female": 5000, "Male": 5000}), **WITH)
    assert answer.outcome == "insufficient"
    assert "`sex=Female` is missing (is it `female`?)" in answer.message


def test_a_suppressed_group_is_visible_and_not_enough() -> None:
    [answer] = judge(KIND, about({"Male": 5000}, suppressed=[{"sex": "Female"}], minimum_cell=10), **WITH)
    assert answer.outcome == "insufficient"
    assert "`sex=Female` is suppressed" in answer.message


@pytest.mark.parametrize("groups", [{}, {"Male": 5000}, {"Female": 0, "Male": 0}], ids=["empty", "one", "no rows"])
def test_an_empty_or_single_set_never_passes(groups: dict[str, int]) -> None:
    assert outcomes(judge(KIND, about(groups), **WITH)) == ["insufficient"]


def test_evidence_split_by_nothing_or_without_counts_is_insufficient() -> None:
    whole = an_evidence("fairness", counts={"columns": ["y_true", "y_pred", "n"], "rows": [[1, 1, 9000]]})
    bare = an_evidence("fairness", results={"result": "fine"})
    for evidence in (whole, bare):
        assert outcomes(judge(KIND, facts(evidence={FILE: evidence}), **WITH)) == ["insufficient"]


def test_intersections_are_named_by_mappings_and_summed_over_other_columns() -> None:
    """Asian women: 60 of one age, 40 of another; that is 100."""
    rows = [
        ["Female", "Asian", "old", 1, 1, 60],
        ["Female", "Asian", "young", 0, 0, 40],
        ["Male", "Asian", "old", 1, 0, 100],
    ]
    counts = {"columns": ["sex", "race", "age", "y_true", "y_pred", "n"], "rows": rows}
    world = facts(evidence={FILE: an_evidence("fairness", counts=counts)})
    wanted = [{"race": "Asian", "sex": "Female"}, {"sex": "Male", "race": "Asian"}]
    rule = {**WITH, "by": ["sex", "race"], "groups": wanted}
    assert outcomes(judge(KIND, world, **rule)) == ["pass"]
    assert outcomes(judge(KIND, world, **{**rule, "min_group": 101})) == ["insufficient"]


def test_sums_of_a_regression_show_groups_too() -> None:
    sums = {
        "columns": ["sex", "n", "sum_err", "sum_abs_err", "sum_sq_err", "sum_y", "sum_y2"],
        "rows": [["Female", 100, 0, 0, 0, 0, 0], ["Male", 100, 0, 0, 0, 0, 0]],
    }
    world = facts(evidence={FILE: an_evidence("regression", sums=sums)})
    assert outcomes(judge(KIND, world, **{**WITH, "evidence": "regression"})) == ["pass"]


def test_groups_that_can_never_be_found_are_faults_of_the_policy() -> None:
    assert [f.pointer for f in lint(KIND, **{**WITH, "groups": ["Female", {"race": "x"}]})] == [("groups", 1)]
    assert [f.pointer for f in lint(KIND, **{**WITH, "groups": ["Female", {"sex": "Female"}]})] == [("groups", 1)]
    assert [f.pointer for f in lint(KIND, **{**WITH, "by": ["sex", "race"]})] == [("groups", 0), ("groups", 1)]
    assert lint(KIND, **WITH) == []


def test_a_rule_whose_groups_do_not_fit_its_columns_is_an_error() -> None:
    world = about({"Female": 5000, "Male": 5000})
    assert outcomes(judge(KIND, world, **{**WITH, "groups": ["Female", "Female"]})) == ["error"]


def test_a_single_named_group_is_refused() -> None:
    with pytest.raises(ValueError, match="groups"):
        judge(KIND, about({}), **{**WITH, "groups": ["Female"]})


def test_the_example_of_the_page_is_a_rule() -> None:
    for rule in example_rules(KIND):
        assert lint(KIND, **rule.with_) == []
