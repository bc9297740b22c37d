"""Many groups, many chances to err: p-values of one group against all others, and Holm's correction of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final, TypeVar

from rampgate.stats.intervals import as_decimal
from rampgate.stats.normal import WORKING, tails

LEAST_EXPECTED: Final = 5
"""With fewer expected rows of any kind the exact test is taken, as is usual."""

_TIED: Final = 1 + 1e-9
_NEGLIGIBLE: Final = 1e-30

Key = TypeVar("Key", bound=Hashable)


def difference_p(k1: int, n1: int, k2: int, n2: int) -> Decimal:
    """Return the two-sided p-value of k1 / n1 and k2 / n2 having the same rate.

    By the score test (the chi-square test without a correction); by Fisher's exact test where fewer than 5 rows of any
    kind are expected. Raises ValueError for impossible counts.
    """
    if not (0 <= k1 <= n1 and 0 <= k2 <= n2 and n1 and n2):
        raise ValueError(f"two rates need 0 <= k <= n and n > 0, found {k1} of {n1} and {k2} of {n2}")
    k, n = k1 + k2, n1 + n2
    if k in (0, n):
        return Decimal(1)
    if min(k, n - k) * min(n1, n2) < LEAST_EXPECTED * n:
        return _exact(k1, n1, k, n)
    distance = Fraction(k1, n1) - Fraction(k2, n2)
    variance = Fraction(k * (n - k), n * n) * (Fraction(1, n1) + Fraction(1, n2))
    with localcontext(WORKING):
        return tails(as_decimal(distance * distance / variance).sqrt())


def holm(p_values: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Return the p-values so adjusted that all of them hold at once: each may be held against the level itself.

    Source: Holm (1979), Scandinavian Journal of Statistics 6:65.
    """
    adjusted: dict[Key, Decimal] = {}
    highest = Decimal(0)
    with localcontext(WORKING):
        for place, key in enumerate(sorted(p_values, key=lambda each: p_values[each])):
            highest = max(highest, min(Decimal(1), p_values[key] * (len(p_values) - place)))
            adjusted[key] = highest
    return {key: adjusted[key] for key in p_values}


def _exact(k1: int, n1: int, k: int, n: int) -> Decimal:
    """Return the probability of all tables with these margins that are no likelier than the one found."""
    least, most = max(0, k - (n - n1)), min(n1, k)
    weights, weight, count = [1.0], 1.0, k1
    while count < most and weight > _NEGLIGIBLE:
        weight *= (n1 - count) * (k - count) / ((count + 1) * (n - n1 - k + count + 1))
        weights.append(weight)
        count += 1
    weight, count = 1.0, k1
    while count > least and weight > _NEGLIGIBLE:
        weight *= count * (n - n1 - k + count) / ((n1 - count + 1) * (k - count + 1))
        weights.append(weight)
        count -= 1
    ordered = sorted(weights)
    return min(Decimal(1), as_decimal(Fraction(sum(each for each in ordered if each <= _TIED) / sum(ordered))))
