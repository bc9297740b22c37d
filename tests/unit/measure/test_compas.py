"""ProPublica's two-year table: equal to Fairlearn on the raw rows, and to the published figures."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, count, false_positive_rate, selection_rate, true_positive_rate
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score, root_mean_squared_error

from measure_requests import fairness, measured, rows_of, value
from rampgate.stats.counts import CountsTable
from rampgate.stats.disparity import ratio_to_highest, split_thin
from rampgate.stats.rates import METRICS, evaluate
from shared_data import shared

COLUMNS = {"y_true": "label_value", "y_pred": "score"}


@pytest.fixture(scope="module")
def compas():
    return fairness(shared("fairness/compas_for_aequitas.csv"), by=("race",), crosscheck=True, **COLUMNS)


def test_every_group_equals_fairlearn_on_the_raw_rows(compas):
    raw = pd.read_csv(shared("fairness/compas_for_aequitas.csv"), keep_default_na=False)
    functions = {
        "n": count,
        "selection_rate": selection_rate,
        "true_positive_rate": true_positive_rate,
        "false_positive_rate": false_positive_rate,
        "accuracy": accuracy_score,
    }
    truth, predicted = raw["label_value"].astype(int), raw["score"].astype(float).astype(int)
    frame = MetricFrame(metrics=functions, y_true=truth, y_pred=predicted, sensitive_features=raw["race"])
    assert len(frame.by_group) == 6
    for race, expected in frame.by_group.iterrows():
        group = [each for each in compas.evidence["measures"] if each["group"] == {"race": race}]
        assert next(each["n"] for each in group if each["metric"] == "selection_rate") == expected["n"]
        for metric in ("selection_rate", "true_positive_rate", "false_positive_rate", "accuracy"):
            assert float(value(compas, metric, race=race)) == pytest.approx(expected[metric], abs=1e-12)


# Angwin, Larson, Mattu and Kirchner (2016), "How We Analyzed the COMPAS Recidivism Algorithm", ProPublica.
PUBLISHED = {
    ("false_positive_rate", "African-American"): "44.85",
    ("false_positive_rate", "Caucasian"): "23.45",
    ("false_negative_rate", "African-American"): "27.99",
    ("false_negative_rate", "Caucasian"): "47.72",
}


@pytest.mark.parametrize("case", PUBLISHED)
def test_the_published_percentages_come_out(compas, case):
    metric, race = case
    assert round(100 * value(compas, metric, race=race), 2) == Decimal(PUBLISHED[case])


def test_the_published_cells_come_out(compas):
    black = [row[3] for row in rows_of(compas) if row[0] == "African-American"]
    white = [row[3] for row in rows_of(compas) if row[0] == "Caucasian"]
    assert black == [990, 805, 532, 1369]
    assert white == [1139, 349, 461, 505]


def test_the_lowest_ratio_comes_from_a_group_of_18_and_says_so(compas):
    assert compas.notes[0].startswith("selection_rate by race: lowest to highest 0.3143 ")
    assert compas.notes[0].endswith("Native American 0.6667 of 18; it comes from a group of 18")


def test_with_a_least_group_of_100_the_ratio_is_0_356(compas):
    table = CountsTable.from_rows(compas.evidence["counts"]["columns"], rows_of(compas))
    rates = {group: evaluate(METRICS["selection_rate"], cells) for group, cells in table.groups().items()}
    thick, thin = split_thin(rates, 100)
    assert set(thin) == {("Asian",), ("Native American",)}
    found = ratio_to_highest(thick)
    assert (found.worst_group, found.reference_group) == (("Other",), ("African-American",))
    assert round(float(found.value), 3) == 0.356


def test_fairlearn_agrees_to_the_last_bit(compas):
    assert compas.crosscheck["library"] == "fairlearn"
    assert compas.crosscheck["max_difference"] == "0"


def test_the_marginals_of_two_columns_are_those_of_each_alone(compas):
    both = fairness(shared("fairness/compas_for_aequitas.csv"), by=("sex", "race"), **COLUMNS)
    for race in ("Asian", "Other"):
        assert value(both, "accuracy", race=race) == value(compas, "accuracy", race=race)


def test_performance_and_rate_see_the_same_rows(compas):
    data = shared("fairness/compas_for_aequitas.csv")
    whole = measured("performance", data, **COLUMNS)
    assert value(whole, "accuracy") == value(compas, "accuracy")
    assert value(measured("rate", data, outcome="score"), "rate") == value(compas, "selection_rate")
    assert whole.notes == ("always predicting the more frequent class would have accuracy 0.5493",)


def test_parquet_gives_the_counts_of_its_rows():
    path = shared("fairness/acsincome-preds-fairgbm-8.parquet")
    found = measured("rate", path, outcome="predictions")
    ones = sum(row[0] for row in duckdb.read_parquet(str(path)).project("predictions").fetchall())
    assert rows_of(found) == [[0, 332_900 - ones], [1, ones]]


def test_regression_on_parquet_equals_scikit_learn():
    path = shared("fairness/acsincome-test.parquet")
    found = measured("regression", path, y_true="AGEP", y_pred="WKHP")
    truth, predicted = zip(*duckdb.read_parquet(str(path)).project("AGEP, WKHP").fetchall(), strict=True)
    for metric, function in (("mae", mean_absolute_error), ("rmse", root_mean_squared_error), ("r2", r2_score)):
        assert float(value(found, metric)) == pytest.approx(function(truth, predicted), rel=1e-10)
