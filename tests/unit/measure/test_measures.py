"""What is measured: labels in words, scores with a threshold, weights, small groups, regressions, the evidence itself."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from decimal import Decimal

import pytest

from measure_requests import NOW, fairness, measured, request, rows_of, value
from rampgate.errors import InvalidInput
from rampgate.formats.evidence_check import recompute
from rampgate.measure import MEASUREMENTS, measure
from rampgate.measure.crosscheck import CrosscheckFailed, check_rates
from rampgate.measure.layout import to_bytes
from rampgate.model.evidence import Evidence
from rampgate.stats.counts import CountsTable
from rampgate.stats.rates import Rate

GOOD = "sex,y,p,s,w\nf,1,1,0.9,1\nf,0,0,0.1,2\nm,1,0,0.5,0.5\nm,0,1,0.7,1.5\n"


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(GOOD)
    return path


def table(tmp_path, text):
    path = tmp_path / "data.csv"
    path.write_text(text)
    return path


def test_the_positive_label_is_the_one_that_is_named(tmp_path):
    path = table(tmp_path, "sex,y,p\nf,yes,yes\nm,no,yes\nm,no,no\n")
    assert rows_of(fairness(path, positive="yes")) == [["f", 1, 1, 1], ["m", 0, 0, 1], ["m", 0, 1, 1]]
    assert value(fairness(path, positive="no"), "base_rate") == Decimal("0.666666666667")


def test_a_numeric_positive_label_is_known_in_every_spelling(tmp_path):
    path = table(tmp_path, "sex,y,p\nf,2.0,2\nm,1,1.0\n")
    with pytest.raises(InvalidInput, match="must hold two labels, `2` and one other; found"):
        fairness(path, positive="2")
    assert rows_of(fairness(table(tmp_path, "sex,y,p\nf,2.0,2\nm,1,1\n"), positive="2")) == [
        ["f", 1, 1, 1],
        ["m", 0, 0, 1],
    ]


def test_a_positive_label_that_never_occurs_is_refused(tmp_path):
    """Libraries would find that nobody is selected, and that all groups are alike."""
    path = table(tmp_path, "sex,y,p\nf,yes,yes\nm,no,no\n")
    with pytest.raises(InvalidInput, match=r"`Yes` occurs nowhere in `y`, `p`; did you mean `yes`\?"):
        fairness(path, positive="Yes")


def test_three_labels_are_refused(tmp_path):
    path = table(tmp_path, "sex,y,p\nf,yes,yes\nm,no,maybe\n")
    with pytest.raises(InvalidInput, match="`yes` and one other"):
        fairness(path, positive="yes")


@pytest.mark.parametrize(("threshold", "selected"), [("0.5", 3), ("0.51", 2), ("0.9", 1), ("0.1", 4), ("0.91", 0)])
def test_a_score_at_the_threshold_is_selected(data, threshold, selected):
    found = fairness(data, y_pred=None, y_score="s", threshold=Decimal(threshold))
    assert value(found, "selection_rate") == Decimal(selected) / 4


@pytest.mark.parametrize("score", ["NaN", "inf", "high"])
def test_a_score_that_is_no_number_is_refused(tmp_path, score):
    """The engine takes NaN for more than any number, so the row would count as selected."""
    path = table(tmp_path, f"sex,y,s\nf,1,{score}\nm,1,0.4\n")
    with pytest.raises(InvalidInput, match="column `s` has a score that is no finite number in 1 rows"):
        fairness(path, y_pred=None, y_score="s", threshold=Decimal("0.5"))


def test_a_missing_score_is_refused(tmp_path):
    path = table(tmp_path, "sex,y,s\nf,1,\nm,1,0.4\n")
    with pytest.raises(InvalidInput, match="column `s` has no value in 1 of 2 rows"):
        fairness(path, y_pred=None, y_score="s", threshold=Decimal("0.5"))


def test_weights_are_summed_as_integers_and_decide_the_rate(data):
    found = fairness(data, weight="w", crosscheck=True)
    assert found.evidence["counts"]["columns"] == ["sex", "y_true", "y_pred", "n", "w", "w2"]
    assert rows_of(found) == [
        ["f", 0, 0, 1, 2_000_000_000, 4_000_000_000],
        ["f", 1, 1, 1, 1_000_000_000, 1_000_000_000],
        ["m", 0, 1, 1, 1_500_000_000, 2_250_000_000],
        ["m", 1, 0, 1, 500_000_000, 250_000_000],
    ]
    assert value(found, "selection_rate", sex="f") == Decimal("0.333333333333")
    assert value(found, "selection_rate") == Decimal("0.5")


BAD_WEIGHTS = {
    "-1": "one out of range",
    "0.0001": "one out of range",
    "": "no value",
    "x": "no finite number",
    "nan": "no finite number",
}


@pytest.mark.parametrize("weight", BAD_WEIGHTS)
def test_a_weight_that_is_none_is_refused(tmp_path, weight):
    path = table(tmp_path, f"sex,y,p,w\nf,1,1,{weight}\nm,1,1,1\n")
    with pytest.raises(InvalidInput, match=f"`w` must hold a weight in every row; 1 rows have {BAD_WEIGHTS[weight]}"):
        fairness(path, weight="w")


def test_a_small_group_is_left_out_and_listed(tmp_path):
    path = table(tmp_path, "sex,y,p\n" + "f,1,1\n" * 5 + "m,1,1\n" * 5 + "x,1,1\n" * 4)
    found = fairness(path, min_cell=5)
    assert found.evidence["minimum_cell"] == 5
    assert found.evidence["suppressed"] == [{"sex": "x"}]
    assert [row[0] for row in rows_of(found)] == ["f", "m"]
    assert found.evidence["source"]["rows"] == 14
    assert "left out, having fewer than 5 rows: sex=x" in found.warnings
    assert not any("x" in each["group"].values() for each in found.evidence["measures"])


def test_nothing_but_small_groups_is_no_evidence(tmp_path):
    path = table(tmp_path, "sex,y,p\nf,1,1\nm,1,1\n")
    with pytest.raises(InvalidInput, match="every group has fewer than 5 rows"):
        fairness(path, min_cell=5)


def test_an_undefined_rate_is_null_and_not_0(tmp_path):
    found = fairness(table(tmp_path, "sex,y,p\nf,0,1\nm,1,1\n"), crosscheck=True)
    assert value(found, "true_positive_rate", sex="f") is None
    entry = next(
        e for e in found.evidence["measures"] if e["metric"] == "true_positive_rate" and e["group"] == {"sex": "f"}
    )
    assert (entry["n"], entry["k"], entry["interval"]) == (0, 0, None)
    assert "undefined" in found.table[1]


def test_a_rate_is_split_by_its_groups(tmp_path):
    path = table(tmp_path, "lang,refused\nen,1\nen,0\nde,0\n")
    found = measured("rate", path, outcome="refused", by=("lang",), crosscheck=True)
    assert rows_of(found) == [["de", 0, 1], ["en", 0, 1], ["en", 1, 1]]
    assert value(found, "rate", lang="en") == Decimal("0.5")


def test_a_regression_is_what_it_is_by_hand(tmp_path):
    """Errors 1 0 -1 2; mean truth 3, squared deviations 4 1 0 9."""
    path = table(tmp_path, "y,p\n1,2\n2,2\n3,2\n6,8\n")
    found = measured("regression", path, y_true="y", y_pred="p", crosscheck=True)
    assert found.evidence["sums"] == {
        "n": 4,
        "sum_err": 2 * 10**9,
        "sum_abs_err": 4 * 10**9,
        "sum_sq_err": 6 * 10**9,
        "sum_y": 12 * 10**9,
        "sum_y2": 50 * 10**9,
    }
    assert value(found, "mae") == 1
    assert value(found, "bias") == Decimal("0.5")
    assert value(found, "r2") == Decimal("0.571428571429")
    assert found.crosscheck["library"] == "scikit-learn"


def test_a_regression_on_large_numbers_keeps_its_digits(tmp_path):
    """Years far from 0 with a variance of 2/3: a square in floating point would lose it."""
    path = table(tmp_path, "y,p\n1000000001,1000000001\n1000000002,1000000002\n1000000003,1000000004\n")
    assert value(measured("regression", path, y_true="y", y_pred="p", crosscheck=True), "r2") == Decimal("0.5")


def test_a_regression_is_split_by_its_groups(tmp_path):
    path = table(tmp_path, "area,y,p\na,1,2\nb,5,5\na,3,3\n")
    found = measured("regression", path, y_true="y", y_pred="p", by=("area",))
    assert found.evidence["sums"]["columns"] == ["area", "n", "sum_err", "sum_abs_err", "sum_sq_err", "sum_y", "sum_y2"]
    assert value(found, "mae", area="a") == Decimal("0.5")


@pytest.mark.parametrize("number", ["", "x", "nan", "inf", "1e12"])
def test_a_regression_refuses_what_is_no_number(tmp_path, number):
    path = table(tmp_path, f"y,p\n1,{number}\n2,2\n")
    with pytest.raises(InvalidInput, match="`p` must hold a number in every row; 1 rows have"):
        measured("regression", path, y_true="y", y_pred="p")


def test_a_regression_on_numbers_too_small_for_the_sums_is_refused(tmp_path):
    path = table(tmp_path, "y,p\n0.000001,0.000002\n0.000003,0.000003\n")
    with pytest.raises(InvalidInput, match="too small or too close together"):
        measured("regression", path, y_true="y", y_pred="p", crosscheck=True)


KINDS = {
    "fairness": {"y_true": "y", "y_pred": "p", "by": ("sex",)},
    "performance": {"y_true": "y", "y_pred": "p", "weight": "w"},
    "rate": {"outcome": "p", "by": ("sex",)},
    "regression": {"y_true": "s", "y_pred": "w", "by": ("sex",)},
    "multiclass": {"y_true": "y", "y_pred": "p", "by": ("sex",)},
    "calibration": {"y_true": "y", "y_score": "s", "by": ("sex",)},
}


@pytest.mark.parametrize("kind", KINDS)
def test_evidence_is_well_formed_and_its_measures_follow_from_its_table(data, kind):
    assert set(KINDS) <= set(MEASUREMENTS)
    found = measured(kind, data, crosscheck=True, command="rampgate measure", dataset_name="applicants", **KINDS[kind])
    evidence = Evidence.model_validate(json.loads(to_bytes(found.evidence)))
    assert recompute(evidence) == []
    assert evidence.produced.at == "2026-11-20T10:00:00Z"
    assert evidence.source.uri == "scores.csv"
    assert evidence.subject.dataset == evidence.source.digest


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_rows_in_another_order_give_the_same_bytes_but_for_the_digest(tmp_path, data, kind):
    header, *rows = GOOD.splitlines()
    (tmp_path / "turned").mkdir()
    other = tmp_path / "turned" / "scores.csv"
    other.write_text("\n".join([header, *rows[::-1]]) + "\n")
    one, two = measured(kind, data, **KINDS[kind]).evidence, measured(kind, other, **KINDS[kind]).evidence
    for evidence in (one, two):
        digest = evidence["subject"].pop("dataset")
        assert evidence["source"].pop("digest") == digest
    assert to_bytes(one) == to_bytes(two)


def test_the_layout_is_json_with_one_line_for_each_row(data):
    found = measured(
        "rate",
        data,
        outcome="p",
        by=("sex",),
        window_from="2026-10-01",
        window_to="2026-10-31",
        stage="canary",
        population="production",
    )
    text = to_bytes(found.evidence).decode()
    assert json.loads(text) == found.evidence
    assert text.endswith("}\n")
    assert '\n      ["f", 0, 1],\n' in text
    assert found.evidence["window"] == {"from": "2026-10-01", "to": "2026-10-31"}
    assert (found.evidence["stage"], found.evidence["population"]) == ("canary", "production")


def test_evidence_holds_no_floating_point_number():
    with pytest.raises(TypeError, match=r"no floating-point numbers, found 0\.5"):
        to_bytes({"measures": [{"value": 0.5}]})


def test_libraries_that_disagree_stop_the_measurement():
    cells = CountsTable.from_rows(("y_true", "y_pred", "n"), [(1, 1, 3), (1, 0, 1)])
    with pytest.raises(CrosscheckFailed, match=r"`accuracy` is 0\.5 by exact counts and 0\.75 by the other library"):
        check_rates(cells, [((), (), "accuracy", Rate(2, 4))])


def test_a_moment_without_an_offset_is_refused(data):
    with pytest.raises(ValueError, match="offset"):
        measure("rate", request(data, outcome="p"), now=datetime(2026, 11, 20))  # noqa: DTZ001
    assert NOW.tzinfo is not None


def test_importing_the_measurements_loads_no_heavy_library():
    heavy = ("duckdb", "pandas", "numpy", "fairlearn", "sklearn")
    program = f"import rampgate.measure, sys; print([name for name in {heavy!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
