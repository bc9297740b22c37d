"""How far the rates of groups lie apart, as a ratio or as a difference, with simultaneous intervals.

A `Ratio` and a `Difference` are two types, so that a limit on the one can not be held against the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from rampgate.stats.counts import Group
from rampgate.stats.intervals import DEFAULT_LEVEL, Interval, difference, ratio
from rampgate.stats.normal import WORKING
from rampgate.stats.rates import Rate


@dataclass(frozen=True, slots=True)
class Comparison:
    """One group against the group with the highest rate; `value` is a ratio or a difference of rates."""

    group: Group
    rate: Rate
    value: Fraction
    interval: Interval


@dataclass(frozen=True, slots=True)
class _Disparity:
    worst_group: Group
    reference_group: Group
    worst: Rate
    reference: Rate
    value: Fraction
    interval: Interval
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Ratio(_Disparity):
    """The lowest rate divided by the highest, in [0, 1]; 1 where all rates are equal.

    interval: holds the least of all ratios at the level, because each comparison has Bonferroni's share of the error.
    comparisons: every other group against the reference group, in the order of the groups.
    """


@dataclass(frozen=True, slots=True)
class Difference(_Disparity):
    """The highest rate minus the lowest, in [0, 1]; 0 where all rates are equal.

    interval: holds the largest of all differences at the level; comparisons as in `Ratio`.
    """


@dataclass(frozen=True, slots=True)
class Undefined:
    """No disparity can be told; `reason` says why, `groups` which groups are to blame."""

    reason: str
    groups: tuple[Group, ...] = ()


def simultaneous_level(level: Decimal, comparisons: int) -> Decimal:
    """Return the level of each comparison so that all of them hold together at `level` (Bonferroni)."""
    if comparisons < 1:
        raise ValueError(f"at least one comparison is needed, found {comparisons}")
    with localcontext(WORKING):
        return 1 - (1 - level) / comparisons


def split_thin(rates: Mapping[Group, Rate], min_group: int) -> tuple[dict[Group, Rate], dict[Group, Rate]]:
    """Return the groups with at least `min_group` rows in the denominator of their rate, and the thin ones.

    A group whose rate is undefined is thin, whatever the minimum.
    """
    thick = {group: rate for group, rate in rates.items() if rate.value is not None and rate.n >= min_group}
    return thick, {group: rate for group, rate in rates.items() if group not in thick}


def ratio_to_highest(rates: Mapping[Group, Rate], level: Decimal = DEFAULT_LEVEL) -> Ratio | Undefined:
    """Return the ratio of the lowest to the highest rate among the groups.

    rates: at least two groups, all of them defined; take thin and undefined groups out first, and say so.
    Returns `Undefined` for fewer groups, for an undefined rate, and where every rate is 0.
    Source: `demographic_parity_ratio` of Fairlearn and the impact ratio of 6 RCNY 5-300, for any rate.
    """
    ordered = _ordered(rates)
    if isinstance(ordered, Undefined):
        return ordered
    reference_group, reference, others, share = _against_highest(ordered, level)
    highest = _value(reference)
    if highest == 0:
        return Undefined("every group has the rate 0, and a ratio to 0 is undefined", tuple(ordered))
    comparisons = tuple(
        Comparison(
            group,
            rate,
            _value(rate) / highest,
            ratio(rate.effective_k, rate.effective_n, reference.effective_k, reference.effective_n, share),
        )
        for group, rate in others.items()
    )
    worst = min(comparisons, key=lambda comparison: (comparison.value, comparison.group))
    interval = Interval(
        min(comparison.interval.low for comparison in comparisons),
        min(comparison.interval.high for comparison in comparisons),
        level,
        f"{worst.interval.method}, bonferroni over {len(comparisons)}",
    )
    return Ratio(worst.group, reference_group, worst.rate, reference, worst.value, interval, comparisons)


def difference_between(rates: Mapping[Group, Rate], level: Decimal = DEFAULT_LEVEL) -> Difference | Undefined:
    """Return the difference of the highest and the lowest rate among the groups.

    rates: at least two groups, all of them defined. Returns `Undefined` for fewer, and for an undefined rate.
    Source: `MetricFrame.difference(method="between_groups")` of Fairlearn.
    """
    ordered = _ordered(rates)
    if isinstance(ordered, Undefined):
        return ordered
    reference_group, reference, others, share = _against_highest(ordered, level)
    comparisons = tuple(
        Comparison(
            group,
            rate,
            _value(reference) - _value(rate),
            difference(reference.effective_k, reference.effective_n, rate.effective_k, rate.effective_n, share),
        )
        for group, rate in others.items()
    )
    worst = max(comparisons, key=lambda comparison: comparison.value)
    interval = Interval(
        # The highest minus the lowest is never below 0, whatever the limits of one comparison say.
        max(Decimal(0), *(comparison.interval.low for comparison in comparisons)),
        max(comparison.interval.high for comparison in comparisons),
        level,
        f"{worst.interval.method}, bonferroni over {len(comparisons)}",
    )
    return Difference(worst.group, reference_group, worst.rate, reference, worst.value, interval, comparisons)


def _ordered(rates: Mapping[Group, Rate]) -> dict[Group, Rate] | Undefined:
    if len(rates) < 2:
        return Undefined(f"a disparity needs at least two groups, found {len(rates)}", tuple(rates))
    empty = tuple(sorted(group for group, rate in rates.items() if rate.value is None))
    if empty:
        return Undefined("a group has no rows in the denominator of its rate", empty)
    return dict(sorted(rates.items()))


def _against_highest(rates: dict[Group, Rate], level: Decimal) -> tuple[Group, Rate, dict[Group, Rate], Decimal]:
    # max() keeps the first of equals, so a tie goes to the group that comes first in order.
    reference_group = max(rates, key=lambda group: _value(rates[group]))
    others = {group: rate for group, rate in rates.items() if group != reference_group}
    return reference_group, rates[reference_group], others, simultaneous_level(level, len(others))


def _value(rate: Rate) -> Fraction:
    value = rate.value
    assert value is not None
    return value
