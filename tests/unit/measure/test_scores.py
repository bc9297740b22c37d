"""Scores measured from rows: against scikit-learn on the same rows, in bins and one by one, and never about few people."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random

import duckdb
import pytest
from sklearn import metrics as plain

from measure_requests import measured, value
from rampgate.errors import InvalidInput
from rampgate.formats.evidence_check import recompute
from rampgate.measure.bins import STEPS, bins_between, bins_of_probabilities, bins_of_width, equal_bins
from rampgate.measure.layout import to_bytes
from rampgate.measure.sql import DIALECTS
from rampgate.model.evidence import Evidence
from rampgate.stats.counts import SCALE

LIMIT = {"y_true": "y", "y_score": "s", "threshold": Decimal("0.5")}


def drawn(rows, digits, seed=5):
    random = Random(seed)
    for _ in range(rows):
        share = random.random()
        yield random.choice("fm"), int(random.random() < share), round(share, digits)


def written(folder, rows, name="data.csv", head="sex,y,s"):
    path = folder / name
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


@pytest.mark.parametrize("digits", [2, 6])
def test_scores_give_what_scikit_learn_gives_on_the_raw_rows(tmp_path, digits):
    """Two digits are 101 scores, counted one by one; six are too many, and lie in bins."""
    rows = list(drawn(12_000, digits))
    found = measured("performance", written(tmp_path, rows), crosscheck=True, **LIMIT)
    truth, score = [row[1] for row in rows], [row[2] for row in rows]
    area = plain.roc_auc_score(truth, score)
    least, most = float(value(found, "roc_auc_least")), float(value(found, "roc_auc_most"))
    assert least - 1e-12 <= area <= most + 1e-12
    assert most - least == (0 if digits == 2 else pytest.approx(0, abs=2e-3))
    assert float(value(found, "brier")) == pytest.approx(plain.brier_score_loss(truth, score), abs=1e-9)
    loss = plain.log_loss(truth, [min(max(each, 1e-9), 1 - 1e-9) for each in score])
    assert float(value(found, "log_loss_least")) - 1e-11 <= loss <= float(value(found, "log_loss_most")) + 1e-11
    assert recompute(Evidence.model_validate(json.loads(to_bytes(found.evidence)))) == []


def test_scores_are_counted_by_group_and_stand_beside_the_trivial_model(tmp_path):
    found = measured("performance", written(tmp_path, drawn(3000, 2)), by=("sex",), **LIMIT)
    assert found.evidence["tables"]["scores"]["columns"] == ["sex", "score", "y_true", "n"]
    for group in ({}, {"sex": "f"}, {"sex": "m"}):
        assert value(found, "roc_auc", **group) > Decimal("0.7")
        assert value(found, "brier", **group) < value(found, "trivial_brier", **group)
        assert value(found, "accuracy", **group) > value(found, "trivial_accuracy", **group)


def test_a_score_that_few_people_have_is_put_into_a_bin(tmp_path):
    """Two rows of each score are enough for `--min-cell 2`, one is about one person."""
    pairs = [("f", row % 2, row / 100) for row in range(100) for _ in range(2)]
    exact = measured("performance", written(tmp_path, pairs), min_cell=2, **LIMIT)
    assert "score" in exact.evidence["tables"]["scores"]["columns"]
    single = measured("performance", written(tmp_path, [*pairs, ("f", 1, 0.123)]), min_cell=2, **LIMIT)
    assert "bin" in single.evidence["tables"]["scores"]["columns"]


def test_the_scores_of_a_suppressed_group_are_left_out(tmp_path):
    rows = [*drawn(500, 2), ("x", 1, 0.5)]
    found = measured("performance", written(tmp_path, rows), by=("sex",), min_cell=2, **LIMIT)
    assert "x" not in {row[0] for row in found.evidence["tables"]["scores"]["rows"]}
    assert recompute(Evidence.model_validate(found.evidence)) == []


def test_labels_in_words_are_read_with_the_scores(tmp_path):
    path = written(tmp_path, [("f", "good", 0.9), ("f", "bad", 0.2), ("m", "good", 0.1)])
    found = measured("performance", path, positive="good", **LIMIT)
    assert value(found, "roc_auc") == Decimal("0.5")


def test_pooled_windows_give_the_scores_of_one_file(tmp_path):
    one, two = list(drawn(300, 2, seed=1)), list(drawn(300, 2, seed=2))
    pooled = measured("performance", written(tmp_path, one), pool=(written(tmp_path, two, "more.csv"),), **LIMIT)
    whole = measured("performance", written(tmp_path, one + two, "both.csv"), **LIMIT)
    assert pooled.evidence["tables"] == whole.evidence["tables"]


def test_a_score_of_many_digits_counts_with_nine_of_them(tmp_path):
    path = written(tmp_path, [("f", 1, "0.12345678949"), ("f", 0, "0.1234567891")])
    found = measured("performance", path, **LIMIT)
    assert [row[0] for row in found.evidence["tables"]["scores"]["rows"]] == [123456789, 123456789]
    assert value(found, "roc_auc") == Decimal("0.5")


def test_scores_outside_0_to_1_rank_and_are_no_probabilities(tmp_path):
    found = measured("performance", written(tmp_path, [("f", 1, 3.5), ("f", 0, -2)]), **LIMIT)
    assert value(found, "roc_auc") == 1
    assert not any(each["metric"] == "brier" for each in found.evidence["measures"])


def test_with_weights_no_score_is_counted_and_that_is_said(tmp_path):
    path = written(tmp_path, [("f", 1, 0.9, 2), ("f", 0, 0.1, 1)], head="sex,y,s,w")
    found = measured("performance", path, weight="w", **LIMIT)
    assert "tables" not in found.evidence
    assert any("no score was counted" in each for each in found.warnings)


def test_without_a_cross_check_the_evidence_says_so(tmp_path):
    found = measured("performance", written(tmp_path, drawn(50, 2)), **LIMIT)
    assert found.evidence["crosscheck"] == "skipped"
    assert found.crosscheck is None


FORGED = {
    "an area": ("measures", "roc_auc", "0.990000000000"),
    "a Brier score": ("measures", "brier", "0.010000000000"),
    "the trivial model": ("measures", "trivial_accuracy", "0.100000000000"),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_number_that_the_scores_do_not_give_is_found(tmp_path, case):
    evidence = measured("performance", written(tmp_path, drawn(300, 2)), **LIMIT).evidence
    place, metric, forged = FORGED[case]
    next(each for each in evidence[place] if each["metric"] == metric)["value"] = forged
    problems = recompute(Evidence.model_validate(evidence))
    assert len(problems) == 1
    assert f"`{metric}` of everybody: recorded as {forged}" in problems[0]


def test_scores_of_other_rows_than_the_counts_are_found(tmp_path):
    evidence = measured("performance", written(tmp_path, drawn(300, 2)), **LIMIT).evidence
    evidence["tables"]["scores"]["rows"].pop()
    assert any("scores: of everybody they hold" in each for each in recompute(Evidence.model_validate(evidence)))


def every_kind_of_bins():
    return [*map(bins_of_width, STEPS), equal_bins(10), equal_bins(20), bins_between(-5 * 10**9, 7 * 10**9, 1),
            bins_between(-3, 4, 10), bins_between(5, 5, 1)]  # fmt: skip


@pytest.mark.parametrize("number", range(len(every_kind_of_bins())))
def test_the_engine_puts_a_score_where_its_edges_say(number):
    bins = every_kind_of_bins()[number]
    edges, random = bins.edges, Random(number)
    assert list(edges) == sorted(set(edges))
    near = {edge + step for edge in edges for step in (-1, 0, 1)}
    scores = sorted({*near, *(random.randint(bins.first, bins.end - 1) for _ in range(300))})
    scores = [score for score in scores if bins.first <= score < bins.end]
    place = bins.place(DIALECTS["duckdb"], "CAST(q AS HUGEINT)")
    found = duckdb.sql(f"SELECT q, {place} FROM (SELECT unnest({scores}) q)").fetchall()
    assert found == [(score, sum(edge <= score for edge in edges)) for score in scores]


def test_bins_are_as_fine_as_the_groups_allow():
    assert bins_of_probabilities(1).step == 10**6
    assert 2 * 60 * len(bins_of_probabilities(60).edges) <= 10_000
    assert bins_of_probabilities(1000) is None
    assert bins_of_width(10**6).edges[-1] == SCALE + 1


CALIBRATION = {"y_true": "y", "y_score": "s"}


def test_calibration_is_that_of_the_bins_and_its_brier_score_that_of_the_rows(tmp_path):
    rows = list(drawn(4000, 6))
    found = measured("calibration", written(tmp_path, rows), by=("sex",), crosscheck=True, **CALIBRATION)
    inside = [row for row in rows if 0.2 <= row[2] < 0.3 and row[0] == "f"]
    observed = sum(row[1] for row in inside) / len(inside)
    assert float(value(found, "observed", sex="f", bin="0.2 to 0.3")) == pytest.approx(observed, abs=1e-12)
    predicted = sum(row[2] for row in inside) / len(inside)
    assert float(value(found, "predicted", sex="f", bin="0.2 to 0.3")) == pytest.approx(predicted, abs=1e-9)
    assert value(found, "expected_calibration_error") < Decimal("0.05")
    assert found.crosscheck["library"] == "scikit-learn"


@pytest.mark.parametrize("score", ["1.2", "-0.1"])
def test_calibration_of_what_is_no_probability_is_refused(tmp_path, score):
    path = written(tmp_path, [("f", 1, score), ("f", 0, 0.5)])
    with pytest.raises(InvalidInput, match="must hold probabilities; 1 rows lie outside 0 to 1"):
        measured("calibration", path, **CALIBRATION)


def test_a_probability_that_is_1_but_for_its_last_bit_is_1(tmp_path):
    """Sums of shares end at 1.0000000000000002 as often as at 1."""
    found = measured("calibration", written(tmp_path, [("f", 1, 1.0000000000000002), ("f", 0, 0)]), **CALIBRATION)
    assert value(found, "observed", bin="0.9 to 1") == 1


def test_a_probability_of_1_lies_in_the_last_bin(tmp_path):
    found = measured("calibration", written(tmp_path, [("f", 1, 1), ("f", 0, 0)]), **CALIBRATION)
    assert value(found, "observed", bin="0.9 to 1") == 1
    assert value(found, "observed", bin="0 to 0.1") == 0
