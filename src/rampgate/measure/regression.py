"""Regression: mean absolute error, root mean squared error, bias and R squared, from sums of each group."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import add
from typing import Any

from rampgate.errors import InvalidInput, Problem
from rampgate.measure.cells import read_numbers, sum_errors
from rampgate.measure.crosscheck import SKIPPED, CrosscheckFailed, check_errors
from rampgate.measure.engines import open_request
from rampgate.measure.evidence import (
    decimal_text,
    evidence_of,
    group_words,
    interval_entry,
    shown,
    splits_of,
    suppressed_groups,
    suppression_of,
)
from rampgate.measure.labels import look_alikes, missing_values
from rampgate.measure.options import TRUTH_AND_PREDICTION, refuse_others, two_columns
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.stats.counts import Group
from rampgate.stats.regression import SUM_NAMES, RegressionMeasure, RegressionSums, regression_measures

MOST_CHECKED_ROWS = 200_000
"""Sums can only be checked against the rows: more than these cost too much, and none leave another engine."""

Sums = dict[Group, RegressionSums]


def measure_regression(request: MeasureRequest, now: datetime) -> Measurement:
    """Return regression evidence; raises as `rampgate.measure.measure` does."""
    refuse_others("regression", request, takes=TRUTH_AND_PREDICTION)
    y_true, y_pred = two_columns("regression", request, "y_pred")
    with open_request(request) as relation:
        raw = sum_errors(relation, group_columns=request.by, y_true=y_true, y_pred=y_pred)
    problems = list(missing_values(raw, request.data))
    if problems:
        raise InvalidInput(problems)
    width = len(request.by)
    full: Sums = {cell[:width]: RegressionSums(*map(int, cell[width:])) for cell in sorted(raw.cells)}
    small = suppressed_groups({group: sums.n for group, sums in full.items()}, request.by, request)
    kept = {group: sums for group, sums in full.items() if group not in small}
    measured = [
        (split, group, sums.n, each)
        for split in splits_of(request.by, each_column=False)
        for group, sums in (kept if split else {(): reduce(add, kept.values())}).items()
        for each in regression_measures(sums)
    ]
    content: dict[str, Any] = {
        "sums": _written(kept, request.by),
        **suppression_of(small, request.by, request),
        "measures": [_entry(*each) for each in measured],
    }
    if not request.crosscheck:
        content["crosscheck"] = SKIPPED
    elif request.engine is None and raw.rows <= MOST_CHECKED_ROWS:
        content["crosscheck"] = _checked(request, full, y_true, y_pred)
    evidence = evidence_of(
        "regression", request, now, digest=raw.digest, rows=raw.rows, content=content, source=raw.source
    )
    lines = tuple(
        (group_words(split, group), each.metric, shown(each.value, each.interval), f"{n:,}")
        for split, group, n, each in measured
    )
    return Measurement(
        evidence, ("group", "metric", "value (95% interval)", "rows"), lines, (), tuple(look_alikes(raw, width))
    )


def _written(sums: Sums, columns: Group) -> dict[str, Any]:
    values = {group: [getattr(each, name) for name in SUM_NAMES] for group, each in sums.items()}
    if not columns:
        return dict(zip(SUM_NAMES, values[()], strict=True))
    return {"columns": [*columns, *SUM_NAMES], "rows": [[*group, *values[group]] for group in values]}


def _entry(columns: Group, group: Group, n: int, measure: RegressionMeasure) -> dict[str, Any]:
    return {
        "metric": measure.metric,
        "group": dict(zip(columns, group, strict=True)),
        "n": n,
        "value": None if measure.value is None else decimal_text(measure.value),
        "interval": interval_entry(measure.interval),
    }


def _checked(request: MeasureRequest, full: Sums, y_true: str, y_pred: str) -> dict[str, str]:
    measures = regression_measures(reduce(add, full.values()))
    found = {each.metric: float(each.value) for each in measures if each.value is not None and each.metric != "bias"}
    try:
        with open_request(request) as relation:
            return check_errors(read_numbers(relation, [y_true, y_pred]), found)
    except CrosscheckFailed as error:
        message = f"the numbers are too small or too close together for sums of 9 decimal places: {error}"
        fix = "give truth and prediction in a smaller unit, such as cents for a currency"
        raise InvalidInput([Problem(str(request.data), message, fix=fix)]) from error
