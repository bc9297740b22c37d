"""How good probabilities are: Brier score and log loss, exact or between certain bounds, beside a constant guess.

Log loss is infinite for a probability of 0 that comes true, so probabilities count as at least 10^-9 and at most
1 - 10^-9, the step in which they are counted. Logarithms are decimal ones of 24 digits, the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from rampgate.stats.counts import SCALE
from rampgate.stats.intervals import DEFAULT_LEVEL, INFINITY, Interval, as_decimal, outward
from rampgate.stats.normal import WORKING, two_sided_z
from rampgate.stats.scores import Part, Scores

_LOGARITHMS = Context(prec=24)
_MOST = SCALE - 1


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of the rows, the bounds between which it lies for certain, and its confidence interval."""

    value: Fraction | Decimal
    least: Fraction | Decimal
    most: Fraction | Decimal
    interval: Interval | None


def brier(scores: Scores, level: Decimal = DEFAULT_LEVEL) -> Mean | None:
    """Return the mean squared distance of probability and truth; None without rows, or if some are no probabilities.

    The interval is that of a mean. Where scores lie in bins the squared distances are known by their sum alone, and
    are taken to vary as much as they can.
    """
    if not scores.rows or not scores.are_probabilities:
        return None
    total, squares = 0, 0
    for part, low, high in _by_miss(scores):
        # `low` and `high` bound how far the probability is from the truth; `part` holds that distance.
        total += part.square
        squares += part.n * low**4 if low == high else part.square * high**2
    mean = Fraction(total, scores.rows * SCALE**2)
    mean_square = Fraction(squares, scores.rows * SCALE**4)
    return Mean(mean, mean, mean, mean_interval(mean, mean, mean_square, scores.rows, level, highest=Decimal(1)))


def log_loss(scores: Scores, level: Decimal = DEFAULT_LEVEL) -> Mean | None:
    """Return the mean of -ln of the probability that was given to what came true.

    None as for `brier`, and where a bin mixes probabilities of 0 or 1 with others. Within a bin, the sum is least if
    all its scores are alike and greatest if they lie at its ends (the function is convex), so the mean lies between.
    """
    if not scores.rows or not scores.are_probabilities:
        return None
    least, most, squares = Decimal(0), Decimal(0), Decimal(0)
    with localcontext(_LOGARITHMS):
        for part, low, high in _by_miss(scores):
            nearest, farthest = _clipped(low), _clipped(high)
            worst = _loss(farthest)
            if nearest == farthest:
                least += part.n * worst
                most += part.n * worst
                squares += part.n * worst * worst
                continue
            if (nearest, farthest) != (low, high):
                return None
            mean = as_decimal(Fraction(part.total, part.n))
            slope = (worst - _loss(low)) / (high - low)
            upper = part.n * (_loss(low) + (mean - low) * slope)
            least += part.n * _loss_at(mean)
            most += upper
            squares += worst * upper
        rows = Decimal(scores.rows)
        least, most, squares = least / rows, most / rows, squares / rows
        value = least if least == most else (least + most) / 2
    interval = mean_interval(Fraction(least), Fraction(most), Fraction(squares), scores.rows, level)
    return Mean(value, least, most, interval)


def constant_brier(positives: int, rows: int) -> Fraction | None:
    """Return the Brier score of the trivial model, which gives everybody the base rate."""
    return Fraction(positives * (rows - positives), rows * rows) if rows else None


def constant_log_loss(positives: int, rows: int) -> Decimal | None:
    """Return the log loss of the trivial model, which gives everybody the base rate."""
    if not rows:
        return None
    with localcontext(_LOGARITHMS):
        shares = [Decimal(part) / rows for part in (positives, rows - positives) if part]
        return -sum((share * share.ln() for share in shares), Decimal(0)) + 0


def mean_interval(
    least: Fraction,
    most: Fraction,
    mean_square: Fraction,
    n: int,
    level: Decimal,
    *,
    lowest: Decimal = Decimal(0),
    highest: Decimal = INFINITY,
) -> Interval | None:
    """Return the interval of a mean that lies between two bounds, from the mean of the squares or a bound above it."""
    if n < 2:
        return None
    nearest = Fraction(0) if least <= 0 <= most else min(abs(least), abs(most))
    variance = max(Fraction(0), mean_square - nearest**2) * n / (n - 1)
    with localcontext(WORKING):
        half = two_sided_z(level) * (as_decimal(variance) / n).sqrt()
        method = "normal-mean" if least == most else "normal-mean of certain bounds"
        low, high = as_decimal(least) - half, as_decimal(most) + half
        return outward(low, high, level, method, lowest=lowest, highest=highest)


def _by_miss(scores: Scores) -> Iterator[tuple[Part, int, int]]:
    """Yield the rows of each class of each bin by their distance from the truth, with the bounds of that distance."""
    for each in scores.bins:
        low, high = each.low, each.high
        assert low is not None
        assert high is not None
        if each.negative.n:
            yield each.negative, low, high
        if each.positive.n:
            part = each.positive
            turned = part.square - 2 * part.total * SCALE + part.n * SCALE**2
            yield Part(part.n, part.n * SCALE - part.total, turned), SCALE - high, SCALE - low


def _clipped(miss: int) -> int:
    return min(max(miss, 1), _MOST)


@lru_cache(maxsize=16384)
def _loss(miss: int) -> Decimal:
    # The groups of a table share their bins, and a logarithm costs more than all the rest.
    with localcontext(_LOGARITHMS):
        return _loss_at(Decimal(miss))


def _loss_at(miss: Decimal) -> Decimal:
    """Return -ln(1 - miss), for a distance in 10^-9."""
    return -((SCALE - miss) / SCALE).ln()
