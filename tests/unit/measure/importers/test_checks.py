"""Great Expectations and dbt: every check with its result, and rows where the tool counts them."""

from __future__ import annotations

import pytest

from foreign_results import expectation, manifest, run_results, taken, validation, written
from rampgate.errors import InvalidInput, UsageProblem
from shared_data import shared

BETWEEN = expectation(
    "expect_column_values_to_be_between", "age", success=False,
    element_count=10, missing_count=2, unexpected_count=1, unexpected_percent=12.5,
)  # fmt: skip
NOT_NULL = expectation(
    "expect_column_values_to_not_be_null", "age", success=False, element_count=10, unexpected_count=2
)
ROW_COUNT = expectation("expect_table_row_count_to_equal", observed_value=10)


def test_row_counts_of_great_expectations_are_taken_with_the_missing_ones(tmp_path):
    found = taken("great-expectations", written(tmp_path, validation(BETWEEN, NOT_NULL, ROW_COUNT)))
    assert found.tables["checks"]["rows"] == [
        ["expect_table_row_count_to_equal", "", "passed"],
        ["expect_column_values_to_be_between", "age", "failed"],
        ["expect_column_values_to_not_be_null", "age", "failed"],
    ]
    assert found.tables["rows"]["rows"] == [
        ["expect_column_values_to_be_between", "age", 1, 2, 10],
        ["expect_column_values_to_not_be_null", "age", 2, 0, 10],
    ]
    assert (found.kind, found.at, found.tool_version) == ("checks", "2026-11-18T09:00:00Z", "0.18.22")


def test_the_same_expectation_twice_keeps_two_names(tmp_path):
    found = taken("great-expectations", written(tmp_path, validation(ROW_COUNT, ROW_COUNT)))
    assert [row[0] for row in found.tables["checks"]["rows"]] == [
        "expect_table_row_count_to_equal",
        "expect_table_row_count_to_equal #2",
    ]


def test_an_expectation_that_raised_has_erred_whatever_it_says(tmp_path):
    raised = BETWEEN | {"exception_info": {"MetricConfigurationID(...)": {"raised_exception": True}}}
    found = taken("great-expectations", written(tmp_path, validation(raised)))
    assert found.tables["checks"]["rows"][0][2] == "erred"


@pytest.mark.parametrize(
    ("value", "words"),
    {
        "a failure taken out": (validation(ROW_COUNT, evaluated_expectations=2), "its summary says 2"),
        "a failure called a success": (
            validation(BETWEEN | {"success": True}), "is a success, but has 1 unexpected rows",
        ),
        "the whole called a success": (validation(BETWEEN) | {"success": True}, "its `success` is not what"),
        "nothing checked": (validation(), "nothing was checked"),
        "a checkpoint": ({"run_results": {}}, "the result of a checkpoint"),
        "more unexpected rows than rows": (
            validation(expectation("e", "c", success=False, element_count=1, unexpected_count=2)), "2 of 1 rows",
        ),
        "something else": ({"a": 1}, "this is no validation result"),
    }.values(),
)  # fmt: skip
def test_results_that_contradict_themselves_are_refused(tmp_path, value, words):
    with pytest.raises(InvalidInput, match=words):
        taken("great-expectations", written(tmp_path, value))


def test_a_tolerated_share_is_a_success_with_unexpected_rows(tmp_path):
    tolerated = expectation("in_set", "sex", element_count=10, unexpected_count=1, mostly=0.8)
    found = taken("great-expectations", written(tmp_path, validation(tolerated)))
    assert found.tables["rows"]["rows"] == [["in_set", "sex", 1, 0, 10]]


TESTS = (
    ("test.shop.unique_id", "fail", 3),
    ("test.shop.not_null_id", "pass", 0),
    ("test.shop.sum_is_right", "warn", 120),
    ("test.shop.first_rows", "fail", 100),
    ("test.shop.broken", "error", None),
    ("test.shop.later", "skipped", None),
    ("model.shop.orders", "success", None),
)


def test_rows_that_a_dbt_test_found_are_taken_only_where_the_manifest_says_that_they_are_rows(tmp_path):
    beside = written(
        tmp_path,
        manifest(
            unique_id={"column_name": "id"}, not_null_id={"column_name": "id"},
            sum_is_right={"fail_calc": "sum(wrong)"}, first_rows={"limit": 100}, broken={}, later={},
        ),
        "manifest.json",
    )  # fmt: skip
    found = taken("dbt", written(tmp_path, run_results(*TESTS)), beside=(beside,))
    results = {row[0]: row[2] for row in found.tables["checks"]["rows"]}
    assert results == {
        "shop.unique_id": "failed", "shop.not_null_id": "passed", "shop.sum_is_right": "warned",
        "shop.first_rows": "failed", "shop.broken": "erred", "shop.later": "skipped",
    }  # fmt: skip
    assert found.tables["failing"]["rows"] == [["shop.not_null_id", "id", 0], ["shop.unique_id", "id", 3]]
    assert set(found.not_taken) == {
        "failures of shop.sum_is_right (not counted row by row)",
        "failures of shop.first_rows (not counted row by row)",
        "model.shop.orders",
    }


def test_without_a_manifest_no_row_is_counted(tmp_path):
    found = taken("dbt", written(tmp_path, run_results(*TESTS)))
    assert set(found.tables) == {"checks"}
    assert "failures of shop.unique_id (no manifest)" in found.not_taken


@pytest.mark.parametrize(
    ("value", "words"),
    {
        "no tests": (run_results(("model.shop.a", "success", None)), "it holds no tests, only 1 other"),
        "a status of a later release": (run_results(("test.shop.a", "partial", 1)), "unknown status `partial`"),
        "failed with nothing": (run_results(("test.shop.a", "fail", 0)), "failed with 0 failures"),
        "a test twice": (run_results(("test.shop.a", "pass", 0), ("test.shop.a", "pass", 0)), "stands in it twice"),
        "another file": ({"metadata": {}, "results": []}, "no run results of dbt"),
        "a later schema": (
            run_results(dbt_schema_version="https://schemas.getdbt.com/dbt/run-results/v7.json"), "no run results",
        ),
    }.values(),
)  # fmt: skip
def test_other_results_of_dbt_are_refused(tmp_path, value, words):
    with pytest.raises(InvalidInput, match=words):
        taken("dbt", written(tmp_path, value))


def test_a_manifest_of_another_run_is_refused(tmp_path):
    """It may say something else of the same test."""
    beside = written(tmp_path, manifest("i-2", unique_id={}), "manifest.json")
    with pytest.raises(InvalidInput, match="written by another run"):
        taken("dbt", written(tmp_path, run_results(TESTS[0])), beside=(beside,))


def test_checks_have_their_own_names(tmp_path):
    with pytest.raises(UsageProblem, match="leave `--map` away"):
        taken("dbt", written(tmp_path, run_results(TESTS[0])), mapping={"a": "b"})


def test_a_real_run_of_dbt_is_read_whole():
    """14 tests of a real project: the numbers are those of its log."""
    found = taken("dbt", shared("dbt/test_run_results.json"), beside=(shared("dbt/test_manifest.json"),))
    results = [row[2] for row in found.tables["checks"]["rows"]]
    assert (len(results), results.count("failed"), results.count("passed")) == (14, 4, 10)
    assert sorted(row[2] for row in found.tables["failing"]["rows"] if row[2]) == [1, 1, 6, 6]
    assert (found.at, found.tool_version, found.not_taken) == ("2021-08-23T15:06:44Z", "0.21.0", ())
