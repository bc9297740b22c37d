"""What the fairness rules share: rates of groups from counts, thin and hidden groups, and how they decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import Field

from rampgate.formats.evidence_check import LABELS_OF
from rampgate.formats.evidence_tables import counts_of
from rampgate.model.evidence import Evidence, EvidenceKind
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.ids import Line
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import ParamFault, Surroundings
from rampgate.rules._evidence import EvidenceParams, Fit, matching
from rampgate.rules._metrics import (
    column_faults,
    group_text,
    groups_with_n,
    interval_text,
    listed,
    metric_faults,
    number,
    rate_metric,
    rate_text,
)
from rampgate.rules._more_rows import Need, least_more, way_out
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.decide import DecideOn, Direction, decide_interval
from rampgate.stats.disparity import Difference, Ratio, Undefined, simultaneous_level, split_thin
from rampgate.stats.intervals import DEFAULT_LEVEL
from rampgate.stats.rates import Metric, Rate, evaluate

EQUALIZED_ODDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"equalized_odds": ("true_positive_rate", "false_positive_rate")}
)
"""What stands for several rates, all of which have to meet the limit. Source: Hardt, Price and Srebro (2016)."""

FEW_ROWS = 100
"""A group with fewer rows than this that decides although the rule sets no minimum is named as small."""


class DisparityParams(EvidenceParams):
    """What is compared between which groups."""

    evidence: EvidenceKind
    """The kind of evidence that is judged, such as `fairness`."""
    metric: Line
    """The rate that is compared between groups, such as `selection_rate`; `equalized_odds` for both error rates."""
    by: Annotated[tuple[Line, ...], Field(min_length=1)]
    """The columns whose values make the groups; several columns make intersections."""
    min_group: Annotated[int, Field(ge=1, strict=True)] | None = None
    """The least number of rows that a group's rate must divide by (for true_positive_rate: its positives)."""
    decide_on: DecideOn = "lower"
    """`lower`: the whole interval must meet the limit. `upper`: it must not miss it whole. `point`: the estimate."""
    thin_groups: Literal["insufficient", "exclude_and_list"] = "insufficient"
    """What groups below `min_group` do: leave the answer open, or be left out and listed."""


def disparity_faults(params: DisparityParams, surroundings: Surroundings) -> Iterator[ParamFault]:  # noqa: ARG001
    """Yield the parameters of a disparity rule that can never work."""
    yield from metric_faults(params.metric, params.decide_on, also=tuple(EQUALIZED_ODDS))
    yield from column_faults(params.by)
    if params.thin_groups == "exclude_and_list" and params.min_group is None:
        yield ParamFault(("thin_groups",), "no group is thin without `min_group`", "set `min_group`")


Portion = tuple[Fraction, Fraction]
"""Effective rows that have a property, and effective rows at all."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What the disparity is held against, and in which words."""

    value: Decimal
    direction: Direction
    compare: Callable[[Mapping[Group, Rate], Decimal], Ratio | Difference | Undefined]
    words: str
    """The disparity in words, between the number and the reference group, such as `times that of`."""
    is_clear: Callable[[Portion, Portion, Decimal, Decimal], bool]
    """Whether the whole interval of a lower and a reference portion meets a limit, at a level."""

    @property
    def text(self) -> str:
        """Return the limit in words."""
        return f"{self.direction.replace('_', ' ')} {self.value}"


@dataclass(frozen=True, slots=True)
class Split:
    """The rates of the groups that count, of the thin ones, and the groups whose rows are not all known."""

    rates: dict[Group, Rate]
    thin: dict[Group, Rate]
    hidden_thin: tuple[Group, ...]
    """Suppressed groups that are thin for sure, because they have fewer rows than `min_group`."""
    hidden: tuple[Group, ...]
    """Groups of which rows are suppressed and that may be as large as any."""


def table_for(evidence: Evidence, metric: Metric, by: tuple[str, ...]) -> CountsTable:
    """Return the counts by these columns; raises ValueError where they do not give the metric or the groups."""
    table = counts_of(evidence)
    if table.kind != metric.table:
        raise ValueError(
            f"`{metric.name}` needs {LABELS_OF[metric.table]}, and the counts have {LABELS_OF[table.kind]}"
        )
    return table.marginal(by)


