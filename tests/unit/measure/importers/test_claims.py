"""MLflow and Evidently: numbers without counts, under the names that whoever imports gives them."""

from __future__ import annotations

import json
import sqlite3

import pytest

from foreign_results import taken, written
from rampgate.errors import InvalidInput, Unreachable, UsageProblem
from rampgate.measure.importers import TOOLS, importer_named
from shared_data import shared

RUN = {
    "info": {"run_id": "r1", "end_time": 1763460000000},
    "data": {
        "metrics": [
            {"key": "acc", "value": 0.875, "timestamp": 1763456400000, "step": 0},
            {"key": "loss", "value": "NaN", "timestamp": "1763456500000", "step": 0},
        ],
        "tags": [{"key": "mlflow.version", "value": "3.1.0"}],
    },
}
DRIFT = {
    "metrics": [
        {
            "id": "1", "metric_name": f"ValueDrift(column={column},method={method})",
            "config": {"type": "evidently:metric_v2:ValueDrift", "column": column, "method": method}, "value": value,
        }
        for column, method, value in (("age", "psi", 0.25), ("sex", "psi", 0.0125), ("age", "K-S p_value", 1e-06))
    ]
    + [{"id": "2", "config": {"type": "evidently:metric_v2:DriftedColumnsCount"}, "value": {"count": 1, "share": 0.5}}],
    "tests": [],
}  # fmt: skip
OLD_DRIFT = {
    "version": "0.4.40",
    "timestamp": "2026-11-18 10:00:00.123",
    "metrics": [
        {
            "metric": "DataDriftTable",
            "result": {
                "share_of_drifted_columns": 0.5,
                "drift_by_columns": {
                    "age": {"column_name": "age", "stattest_name": "PSI", "drift_score": 0.25, "current": {"x": [1.0]}},
                    "sex": {"column_name": "sex", "stattest_name": "PSI", "drift_score": float("nan")},
                },
            },
        },
        {"metric": "ClassificationQualityMetric", "result": {"current": {"accuracy": 0.75}, "reference": None}},
    ],
}


def test_an_exported_run_of_mlflow_is_as_old_as_the_oldest_number_taken(tmp_path):
    found = taken("mlflow", written(tmp_path, {"run": RUN}), kind="performance", mapping={"acc": "accuracy"})
    assert found.claimed == ({"metric": "accuracy", "group": {}, "value": "0.875"},)
    assert (found.at, found.about, found.tool_version) == ("2025-11-18T09:00:00Z", "run r1", "3.1.0")
    assert found.not_taken == ("loss",)


def test_what_mlflow_calls_not_a_number_is_undefined_and_never_zero(tmp_path):
    found = taken("mlflow", written(tmp_path, RUN), kind="performance", mapping={"loss": "log_loss"})
    assert found.claimed == ({"metric": "log_loss", "group": {}, "value": None},)


def test_metrics_as_a_mapping_have_the_time_of_the_end_of_the_run(tmp_path):
    run = {"info": RUN["info"], "data": {"metrics": {"acc": 1}, "params": {}, "tags": {}}}
    found = taken("mlflow", written(tmp_path, run), kind="performance", mapping={"acc": "accuracy"})
    assert (found.claimed[0]["value"], found.at) == ("1", "2025-11-18T10:00:00Z")


def test_a_real_database_of_mlflow_is_read_by_run_and_by_registered_version(tmp_path):
    """Beside 200 registered models; the value is what SQLite itself says."""
    place = shared("mlflow/mlflow.db")
    with sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True) as database:
        wanted = database.execute(
            "SELECT v.name, v.version, v.run_id, m.value FROM model_versions v JOIN latest_metrics m"
            " ON m.run_uuid = v.run_id ORDER BY v.name, v.version LIMIT 5"
        ).fetchall()
    assert len(wanted) == 5
    for name, version, run, value in wanted:
        for picks in ({"run": run}, {"model": f"{name}/{version}"}):
            found = taken("mlflow", place, kind="performance", mapping={"accuracy": "accuracy"}, picks=picks)
            assert float(found.claimed[0]["value"]) == value
            assert found.about == f"run {run}"


