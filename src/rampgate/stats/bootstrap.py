"""Resampling on counts: how far maxima over groups scatter, without a single row.

Drawing the rows of a group again, with replacement, draws its counts from a multinomial distribution; a rate with a
fixed denominator is then binomial. So a replicate costs one draw for each rate, whether the group has ten rows or ten
million. The denominators are kept as they are, as they are for every other interval here.

Draws are the same on every machine: numbers come from `random.Random(seed).random()`, whose sequence Python promises,
and probabilities from products and quotients alone, without a logarithm of the C library.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Final

from rampgate.stats.intervals import DEFAULT_LEVEL, Interval, as_decimal, outward

REPLICATES: Final = 2000
SEED: Final = 20260923
"""Any number would do; it is fixed so that evidence can be recomputed."""

FEWEST: Final = 5
"""A percentile means something only where each rate has at least so many rows of either kind."""

_NEGLIGIBLE: Final = 1e-18

Sample = tuple[int, int]
"""Rows that have a property, and rows at all."""

Statistic = Callable[[Sequence[float]], float | None]
"""A number from the rates of all samples, in their order; None where it is undefined."""


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
        while count > 0 and weight > _NEGLIGIBLE:
            weight *= count / ((rows - count + 1) * odds)
            below.append(weight)
            count -= 1
        weights = [*reversed(below), 1.0]
        weight, count = 1.0, mode
        while count < rows and weight > _NEGLIGIBLE:
            weight *= (rows - count) * odds / (count + 1)
            weights.append(weight)
            count += 1
        sums, total = [], 0.0
        for each in weights:
            total += each
            sums.append(total)
        return cls(mode - len(below), tuple(sums))

    def draw(self, random: Random, times: int) -> list[int]:
        """Return so many counts."""
        least, sums, total, number = self.least, self.sums, self.sums[-1], random.random
        return [least + bisect_left(sums, number() * total) for _ in range(times)]


def percentile_interval(
    samples: Sequence[Sample],
    statistic: Statistic,
    *,
    level: Decimal = DEFAULT_LEVEL,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Interval | None:
    """Return the percentiles of a statistic over replicates of the samples.

    None where a sample has fewer than 5 rows of either kind: the percentile of 0 of 5 would be 0 to 0. None, too, where
    the statistic is undefined in a replicate.
    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    if any(min(k, n - k) < FEWEST for k, n in samples):
        return None
    found = _replicates([Binomial.of(k, n, n) for k, n in samples], samples, statistic, replicates, seed)
    values = sorted(each for each in found if each is not None)
    if len(values) < replicates:
        return None
    tail = (1 - Fraction(level)) / 2
    place = int(tail * (replicates + 1))
    low, high = values[max(place - 1, 0)], values[min(replicates - place, replicates - 1)]
    method = f"bootstrap-percentile of {replicates}, seed {seed}"
    return outward(
        as_decimal(Fraction(low)), as_decimal(Fraction(high)), level, method, lowest=Decimal(-1), highest=Decimal("1e12")
    )


def chance_of_range(samples: Sequence[Sample], *, replicates: int = REPLICATES, seed: int = SEED) -> Fraction | None:
    """Return how often groups of these sizes differ at least so much if all of them have the same rate.

    It is the probability under that hypothesis, by resampling, that the highest minus the lowest rate is at least the
    one found: the bootstrap of the maximum, which holds for all pairs of groups at once. At least 1 / (replicates + 1).
    None for fewer than two samples, or one without rows.
    """
    if len(samples) < 2 or any(n < 1 for _, n in samples):
        return None
    k, n = sum(k for k, _ in samples), sum(n for _, n in samples)
    rates = [Fraction(*sample) for sample in samples]
    # Half of the least step between two rates is taken off, so that a tie counts whatever its last bits are.
    found = float(max(rates) - min(rates)) * (1 - 1e-12)
    drawn = _replicates([Binomial.of(k, n, rows) for _, rows in samples], samples, range_of, replicates, seed)
    return Fraction(1 + sum(1 for each in drawn if each is not None and each >= found), replicates + 1)


def range_of(rates: Sequence[float]) -> float:
    """Return the highest rate minus the lowest."""
    return max(rates) - min(rates)


def _replicates(
    drawn_from: Sequence[Binomial], samples: Sequence[Sample], statistic: Statistic, replicates: int, seed: int
) -> list[float | None]:
    random = Random(seed)  # noqa: S311 (for statistics, and to be repeated)
    columns = [
        [count / rows for count in each.draw(random, replicates)]
        for each, (_, rows) in zip(drawn_from, samples, strict=True)
    ]
    return [statistic(rates) for rates in zip(*columns, strict=True)]