def split_groups(evidence: Evidence, metric: Metric, params: DisparityParams) -> Split:
    """Return the groups of evidence by what can be said of them; raises ValueError as `table_for` does."""
    table = table_for(evidence, metric, params.by)
    least = params.min_group or 0
    surely_thin, incomplete = hidden_groups(evidence, table, params.by, least)
    rates = {group: evaluate(metric, cells) for group, cells in table.groups().items() if group not in incomplete}
    thick, thin = split_thin(rates, least)
    return Split(thick, thin, surely_thin, incomplete)


def hidden_groups(
    evidence: Evidence, table: CountsTable, by: tuple[str, ...], least: int
) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """Return the groups with suppressed rows: those with surely fewer rows than `least`, and all others.

    A suppressed group has at most `minimum_cell` - 1 rows; a group that is counted too misses some of its own.
    """
    hidden = Counter(tuple(each.get(name, "?") for name in by) for each in evidence.suppressed)
    thin = {
        group
        for group, times in hidden.items()
        if group not in table.groups() and 0 <= times * (evidence.minimum_cell - 1) < least
    }
    return tuple(sorted(thin)), tuple(sorted(set(hidden) - thin))


def judge_disparity(params: DisparityParams, limit: Limit, facts: Facts) -> Iterator[Answer]:
    """Yield one answer for each file that matches and each rate that the metric stands for."""
    metrics = [rate_metric(name) for name in EQUALIZED_ODDS.get(params.metric, (params.metric,))]
    known = [metric for metric in metrics if metric is not None]
    if len(known) < len(metrics):
        yield Answer(Outcome.ERROR, f"unknown metric `{params.metric}`", fix="correct the policy")
        return
    for fit in matching(params.evidence, params, facts, by=params.by):
        if isinstance(fit, Answer):
            yield fit
            continue
        # Intervals of several rates hold at once, so that none of them fails by being one of many.
        level = simultaneous_level(DEFAULT_LEVEL, len(known))
        for metric in known:
            try:
                split = split_groups(fit.evidence, metric, params)
            except ValueError as error:
                yield fit.insufficient(str(error))
                continue
            yield _judge(params, metric, limit, limit.compare(split.rates, level), split, fit, facts)


def _judge(
    params: DisparityParams,
    metric: Metric,
    limit: Limit,
    disparity: Ratio | Difference | Undefined,
    split: Split,
    fit: Fit,
    facts: Facts,
) -> Answer:
    """Return the answer of one file: a failure among large groups outranks whatever is not known of others."""
    gaps = _gaps(params, split)
    if isinstance(disparity, Undefined):
        message = f"{metric.name} can not be compared: {_undefined(params, disparity)}{gaps}"
        return fit.insufficient(message, expected=limit.text, fix=way_out(fit, facts, _thin_needs(params, split)))
    found = f"{number(disparity.value, limit.value)}, {interval_text(disparity.interval, limit.value)}"
    message = f"{_compared(params, metric, limit, disparity)}{_small(params, disparity)}"
    answer = decide_interval(disparity.value, disparity.interval, limit.value, limit.direction, params.decide_on)
    if answer == "fail":
        again = f"after a change, measure again: `{fit.measure}`"
        return fit.answer(Outcome.FAIL, f"{message}; {limit.text} is missed{gaps}", found, limit.text, again)
    open_groups = bool(split.hidden) or (params.thin_groups == "insufficient" and bool(split.thin or split.hidden_thin))
    if answer == "pass" and not open_groups:
        return fit.answer(Outcome.PASS, f"{message}; {limit.text} is met{gaps}", found, limit.text)
    needs = _interval_needs(params, limit, disparity) if answer == "insufficient" else []
    if open_groups:
        needs += _thin_needs(params, split)
    told = f"{limit.text} is met" if answer == "pass" else f"whether {limit.text} holds can not be told"
    return fit.insufficient(f"{message}; {told}{gaps}", found, limit.text, way_out(fit, facts, needs))


