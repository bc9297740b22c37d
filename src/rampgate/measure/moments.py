"""The first and the last moment in a column: of a time type, or written as ISO 8601 in UTC."""

# ruff: noqa: S608 (the name of the column is quoted by the dialect)

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from rampgate.errors import InvalidInput, Problem
from rampgate.measure.engines._base import RELATION, Relation

_FIX: Final = "write moments as 2026-11-20 or 2026-11-20T10:00:00Z; without an offset they are taken for UTC"


@dataclass(frozen=True, slots=True)
class Moments:
    """The first and the last moment of `n` rows; rows that have no value, and rows whose value is no moment."""

    n: int
    null: int
    broken: int
    first: datetime | None
    last: datetime | None


def moments_of(table: Relation, name: str) -> Moments:
    """Return the range of moments in a column.

    Raises InvalidInput for a column of another type, moments with an offset from UTC in a text, and texts that look
    like moments and are none.
    """
    kind = table.columns()[name]
    if kind not in ("time", "text"):
        raise InvalidInput([Problem(table.name, f"column `{name}` holds no moments", fix=_FIX)])
    dialect, raw = table.dialect, table.dialect.quoted(name)
    written = raw if kind == "time" else f"REPLACE(SUBSTRING({raw}, 1, 19), 'T', ' ')"
    inner = f"SELECT {raw} AS raw, {written} AS moment, {_looks_right(table, name)} AS fine FROM {RELATION}"
    of_fine = "CASE WHEN fine = 1 THEN moment END"
    ends = ", ".join(dialect.as_text(f"{end}({of_fine})") for end in ("MIN", "MAX"))
    text = (
        f"SELECT COUNT(*), COUNT(raw), {dialect.counted_if('fine = 1')}, {dialect.counted_if('fine = 2')}, {ends} "
        f"FROM ({inner}) AS moments"
    )
    rows, present, fine, elsewhere, first, last = table.query(text, keep=True)[0]
    if int(elsewhere):
        message = f"column `{name}` has moments with an offset from UTC in {int(elsewhere):,} rows"
        raise InvalidInput([Problem(table.name, message, fix=_FIX)])
    moments = [None if each is None else _parsed(table, name, str(each)) for each in (first, last)]
    return Moments(int(fine), int(rows) - int(present), int(present) - int(fine), moments[0], moments[1])


def _looks_right(table: Relation, name: str) -> str:
    """Return 1 where a value has the shape of a moment in UTC, 2 where it has an offset, 0 where it is neither."""
    raw = table.dialect.quoted(name)
    if table.columns()[name] == "time":
        return f"CASE WHEN {raw} IS NOT NULL THEN 1 ELSE 0 END"
    moment = f"({raw} LIKE '____-__-__T__:__:__%' OR {raw} LIKE '____-__-__ __:__:__%')"
    zero = f"({raw} LIKE '%+00:00' OR {raw} LIKE '%+00')"
    offset = f"({raw} LIKE '____-__-_____:__:__%+%' OR {raw} LIKE '____-__-_____:__:__%-%')"
    return (
        f"CASE WHEN {raw} LIKE '____-__-__' THEN 1 WHEN {moment} AND {offset} AND NOT {zero} THEN 2 "
        f"WHEN {moment} THEN 1 ELSE 0 END"
    )


def _parsed(table: Relation, name: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        message = f"column `{name}` has `{text[:40]}`, which is no moment"
        raise InvalidInput([Problem(table.name, message, fix=_FIX)]) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