@pytest.mark.parametrize(
    ("given", "words"),
    {
        "no run named": ({}, "say which run"),
        "both": ({"picks": {"run": "a", "model": "b/1"}}, "say which run"),
        "an unknown run": ({"picks": {"run": "nope"}}, "there is no run `nope`"),
        "an unknown model": ({"picks": {"model": "nope/1"}}, "it has no model `nope`"),
        "an unknown version": ({"picks": {"model": "m/9"}}, "versions of `m`: `1`"),
        "no version": ({"picks": {"model": "m"}}, "expected NAME/VERSION"),
        "a hostile run": ({"picks": {"run": "' OR 1=1 --"}}, "there is no run"),
        "no mapping": ({"picks": {"run": "r"}}, "it reports `accuracy`"),
    }.values(),
)
def test_which_run_is_meant_is_never_guessed(tmp_path, given, words):
    place = tmp_path / "mlflow.db"
    with sqlite3.connect(place) as database:
        database.executescript(
            "CREATE TABLE runs (run_uuid TEXT); CREATE TABLE tags (key, value, run_uuid);"
            "CREATE TABLE latest_metrics (key, value, timestamp, step, is_nan, run_uuid);"
            "CREATE TABLE model_versions (name, version, run_id);"
            "INSERT INTO runs VALUES ('r'); INSERT INTO model_versions VALUES ('m', 1, 'r');"
            "INSERT INTO latest_metrics VALUES ('accuracy', 0.5, 0, 0, 0, 'r');"
        )
    with pytest.raises(UsageProblem, match=words):
        taken("mlflow", place, kind="performance", **given)


def test_a_database_of_something_else_can_not_be_read(tmp_path):
    place = tmp_path / "other.db"
    with sqlite3.connect(place) as database:
        database.execute("CREATE TABLE a (b)")
    with pytest.raises(Unreachable, match="can not be read as the database of an MLflow server"):
        taken("mlflow", place, kind="performance", picks={"run": "r"})


@pytest.mark.parametrize("report", [DRIFT, OLD_DRIFT], ids=["0.7", "0.4"])
def test_the_column_of_a_report_of_evidently_is_the_group_and_the_method_is_in_the_name(tmp_path, report):
    name = "ValueDrift(method=psi)" if report is DRIFT else "DataDriftTable.drift_score(method=PSI)"
    found = taken("evidently", written(tmp_path, report), kind="drift", mapping={name: "psi"})
    values = {each["group"]["column"]: each["value"] for each in found.claimed}
    assert values == {"age": "0.25", "sex": "0.0125" if report is DRIFT else None}
    assert found.at is None  # without an offset a time is no moment


def test_a_probability_is_never_taken_for_a_distance(tmp_path):
    """The smaller the p-value the greater the drift: as a distance it would pass every limit."""
    with pytest.raises(UsageProblem, match="is a probability"):
        taken("evidently", written(tmp_path, DRIFT), kind="drift", mapping={"ValueDrift(method=K-S p_value)": "ks"})


def test_a_nested_number_of_evidently_has_the_way_to_it_as_its_name(tmp_path):
    name = "ClassificationQualityMetric.current.accuracy"
    found = taken("evidently", written(tmp_path, OLD_DRIFT), kind="performance", mapping={name: "accuracy"})
    assert found.claimed == ({"metric": "accuracy", "group": {}, "value": "0.75"},)


def test_two_numbers_can_not_be_one_metric_of_the_same_rows(tmp_path):
    names = {"DriftedColumnsCount.count": "psi", "DriftedColumnsCount.share": "psi"}
    with pytest.raises(InvalidInput, match="would both be `psi`"):
        taken("evidently", written(tmp_path, DRIFT), kind="drift", mapping=names)


def test_what_is_no_share_has_no_complement(tmp_path):
    run = json.loads(json.dumps(RUN))
    run["data"]["metrics"][0]["value"] = 87.5
    with pytest.raises(InvalidInput, match="no share"):
        taken("mlflow", written(tmp_path, run), kind="performance", mapping={"acc": "not:accuracy"})


def test_which_kind_of_evidence_it_is_must_be_said_where_it_could_be_several(tmp_path):
    with pytest.raises(UsageProblem, match="say which kind"):
        taken("mlflow", written(tmp_path, RUN), mapping={"acc": "accuracy"})


def test_an_unknown_tool_is_told_with_the_nearest():
    with pytest.raises(UsageProblem, match="did you mean `mlflow`"):
        importer_named("mlflo")


def test_the_registry_names_every_importer():
    assert list(TOOLS) == ["dbt", "evidently", "great-expectations", "lm-eval", "mlflow", "promptfoo"]
