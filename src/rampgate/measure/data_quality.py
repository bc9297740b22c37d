"""Data quality: every check is one sum, and all sums but those of keys and moments come from one scan."""

# ruff: noqa: S608 (names of columns are quoted by the dialect, limits and values are literals)

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.measured.data_quality import (
    CHECK_COUNTS,
    CHECK_TEXTS,
    CHECKS,
    FRESHNESS,
    FRESHNESS_COUNTS,
    FRESHNESS_TEXTS,
    ROWS,
    ROWS_COUNTS,
    ROWS_TEXTS,
)
from rampgate.measure.cells import check_columns
from rampgate.measure.details import Allowed, Details, Limits
from rampgate.measure.engines import open_request
from rampgate.measure.engines._base import RELATION, Relation
from rampgate.measure.moments import moments_of
from rampgate.measure.options import refuse_others
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.telling import measurement_from, table_of

AT_ONCE = 200
"""More checks than these are asked in a further query."""

Row = tuple[str, str, str, int, int]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one column. looked_at, failed: conditions that rows meet."""

    name: str
    column: str
    expected: str
    looked_at: str
    failed: str


def measure_data_quality(request: MeasureRequest, now: datetime) -> Measurement:
    """Return data quality evidence; raises as `rampgate.measure.measure` does."""
    asked = request.details
    refuse_others("data_quality", request)
    with open_request(request) as table:
        columns = asked.columns or tuple(table.columns())
        limits = [*(each.column for each in asked.ranges), *(each.column for each in asked.allowed)]
        _check_once(limits)
        check_columns(table, [], [*columns, *limits, *asked.key, *([asked.time] if asked.time else [])])
        rows = table.identity().rows
        found = list(_counted(table, list(_checks(table, columns, asked))))
        found += _key(table, asked.key, rows) if asked.key else []
        tables = {ROWS: table_of((*ROWS_TEXTS, *ROWS_COUNTS), [_rows(asked, rows)])}
        warnings = []
        if asked.time:
            more, line = _freshness(table, asked.time, now)
            found += more
            tables[FRESHNESS] = table_of((*FRESHNESS_TEXTS, *FRESHNESS_COUNTS), [line])
            if line[-1]:
                warnings.append(f"column `{asked.time}`: the newest moment, {line[1]}, lies ahead of this measurement")
        tables = {CHECKS: table_of((*CHECK_TEXTS, *CHECK_COUNTS), found), **tables}
        return measurement_from("data_quality", request, now, table, {"tables": tables}, warnings=warnings)


def _check_once(columns: Sequence[str]) -> None:
    for name in columns:
        if columns.count(name) > 1:
            raise UsageProblem(f"column `{name}` has two limits; give it one range or one list of allowed values")


def _checks(table: Relation, columns: Sequence[str], asked: Details) -> Iterator[Check]:
    dialect = table.dialect
    for name in dict.fromkeys(columns):
        yield Check("null_rate", name, "", "1 = 1", f"{dialect.quoted(name)} IS NULL")
    for limits in asked.ranges:
        yield from _range(table, limits)
    for allowed in asked.allowed:
        yield _allowed(table, allowed)


def _range(table: Relation, limits: Limits) -> Iterator[Check]:
    dialect, kind = table.dialect, table.columns()[limits.column]
    if kind not in ("text", "integer", "number", "boolean"):
        raise InvalidInput([Problem(table.name, f"column `{limits.column}` holds no numbers, so it has no range")])
    raw, number = dialect.quoted(limits.column), dialect.number(limits.column, kind)
    finite = f"({number} IS NOT NULL AND {dialect.finite(number)})"
    ends = []
    if limits.low is not None:
        ends.append(f"{number} < {dialect.double(f'{limits.low:f}')}")
    if limits.high is not None:
        ends.append(f"{number} > {dialect.double(f'{limits.high:f}')}")
    low, high = (f"{limit:f}" if limit is not None else "" for limit in (limits.low, limits.high))
    expected = f"{low}..{high}"
    present = f"{raw} IS NOT NULL"
    yield Check("not_a_number_rate", limits.column, expected, present, f"{present} AND NOT {finite}")
    yield Check("out_of_range_rate", limits.column, expected, finite, f"{finite} AND ({' OR '.join(ends)})")


def _allowed(table: Relation, allowed: Allowed) -> Check:
    dialect = table.dialect
    raw = dialect.quoted(allowed.column)
    text = dialect.as_text(raw)
    listed = ", ".join(dialect.literal(value) for value in allowed.values)
    present = f"{raw} IS NOT NULL"
    shown = ",".join(allowed.values)
    expected = shown if len(shown) <= 200 else f"{len(allowed.values)} values"
    return Check("not_allowed_rate", allowed.column, expected, present, f"{present} AND {text} NOT IN ({listed})")


def _counted(table: Relation, checks: Sequence[Check]) -> Iterator[Row]:
    for start in range(0, len(checks), AT_ONCE):
        some = checks[start : start + AT_ONCE]
        sums = [table.dialect.counted_if(condition) for each in some for condition in (each.looked_at, each.failed)]
        found = [int(each) for each in table.query(f"SELECT {', '.join(sums)} FROM {RELATION}", keep=True)[0]]
        for place, each in enumerate(some):
            yield each.name, each.column, each.expected, found[2 * place], found[2 * place + 1]


def _key(table: Relation, key: Sequence[str], rows: int) -> list[Row]:
    """Return how many rows lack a part of the key, and how many of the others repeat one."""
    columns = [table.dialect.quoted(name) for name in key]
    whole = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    inner = f"SELECT COUNT(*) AS n FROM {RELATION} WHERE {whole} GROUP BY {', '.join(columns)}"
    text = f"SELECT COUNT(*), COALESCE(SUM(n), 0) FROM ({inner}) AS keys"
    different, present = (int(each) for each in table.query(text, keep=True)[0])
    name = ", ".join(key)
    return [
        ("missing_key_rate", name, "a value", rows, rows - present),
        ("duplicate_rate", name, "different in every row", present, present - different),
    ]


def _rows(asked: Details, rows: int) -> tuple[str, int, int]:
    if asked.rows is None:
        return "", rows, 0
    low, high = asked.rows
    outside = max((low or 0) - rows, 0) + (max(rows - high, 0) if high is not None else 0)
    return f"{'' if low is None else low}..{'' if high is None else high}", rows, outside


def _freshness(table: Relation, name: str, now: datetime) -> tuple[list[Row], tuple[str, str, int, int, int]]:
    found = moments_of(table, name)
    checks: list[Row] = [("not_a_moment_rate", name, "a moment", found.n + found.broken, found.broken)]
    if found.last is None:
        return checks, (name, "", 0, 0, 0)
    seconds = int((now - found.last).total_seconds())
    newest = found.last.strftime("%Y-%m-%dT%H:%M:%SZ")
    return checks, (name, newest, found.n, max(seconds, 0), max(-seconds, 0))
