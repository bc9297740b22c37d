"""What kinds with groups share: every row belongs to everybody, and to its own group where there are group columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from rampgate.formats.measured._base import Told
from rampgate.stats.drift import CERTAIN
from rampgate.stats.intervals import Interval
from rampgate.stats.quantiles import quantile_bounds

Group = tuple[str, ...]

QUANTILES: Final[Mapping[str, Fraction]] = {
    "p50": Fraction(50, 100),
    "p95": Fraction(95, 100),
    "p99": Fraction(99, 100),
}


def by_group(rows: Iterable[dict[str, Any]], columns: Group) -> Iterator[tuple[dict[str, str], list[dict[str, Any]]]]:
    """Yield everybody with all rows, then each group with its own, in order."""
    kept = list(rows)
    yield {}, kept
    if not columns:
        return
    found: dict[Group, list[dict[str, Any]]] = {}
    for row in kept:
        found.setdefault(tuple(row[name] for name in columns), []).append(row)
    for group, own in sorted(found.items()):
        yield dict(zip(columns, group, strict=True)), own


def quantiles_told(
    counts: Sequence[int], edges: Sequence[str], group: Mapping[str, str], *, beyond: int = 0
) -> Iterator[Told]:
    """Yield each quantile of amounts of at least 0, with the edges that it lies between for certain.

    counts: one more than edges, the first of which is 0. beyond: rows that count as above every edge. The value is the
    upper edge, which the quantile lies below; it is undefined where no edge is above it.
    """
    rows = sum(counts) + beyond
    for metric, share in QUANTILES.items():
        bounds = quantile_bounds([*counts[:-1], counts[-1] + beyond], edges, share)
        if bounds is None or bounds[1] is None:
            yield Told(metric, rows, None, None, group)
            continue
        low = Decimal(0) if bounds[0] is None else bounds[0]
        yield Told(metric, rows, bounds[1], Interval(low, bounds[1], CERTAIN, "certain-from-bins"), group)


def histogram_of(rows: Iterable[dict[str, Any]], edges: Sequence[str], name: str) -> list[int]:
    """Return the rows of each bin, those of all groups added up. Raises ValueError for a bin that there is none of."""
    counts = [0] * (len(edges) + 1)
    for row in rows:
        if row["bin"] >= len(counts):
            raise ValueError(f"table `{name}`: there is no bin {row['bin']} among {len(edges)} edges")
        counts[row["bin"]] += row["n"]
    if counts[0]:
        raise ValueError(f"table `{name}`: amounts are at least 0, so bin 0 is empty")
    return counts


def check_edges(edges: Sequence[str], name: str) -> None:
    """Raise ValueError where edges do not begin with 0 and rise."""
    numbers = [Decimal(edge) for edge in edges]
    if not numbers or numbers[0] != 0 or any(a >= b for a, b in pairwise(numbers)):
        raise ValueError(f"table `{name}`: edges must begin with 0 and rise")
