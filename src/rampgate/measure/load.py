"""Load: a log of requests becomes a histogram of latencies, counts of failures, and a span of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rampgate.errors import UsageProblem
from rampgate.formats.measured.load import (
    ERROR_COUNTS,
    ERRORS,
    LATENCY,
    LATENCY_COUNTS,
    REQUEST_COUNTS,
    REQUESTS,
    TIME,
    TIME_COUNTS,
    TIME_TEXTS,
)
from rampgate.measure.amounts import amounts_of
from rampgate.measure.cells import check_columns, count_cells
from rampgate.measure.engines import open_request
from rampgate.measure.engines._base import Relation
from rampgate.measure.labels import counts_table
from rampgate.measure.moments import moments_of
from rampgate.measure.options import refuse_others
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.telling import measurement_from, table_of

SPAN = (-3, 7)
"""Latencies are told apart from a thousandth to ten million of their unit."""


def measure_load(request: MeasureRequest, now: datetime) -> Measurement:
    """Return load evidence; raises as `rampgate.measure.measure` does."""
    asked, by = request.details, request.by
    refuse_others("load", request, takes=("by", "positive"))
    if asked.latency is None:
        raise UsageProblem("load needs the column of how long a request took: `--latency COLUMN`")
    with open_request(request) as table:
        check_columns(table, by, [each for each in (asked.latency, asked.error, asked.time) if each is not None])
        found = amounts_of(table, by, asked.latency, "a latency", span=SPAN, more=asked.edges)
        tables = {
            REQUESTS: table_of((*by, *REQUEST_COUNTS), found.groups),
            LATENCY: table_of((*by, *LATENCY_COUNTS), found.bins, found.edges),
        }
        if asked.error is not None:
            tables[ERRORS] = table_of((*by, *ERROR_COUNTS), _errors(table, request, asked.error))
        if asked.time is not None:
            tables[TIME] = table_of((*TIME_TEXTS, *TIME_COUNTS), _time(table, asked.time))
        missing = sum(each[-1] for each in found.groups)
        warnings = [*found.warnings]
        if missing:
            warnings.append(f"{missing:,} requests have no latency; they count as slower than all others")
        content: dict[str, Any] = {"tables": tables, "results": {"rules": RULES}}
        return measurement_from("load", request, now, table, content, notes=(NOTE,), warnings=warnings)


NOTE = "a percentile lies between the two edges of its bin for certain; the value is the upper one"

RULES = {
    "percentile": "the value of rank ceil(share * rows), between the edges of its bin; the upper one is told",
    "no_latency": "counts as slower than every edge",
}


def _errors(table: Relation, request: MeasureRequest, column: str) -> list[list[Any]]:
    raw = count_cells(table, group_columns=request.by, label_columns=[column])
    counts = counts_table(
        raw, request.data, groups=request.by, labels=("outcome",), positive=request.positive, scored=False
    )
    return [[*group, cells.rows, cells.amount("yes").n] for group, cells in counts.groups().items()]


def _time(table: Relation, column: str) -> Sequence[tuple[str, str, int, int]]:
    found = moments_of(table, column)
    if found.first is None or found.last is None:
        return []
    shape = "%Y-%m-%dT%H:%M:%SZ"
    seconds = int((found.last - found.first).total_seconds())
    return [(found.first.strftime(shape), found.last.strftime(shape), found.n, seconds)]
