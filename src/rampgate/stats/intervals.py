"""Confidence intervals for one rate and for the difference, ratio and paired difference of two.

Every limit is computed with 50 digits and rounded outward to 12 decimal places, so an interval is never narrower
than its definition, and its digits are the same on every machine.

>>> print(*wilson(81, 263).rounded(4))
0.2553 0.3662
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Final

from rampgate.stats.normal import WORKING, two_sided_z

DEFAULT_LEVEL: Final = Decimal("0.95")
INFINITY: Final = Decimal("Infinity")

_PLACES: Final = Decimal("1e-12")
_BISECTIONS: Final = 60

Count = int | Fraction


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both inclusive, at a confidence level; `high` is Infinity where nothing bounds it."""

    low: Decimal
    high: Decimal
    level: Decimal
    method: str

    def rounded(self, places: int) -> tuple[Decimal, Decimal]:
        """Return both limits rounded half to even, for showing and not for deciding."""
        step = Decimal(1).scaleb(-places)
        with localcontext(WORKING):
            low, high = (limit.quantize(step, ROUND_HALF_EVEN) if limit.is_finite() else limit for limit in self._both)
        return low, high

    @property
    def _both(self) -> tuple[Decimal, Decimal]:
        return self.low, self.high


def wilson(k: Count, n: Count, level: Decimal = DEFAULT_LEVEL) -> Interval:
    """Return the score interval of the rate k / n, within [0, 1].

    k: rows that have the property, at most n. n: rows, above 0. Fractions serve effective numbers of weighted rows.
    Raises ValueError if n is 0 or k lies outside 0 to n.
    Source: Wilson (1927), JASA 22:209; method 3 of Newcombe (1998), Statistics in Medicine 17:857.
    """
    _, low, high = _score_limits(k, n, level)
    return outward(low, high, level, "wilson", lowest=Decimal(0), highest=Decimal(1))


def difference(k1: Count, n1: Count, k2: Count, n2: Count, level: Decimal = DEFAULT_LEVEL) -> Interval:
    """Return the interval of k1 / n1 - k2 / n2 of two independent samples, within [-1, 1].

    Raises ValueError as `wilson` does.
    Source: hybrid score interval, method 10 of Newcombe (1998), Statistics in Medicine 17:873.
    """
    p1, low1, high1 = _score_limits(k1, n1, level)
    p2, low2, high2 = _score_limits(k2, n2, level)
    with localcontext(WORKING):
        low = p1 - p2 - ((p1 - low1) ** 2 + (high2 - p2) ** 2).sqrt()
        high = p1 - p2 + ((high1 - p1) ** 2 + (p2 - low2) ** 2).sqrt()
    return outward(low, high, level, "newcombe-hybrid-score", lowest=Decimal(-1), highest=Decimal(1))


def ratio(k1: Count, n1: Count, k2: Count, n2: Count, level: Decimal = DEFAULT_LEVEL) -> Interval:
    """Return the interval of (k1 / n1) / (k2 / n2) of two independent samples, from 0 up.

    Its high limit is Infinity where k2 is 0. Unlike the log interval it holds at 0 counts without a correction.
    Raises ValueError as `wilson` does.
    Source: MOVER-R, Donner and Zou (2012), Statistical Methods in Medical Research 21:347, from Wilson limits.
    """
    p1, low1, high1 = _score_limits(k1, n1, level)
    p2, low2, high2 = _score_limits(k2, n2, level)
    with localcontext(WORKING):
        product = p1 * p2
        # The published quotient with its root moved below the line: equal, and defined where high2 is 2 * p2.
        above, below = low1 * (2 * p1 - low1), high2 * (2 * p2 - high2)
        root = (product**2 - above * below).max(Decimal(0)).sqrt()
        low = above / (product + root) if product + root > 0 else Decimal(0)
        above, below = high1 * (2 * p1 - high1), low2 * (2 * p2 - low2)
        root = (product**2 - above * below).max(Decimal(0)).sqrt()
        high = (product + root) / below if below > 0 and k2 else INFINITY
    return outward(low, high, level, "mover-wilson", lowest=Decimal(0), highest=INFINITY)


