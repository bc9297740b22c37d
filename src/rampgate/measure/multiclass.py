"""Multiclass: accuracy, precision, recall and F1 of more than two classes, on the whole and class by class."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rampgate.errors import InvalidInput, Problem
from rampgate.formats.measured.multiclass import CLASS, CONFUSION, LABELS
from rampgate.measure.cells import RawTable, count_cells
from rampgate.measure.crosscheck import SKIPPED
from rampgate.measure.crosscheck_scores import check_classes
from rampgate.measure.engines import open_request, provenance
from rampgate.measure.evidence import shown, suppressed_groups, suppression_of, told_words
from rampgate.measure.labels import hidden_values, look_alikes, missing_values
from rampgate.measure.options import TRUTH_AND_PREDICTION, refuse_name, refuse_others, two_columns
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.telling import evidence_from
from rampgate.stats.counts import Group
from rampgate.stats.multiclass import Confusion

MOST_CLASSES = 200
"""More different labels than these are no classes, and each would be about few people."""


def measure_multiclass(request: MeasureRequest, now: datetime) -> Measurement:
    """Return multiclass evidence; raises as `rampgate.measure.measure` does."""
    y_true, y_pred = _columns(request)
    with open_request(request) as relation:
        raw = count_cells(relation, group_columns=request.by, label_columns=[y_true, y_pred])
        source = provenance(relation)
    width = len(request.by)
    problems = [*missing_values(raw, request.data), *hidden_values(raw, request.data, width + 2)]
    classes = {label for cell in raw.cells for label in cell[width : width + 2]}
    if len(classes) > MOST_CLASSES:
        message = (
            f"`{y_true}` and `{y_pred}` have {len(classes):,} different labels; at most {MOST_CLASSES} are classes"
        )
        problems.append(Problem(str(request.data), message, fix="a number is measured with `regression`"))
    if problems:
        raise InvalidInput(problems)
    full = confusions(raw, width)
    small = suppressed_groups({group: each.rows for group, each in full.items()}, request.by, request)
    kept = {group: each for group, each in full.items() if group not in small}
    evidence, told = evidence_from("multiclass", request, now, source, _content(request, kept, small))
    evidence["crosscheck"] = check_classes(kept, told) if request.crosscheck else SKIPPED
    lines = tuple((*told_words(each), f"{each.n:,}") for each in told)
    warnings = (*look_alikes(raw, width + 2), *_never_true(full, y_true))
    header = ("group", "metric", "value (95% interval)", "rows")
    return Measurement(evidence, header, lines, tuple(_notes(kept)), warnings)


def confusions(raw: RawTable, width: int) -> dict[Group, Confusion]:
    """Return the table of classes of each group, the leading columns of what was counted."""
    found: dict[Group, dict[tuple[str, str], int]] = {}
    for cell in raw.cells:
        found.setdefault(cell[:width], {})[cell[width], cell[width + 1]] = int(cell[width + 2])
    return {group: Confusion(cells) for group, cells in sorted(found.items())}


def _columns(request: MeasureRequest) -> tuple[str, str]:
    refuse_others("multiclass", request, takes=TRUTH_AND_PREDICTION)
    refuse_name(request, CLASS)
    return two_columns("multiclass", request, "y_pred")


def _content(request: MeasureRequest, kept: dict[Group, Confusion], small: list[Group]) -> dict[str, Any]:
    rows = [
        [*group, truth, predicted, n]
        for group, each in kept.items()
        for (truth, predicted), n in sorted(each.cells.items())
    ]
    table = {"columns": [*request.by, *LABELS], "rows": rows}
    return {"tables": {CONFUSION: table}, **suppression_of(small, request.by, request)}


def _never_true(found: dict[Group, Confusion], y_true: str) -> Iterator[str]:
    pairs = [pair for each in found.values() for pair in each.cells]
    never = sorted({predicted for _, predicted in pairs} - {truth for truth, _ in pairs})
    if never:
        listed = ", ".join(f"`{label}`" for label in never[:5])
        yield f"predicted and never in `{y_true}`: {listed}; are these the same classes, spelt otherwise?"


def _notes(kept: dict[Group, Confusion]) -> Iterator[str]:
    cells: dict[tuple[str, str], int] = {}
    for each in kept.values():
        for pair, n in each.cells.items():
            cells[pair] = cells.get(pair, 0) + n
    total = Confusion(cells)
    trivial = shown(total.trivial_accuracy.value)
    yield f"always predicting the most frequent of {len(total.classes)} classes would have accuracy {trivial}"
