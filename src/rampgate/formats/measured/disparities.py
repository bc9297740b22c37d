"""What counts tell of differences between groups: of each rate, of equalised odds, and how much of it chance can do.

A disparity is undefined where a group's rate is, and where there is one group; it is never 0 for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from rampgate.formats.measured._base import Told
from rampgate.stats.bootstrap import PLAIN, Resampler, Sample, chance_of_range, maximum_intervals
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.disparity import Difference, Ratio, Undefined, difference_between, ratio_to_highest
from rampgate.stats.intervals import Interval
from rampgate.stats.multiplicity import difference_p, holm
from rampgate.stats.rates import METRICS, Rate, evaluate

COMPARED: Final = ("selection_rate", "true_positive_rate", "false_positive_rate", "accuracy", "rate")
"""Rates whose disparities are told."""

ODDS: Final = ("true_positive_rate", "false_positive_rate")
"""The rates that equalised odds are about. Source: Hardt, Price and Srebro (2016), arXiv:1610.02413."""

MOST_GROUPS: Final = 1000
"""Among more groups than these, what chance can do is not told: it would cost seconds."""

DISPARITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        f"{name}_{suffix}": words.format(name)
        for name in COMPARED
        for suffix, words in {
            "difference": "the highest minus the lowest {} of all groups",
            "ratio": "the lowest {} divided by the highest",
            "chance": "how often groups of these sizes differ so much if their {} is the same",
        }.items()
    }
    | {
        "equalized_odds_difference": "the larger of the differences of true and false positive rate",
        "equalized_odds_ratio": "the smaller of the ratios of true and false positive rate",
    }
)
"""Metrics of a comparison of groups, in words. The difference of the selection rate is that of demographic parity."""

P_VALUES: Final[Mapping[str, str]] = MappingProxyType(
    {f"{name}_p": f"p-value of the group's {name} against all others, by Holm's method" for name in COMPARED}
)
"""Metrics of one group among others, in words."""


def tell_disparities(table: CountsTable, by: Sequence[str], resampler: Resampler = PLAIN) -> Iterator[Told]:
    """Yield every disparity between the groups by some columns, then the p-values of each group.

    resampler: draws what is drawn; which one makes no difference to what is told.
    """
    columns = tuple(by)
    groups = table.marginal(columns).groups()
    found: dict[str, dict[Group, Rate]] = {}
    for name in COMPARED:
        if METRICS[name].table == table.kind:
            found[name] = {group: evaluate(METRICS[name], cells) for group, cells in groups.items()}
    for name, rates in found.items():
        yield from _of_rate(name, rates, columns, resampler)
    if table.kind == "confusion":
        yield from _odds([found[name] for name in ODDS], columns, resampler)
    for name, rates in found.items():
        yield from _p_values(name, rates, columns)


def _of_rate(name: str, rates: Mapping[Group, Rate], by: Group, resampler: Resampler) -> Iterator[Told]:
    rows = sum(rate.n for rate in rates.values())
    for suffix, found in (("difference", difference_between(rates)), ("ratio", ratio_to_highest(rates))):
        if isinstance(found, Undefined):
            yield Told(f"{name}_{suffix}", rows, None, by=by)
        else:
            yield Told(f"{name}_{suffix}", rows, found.value, found.interval, by=by)
    samples = _samples(rates)
    if samples is not None:
        yield Told(f"{name}_chance", rows, chance_of_range(samples, resampler=resampler), by=by)


def _odds(rates: Sequence[Mapping[Group, Rate]], by: Group, resampler: Resampler) -> Iterator[Told]:
    rows = sum(rate.n for each in rates for rate in each.values())
    drawn_from = [samples for each in rates if (samples := _samples(each)) is not None]
    difference = _extreme([_value(difference_between(each)) for each in rates], max)
    ratio = _extreme([_value(ratio_to_highest(each)) for each in rates], min)
    intervals: tuple[Interval | None, Interval | None] = (None, None)
    if len(drawn_from) == len(rates):
        intervals = maximum_intervals(drawn_from, difference, ratio, resampler=resampler)
    yield Told("equalized_odds_difference", rows, difference, intervals[0], by=by)
    yield Told("equalized_odds_ratio", rows, ratio, intervals[1], by=by)


def _p_values(name: str, rates: Mapping[Group, Rate], by: Group) -> Iterator[Told]:
    samples = _samples(rates)
    if samples is None or len(samples) < 2:
        return
    k, n = sum(k for k, _ in samples), sum(n for _, n in samples)
    raw = {
        group: difference_p(rate.k, rate.n, k - rate.k, n - rate.n) for group, rate in rates.items() if 0 < rate.n < n
    }
    for group, value in holm(raw).items():
        yield Told(f"{name}_p", rates[group].n, value, None, dict(zip(by, group, strict=True)))


def _samples(rates: Mapping[Group, Rate]) -> list[Sample] | None:
    """Return the counts behind rates; None with weights, for rows of different weight are not drawn alike."""
    if len(rates) > MOST_GROUPS or any(rate.weight_n is not None for rate in rates.values()):
        return None
    return [(rate.k, rate.n) for rate in rates.values()]


def _value(found: Difference | Ratio | Undefined) -> Fraction | None:
    return None if isinstance(found, Undefined) else found.value


def _extreme(values: Sequence[Fraction | None], pick: Callable[[list[Fraction]], Fraction]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return pick(known) if len(known) == len(values) else None
