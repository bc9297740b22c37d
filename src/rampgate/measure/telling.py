"""Writes the measures of evidence that rests on tables: exactly what its kind tells from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rampgate.errors import InvalidInput
from rampgate.formats.measured._base import Told
from rampgate.formats.measured.registry import BY_KIND
from rampgate.measure.cells import RawTable
from rampgate.measure.engines._base import Relation, provenance
from rampgate.measure.evidence import decimal_text, evidence_of, interval_entry, shown
from rampgate.measure.labels import look_alikes, missing_values
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.model.evidence import Evidence


def table_of(columns: Sequence[str], rows: Iterable[Sequence[Any]], edges: Sequence[str] = ()) -> dict[str, Any]:
    """Return a table as evidence writes it."""
    written: dict[str, Any] = {"columns": list(columns), "rows": [list(row) for row in rows]}
    return written | {"edges": list(edges)} if edges else written


def evidence_from(
    kind: str, request: MeasureRequest, now: datetime, source: dict[str, Any], content: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Told]]:
    """Return evidence with every measure that its tables tell, and those measures.

    source: what `provenance` told while the table was open. content: `tables`, and `results` where there are some.
    """
    evidence = evidence_of(
        kind, request, now, digest=source["digest"], rows=source["rows"], content=dict(content), source=source
    )
    found = list(BY_KIND[kind].tell(Evidence.model_validate(evidence)))
    measures = [_entry(each) for each in found]
    results = {key: evidence.pop(key) for key in ("results",) if key in evidence}
    return evidence | {"measures": measures} | results, found


def measurement_from(
    kind: str,
    request: MeasureRequest,
    now: datetime,
    table: Relation,
    content: Mapping[str, Any],
    *,
    notes: Sequence[str] = (),
    warnings: Sequence[str] = (),
) -> Measurement:
    """Return the measurement of a table that is still open, one line for each metric of each group."""
    evidence, found = evidence_from(kind, request, now, provenance(table), content)
    return Measurement(evidence, HEADER, told_lines(found), tuple(notes), tuple(warnings))


def checked_groups(table: Relation, columns: Sequence[str], cells: Sequence[tuple[Any, ...]]) -> list[str]:
    """Return warnings about group values that look alike. cells: the groups, then the rows.

    Raises InvalidInput where rows have no value in a group column.
    """
    raw = RawTable(tuple(columns), tuple(cells), table.identity().rows, "")
    problems = list(missing_values(raw, Path(table.name)))
    if problems:
        raise InvalidInput(problems)
    return look_alikes(raw, len(columns))


HEADER = ("group", "metric", "value (interval)", "n")


def told_lines(found: Iterable[Told]) -> tuple[tuple[str, ...], ...]:
    """Return one line for each metric, to print."""
    return tuple((group_name(each), each.metric, shown(each.value, each.interval), f"{each.n:,}") for each in found)


def group_name(told: Told) -> str:
    """Return the group of a metric in words."""
    return ", ".join(f"{name}={value}" for name, value in told.group.items()) or "everybody"


def _entry(told: Told) -> dict[str, Any]:
    return {
        "metric": told.metric,
        "group": dict(told.group),
        "n": told.n,
        "value": None if told.value is None else decimal_text(told.value),
        "interval": interval_entry(told.interval),
    }
