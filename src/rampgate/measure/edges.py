"""Finds the edges of a column's bins in its reference: its quantiles, its least value, and what is above all of it."""

# ruff: noqa: S608 (names of columns are quoted by the dialect, ranks are numbers)

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rampgate.errors import InvalidInput, Problem
from rampgate.measure.engines._base import RELATION, Relation

FINE: Final = 4
"""Bins for KS within each of the wide bins that PSI rests on."""

_MOST: Final = Decimal(10) ** 30
_LEAST: Final = Decimal("1e-30")


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of a column, in rising order, and for each bin the wide bin that it is part of, from 0."""

    texts: tuple[str, ...]
    parts: tuple[int, ...]


def edges_of(table: Relation, name: str, wide: int) -> Edges:
    """Return the edges that cut a column of numbers into `wide` bins of about the same rows, each into four again.

    There are fewer bins where many rows have one value, and two more, empty ones: below the least value and above the
    greatest. Without them, a window far outside of all that was seen would count as the outermost quantile.
    Raises InvalidInput for a column without a finite number, or with numbers of over 30 digits.
    """
    rows, at = _ranked(table, name, wide * FINE)
    fine = [at[place * rows // (wide * FINE) + 1] for place in range(1, wide * FINE)]
    least, most = as_edge(at[1]), as_edge(at[rows])
    above = max(as_edge(math.nextafter(at[rows], math.inf)), most + _LEAST)
    coarse = {least, above, *(as_edge(value) for value in fine[FINE - 1 :: FINE])}
    edges = sorted(coarse | {as_edge(value) for value in fine})
    return Edges(tuple(edge_text(edge) for edge in edges), _parts([edge in coarse for edge in edges]))


def _ranked(table: Relation, name: str, bins: int) -> tuple[int, dict[int, float]]:
    """Return how many finite numbers a column has, and those at its quantiles and ends, by their rank from 1."""
    dialect = table.dialect
    number = dialect.number(name, table.columns()[name])
    numbers = f"(SELECT {number} AS x FROM {RELATION}) AS numbers WHERE {dialect.finite('x')}"
    rows = int(table.query(f"SELECT COUNT(*) FROM {numbers}")[0][0])
    if not rows:
        message = f"column `{name}` has no finite number in any row"
        raise InvalidInput([Problem(table.name, message, fix="leave it out of `--columns`")])
    ranks = sorted({1, rows, *(place * rows // bins + 1 for place in range(1, bins))})
    ordered = f"SELECT x, ROW_NUMBER() OVER (ORDER BY x) AS r FROM {numbers}"
    listed = ", ".join(str(rank) for rank in ranks)
    found = {int(r): float(x) for r, x in table.query(f"SELECT r, x FROM ({ordered}) AS ranked WHERE r IN ({listed})")}
    if any(abs(Decimal(value)) >= _MOST for value in found.values()):
        message = f"column `{name}` has numbers of more than 30 digits"
        raise InvalidInput([Problem(table.name, message, fix="give it in a larger unit")])
    return rows, found


def as_edge(value: float) -> Decimal:
    """Return the shortest decimal that names a double, with at most 30 decimal places."""
    exact = Decimal(repr(value))
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -30:
        exact = exact.quantize(_LEAST)
    return exact


def edge_text(edge: Decimal) -> str:
    """Return an edge as a file writes it: plain digits, without zeros at the end, 0 without a sign."""
    text = f"{edge:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _parts(is_wide: Sequence[bool]) -> tuple[int, ...]:
    parts = [0]
    for step in is_wide:
        parts.append(parts[-1] + step)
    return tuple(parts)
