"""Split overlap: the keys of two data sets, and how many of them are in both."""

# ruff: noqa: S608 (the inner query is our own)

from __future__ import annotations

from datetime import datetime

from rampgate.errors import UsageProblem
from rampgate.formats.measured.split_overlap import OVERLAP, OVERLAP_COUNTS, OVERLAP_TEXTS, SOURCES
from rampgate.measure.engines import open_pair
from rampgate.measure.options import refuse_others
from rampgate.measure.pairs import by_key, check_pair, rows_without_key, whole_numbers
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.telling import measurement_from, table_of


def measure_split_overlap(request: MeasureRequest, now: datetime) -> Measurement:
    """Return split overlap evidence; raises as `rampgate.measure.measure` does."""
    asked = request.details
    refuse_others("split_overlap", request)
    if not asked.key or len(asked.others) != 1:
        raise UsageProblem("split_overlap needs one other data set, and the columns of the key: `--other`, `--key`")
    with open_pair(request, asked.others[0]) as table:
        check_pair(table, asked.key)
        rows = rows_without_key(table, asked.key)
        both = "here > 0 AND there > 0"
        sums = [
            *(table.dialect.counted_if(words) for words in ("here > 0", "there > 0", both)),
            *(f"SUM(CASE WHEN {both} THEN {side} ELSE 0 END)" for side in ("here", "there")),
        ]
        text = f"SELECT {', '.join(sums)} FROM ({by_key(table, asked.key, [])}) AS keys"
        here, there, shared, rows_here, rows_there = whole_numbers(table.query(text, keep=True)[0])
        lines = [
            (SOURCES[0], *rows[0], rows_here, here, shared),
            (SOURCES[1], *rows[1], rows_there, there, shared),
        ]
        tables = {OVERLAP: table_of((*OVERLAP_TEXTS, *OVERLAP_COUNTS), lines)}
        warnings = [
            f"{which}: {missing:,} of {all_rows:,} rows have no key, so nobody knows whether the other has them"
            for which, (all_rows, missing) in zip(SOURCES, rows, strict=True)
            if missing
        ]
        content = {"tables": tables, "results": {"key": list(asked.key)}}
        return measurement_from("split_overlap", request, now, table, content, warnings=warnings)
