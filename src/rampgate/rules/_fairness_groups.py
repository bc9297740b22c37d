"""Which groups the fairness rules compare: rates from counts, thin groups, and groups whose rows are hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import Field

from rampgate.formats.evidence_check import LABELS_OF
from rampgate.formats.evidence_tables import counts_of
from rampgate.model.evidence import Evidence, EvidenceKind
from rampgate.model.ids import Line
from rampgate.rules._base import ParamFault, Surroundings
from rampgate.rules._evidence import EvidenceParams
from rampgate.rules._metrics import (
    column_faults,
    metric_faults,
)
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.decide import DecideOn, Direction
from rampgate.stats.disparity import Difference, Ratio, Undefined, split_thin
from rampgate.stats.rates import Metric, Rate, evaluate

EQUALIZED_ODDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"equalized_odds": ("true_positive_rate", "false_positive_rate")}
)
"""What stands for several rates, all of which have to meet the limit. Source: Hardt, Price and Srebro (2016)."""


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
