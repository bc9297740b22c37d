"""Impact ratios as New York City's Local Law 144 wants them: each category's rate over the highest rate.

A category is a sex, a race or ethnicity, or one of each together. One with less than 2% of the rows may be excluded
from the ratios, and rows of an unknown category are counted and never compared. Neither is then the highest rate.
Source: 6 RCNY 5-300 and 5-301.

>>> table = CountsTable.from_rows(("sex", "outcome", "n"), [("f", 1, 3), ("f", 0, 7), ("m", 1, 6), ("m", 0, 4)])
>>> [(each.group, each.ratio) for each in categories(table, ("sex",), unknown="unknown", least_share=Fraction(2, 100))]
[(('f',), Fraction(1, 2)), (('m',), Fraction(1, 1))]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.disparity import simultaneous_level
from rampgate.stats.intervals import DEFAULT_LEVEL, Interval, ratio
from rampgate.stats.rates import METRICS, Rate, evaluate

Why = Literal["compared", "under the least share", "unknown"]


@dataclass(frozen=True, slots=True)
class Category:
    """One category: its rate, its share of all rows, and its impact ratio, None where it is left out or undefined."""

    group: Group
    rate: Rate
    share: Fraction
    why: Why
    ratio: Fraction | None = None
    interval: Interval | None = None


def categories(
    table: CountsTable, by: Sequence[str], *, unknown: str, least_share: Fraction, level: Decimal = DEFAULT_LEVEL
) -> list[Category]:
    """Return every category by some columns, in order.

    table: yes and no per group. unknown: the value, in any case, that says that a category is not known. least_share:
    a category with less than this share of all rows is excluded; 0 excludes none. Intervals hold for all ratios at
    once; that of the highest rate to itself is 1. Raises ValueError for a table of another kind, or without rows.
    """
    if table.kind != "outcome" or table.weighted:
        raise ValueError("impact ratios are made from counts of yes and no without weights")
    total = table.total.rows
    if not total:
        raise ValueError("there are no rows to compare")
    found = []
    for group, cells in table.marginal(by).groups().items():
        rate, share = evaluate(METRICS["rate"], cells), Fraction(cells.rows, total)
        why: Why = (
            "unknown" if _is_unknown(group, unknown) else "under the least share" if share < least_share else "compared"
        )
        found.append(Category(group, rate, share, why))
    return _with_ratios(found, level)


def _is_unknown(group: Group, unknown: str) -> bool:
    return unknown.strip().casefold() in {value.strip().casefold() for value in group}


def _with_ratios(found: list[Category], level: Decimal) -> list[Category]:
    compared = [each for each in found if each.why == "compared" and each.rate.value is not None]
    if len(compared) < 2:
        return found
    best = max(compared, key=lambda each: each.rate.value or Fraction(0))
    highest = best.rate.value
    if not highest:
        return found
    share = simultaneous_level(level, len(compared) - 1)
    return [_against(each, best, highest, level, share) if each in compared else each for each in found]


def _against(each: Category, best: Category, highest: Fraction, level: Decimal, share: Decimal) -> Category:
    value = (each.rate.value or Fraction(0)) / highest
    if each is best:
        itself = Interval(Decimal(1), Decimal(1), level, "the highest rate to itself")
        return Category(each.group, each.rate, each.share, each.why, value, itself)
    limits = ratio(each.rate.k, each.rate.n, best.rate.k, best.rate.n, share)
    held = Interval(limits.low, limits.high, level, "mover-wilson, bonferroni over the ratios")
    return Category(each.group, each.rate, each.share, each.why, value, held)
