"""Deciding on an interval, and how many more rows would settle what it leaves open."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from rampgate.stats.intervals import DEFAULT_LEVEL, Interval, ratio, wilson
from rampgate.stats.rates import Rate

Direction = Literal["at_least", "at_most"]
DecideOn = Literal["point", "lower", "upper"]
Answer = Literal["pass", "fail", "insufficient"]

MOST_ROWS = 10**12
"""Beyond this many rows the answer is `None`: no one will collect them."""


def decide_interval(
    value: Fraction | Decimal | None,
    interval: Interval | None,
    limit: Decimal,
    direction: Direction,
    decide_on: DecideOn,
) -> Answer:
    """Return whether a measured value meets a limit, does not, or can not be told.

    `point` goes by the estimate. `lower`: pass if the whole interval meets the limit, fail if the whole interval
    misses it, else insufficient. `upper`: fail only if the whole interval misses it, else pass. A limit itself is met.
    value: `None` where undefined, which is insufficient; so is a missing interval unless `point` decides.
    Raises ValueError if the limit is not a finite number, or a word is unknown.
    """
    if not limit.is_finite():
        raise ValueError(f"a limit is a finite number, found {limit}")
    if direction not in ("at_least", "at_most") or decide_on not in ("point", "lower", "upper"):
        raise ValueError(f"unknown way to decide: `{direction}`, `{decide_on}`")
    if value is None or (interval is None and decide_on != "point"):
        return "insufficient"
    if decide_on == "point" or interval is None:
        return "pass" if _meets(Fraction(value), limit, direction) else "fail"
    return _decide_whole(interval, limit, direction, decide_on)


def _decide_whole(interval: Interval, limit: Decimal, direction: Direction, decide_on: DecideOn) -> Answer:
    worst, best = (interval.low, interval.high) if direction == "at_least" else (interval.high, interval.low)
    if not _meets(best, limit, direction):
        return "fail"
    if decide_on == "upper" or _meets(worst, limit, direction):
        return "pass"
    return "insufficient"


def _meets(value: Fraction | Decimal, limit: Decimal, direction: Direction) -> bool:
    # Infinity has no fraction, and a decimal compares exactly with a decimal; a fraction needs a fraction.
    bound: Fraction | Decimal = limit if isinstance(value, Decimal) else Fraction(limit)
    return bool(value >= bound) if direction == "at_least" else bool(value <= bound)


def rows_needed(rate: Rate, limit: Decimal, direction: Direction, level: Decimal = DEFAULT_LEVEL) -> int | None:
    """Return about how many more rows put the whole interval on the limit's good side, at the observed rate.

    The rows are those of the rate's denominator; 0 if the interval is there already.
    `None` if the observed rate misses or just meets the limit, so that more rows alone would not help.
    """
    value = rate.value
    if value is None:
        return None

    def is_clear(rows: Fraction) -> bool:
        found = wilson(value * rows, rows, level)
        return decide_interval(value, found, limit, direction, "lower") == "pass"

    return _more_rows(is_clear, rate.effective_n, rate.n)


def rows_needed_for_ratio(
    group: Rate, reference: Rate, at_least: Decimal, level: Decimal = DEFAULT_LEVEL
) -> int | None:
    """Return about how many more rows of `group` lift its whole ratio interval to the limit, the reference as it is.

    level: the level of this one comparison, Bonferroni's share included (see `simultaneous_level`).
    `None` if no number of rows of this group alone would do.
    """
    value, other = group.value, reference.value
    if value is None or not other:
        return None

    def is_clear(rows: Fraction) -> bool:
        found = ratio(value * rows, rows, reference.effective_k, reference.effective_n, level)
        return found.low >= at_least

    return _more_rows(is_clear, group.effective_n, group.n)


def _more_rows(is_clear: Callable[[Fraction], bool], effective: Fraction, rows: int) -> int | None:
    """Return the least number of extra rows, by bisection on the multiple of the present ones."""
    if rows <= 0 or effective <= 0:
        return None
    per_row = effective / rows
    if is_clear(effective):
        return 0
    if not is_clear(per_row * MOST_ROWS):
        return None
    below, above = rows, MOST_ROWS
    while above - below > 1:
        middle = (below + above) // 2
        if is_clear(per_row * middle):
            above = middle
        else:
            below = middle
    return above - rows
