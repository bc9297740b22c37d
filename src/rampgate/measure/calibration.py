"""Calibration: whether what was given a probability of 0.3 comes true three times in ten, by group too."""

from __future__ import annotations

from datetime import datetime

from rampgate.formats.measured._score_table import SCORES, written
from rampgate.formats.measured.calibration import BIN
from rampgate.measure.bins import equal_bins
from rampgate.measure.cells import RawTable, check_columns, count_cells
from rampgate.measure.crosscheck import SKIPPED
from rampgate.measure.crosscheck_scores import check_calibration
from rampgate.measure.engines import Relation, open_request, provenance
from rampgate.measure.evidence import suppressed_groups, suppression_of, told_words
from rampgate.measure.labels import counts_table, look_alikes
from rampgate.measure.options import refuse_name, refuse_others, two_columns
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.scores import check_scores, count_in_bins
from rampgate.measure.telling import evidence_from
from rampgate.stats.scores import ScoreTable

BINS = 10


def measure_calibration(request: MeasureRequest, now: datetime) -> Measurement:
    """Return calibration evidence; raises as `rampgate.measure.measure` does."""
    y_true, y_score = _check(request)
    with open_request(request) as relation:
        raw, full = _read(relation, request, y_true, y_score)
        source = provenance(relation)
        check = check_calibration(relation, request, full) if request.crosscheck else SKIPPED
    sizes = {group: scores.rows for group, scores in full.groups(request.by).items()}
    small = suppressed_groups(sizes, request.by, request)
    content = {"tables": {SCORES: written(full.without(small))}, **suppression_of(small, request.by, request)}
    evidence, told = evidence_from("calibration", request, now, source, content)
    evidence |= {"crosscheck": check}
    lines = tuple((*told_words(each), f"{each.n:,}") for each in told)
    header = ("group", "metric", "value (95% interval)", "rows")
    note = f"bins of width 0.1; a bin holds its lower bound; intervals over {BINS} bins hold for all of them at once"
    return Measurement(evidence, header, lines, (note,), tuple(look_alikes(raw, len(request.by))))


def _read(relation: Relation, request: MeasureRequest, y_true: str, y_score: str) -> tuple[RawTable, ScoreTable]:
    """Return the labels, which have to be two, and the scores, which have to be probabilities."""
    check_columns(relation, request.by, [y_true, y_score])
    raw = count_cells(relation, group_columns=request.by, label_columns=[y_true])
    counts_table(raw, request.data, groups=request.by, labels=("outcome",), positive=request.positive, scored=False)
    check_scores(relation, request, probabilities=True)
    return raw, count_in_bins(relation, request, equal_bins(BINS))


def _check(request: MeasureRequest) -> tuple[str, str]:
    """Return the columns of the truth and of the probability."""
    refuse_others("calibration", request, takes=("y_true", "y_score", "positive", "by", "min_cell", "truth"))
    refuse_name(request, BIN)
    return two_columns("calibration", request, "y_score", more=", a probability")
