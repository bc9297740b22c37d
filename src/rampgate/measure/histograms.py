"""Counts many columns in frozen bins, by one query where its text is not too long.

Each bin is found by comparing with stored edges, half of them at each step. Where the table is kept by rows, the
columns are counted side by side in one scan, by GROUPING SETS; where it is kept by columns, one after the other, which
reads each of them once too and costs half as much.
"""

# ruff: noqa: S608 (names of columns are quoted by the dialect, edges and values are literals)

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rampgate.errors import InvalidInput, Problem
from rampgate.measure.cells import MOST_CELLS
from rampgate.measure.engines._base import RELATION, Relation
from rampgate.measure.sql import Dialect

NULL: Final = -1
"""The place of rows without a value."""
NOT_A_NUMBER: Final = -2
"""The place of rows with NaN, infinity or a text that is no number."""
OTHER: Final = -3
"""The place of rows with a value that is not listed."""

AT_ONCE: Final = 6
"""So many edges a number is compared with in one step, one after the other."""

MOST_TEXT: Final = 150_000
"""A longer query is asked in parts: evidence keeps every text."""


@dataclass(frozen=True, slots=True)
class Bins:
    """A column to count: in bins between `edges`, in rising order, or by `values` where there are no edges."""

    column: str
    edges: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def places(self) -> int:
        """Return how many bins or values there are."""
        return len(self.edges) + 1 if self.edges else len(self.values)


def count_bins(table: Relation, wanted: Sequence[Bins]) -> list[dict[int, int]]:
    """Return for each column how many rows are in each place: bin or value by its number, or NULL, NOT_A_NUMBER, OTHER.

    Raises InvalidInput for a column that can not be counted so.
    """
    found: list[dict[int, int]] = [{} for _ in wanted]
    for batch in _batches(table, wanted):
        text = _query(table, [wanted[index] for index in batch])
        for which, place, rows in table.query(text, keep=True):
            found[batch[int(which)]][int(place)] = int(rows)
    return found


def count_amounts(
    table: Relation, groups: Sequence[str], column: str, edges: Sequence[str]
) -> list[tuple[tuple[str | None, ...], int, int]]:
    """Return for each group and place of an amount how many rows there are; groups are texts, None where missing.

    Raises InvalidInput for more than 10,000 combinations.
    """
    dialect = table.dialect
    names = [f"g{index}" for index in range(len(groups))]
    given = [f"{dialect.quoted(group)} AS {name}" for group, name in zip(groups, names, strict=True)]
    inner = f"SELECT {', '.join([*given, *_number(table, column, 0)])} FROM {RELATION}"
    middle = f"SELECT {', '.join([*names, _place(table, edges, 0)])} FROM ({inner}) AS numbers"
    places = ", ".join(str(place + 1) for place in range(len(names) + 1))
    counted = f"SELECT {', '.join([*names, 'k0'])}, COUNT(*) AS n FROM ({middle}) AS places GROUP BY {places}"
    outer = ", ".join([*(dialect.as_text(name) for name in names), "k0", "n"])
    found = table.query(f"SELECT {outer} FROM ({counted}) AS cells LIMIT {MOST_CELLS + 1}", keep=True)
    if len(found) > MOST_CELLS:
        message = f"the groups and bins of `{column}` have more than {MOST_CELLS:,} combinations"
        raise InvalidInput([Problem(table.name, message, fix="group by fewer or coarser columns")])
    return [(tuple(row[:-2]), int(row[-2]), int(row[-1])) for row in found]


def searched(dialect: Dialect, number: str, edges: Sequence[str]) -> str:
    """Return the place of a finite number among edges, as `Dialect.binned` does, in few steps."""
    return _searched(dialect, number, edges, 0, len(edges))


