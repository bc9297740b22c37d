"""Two tables, key by key: both are read once, one below the other, and grouped by their key."""

# ruff: noqa: S608 (names of columns are quoted by the dialect)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rampgate.errors import InvalidInput, Problem
from rampgate.measure.cells import check_columns
from rampgate.measure.engines._base import RELATION, Relation
from rampgate.measure.engines._parts import SOURCE


def check_pair(table: Relation, key: Sequence[str], others: Sequence[str] = ()) -> None:
    """Raise InvalidInput for absent columns, a column that is named twice, and a table without rows."""
    check_columns(table, [], [*key, *others])
    twice = [name for name in [*key, *others] if [*key, *others].count(name) > 1]
    if twice:
        raise InvalidInput([Problem(table.name, f"the column `{twice[0]}` is asked for in two places")])
    side = table.dialect.quoted(SOURCE)
    here, there = (table.dialect.counted_if(f"{side} = {place}") for place in (0, 1))
    counts = [int(each) for each in table.query(f"SELECT {here}, {there} FROM {RELATION}")[0]]
    if not all(counts):
        which = "the first table" if not counts[0] else "the other table"
        raise InvalidInput([Problem(table.name, f"{which} has no rows, so nothing can be compared")])


def by_key(table: Relation, key: Sequence[str], summands: Sequence[str], given: Sequence[str] = ()) -> str:
    """Return SQL that gives, for each key without a missing part, its text `k`, `here`, `there`, and the summands.

    here, there: rows of the first and of the other table. given: more columns to choose summands from; they see the
    column `side`, 0 or 1.
    """
    dialect = table.dialect
    names = [f"key{place}" for place in range(len(key))]
    inner = [f"{dialect.quoted(SOURCE)} AS side", *given]
    inner += [f"{dialect.quoted(column)} AS {name}" for column, name in zip(key, names, strict=True)]
    present = " AND ".join(f"{name} IS NOT NULL" for name in names)
    sums = ["SUM(CASE WHEN side = 0 THEN 1 ELSE 0 END) AS here", "SUM(CASE WHEN side = 1 THEN 1 ELSE 0 END) AS there"]
    columns = ", ".join([*names, *sums, *summands])
    rows = f"SELECT {', '.join(inner)} FROM {RELATION}"
    places = ", ".join(str(place + 1) for place in range(len(names)))
    return f"SELECT {columns} FROM ({rows}) AS sides WHERE {present} GROUP BY {places}"


def rows_without_key(table: Relation, key: Sequence[str]) -> list[tuple[int, int]]:
    """Return for each of the two tables how many rows it has, and in how many a part of the key is missing."""
    dialect = table.dialect
    missing = " OR ".join(f"{dialect.quoted(name)} IS NULL" for name in key)
    side = dialect.quoted(SOURCE)
    sums = [
        dialect.counted_if(words)
        for place in (0, 1)
        for words in (f"{side} = {place}", f"{side} = {place} AND ({missing})")
    ]
    found = [int(each) for each in table.query(f"SELECT {', '.join(sums)} FROM {RELATION}", keep=True)[0]]
    return [(found[0], found[1]), (found[2], found[3])]


def whole_numbers(row: Sequence[Any]) -> list[int]:
    """Return a row of sums as integers, 0 where there was nothing to sum up."""
    return [0 if each is None else int(each) for each in row]
