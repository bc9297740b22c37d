"""Quantiles of the standard normal distribution in decimal arithmetic, the same digits on every machine.

`statistics.NormalDist` is not used: it rests on the C library's `exp` and `log`, whose last bit differs between
platforms, while `Decimal` operations are correctly rounded by specification.
"""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from functools import lru_cache

WORKING = Context(prec=50)
"""The context of every intermediate result: far more digits than the 12 that are published."""

_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")
_ENOUGH = Decimal("1e-40")
_FAR = Decimal(10)
_LEAST_TAILS = Decimal("1e-20")


@lru_cache(maxsize=1024)
def two_sided_z(level: Decimal) -> Decimal:
    """Return z with P(-z <= X <= z) = level for a standard normal X, to 40 digits.

    level: above 0 and below 1, such as `Decimal("0.95")`, which gives 1.9599...
    Raises ValueError for any other level.
    """
    if not level.is_finite() or not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, found {level}")
    with localcontext(WORKING):
        target = level / 2
        z = Decimal(0)
        # The distribution function is concave above 0, so Newton from the left rises to the root and never passes it.
        for _ in range(500):
            density = (-z * z / 2).exp() / (2 * _PI).sqrt()
            step = (target - _mass_from_zero(z, density)) / density
            z += step
            if abs(step) < _ENOUGH:
                break
        return z


def tails(z: Decimal) -> Decimal:
    """Return P(X <= -z or X >= z) for a standard normal X and z of at least 0; 10^-20 stands for all that is less."""
    with localcontext(WORKING):
        if z > _FAR:
            return _LEAST_TAILS
        density = (-z * z / 2).exp() / (2 * _PI).sqrt()
        return max(_LEAST_TAILS, 1 - 2 * _mass_from_zero(z, density))


def _mass_from_zero(z: Decimal, density: Decimal) -> Decimal:
    """Return P(0 <= X <= z) by the series density * (z + z^3/3 + z^5/15 + ...), all of whose terms are positive."""
    term = total = z
    divisor = 1
    while abs(term) > _ENOUGH * Decimal("1e-5"):
        divisor += 2
        term = term * z * z / divisor
        total += term
    return total * density