def _searched(dialect: Dialect, number: str, edges: Sequence[str], low: int, high: int) -> str:
    if low == high:
        return str(low)
    # One CASE of six edges costs an engine that keeps columns less than three that halve, one in the other.
    cuts = sorted({low + (high - low) * part // (AT_ONCE + 1) for part in range(1, AT_ONCE + 1)})
    cases = []
    for cut in cuts:
        place = _searched(dialect, number, edges, low, cut)
        cases.append(f"WHEN {number} < {dialect.double(edges[cut])} THEN {place}")
        low = cut + 1
    return f"CASE {' '.join(cases)} ELSE {_searched(dialect, number, edges, low, high)} END"


def _query(table: Relation, wanted: Sequence[Bins]) -> str:
    dialect = table.dialect
    columns: list[list[str]] = []
    places: list[str] = []
    for index, bins in enumerate(wanted):
        raw = dialect.quoted(bins.column)
        if not bins.edges:
            columns.append([f"{dialect.as_text(raw)} AS x{index}"])
            places.append(f"{_listed(dialect, f'x{index}', bins.values)} AS k{index}")
            continue
        columns.append(_number(table, bins.column, index))
        places.append(_place(table, bins.edges, index))
    keys = [f"k{index}" for index in range(len(wanted))]
    if _is_by_columns(table):
        return _one_after_another(columns, places)
    inner = f"SELECT {', '.join(name for some in columns for name in some)} FROM {RELATION}"
    middle = f"SELECT {', '.join(places)} FROM ({inner}) AS numbers"
    sets = ", ".join(f"({key})" for key in keys)
    which = " ".join(f"WHEN {key} IS NOT NULL THEN {index}" for index, key in enumerate(keys))
    place = f"COALESCE({', '.join(keys)})" if len(keys) > 1 else keys[0]
    counted = f"SELECT {', '.join(keys)}, COUNT(*) AS n FROM ({middle}) AS places GROUP BY GROUPING SETS ({sets})"
    return f"SELECT CASE {which} END, {place}, n FROM ({counted}) AS cells"


def _is_by_columns(table: Relation) -> bool:
    """Return whether a table is kept by columns: a text file knows no types, and PostgreSQL keeps rows."""
    return table.engine != "postgresql" and any(kind != "text" for kind in table.columns().values())


def _one_after_another(columns: Sequence[Sequence[str]], places: Sequence[str]) -> str:
    return " UNION ALL ".join(
        f"SELECT {index}, k{index}, COUNT(*) FROM (SELECT {place} FROM (SELECT {', '.join(some)} FROM {RELATION}) "
        f"AS numbers{index}) AS places{index} GROUP BY 2"
        for index, (some, place) in enumerate(zip(columns, places, strict=True))
    )


def _number(table: Relation, column: str, index: int) -> list[str]:
    """Return a column as a number, and whether it is missing."""
    dialect = table.dialect
    missing = f"CASE WHEN {dialect.quoted(column)} IS NULL THEN 1 ELSE 0 END AS m{index}"
    return [missing, f"{dialect.number(column, table.columns()[column])} AS x{index}"]


def _place(table: Relation, edges: Sequence[str], index: int) -> str:
    found = searched(table.dialect, f"x{index}", edges)
    # A number that is missing here but was not in the table is a text that is none.
    return (
        f"CASE WHEN m{index} = 1 THEN {NULL} WHEN x{index} IS NULL OR NOT {table.dialect.finite(f'x{index}')} "
        f"THEN {NOT_A_NUMBER} ELSE {found} END AS k{index}"
    )


def _listed(dialect: Dialect, text: str, values: Sequence[str]) -> str:
    cases = "".join(f" WHEN {text} = {dialect.literal(value)} THEN {place}" for place, value in enumerate(values))
    return f"CASE WHEN {text} IS NULL THEN {NULL}{cases} ELSE {OTHER} END"


def _batches(table: Relation, wanted: Sequence[Bins]) -> Iterator[list[int]]:
    """Yield the places of columns that are asked for together."""
    batch: list[int] = []
    size = cells = 0
    for place, bins in enumerate(wanted):
        kind = table.columns()[bins.column]
        if bins.edges and kind not in ("text", "integer", "number", "boolean"):
            message = f"column `{bins.column}` was numbers in the reference, and holds none here"
            raise InvalidInput([Problem(table.name, message, fix="profile the column again, or leave it out")])
        length = len(_query(table, [bins]))
        if batch and (size + length > MOST_TEXT or cells + bins.places + 3 > MOST_CELLS):
            yield batch
            batch, size, cells = [], 0, 0
        batch.append(place)
        size, cells = size + length, cells + bins.places + 3
    if batch:
        yield batch
