"""The difference of two means from sums, with Welch's interval; quantiles of Student's distribution in decimals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from rampgate.stats.counts import SCALE
from rampgate.stats.intervals import DEFAULT_LEVEL, INFINITY, Interval, as_decimal, outward
from rampgate.stats.normal import WORKING, two_sided_z

_ENOUGH = Decimal("1e-35")

MOST_FREEDOM = 1000
"""More degrees of freedom than these are not told apart; the interval is 0.2 % wider than it could be."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Rows, and the sums of their values and squares, both times 10^9."""

    n: int
    total: int
    squares: int

    @property
    def mean(self) -> Fraction | None:
        """Return the mean, or None without rows."""
        return Fraction(self.total, self.n * SCALE) if self.n else None

    @property
    def variance(self) -> Fraction | None:
        """Return the variance of the rows, n - 1 below the line; None under two rows."""
        if self.n < 2:
            return None
        # Rounding each square to 1e-9 can leave the variance of a constant a little below 0.
        about = Fraction(self.squares, SCALE) - Fraction(self.total, SCALE) ** 2 / self.n
        return max(Fraction(0), about) / (self.n - 1)


def mean_interval(sums: Sums, level: Decimal = DEFAULT_LEVEL) -> Interval | None:
    """Return the interval of one mean; None under three rows."""
    variance, mean = sums.variance, sums.mean
    if variance is None or mean is None or sums.n < 3:
        return None
    return _around(mean, variance / sums.n, Fraction(sums.n - 1), level, "student-mean")


def welch(one: Sums, other: Sums, level: Decimal = DEFAULT_LEVEL) -> Interval | None:
    """Return the interval of the mean of `one` minus that of `other`; None where either has too few rows.

    The degrees of freedom of Welch and Satterthwaite are rounded down to an even number, which widens the interval.
    Source: Welch (1947), Biometrika 34:28.
    """
    spread, mean = (one.variance, other.variance), (one.mean, other.mean)
    if spread[0] is None or spread[1] is None or mean[0] is None or mean[1] is None:
        return None
    a, b = spread[0] / one.n, spread[1] / other.n
    if not a + b:
        return None  # neither varies, so nothing is known of how much they could
    freedom = (a + b) ** 2 / (a**2 / (one.n - 1) + b**2 / (other.n - 1))
    return _around(mean[0] - mean[1], a + b, freedom, level, "welch") if freedom >= 2 else None


def _around(middle: Fraction, variance: Fraction, freedom: Fraction, level: Decimal, method: str) -> Interval:
    even = min(int(freedom), MOST_FREEDOM) // 2 * 2
    with localcontext(WORKING):
        half = student_quantile(level, even) * as_decimal(variance).sqrt()
        centre = as_decimal(middle)
        return outward(centre - half, centre + half, level, method, lowest=-INFINITY)


@lru_cache(maxsize=1024)
def student_quantile(level: Decimal, freedom: int) -> Decimal:
    """Return t with P(-t <= T <= t) = level, for an even number of degrees of freedom of at least 2, to 30 digits.

    For even degrees the distribution function is a finite sum of powers.
    Source: Abramowitz and Stegun (1964), 26.7.4.
    """
    if freedom < 2 or freedom % 2:
        raise ValueError(f"degrees of freedom must be even and at least 2, found {freedom}")
    with localcontext(WORKING):
        scale = 1 / Decimal(freedom).sqrt()
        for odd in range(3, freedom, 2):
            scale = scale * odd / (odd - 1)
        t = two_sided_z(level)
        # The distribution function is concave above 0, so Newton from the left rises to the root and never passes it.
        for _ in range(500):
            density = scale / (1 + t * t / freedom) ** (freedom // 2) / (1 + t * t / freedom).sqrt()
            step = (level - _mass(t, freedom)) / density
            t += step
            if abs(step) < _ENOUGH * t:
                break
        return t


def _mass(t: Decimal, freedom: int) -> Decimal:
    """Return P(-t <= T <= t)."""
    below = freedom + t * t
    cosine = freedom / below
    term = total = Decimal(1)
    for i in range(1, freedom // 2):
        term *= cosine * (2 * i - 1) / (2 * i)
        total += term
    return t / below.sqrt() * total
