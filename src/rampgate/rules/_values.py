"""A metric computed again from the counts or sums of one evidence file, overall or for each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rampgate.formats.beside import BESIDE, WITH_INTERVAL, Beside
from rampgate.formats.evidence_check import REGRESSION_METRICS
from rampgate.formats.evidence_tables import counts_of, sums_of
from rampgate.formats.measured._base import Told
from rampgate.formats.measured.disparities import DISPARITIES
from rampgate.formats.measured.registry import BY_KIND
from rampgate.model.evidence import Evidence
from rampgate.rules._fairness_groups import table_for
from rampgate.rules._metrics import group_text, rate_metric
from rampgate.stats.counts import Group
from rampgate.stats.intervals import Interval
from rampgate.stats.rates import ALIASES, METRICS, Metric, Rate, evaluate
from rampgate.stats.regression import RegressionSums, regression_measures

__all__ = ["NO_INTERVAL", "REGRESSION_METRICS", "TOLD", "Case", "Value", "claimed_values", "is_known", "values_of"]

OF_ONE_GROUP = frozenset(BESIDE) - frozenset(DISPARITIES)
"""Metrics that counts tell beside rates, of everybody or of one group; those between groups have rules of their own."""

_KINDS = tuple(BY_KIND.values())

TOLD = (frozenset(name for kind in _KINDS for name in kind.metrics) | OF_ONE_GROUP) - {*METRICS, *ALIASES}
"""Metrics that are told from tables, and are no rates."""

NO_INTERVAL = (TOLD | {"rmse", "r2"}) - WITH_INTERVAL - {name for kind in _KINDS for name in kind.with_interval}
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
    is_claimed: bool = False

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
    if metric in OF_ONE_GROUP and evidence.counts is not None:
        return _beside(evidence, metric, tuple(by))
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


def claimed_values(evidence: Evidence, metric: str, by: Sequence[str]) -> list[Value]:
    """Return what another tool claims of everybody or of each group; `n` is 0 where it does not say of how many rows.

    Nobody can compute such a number again, so only a rule that says so may judge by it. Raises ValueError where groups
    are suppressed: what is claimed of others says nothing of them.
    """
    name = ALIASES.get(metric, metric)
    found = [
        each
        for each in evidence.claimed
        if ALIASES.get(each.metric, each.metric) == name and set(each.group) == set(by)
    ]
    if found and evidence.suppressed:
        raise ValueError("groups are suppressed, and nothing is known of those that are not shown")
    values = [None if each.value is None else Decimal(each.value) for each in found]
    return [
        Value(
            tuple(each.group[column] for column in by), each.n or 0, value, None, (Case(value, None),), is_claimed=True
        )
        for each, value in zip(found, values, strict=True)
    ]


def _told(evidence: Evidence, metric: str, by: Sequence[str]) -> list[Value]:
    kind = BY_KIND[evidence.kind]
    if metric not in kind.metrics:
        known = ", ".join(f"`{name}`" for name in kind.metrics)
        raise ValueError(f"evidence of kind `{kind.kind}` does not tell `{metric}`; it tells {known}")
    found = [each for each in kind.tell(evidence) if each.metric == metric and set(each.group) == set(by)]
    if not found and by:
        raise ValueError(f"the evidence is not split by {', '.join(f'`{name}`' for name in by)}")
    split = [name for name in by if any(name in each for each in evidence.suppressed)]
    hidden = _hidden(evidence, split)
    shown = [_open(each, by, tuple(each.group[name] for name in split), hidden) for each in found]
    seen = {tuple(each.group[name] for name in split) for each in found}
    gone = {group: rows for group, rows in hidden.items() if group not in seen}
    return [*shown, *(_gone(dict(zip(split, group, strict=True)), by, rows) for group, rows in sorted(gone.items()))]


def _beside(evidence: Evidence, metric: str, by: Group) -> list[Value]:
    """Return what stands beside the counts; with suppressed rows it is open, for their scores are not known."""
    table = counts_of(evidence).marginal(by)
    found = [
        each
        for each in Beside(evidence, counts_of(evidence)).family(metric, by).values()
        if each.metric == metric and set(each.group) == set(by)
    ]
    if not found:
        raise ValueError(f"the evidence does not tell `{metric}`{' of these groups' if by else ''}")
    hidden = _hidden(evidence, by)
    values = [_open(each, by, tuple(each.group[name] for name in by), hidden) for each in found]
    gone = {group: rows for group, rows in hidden.items() if group not in table.groups()}
    return [*values, *(_gone(dict(zip(by, group, strict=True)), by, rows) for group, rows in sorted(gone.items()))]


def _open(told: Told, by: Sequence[str], group: Group, hidden: Mapping[Group, int]) -> Value:
    """Return a metric as it is told; rows that are suppressed could make it anything."""
    rows = hidden.get(group, 0)
    cases = (Case(told.value, told.interval), *([Case(None, None)] if rows else []))
    return Value(tuple(told.group[name] for name in by), told.n, told.value, told.interval, cases, None, rows)


def _gone(group: Mapping[str, str], by: Sequence[str], rows: int) -> Value:
    """Return what is known of a group of which nothing is shown."""
    return Value(tuple(group.get(name, "?") for name in by), 0, None, None, (Case(None, None),), None, rows)


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
