"""Resampling on counts: how far maxima over groups scatter, without a single row.

Drawing the rows of a group again, with replacement, draws its counts from a multinomial distribution; a rate with a
fixed denominator is then binomial. So a replicate costs one draw for each rate, whether the group has ten rows or ten
million. The denominators are kept as they are, as they are for every other interval here.

Draws are the same on every machine: numbers are the bits of SHAKE-256 of the seed (FIPS 202), and probabilities come
from products and quotients alone, without a logarithm of the C library.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final

from rampgate.stats.intervals import DEFAULT_LEVEL, Interval, as_decimal, outward

REPLICATES: Final = 2000
SEED: Final = 20260923
"""Any number would do; it is fixed so that evidence can be recomputed."""

FEWEST: Final = 5
"""Resampling tells something only where each rate has at least so many rows of either kind."""

NEGLIGIBLE: Final = 1e-18
"""Weights of this size beside the largest are the last that are kept."""
_EXPONENT_OF_NEGLIGIBLE: Final = 42
"""exp(-42) is less than that."""
SPARE: Final = 64 - 53
STEP: Final = 2.0**-53
"""Of 64 bits, 53 make a number from 0 on, up to below 1."""
ENDLESS: Final = 1e300
"""The factor by which a ratio strays where a rate falls to 0."""

Sample = tuple[int, int]
"""Rows that have a property, and rows at all."""


@dataclass(frozen=True, slots=True)
class Resampler:
    """What draws the replicates, of which only the order of size counts; every one gives the same numbers to the bit.

    strays: from the counts of every group in each rate, how many replicates and a seed, how far the largest difference
    and by what factor the largest ratio stray in each replicate. ranges: from counts, likewise, the highest minus
    the lowest rate in each replicate, if all groups have the rate that they have together.
    """

    strays: Callable[[Sequence[Sequence[Sample]], int, int], tuple[Sequence[float], Sequence[float]]]
    ranges: Callable[[Sequence[Sample], int, int], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Binomial:
    """The distribution of a count: its least value of any weight, and the running sums of weights from there on."""

    least: int
    sums: tuple[float, ...]

    @classmethod
    def of(cls, k: int, n: int, rows: int) -> Binomial:
        """Return that of `rows` draws, each with probability k / n."""
        if not 0 <= k <= n or n < 1 or rows < 0:
            raise ValueError(f"a binomial needs 0 <= k <= n and n > 0, found k={k}, n={n}")
        if k in (0, n):
            return cls(rows if k else 0, (1.0,))
        odds, mode = k / (n - k), (rows + 1) * k // n
        # From the most likely count outward, each weight is the last one times a quotient of small numbers.
        below, weight, count = [], 1.0, mode
        while count > 0 and weight > NEGLIGIBLE:
            weight *= count / ((rows - count + 1) * odds)
            below.append(weight)
            count -= 1
        weights = [*reversed(below), 1.0]
        weight, count = 1.0, mode
        while count < rows and weight > NEGLIGIBLE:
            weight *= (rows - count) * odds / (count + 1)
            weights.append(weight)
            count += 1
        sums, total = [], 0.0
        for each in weights:
            total += each
            sums.append(total)
        return cls(mode - len(below), tuple(sums))

    def draw(self, numbers: Iterable[float]) -> list[int]:
        """Return a count for each number, which lies from 0 on, up to below 1."""
        least, sums, total = self.least, self.sums, self.sums[-1]
        return [least + bisect_left(sums, number * total) for number in numbers]


def uniform(seed: str, count: int) -> Iterator[float]:
    """Yield so many numbers from 0 on, up to below 1, of 53 bits each, the same for the same seed everywhere."""
    drawn = struct.unpack(f"<{count}Q", hashlib.shake_256(seed.encode()).digest(8 * count))
    return ((each >> SPARE) * STEP for each in drawn)


def maximum_intervals(
    rates: Sequence[Sequence[Sample]],
    difference: Fraction | None,
    ratio: Fraction | None,
    *,
    level: Decimal = DEFAULT_LEVEL,
    replicates: int = REPLICATES,
    seed: int = SEED,
    resampler: Resampler | None = None,
) -> tuple[Interval | None, Interval | None]:
    """Return the intervals of the largest difference and of the least ratio between groups, over one rate or several.

    rates: for each rate, the counts of every group. difference, ratio: those found, None where undefined. A replicate
    asks how far any difference of two groups, in any rate, strays from the one found (any ratio: by what factor); at
    the level, none strays farther than the half width. So each interval holds for all pairs at once, and a maximum,
    which chance alone makes large, is not taken at its word.
    None where a group has fewer than 5 rows of either kind: resampling 0 of 5 gives 0 for ever.
    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, for the resampling.
    """
    samples = [sample for each in rates for sample in each]
    if not samples or any(min(k, n - k) < FEWEST for k, n in samples):
        return None, None
    apart, factors = (resampler or PLAIN).strays(rates, replicates, seed)
    place = min(replicates - 1, ceil(Fraction(level) * (replicates + 1)) - 1)
    half, factor = Fraction(sorted(apart)[place]), Fraction(sorted(factors)[place])
    method = f"bootstrap of the largest deviation, {replicates} replicates, seed {seed}"
    return (
        None if difference is None else _within(difference - half, difference + half, level, method),
        None if ratio is None else _within(ratio / factor, ratio * factor, level, method),
    )


def chance_of_range(
    samples: Sequence[Sample], *, replicates: int = REPLICATES, seed: int = SEED, resampler: Resampler | None = None
) -> Fraction | None:
    """Return how often groups of these sizes differ at least so much if all of them have the same rate.

    It is the probability under that hypothesis, by resampling, that the highest minus the lowest rate is at least the
    one found: the bootstrap of the maximum, which holds for all pairs of groups at once. At least 1 / (replicates + 1).
    None for fewer than two samples, or one without rows.
    """
    if len(samples) < 2 or any(n < 1 for _, n in samples):
        return None
    k, n = sum(k for k, _ in samples), sum(n for _, n in samples)
    # A little is taken off, so that a tie counts whatever its last bits are.
    found = range_of([float(Fraction(*sample)) for sample in samples]) * (1 - 1e-12)
    if all(_is_out_of_reach(k, n, rows, found / 2) for _, rows in samples):
        return Fraction(1, replicates + 1)  # what no draw can do needs no drawing, and large tables are slow to draw
    drawn = (resampler or PLAIN).ranges(samples, replicates, seed)
    return Fraction(1 + sum(1 for each in drawn if each >= found), replicates + 1)


def _is_out_of_reach(k: int, n: int, rows: int, distance: float) -> bool:
    """Return whether no draw of `Binomial.of` strays so far from the rate k / n; False where that is not certain.

    With m the likeliest count, the weight of m + j + 1 is at most that of m + j times (1 - j/a) / (1 + j/b), where
    a = rows - m and b = m + 1. So d steps leave at most exp(-d(d - 1)/2 * (1/a + 1/(b + d/2))) of the weight of m;
    below m it is the same with a = m and b = rows - m + 1.
    """
    mode, steps = (rows + 1) * k // n, int(distance * rows) - 2
    sides = ((rows - mode, mode + 1), (mode, rows - mode + 1))
    return steps > 0 and all(
        not a or steps * (steps - 1) / 2 * (1 / a + 1 / (b + steps / 2)) > _EXPONENT_OF_NEGLIGIBLE for a, b in sides
    )


def _strays(rates: Sequence[Sequence[Sample]], replicates: int, seed: int) -> tuple[list[float], list[float]]:
    samples = [sample for each in rates for sample in each]
    found = [float(Fraction(*sample)) for sample in samples]
    places = [slice(start, start + len(rates[0])) for start in range(0, len(samples), len(rates[0]))]
    apart, factors = [], []
    for drawn in _replicates([Binomial.of(k, n, n) for k, n in samples], samples, replicates, seed):
        strayed = [now - then for now, then in zip(drawn, found, strict=True)]
        apart.append(max(range_of(strayed[place]) for place in places))
        times = [now / then for now, then in zip(drawn, found, strict=True)]
        factors.append(max(_factor(times[place]) for place in places))
    return apart, factors


def _ranges(samples: Sequence[Sample], replicates: int, seed: int) -> list[float]:
    k, n = sum(k for k, _ in samples), sum(n for _, n in samples)
    drawn = _replicates([Binomial.of(k, n, rows) for _, rows in samples], samples, replicates, seed)
    return [range_of(rates) for rates in drawn]


def range_of(rates: Sequence[float]) -> float:
    """Return the highest rate minus the lowest."""
    return max(rates) - min(rates)


def _factor(times: Sequence[float]) -> float:
    least = min(times)
    return max(times) / least if least > 0 else ENDLESS


def _within(low: Fraction, high: Fraction, level: Decimal, method: str) -> Interval:
    return outward(as_decimal(low), as_decimal(high), level, method, lowest=Decimal(0), highest=Decimal(1))


def _replicates(
    drawn_from: Sequence[Binomial], samples: Sequence[Sample], replicates: int, seed: int
) -> list[tuple[float, ...]]:
    """Return the rates of all samples in every replicate."""
    columns = [
        [count / rows for count in each.draw(uniform(f"{seed}/{place}", replicates))]
        for place, (each, (_, rows)) in enumerate(zip(drawn_from, samples, strict=True))
    ]
    return list(zip(*columns, strict=True))


PLAIN: Final = Resampler(_strays, _ranges)
"""With nothing but Python: quick for few groups."""
