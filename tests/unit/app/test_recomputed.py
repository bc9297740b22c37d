"""Evidence about many groups is held against its counts quickly, and no less strictly."""

from __future__ import annotations

import copy

import pytest

from measure_requests import fairness
from rampgate.app.judging.recomputed import MANY, faults_of
from rampgate.formats.evidence_check import recompute
from rampgate.measure.resampling import FEW
from rampgate.model.evidence import Evidence

GROUPS = 14


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    path = tmp_path_factory.mktemp("many") / "rows.csv"
    rows = [f"g{place % GROUPS:02d},{place // GROUPS % 2},{place % 5 // 3}" for place in range(GROUPS * 60)]
    path.write_text("\n".join(["sex,y,p", *rows, ""]))
    evidence = fairness(path).evidence
    assert len(evidence["counts"]["rows"]) >= MANY
    assert GROUPS > FEW
    return evidence


def test_many_groups_agree_with_their_counts(measured):
    evidence = Evidence.model_validate(measured)
    assert faults_of(evidence) == recompute(evidence) == []


@pytest.mark.parametrize("metric", ["selection_rate_chance", "equalized_odds_difference"])
def test_what_was_drawn_can_not_be_edited(measured, metric):
    edited = copy.deepcopy(measured)
    (entry,) = [each for each in edited["measures"] if each["metric"] == metric]
    if metric.endswith("_chance"):
        entry["value"] = "0.0123"
    else:
        entry["interval"]["high"] = "0.9999"
    (fault,) = faults_of(Evidence.model_validate(edited))
    assert f"`{metric}`" in fault
