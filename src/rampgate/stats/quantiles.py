"""Quantiles of a number from a histogram: between which two edges the value of a given rank lies, for certain.

>>> quantile_bounds((90, 8, 2), ("100", "200"), Fraction(95, 100))
(Decimal('100'), Decimal('200'))
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def rank_of(share: Fraction, rows: int) -> int:
    """Return the rank, from 1, of the smallest value that at least this share of the rows is at most."""
    return max(1, -(-share.numerator * rows // share.denominator))


def quantile_bounds(
    counts: Sequence[int], edges: Sequence[str], share: Fraction
) -> tuple[Decimal | None, Decimal | None] | None:
    """Return the edges around a quantile, the lower one inclusive and the upper one not; None without rows.

    counts: one more than edges; the first is below all of them, the last at or above the last one. share: in (0, 1].
    The quantile is the value of rank ceil(share * rows). A limit is None where no edge bounds it.
    """
    if len(counts) != len(edges) + 1:
        raise ValueError(f"{len(edges)} edges make {len(edges) + 1} bins, found {len(counts)}")
    rows = sum(counts)
    if not rows:
        return None
    place, seen = 0, counts[0]
    while seen < rank_of(share, rows):
        place += 1
        seen += counts[place]
    return (Decimal(edges[place - 1]) if place else None, Decimal(edges[place]) if place < len(edges) else None)
