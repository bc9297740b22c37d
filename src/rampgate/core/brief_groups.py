"""The groups of a brief: the rates that the rules of this decision compare, group by group, suppressed ones too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from rampgate.core.bound import BoundRule
from rampgate.core.brief_numbers import figure_of, span
from rampgate.model.brief import Figure, GroupRow, GroupTable
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Missing
from rampgate.rules._evidence import Fit, matching, shown
from rampgate.rules._fairness_groups import split_groups, table_for
from rampgate.rules._metrics import number, rate_metric
from rampgate.rules._values import values_of
from rampgate.stats.counts import Group
from rampgate.stats.disparity import Difference, Ratio, Undefined, difference_between, ratio_to_highest
from rampgate.stats.rates import Metric, Rate

MOST_GROUPS: Final = 20
_Ranked = tuple[Fraction | Decimal | None, GroupRow]
"""A row with the exact value that it is ordered by."""

RATIO, DIFFERENCE = "fairness.ratio_at_least", "fairness.difference_at_most"


def groups_of(facts: Facts, rules: Sequence[BoundRule]) -> Iterator[GroupTable]:
    """Yield a table for each rule that looks at groups, and each file that it judges."""
    if isinstance(facts.subject, Missing):
        return
    told: set[tuple[Any, ...]] = set()
    for bound in rules:
        params = bound.params
        every = bound.kind.id == "evidence.metric_within" and params.group == "every"
        if bound.kind.id not in (RATIO, DIFFERENCE) and not every:
            continue
        for fit in matching(params.evidence, params, facts, by=params.by):
            key = () if isinstance(fit, Answer) else (bound.kind.id, fit.file.path, params.metric, params.by)
            if isinstance(fit, Answer) or key in told:
                continue
            told.add(key)
            try:
                yield _each_group(bound, fit) if every else _compared(bound, fit)
            except ValueError:
                # The finding says why the file does not give the groups; a table has nothing to add.
                continue


def _compared(bound: BoundRule, fit: Fit) -> GroupTable:
    """Return the groups as a fairness rule compares them; raises ValueError where the file does not give them."""
    params, metric = bound.params, _metric(bound.params.metric)
    split = split_groups(fit.evidence, metric, params)
    is_ratio = bound.kind.id == RATIO
    found = ratio_to_highest(split.rates) if is_ratio else difference_between(split.rates)
    sizes = {group: cells.rows for group, cells in table_for(fit.evidence, metric, params.by).groups().items()}
    against = _against(found)
    reference = None if isinstance(found, Undefined) else found.reference_group
    rows: list[_Ranked] = []
    for group, rate in split.rates.items():
        note = "reference" if group == reference else ""
        rows.append((rate.value, _row(params.by, group, sizes[group], rate, metric, against.get(group, ""), note)))
    for group, rate in split.thin.items():
        note = f"thin, under {params.min_group}" if params.min_group and rate.n < params.min_group else ""
        rows.append((rate.value, _row(params.by, group, sizes[group], rate, metric, "", note)))
    for group in sorted((*split.hidden_thin, *split.hidden)):
        note = "suppressed in part" if group in sizes else "suppressed"
        rows.append((None, GroupRow(_name(params.by, group), sizes.get(group, 0), None, note=note)))
    limit = f"at least {params.at_least} times the reference" if is_ratio else f"at most {params.at_most} below it"
    what = "ratio to the reference" if is_ratio else "below the reference by"
    return _table(bound, fit, limit, what, rows)


def _each_group(bound: BoundRule, fit: Fit) -> GroupTable:
    params = bound.params
    rows: list[_Ranked] = []
    for value in values_of(fit.evidence, params.metric, params.by):
        is_shown = bool(value.n) or not value.hidden
        note = "" if not value.hidden else "suppressed in part" if is_shown else "suppressed"
        figure = figure_of(value) if is_shown else None
        rows.append((value.value, GroupRow(_name(params.by, value.group), value.n, figure, note=note)))
    return _table(bound, fit, params.limits_text, "", rows)


def _table(bound: BoundRule, fit: Fit, asked: str, what: str, rows: list[_Ranked]) -> GroupTable:
    """Return the rows with the lowest values first, undefined and suppressed ones after all others."""
    ordered = sorted(rows, key=lambda row: (row[0] is None, row[0] or 0, row[1].group))
    # A table that is cut still names the group that all others are compared with.
    kept = [row for _, row in ordered[:MOST_GROUPS]]
    kept += [row for _, row in ordered[MOST_GROUPS:] if row.note == "reference"]
    return GroupTable(
        bound.rule.id, bound.params.metric, tuple(bound.params.by), fit.file.path, asked, what, tuple(kept),
        fit.evidence.minimum_cell, len(ordered) - len(kept),
    )  # fmt: skip


def _row(by: Sequence[str], group: Group, rows: int, rate: Rate, metric: Metric, against: str, note: str) -> GroupRow:
    interval = rate.interval() if metric.is_proportion else None
    figure = Figure(number(rate.value), rate.n, "" if interval is None else span(interval))
    return GroupRow(_name(by, group), rows, figure, against, note)


def _against(found: Ratio | Difference | Undefined) -> dict[Group, str]:
    if isinstance(found, Undefined):
        return {}
    return {each.group: f"{number(each.value)} ({span(each.interval)})" for each in found.comparisons}


def _name(by: Sequence[str], group: Group) -> str:
    return ", ".join(f"{shown(name)}={shown(value)}" for name, value in zip(by, group, strict=True))


def _metric(name: str) -> Metric:
    metric = rate_metric(name)
    if metric is None:
        raise ValueError(f"unknown metric `{name}`")
    return metric
