"""How far probabilities are from what comes true: bin by bin, on average, and on the whole.

Within a bin the share that came true is held against the mean probability given. Intervals hold for all bins at once:
each has Bonferroni's share of the error, and the mean probability is taken as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from rampgate.stats.counts import SCALE
from rampgate.stats.disparity import simultaneous_level
from rampgate.stats.intervals import DEFAULT_LEVEL, Interval, as_decimal, outward, wilson
from rampgate.stats.normal import WORKING
from rampgate.stats.probabilities import brier, mean_interval
from rampgate.stats.rates import Rate
from rampgate.stats.scores import ScoreBin, Scores


@dataclass(frozen=True, slots=True)
class BinOfTruth:
    """One bin: the share that came true, and the mean probability that was given."""

    low: int | None
    high: int | None
    observed: Rate
    predicted: Fraction

    @property
    def gap(self) -> Fraction:
        """Return how far the two are apart, without a sign."""
        return abs((self.observed.value or Fraction(0)) - self.predicted)


@dataclass(frozen=True, slots=True)
class Gap:
    """A distance of probability and truth; `interval` holds for all bins at once."""

    value: Fraction
    interval: Interval | None


def reliability(scores: Scores) -> list[BinOfTruth]:
    """Return every bin that has rows."""
    return [_bin(each) for each in scores.bins if each.positive.n or each.negative.n]


def expected_calibration_error(scores: Scores, level: Decimal = DEFAULT_LEVEL) -> Gap | None:
    """Return the mean gap of the bins, each counting by its rows; None without rows or for other than probabilities.

    The interval adds up, for every bin, the least and the greatest gap that its own interval allows.
    Source: Naeini, Cooper and Hauskrecht (2015), Obtaining Well Calibrated Probabilities Using Bayesian Binning.
    """
    found = reliability(scores)
    if not found or not scores.are_probabilities:
        return None
    rows = scores.rows
    value = sum((each.gap * each.observed.n for each in found), Fraction(0)) / rows
    limits = [(each.observed.n, *_gap_limits(each, level, len(found))) for each in found]
    with localcontext(WORKING):
        low = sum((n * least for n, least, _ in limits), Decimal(0)) / rows
        high = sum((n * most for n, _, most in limits), Decimal(0)) / rows
    return Gap(value, _interval(low, high, level, len(found)))


def largest_gap(scores: Scores, level: Decimal = DEFAULT_LEVEL) -> Gap | None:
    """Return the largest gap of a bin, also called maximum calibration error; None as for the expected one."""
    found = reliability(scores)
    if not found or not scores.are_probabilities:
        return None
    limits = [_gap_limits(each, level, len(found)) for each in found]
    low, high = max(least for least, _ in limits), max(most for _, most in limits)
    return Gap(max(each.gap for each in found), _interval(low, high, level, len(found)))


def calibration_in_the_large(scores: Scores, level: Decimal = DEFAULT_LEVEL) -> Gap | None:
    """Return the mean probability minus the share that came true: above 0, more was promised than came.

    The interval is that of a mean of differences, whose squares add up to the Brier score.
    """
    squared = brier(scores, level)
    if squared is None:
        return None
    total = sum(each.positive.total + each.negative.total for each in scores.bins)
    value = Fraction(total - scores.positives * SCALE, scores.rows * SCALE)
    return Gap(value, mean_interval(value, value, Fraction(squared.value), scores.rows, level, lowest=Decimal(-1)))


def _bin(each: ScoreBin) -> BinOfTruth:
    n = each.positive.n + each.negative.n
    predicted = Fraction(each.positive.total + each.negative.total, n * SCALE)
    return BinOfTruth(each.low, each.high, Rate(each.positive.n, n), predicted)


def _gap_limits(each: BinOfTruth, level: Decimal, bins: int) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest gap that the interval of a bin allows."""
    limits = wilson(each.observed.k, each.observed.n, simultaneous_level(level, bins))
    with localcontext(WORKING):
        predicted = as_decimal(each.predicted)
        ends = abs(limits.low - predicted), abs(limits.high - predicted)
        inside = limits.low <= predicted <= limits.high
        return Decimal(0) if inside else min(ends), max(ends)


def _interval(low: Decimal, high: Decimal, level: Decimal, bins: int) -> Interval:
    return outward(low, high, level, f"wilson, bonferroni over {bins}", lowest=Decimal(0), highest=Decimal(1))