def _compared(params: DisparityParams, metric: Metric, limit: Limit, disparity: Ratio | Difference) -> str:
    worst, reference = group_text(params.by, disparity.worst_group), group_text(params.by, disparity.reference_group)
    value = f"{number(disparity.value, limit.value)} {limit.words}"
    interval = interval_text(disparity.interval, limit.value)
    return (
        f"{metric.name} of {worst} ({rate_text(disparity.worst)}) is {value} {reference} "
        f"({rate_text(disparity.reference)}), {interval}"
    )


def _small(params: DisparityParams, disparity: Ratio | Difference) -> str:
    """Return words that name a small group which decides because the rule sets no minimum."""
    deciding = {disparity.worst_group: disparity.worst, disparity.reference_group: disparity.reference}
    small = {group: rate for group, rate in deciding.items() if rate.n < FEW_ROWS}
    if params.min_group is not None or not small:
        return ""
    verb = "decides although it is small" if len(small) == 1 else "decide although they are small"
    return f"; {groups_with_n(params.by, small)} {verb}, because the rule sets no `min_group`"


def _undefined(params: DisparityParams, disparity: Undefined) -> str:
    names = listed(group_text(params.by, group) for group in disparity.groups)
    return f"{disparity.reason}{f': {names}' if names else ''}"


def _gaps(params: DisparityParams, split: Split) -> str:
    """Return words for every group that was not compared."""
    parts = []
    empty = {group: rate for group, rate in split.thin.items() if rate.value is None}
    thin = {group: rate for group, rate in split.thin.items() if group not in empty}
    excluded = "left out as thin" if params.thin_groups == "exclude_and_list" else "too thin to tell"
    if thin:
        parts.append(f"{excluded} (under {params.min_group}): {groups_with_n(params.by, thin)}")
    if empty:
        word = "left out as undefined" if params.thin_groups == "exclude_and_list" else "undefined"
        parts.append(f"{word}: {groups_with_n(params.by, empty)}")
    if split.hidden_thin:
        names = listed(group_text(params.by, group) for group in split.hidden_thin)
        parts.append(f"{excluded}, suppressed: {names}")
    if split.hidden:
        parts.append(f"rows are suppressed of {listed(group_text(params.by, group) for group in split.hidden)}")
    return "".join(f"; {part}" for part in parts)


def _thin_needs(params: DisparityParams, split: Split) -> list[Need]:
    """Return the rows that thin groups lack, for the five that lack the most."""
    least = params.min_group or 1
    thin = sorted(split.thin.items(), key=lambda item: (item[1].n, item[0]))[:5]
    needs = [Need(group_text(params.by, group), rate.n, max(least - rate.n, 1)) for group, rate in thin]
    return [*needs, *(Need(group_text(params.by, group), 0, least) for group in split.hidden_thin[:5])]


def _interval_needs(params: DisparityParams, limit: Limit, disparity: Ratio | Difference) -> list[Need]:
    """Return the rows that would bring the worst comparison to the right side: of its group, or else of both groups."""
    worst, reference = disparity.worst, disparity.reference
    level = simultaneous_level(disparity.interval.level, len(disparity.comparisons))
    name, other = group_text(params.by, disparity.worst_group), group_text(params.by, disparity.reference_group)
    fixed = _portion(reference, reference.n)
    alone = least_more(lambda rows: limit.is_clear(_portion(worst, rows), fixed, limit.value, level), worst.n)
    if alone is not None:
        # 0: the worst group is settled by itself, and the interval is wide because of another one.
        return [Need(name, worst.n, alone)] if alone else []

    def of_reference(rows: int) -> int:
        return ceil(Fraction(rows * reference.n, worst.n))

    def both_clear(rows: int) -> bool:
        grown = _portion(reference, of_reference(rows))
        return limit.is_clear(_portion(worst, rows), grown, limit.value, level)

    both = least_more(both_clear, worst.n)
    if both is None:
        return [Need(name, worst.n, None)]
    return [Need(name, worst.n, both), Need(other, reference.n, of_reference(worst.n + both) - reference.n)]


def _portion(rate: Rate, rows: int) -> Portion:
    """Return a rate as it would be with so many rows of the same make."""
    size = rate.effective_n / rate.n * rows
    return (rate.value or Fraction(0)) * size, size
