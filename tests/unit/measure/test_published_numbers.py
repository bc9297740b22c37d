"""Truth that others published, or that others compute from the raw rows: German credit and ACSIncome."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from sklearn.metrics import accuracy_score

from measure_requests import measured, value
from shared_data import shared

# The base rates of `base_rate` in the documentation of AIF360, by sex and age, with the rows that they divide by.
# The copy that is read here cuts ages elsewhere (25 years are adult), so the two ages of a sex are put together.
GERMAN = {
    "female": (("0.697561", 205), ("0.552381", 105)),
    "male": (("0.738843", 605), ("0.611765", 85)),
}


@pytest.mark.parametrize("sex", GERMAN)
def test_the_base_rates_of_german_credit_are_those_published(sex):
    found = measured("rate", shared("fairness/german_original.csv"), outcome="credit", positive="1", by=("sex",))
    good = sum(round(Decimal(rate) * rows) for rate, rows in GERMAN[sex])
    rows = sum(rows for _, rows in GERMAN[sex])
    entry = next(each for each in found.evidence["measures"] if each["group"] == {"sex": sex})
    assert (entry["k"], entry["n"]) == (good, rows)


MODELS = ("fairgbm-8", "exponentiated-gradient-2")


def acsincome(model, kind, **given):
    return measured(
        kind,
        shared(f"fairness/acsincome-preds-{model}.parquet"),
        truth=str(shared("fairness/acsincome-test.parquet")),
        id="index",
        y_true="PINCP",
        y_pred="predictions",
        **given,
    )


def raw(model):
    """Truth, prediction, sex and race of every row, joined by the id and by nothing of ours."""
    predictions = shared(f"fairness/acsincome-preds-{model}.parquet")
    truth = shared("fairness/acsincome-test.parquet")
    joined = f"FROM '{predictions}' p JOIN '{truth}' t ON p.\"index\" = t.\"index\""
    return duckdb.sql(f"SELECT t.PINCP, p.predictions, CAST(t.SEX AS INT), t.RAC1P {joined}").fetchnumpy()


@pytest.mark.parametrize("model", MODELS)
def test_the_accuracy_on_acsincome_is_that_of_the_rows_joined_by_their_id(model):
    rows = raw(model)
    found = acsincome(model, "performance")
    assert found.evidence["source"]["rows"] == 332_900
    assert float(value(found, "accuracy")) == pytest.approx(
        accuracy_score(rows["PINCP"], rows["predictions"]), abs=1e-12
    )


@pytest.mark.scale
@pytest.mark.parametrize("model", MODELS)
def test_every_group_of_acsincome_equals_fairlearn_on_the_raw_rows(model):
    rows = raw(model)
    found = acsincome(model, "fairness", by=("SEX",))
    sex = rows["CAST(t.SEX AS INTEGER)"]
    assert largest_difference(found, rows["PINCP"], rows["predictions"], {"SEX": sex}) == (0, 6)


@pytest.mark.scale
def test_every_group_of_employment_in_massachusetts_equals_fairlearn_on_the_raw_rows():
    """Four years, truth joined by its id, by sex and race together; some groups have few rows."""
    later, truth = shared("drift/employment_MA_analysis.pq"), shared("drift/employment_MA_analysis_target.pq")
    joined = f"FROM read_parquet('{later}') p JOIN read_parquet('{truth}') t USING (id)"
    rows = duckdb.sql(f"SELECT employed, prediction, SEX, RAC1P {joined}").fetchnumpy()
    found = measured(
        "fairness", later, truth=str(truth), id="id", y_true="employed", y_pred="prediction", by=("SEX", "RAC1P")
    )
    groups = {name: rows[name] for name in ("SEX", "RAC1P")}
    apart, compared = largest_difference(found, rows["employed"], rows["prediction"], groups)
    assert apart == 0
    assert compared >= 3 * 16


def largest_difference(found, y_true, y_pred, groups):
    """How far rates of groups, and what compares groups, lie from Fairlearn's on the raw rows; and how many rates."""
    from fairlearn import metrics as fair  # noqa: PLC0415 - slow to import
    from pandas import DataFrame  # noqa: PLC0415

    functions = {
        "selection_rate": fair.selection_rate,
        "true_positive_rate": fair.true_positive_rate,
        "false_positive_rate": fair.false_positive_rate,
    }
    texts = DataFrame({name: [str(each) for each in values] for name, values in groups.items()})
    frame = fair.MetricFrame(metrics=functions, y_true=y_true, y_pred=y_pred, sensitive_features=texts)
    measures = found.evidence["measures"]
    mine = {
        (each["metric"], tuple(as_text(each["group"][name]) for name in groups)): each
        for each in measures
        if set(each["group"]) == set(groups) and not each.get("by")
    }
    apart = []
    for group, expected in frame.by_group.iterrows():
        names = group if isinstance(group, tuple) else (group,)
        for name in functions:
            each = mine[name, tuple(names)]
            assert each["n"] > 0, "Fairlearn says 0 where a rate is undefined"
            # What is recorded is rounded; its counts are not.
            apart.append(abs(each["k"] / each["n"] - expected[name]))
    whole = {each["metric"]: each["value"] for each in measures if each.get("by") == list(groups)}
    difference, ratio = frame.difference(), frame.ratio()
    expected = {
        "selection_rate_difference": difference["selection_rate"],
        "selection_rate_ratio": ratio["selection_rate"],
        "equalized_odds_difference": max(difference["true_positive_rate"], difference["false_positive_rate"]),
        "equalized_odds_ratio": min(ratio["true_positive_rate"], ratio["false_positive_rate"]),
    }
    for name, other in expected.items():
        assert abs(float(whole[name]) - other) <= 1e-12
    return max(apart), len(apart)


def as_text(value):
    """A group's value, which one library writes `1.0` and the other `1`."""
    return str(int(Decimal(value)))
