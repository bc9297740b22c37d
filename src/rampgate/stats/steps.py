"""Edges for amounts that span many sizes, such as latencies: each at most 6 % above the one before it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Final

from rampgate.stats.normal import WORKING

PER_DECADE: Final = 48


@cache
def steps(first: int, last: int) -> tuple[Decimal, ...]:
    """Return edges from 10^first to 10^last in rising order, 48 to the factor of ten, and all with one digit.

    Edges have three digits, and are the same on every machine.
    """
    once = _decade()
    found = {each.scaleb(power) for power in range(first, last) for each in once}
    return tuple(sorted(found | {Decimal(1).scaleb(last)}))


def _decade() -> frozenset[Decimal]:
    ten = WORKING.power(Decimal(10), Decimal(1) / PER_DECADE)
    exact = (WORKING.power(ten, place) for place in range(PER_DECADE))
    return frozenset(each.quantize(Decimal("0.01")) for each in exact) | frozenset(Decimal(d) for d in range(1, 10))
