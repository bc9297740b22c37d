"""The area under the ROC curve from a small table of scores, exact or between bounds that are certain.

Within a bin nobody knows the order of two scores. Its rows of the two classes are counted once as all lost and once as
all won: the area lies between, whatever the scores are. Where single scores are known both bounds meet in the area.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from rampgate.stats.intervals import DEFAULT_LEVEL, Interval, as_decimal, outward
from rampgate.stats.normal import WORKING, two_sided_z
from rampgate.stats.scores import Scores

_STEPS = 44
"""Halvings of a distance of at most 1, to less than the 12 places that are published."""


@dataclass(frozen=True, slots=True)
class Area:
    """The area: `value` with ties counted as one half, and the bounds between which it lies for certain."""

    value: Fraction
    least: Fraction
    most: Fraction
    positives: int
    negatives: int

    def interval(self, level: Decimal = DEFAULT_LEVEL) -> Interval:
        """Return the confidence interval, its limits from the certain bounds: wider where scores lie in bins.

        Unlike one from the estimated variance it does not shrink to a point where the area is 1.
        Source: method 5 of Newcombe (2006), Statistics in Medicine 25:559.
        """
        low = _limit(self.least, Decimal(0), self.positives, self.negatives, level)
        high = _limit(self.most, Decimal(1), self.positives, self.negatives, level)
        return outward(low, high, level, "newcombe-5", lowest=Decimal(0), highest=Decimal(1))


def area(scores: Scores) -> Area | None:
    """Return the area under the ROC curve; None without a row of each class, for it is then undefined."""
    positives, negatives = scores.positives, scores.negatives
    if not positives or not negatives:
        return None
    below, won, tied = 0, 0, 0
    for each in scores.bins:
        won += each.positive.n * below
        tied += each.positive.n * each.negative.n
        below += each.negative.n
    pairs = positives * negatives
    middle = Fraction(2 * won + tied, 2 * pairs)
    if scores.is_exact:
        return Area(middle, middle, middle, positives, negatives)
    return Area(middle, Fraction(won, pairs), Fraction(won + tied, pairs), positives, negatives)


def average_precision(scores: Scores) -> Fraction | None:
    """Return the precision at every score, each weighted with the recall that it adds.

    None without positives, and where scores lie in bins: within one it depends on their order.
    Source: `average_precision_score` of scikit-learn.
    """
    if not scores.is_exact or not scores.positives:
        return None
    found, selected, total = 0, 0, Fraction(0)
    for each in reversed(scores.bins):
        found += each.positive.n
        selected += each.positive.n + each.negative.n
        if each.positive.n:
            total += Fraction(each.positive.n * found, selected)
    return total / scores.positives


def _limit(estimate: Fraction, outside: Decimal, positives: int, negatives: int, level: Decimal) -> Decimal:
    """Return where the distance from the estimate is z standard errors, on the outer side of the last step."""
    z = two_sided_z(level)
    with localcontext(WORKING):
        middle, square = as_decimal(estimate), z * z
        is_near = _within(middle, square, positives, negatives)
        inside = middle
        for _ in range(_STEPS):
            tried = (inside + outside) / 2
            inside, outside = (tried, outside) if is_near(tried) else (inside, tried)
        return outside


def _within(middle: Decimal, square: Decimal, positives: int, negatives: int) -> Callable[[Decimal], bool]:
    size = Decimal(positives + negatives) / 2 - 1

    def is_near(area: Decimal) -> bool:
        spread = 1 + size * (1 - area) / (2 - area) + size * area / (1 + area)
        return bool((area - middle) ** 2 <= square * area * (1 - area) * spread / (positives * negatives))

    return is_near
