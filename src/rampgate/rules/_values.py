"""A metric computed again from the counts or sums of one evidence file, overall or for each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rampgate.formats.evidence_check import REGRESSION_METRICS
from rampgate.formats.evidence_tables import sums_of
from rampgate.formats.measured import BY_KIND
from rampgate.model.evidence import Evidence
from rampgate.rules._fairness import table_for
from rampgate.rules._metrics import group_text, rate_metric
from rampgate.stats.counts import Group
from rampgate.stats.intervals import Interval
from rampgate.stats.rates import Metric, Rate, evaluate
from rampgate.stats.regression import RegressionSums, regression_measures

__all__ = ["NO_INTERVAL", "REGRESSION_METRICS", "TOLD", "Case", "Value", "is_known", "values_of"]

TOLD = frozenset(name for kind in BY_KIND.values() for name in kind.metrics)
"""Metrics of the kinds of evidence that rest on tables."""

NO_INTERVAL = frozenset({"rmse", "r2"}) | frozenset(
    name for kind in BY_KIND.values() for name in kind.metrics if name not in kind.with_interval
)
"""Metrics of which no interval is known."""


@dataclass(frozen=True, slots=True)
class Case:
    """A value and its interval under one assumption about the rows that are not shown."""

    value: Fraction | Decimal | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Value:
    """One metric of one group; `value` is None where it is undefined.

    n: the rows that it divides by. hidden: the most rows that may be suppressed. cases: the value as it is, or, with
    hidden rows, as it would be if all of them spoke against and all of them for it.
    """

    group: Group
    n: int
    value: Fraction | Decimal | None
    interval: Interval | None
    cases: tuple[Case, ...]
    rate: Rate | None = None
    hidden: int = 0

    def name(self, by: Sequence[str] | None) -> str:
        """Return the group in words."""
        return group_text(by or (), self.group)


def is_known(metric: str) -> bool:
    """Return whether there is such a metric."""
    return metric in REGRESSION_METRICS or metric in TOLD or rate_metric(metric) is not None


def values_of(evidence: Evidence, metric: str, by: Sequence[str]) -> list[Value]:
    """Return the metric of everybody (no columns) or of each group; empty where there are no rows.

    Raises ValueError where the evidence has no table that gives the metric, or is not split by the columns.
    """
    if evidence.kind in BY_KIND and evidence.tables is not None:
        return _told(evidence, metric, by)
    if metric in REGRESSION_METRICS:
        return _errors(evidence, metric, by)
    known = rate_metric(metric)
    if known is None:
        raise ValueError(f"unknown metric `{metric}`")
    table = table_for(evidence, known, tuple(by))
    hidden = _hidden(evidence, by)
    values = [
        _rate_value(known, group, evaluate(known, cells), hidden.pop(group, 0))
        for group, cells in table.groups().items()
    ]
    # A group of which nothing is shown is still one of the groups.
    return [*values, *(_rate_value(known, group, Rate(0, 0), rows) for group, rows in sorted(hidden.items()))]


def _told(evidence: Evidence, metric: str, by: Sequence[str]) -> list[Value]:
    kind = BY_KIND[evidence.kind]
    if metric not in kind.metrics:
        known = ", ".join(f"`{name}`" for name in kind.metrics)
        raise ValueError(f"evidence of kind `{kind.kind}` does not tell `{metric}`; it tells {known}")
    found = [each for each in kind.tell(evidence) if each.metric == metric and set(each.group) == set(by)]
    if not found and by:
        raise ValueError(f"the evidence is not split by {', '.join(f'`{name}`' for name in by)}")
    return [
        Value(
            tuple(each.group[name] for name in by),
            each.n,
            each.value,
            each.interval,
            (Case(each.value, each.interval),),
        )
        for each in found
    ]


def _hidden(evidence: Evidence, by: Sequence[str]) -> dict[Group, int]:
    """Return the most rows that may be suppressed of each group; a suppressed cell without a minimum raises."""
    if evidence.suppressed and evidence.minimum_cell < 1:
        raise ValueError("groups are suppressed without `minimum_cell`, so nobody knows how many rows are missing")
    hidden: dict[Group, int] = {}
    for each in evidence.suppressed:
        group = tuple(each.get(name, "?") for name in by)
        hidden[group] = hidden.get(group, 0) + evidence.minimum_cell - 1
    return hidden


def _rate_value(metric: Metric, group: Group, rate: Rate, hidden: int) -> Value:
    interval = rate.interval() if metric.is_proportion else None
    shown = Case(rate.value, interval)
    if not hidden:
        return Value(group, rate.n, rate.value, interval, (shown,), rate)
    if rate.weight_n is not None:
        # The weights of rows that are not shown have no bound.
        return Value(group, rate.n, rate.value, interval, (Case(None, None),), rate, hidden)
    times = 1 if metric.is_proportion else 2
    against, in_favour = Rate(rate.k, rate.n + times * hidden), Rate(rate.k + times * hidden, rate.n + times * hidden)
    cases = [Case(each.value, each.interval() if metric.is_proportion else None) for each in (against, in_favour)]
    return Value(group, rate.n, rate.value, interval, (shown, *cases), rate, hidden)


def _errors(evidence: Evidence, metric: str, by: Sequence[str]) -> list[Value]:
    table = sums_of(evidence).marginal(by)
    if evidence.suppressed:
        raise ValueError("groups are suppressed, and the errors of rows that are not shown have no bound")
    return [_error_value(metric, group, sums) for group, sums in table.sums.items()]


def _error_value(metric: str, group: Group, sums: RegressionSums) -> Value:
    measure = {each.metric: each for each in regression_measures(sums)}[metric]
    return Value(group, sums.n, measure.value, measure.interval, (Case(measure.value, measure.interval),))
