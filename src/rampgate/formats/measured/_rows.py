"""Reads the tables of evidence row by row: every column that a kind needs, texts as texts and counts as counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rampgate.model.evidence import Evidence, Table


def table_named(evidence: Evidence, name: str) -> Table:
    """Return a table of evidence; raises ValueError where it is absent."""
    tables = evidence.tables or {}
    if name not in tables:
        raise ValueError(f"evidence of kind `{evidence.kind}` needs the table `{name}`")
    return tables[name]


def rows_of(
    table: Table, name: str, texts: Sequence[str], counts: Sequence[str], *, signed: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield each row of a table by column.

    texts, counts: the columns that the table must have, in order, and none else; what is no text, or no whole number
    of at least 0, raises ValueError with the number of its row. signed: the counts that may be below 0.
    """
    wanted = (*texts, *counts)
    if table.columns != wanted:
        listed = ", ".join(f"`{column}`" for column in wanted)
        raise ValueError(f"table `{name}` must have the columns {listed}")
    for number, row in enumerate(table.rows, start=1):
        if len(row) != len(wanted):
            raise ValueError(f"table `{name}`, row {number}: expected {len(wanted)} values, found {len(row)}")
        found = dict(zip(wanted, row, strict=True))
        for column in texts:
            if not isinstance(found[column], str):
                raise ValueError(f"table `{name}`, row {number}: `{column}` must be text")  # noqa: TRY004 (content)
        for column in counts:
            value = found[column]
            if not isinstance(value, int) or isinstance(value, bool) or (value < 0 and column not in signed):
                raise ValueError(f"table `{name}`, row {number}: `{column}` must be an integer of at least 0")
        yield found


def unlike(rows: Sequence[dict[str, Any]], name: str, *columns: str) -> None:
    """Raise ValueError where two rows have the same texts in these columns."""
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        key = tuple(row[column] for column in columns)
        if key in seen:
            raise ValueError(f"table `{name}` lists {', '.join(f'`{part}`' for part in key)} twice")
        seen.add(key)


def groups_of(table: Table, own: Sequence[str], name: str) -> tuple[str, ...]:
    """Return the group columns that stand before a table's own ones; raises ValueError where those are not there."""
    width = len(table.columns) - len(own)
    if width < 0 or table.columns[width:] != tuple(own):
        raise ValueError(f"table `{name}` must end with the columns {', '.join(f'`{each}`' for each in own)}")
    return table.columns[:width]
