"""Metrics by name, and how rates, intervals and groups are shown; showing rounds, deciding never does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction

from rampgate.formats.suggest import did_you_mean
from rampgate.rules._base import ParamFault
from rampgate.rules._evidence import shown
from rampgate.stats.counts import Group
from rampgate.stats.decide import DecideOn
from rampgate.stats.intervals import Interval, as_decimal
from rampgate.stats.normal import WORKING
from rampgate.stats.rates import ALIASES, METRICS, Metric, Rate

PLACES = 4
MOST_PLACES = 12
MOST_DIGITS = 30
MOST_LISTED = 5


def rate_metric(name: str) -> Metric | None:
    """Return the rate of that name or alias, or None for a name that is no rate."""
    return METRICS.get(ALIASES.get(name, name))


def metric_faults(name: str, decide_on: DecideOn, *, also: Sequence[str] = ()) -> Iterator[ParamFault]:
    """Yield why a metric can never be judged: an unknown name, or no interval to decide on.

    also: names that are known beside the rates, and are looked at elsewhere.
    """
    if name in also:
        return
    metric = rate_metric(name)
    if metric is None:
        known = (*METRICS, *ALIASES, *also)
        yield ParamFault(
            ("metric",),
            f"unknown metric `{shown(name)}`{did_you_mean(name, known)}",
            f"use one of {', '.join(f'`{each}`' for each in (*METRICS, *also))}",
        )
    elif not metric.is_proportion and decide_on != "point":
        yield ParamFault(("metric",), f"no interval is known for `{metric.name}`", "say `decide_on: point`")


def column_faults(by: Sequence[str]) -> Iterator[ParamFault]:
    """Yield each column that is named twice."""
    for place, name in enumerate(by):
        if name in by[:place]:
            yield ParamFault(("by", place), f"column `{shown(name)}` is named twice", "name it once")


def number(value: Fraction | Decimal | None, *limits: Decimal) -> str:
    """Return a number rounded to 4 places, or to as many more as tell it from the limits."""
    if value is None:
        return "undefined"
    if isinstance(value, Decimal) and not value.is_finite():
        return "infinity"
    exact = value if isinstance(value, Decimal) else as_decimal(value)
    if exact.adjusted() > MOST_DIGITS:
        return str(Context(prec=PLACES).plus(exact))
    with localcontext(WORKING):
        for places in range(PLACES, MOST_PLACES + 1):
            text = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
            if all(text != limit or Fraction(value) == Fraction(limit) for limit in limits):
                break
    return f"{text:f}"


def interval_text(interval: Interval, *limits: Decimal) -> str:
    """Return an interval with its level, such as `95% interval 0.2781 to 0.4498`."""
    percent = f"{(interval.level * 100).normalize():f}%"
    return f"{percent} interval {number(interval.low, *limits)} to {number(interval.high, *limits)}"


def rate_text(rate: Rate, *limits: Decimal) -> str:
    """Return a rate with the rows that it divides by, such as `0.2095, n=377`."""
    return f"{number(rate.value, *limits)}, n={rate.n}"


def group_text(by: Sequence[str], group: Group) -> str:
    """Return a group with the columns that make it, such as `sex=Female, race=Other` in backticks."""
    return "`" + ", ".join(f"{shown(name)}={shown(value)}" for name, value in zip(by, group, strict=True)) + "`"


def groups_with_n(by: Sequence[str], rates: Mapping[Group, Rate]) -> str:
    """Return groups with the rows that their rates divide by, the smallest first, at most five of them."""
    ordered = sorted(rates.items(), key=lambda item: (item[1].n, item[0]))
    return listed(f"{group_text(by, group)} (n={rate.n})" for group, rate in ordered)


def listed(words: Iterable[str]) -> str:
    """Return words as a list, cut after five with the number of those left out."""
    every = list(words)
    rest = len(every) - MOST_LISTED
    return ", ".join(every[:MOST_LISTED]) + (f" and {rest} more" if rest > 0 else "")
