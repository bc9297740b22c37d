"""More than two classes, measured from rows: against scikit-learn, by group, and what is odd about labels."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random

import pytest

from measure_requests import measured, value
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.evidence_check import recompute
from rampgate.measure.layout import to_bytes
from rampgate.model.evidence import Evidence

LABELS = {"y_true": "y", "y_pred": "p"}


def written(folder, *lines):
    path = folder / "data.csv"
    path.write_text("\n".join(["sex,y,p", *lines]) + "\n")
    return path


def test_every_measure_is_checked_against_scikit_learn_and_told_by_group_and_class(tmp_path):
    random = Random(3)
    lines = [f"{random.choice('fm')},{random.choice('aabc')},{random.choice('abbc')}" for _ in range(400)]
    found = measured("multiclass", written(tmp_path, *lines), by=("sex",), crosscheck=True, **LABELS)
    assert found.crosscheck["library"] == "scikit-learn"
    assert recompute(Evidence.model_validate(json.loads(to_bytes(found.evidence)))) == []
    told = {(each["metric"], *sorted(each["group"])) for each in found.evidence["measures"]}
    assert {("accuracy",), ("accuracy", "sex"), ("recall", "class"), ("recall", "class", "sex")} <= told
    assert "always predicting the most frequent of 3 classes" in found.notes[0]


def test_a_class_that_was_never_predicted_leaves_the_macro_precision_undefined(tmp_path):
    found = measured("multiclass", written(tmp_path, "f,a,a", "f,b,a", "f,c,c"), crosscheck=True, **LABELS)
    assert value(found, "macro_precision") is None
    assert value(found, "macro_recall") == Decimal("0.666666666667")


def test_classes_that_are_spelt_otherwise_are_told(tmp_path):
    """Accuracy would be 0, and nobody would know why."""
    found = measured("multiclass", written(tmp_path, "f,Cat,cat", "f,dog,dog"), **LABELS)
    assert any("predicted and never in `y`: `cat`" in each for each in found.warnings)


def test_a_missing_class_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="column `p` has no value in 1 of 2 rows"):
        measured("multiclass", written(tmp_path, "f,a,", "f,b,b"), **LABELS)


def test_numbers_are_no_classes(tmp_path):
    with pytest.raises(InvalidInput, match="300 different labels; at most 200 are classes"):
        measured("multiclass", written(tmp_path, *(f"f,{n},{n}" for n in range(300))), **LABELS)


def test_a_small_group_is_left_out_of_the_table_and_listed(tmp_path):
    found = measured("multiclass", written(tmp_path, *["f,a,a"] * 5, "m,b,a"), by=("sex",), min_cell=3, **LABELS)
    assert found.evidence["suppressed"] == [{"sex": "m"}]
    assert {row[0] for row in found.evidence["tables"]["confusion"]["rows"]} == {"f"}
    assert recompute(Evidence.model_validate(found.evidence)) == []


def test_rows_that_were_dropped_from_the_table_are_missed(tmp_path):
    evidence = measured("multiclass", written(tmp_path, *["f,a,a"] * 5, "m,b,a"), by=("sex",), **LABELS).evidence
    evidence["tables"]["confusion"]["rows"].pop()
    assert any(
        "neither counted nor in a suppressed group" in each for each in recompute(Evidence.model_validate(evidence))
    )


@pytest.mark.parametrize("given", [{"threshold": Decimal(1)}, {"weight": "w"}, {"positive": "a"}, {"outcome": "y"}])
def test_what_means_nothing_for_classes_is_refused(tmp_path, given):
    with pytest.raises(UsageProblem, match="has no meaning for multiclass"):
        measured("multiclass", written(tmp_path, "f,a,a"), **LABELS, **given)