def paired_difference(b: int, c: int, n: int, level: Decimal = DEFAULT_LEVEL) -> Interval:
    """Return the interval of (b - c) / n, the difference of two rates of the same n rows, within [-1, 1].

    b: rows where only the first is right. c: rows where only the second is right. n: all rows, those where both
    agree included. Raises ValueError if a count is negative or b + c exceeds n, or n is 0.
    Source: score interval of Tango (1998), Statistics in Medicine 17:891.
    """
    if b < 0 or c < 0 or n <= 0 or b + c > n:
        raise ValueError(f"paired counts need 0 <= b, 0 <= c, b + c <= n and n > 0, found b={b}, c={c}, n={n}")
    z = two_sided_z(level)
    with localcontext(WORKING):
        estimate = Decimal(b - c) / n
        low = _paired_limit(b, c, n, inside=estimate, outside=Decimal(-1), z=z)
        high = _paired_limit(b, c, n, inside=estimate, outside=Decimal(1), z=z)
    return outward(low, high, level, "tango-score", lowest=Decimal(-1), highest=Decimal(1))


def _paired_limit(b: int, c: int, n: int, *, inside: Decimal, outside: Decimal, z: Decimal) -> Decimal:
    """Return where the score passes z between the estimate and -1 or 1, on the outer side of the last step."""
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2
        if _paired_score_squared(b, c, n, middle) <= z * z:
            inside = middle
        else:
            outside = middle
    return outside


def _paired_score_squared(b: int, c: int, n: int, delta: Decimal) -> Decimal:
    """Return the squared score statistic of the hypothesis that the difference is `delta`."""
    linear = -b - c + (2 * n - b + c) * delta
    root = (linear**2 + 8 * n * c * delta * (1 - delta)).max(Decimal(0)).sqrt()
    discordant = ((root - linear) / (4 * n)).max(Decimal(0))
    variance = n * (2 * discordant + delta * (1 - delta))
    distance = b - c - n * delta
    if variance <= 0:
        return Decimal(0) if distance == 0 else INFINITY
    return distance**2 / variance


def _score_limits(k: Count, n: Count, level: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Return the rate and its unrounded Wilson limits."""
    if n <= 0 or k < 0 or k > n:
        raise ValueError(f"a rate needs 0 <= k <= n and n > 0, found k={k}, n={n}")
    z = two_sided_z(level)
    with localcontext(WORKING):
        rows = as_decimal(n)
        rate = as_decimal(Fraction(k) / Fraction(n))
        square = z * z
        middle = rate + square / (2 * rows)
        half = z * (rate * (1 - rate) / rows + square / (4 * rows * rows)).sqrt()
        scale = 1 + square / rows
        # At 0 and n the limits are 0 and 1 by algebra; the root would leave a dust of 1e-50 in their place.
        low = Decimal(0) if k == 0 else ((middle - half) / scale).max(Decimal(0))
        high = Decimal(1) if k == n else ((middle + half) / scale).min(Decimal(1))
        return rate, low.min(rate), high.max(rate)


def as_decimal(value: Count) -> Decimal:
    """Return an integer or fraction as a decimal of 50 digits."""
    exact = Fraction(value)
    with localcontext(WORKING):
        return Decimal(exact.numerator) / Decimal(exact.denominator)


def outward(
    low: Decimal, high: Decimal, level: Decimal, method: str, *, lowest: Decimal, highest: Decimal = INFINITY
) -> Interval:
    """Return the interval with its limits rounded outward to 12 places and kept within the bounds."""
    with localcontext(WORKING):
        low = max(lowest, low.quantize(_PLACES, ROUND_FLOOR))
        high = min(highest, high.quantize(_PLACES, ROUND_CEILING)) if high.is_finite() else high
    return Interval(low, high, level, method)
