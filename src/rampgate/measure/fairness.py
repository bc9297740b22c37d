"""Fairness: the rates of each group, of each column alone and of all columns together, and how far they lie apart.

A rule computes disparities from the counts again, with its own least group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from rampgate.errors import UsageProblem
from rampgate.formats.measured._base import Told
from rampgate.formats.measured.disparities import tell_disparities
from rampgate.measure.crosscheck import Measured
from rampgate.measure.evidence import group_words, shown
from rampgate.measure.labelled import Labelled, measure_labels
from rampgate.measure.nyc_ll144 import audited_by_nyc_ll144
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.resampling import resampler_for
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.disparity import Undefined, ratio_to_highest
from rampgate.stats.rates import Rate

FAIRNESS_METRICS = (
    "selection_rate",
    "base_rate",
    "accuracy",
    "true_positive_rate",
    "false_negative_rate",
    "true_negative_rate",
    "false_positive_rate",
    "precision",
)

PRINTED_METRICS = ("selection_rate", "true_positive_rate", "false_positive_rate", "accuracy")

THIN = 100
"""A note says of a smaller group how many rows it has."""


def measure_fairness(request: MeasureRequest, now: datetime) -> Measurement:
    """Return fairness evidence; raises as `rampgate.measure.measure` does, and UsageProblem without group columns."""
    if request.preset is not None:
        return audited_by_nyc_ll144(request, now)
    if not request.by:
        raise UsageProblem("fairness needs at least one group column: `--by COLUMN,COLUMN`")
    found = measure_labels("fairness", request, now, metrics=FAIRNESS_METRICS, each_column=True, beside=_disparities)
    single = [name for name in request.by if len(found.table.marginal((name,)).groups()) < 2]
    warnings = [f"column `{name}` has one group, so there is nothing to compare" for name in single]
    header = ("group", "n", *PRINTED_METRICS)
    return Measurement(found.evidence, header, _table(found), tuple(_notes(found)), (*found.warnings, *warnings))


def _disparities(table: CountsTable, splits: Sequence[Group]) -> Iterable[Told]:
    resampler = resampler_for(len(table.groups()))
    return [told for split in splits if split for told in tell_disparities(table, split, resampler)]


def _table(found: Labelled) -> tuple[tuple[str, ...], ...]:
    lines: dict[tuple[Group, Group], dict[str, Rate]] = {}
    for columns, group, name, rate in found.measured:
        lines.setdefault((columns, group), {})[name] = rate
    return tuple(
        (
            group_words(columns, group),
            f"{rates['selection_rate'].n:,}",
            *(shown(rates[name].value, rates[name].interval()) for name in PRINTED_METRICS),
        )
        for (columns, group), rates in lines.items()
    )


def _notes(found: Labelled) -> Iterator[str]:
    for split in dict.fromkeys(columns for columns, _, _, _ in found.measured if columns):
        yield _note(split, [each for each in found.measured if each[0] == split and each[2] == "selection_rate"])


def _note(split: Group, measured: list[Measured]) -> str:
    rates = {group: rate for _, group, _, rate in measured}
    name = f"selection_rate by {', '.join(split)}"
    ratio = ratio_to_highest(rates)
    if isinstance(ratio, Undefined):
        return f"{name}: no ratio, because {ratio.reason}"
    worst, reference = _with_rows(ratio.worst_group, ratio.worst), _with_rows(ratio.reference_group, ratio.reference)
    thin = [rate.n for rate in (ratio.worst, ratio.reference) if rate.n < THIN]
    from_thin = f"; it comes from a group of {min(thin)}" if thin else ""
    return f"{name}: lowest to highest {shown(ratio.value, ratio.interval)}, {worst} to {reference}{from_thin}"


def _with_rows(group: Group, rate: Rate) -> str:
    return f"{', '.join(group)} {shown(rate.value)} of {rate.n:,}"
