"""Holds what evidence says about itself against the counts or sums that it rests on.

Rules never read the recorded `measures`; people do. So a measure that its own counts do not give makes the whole
file invalid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

from rampgate.formats.beside import BESIDE, Beside, faults_beside
from rampgate.formats.claimed import claim_faults, rests_on_claims
from rampgate.formats.evidence_tables import SumsTable, counts_of, sums_of
from rampgate.formats.measure_check import level_of, told_faults, value_faults
from rampgate.formats.measured._base import Key
from rampgate.formats.measured.registry import BY_KIND
from rampgate.formats.suggest import did_you_mean
from rampgate.model.evidence import Evidence, Measure
from rampgate.stats.bootstrap import PLAIN, Resampler
from rampgate.stats.counts import CountsTable, Group, TableKind
from rampgate.stats.intervals import DEFAULT_LEVEL
from rampgate.stats.rates import ALIASES, METRICS, evaluate
from rampgate.stats.regression import regression_measures

NEEDS_COUNTS = frozenset({"performance", "fairness", "rate"})
"""Kinds of evidence that rest on counts of labels."""

REGRESSION_METRICS = ("mae", "rmse", "bias", "r2")
"""The measures that sums of errors give."""

LABELS_OF: Mapping[TableKind, str] = MappingProxyType({"confusion": "`y_true` and `y_pred`", "outcome": "`outcome`"})
"""The label columns of each kind of counts table, in words."""


Table = TypeVar("Table", CountsTable, SumsTable)


def recompute(evidence: Evidence, resampler: Resampler = PLAIN) -> list[str]:
    """Return what is wrong with evidence by its own counts or sums, in words; an empty list if nothing is.

    Found are: a table that is not well formed, a group that is both counted and suppressed, a suppressed group without
    a minimum, more rows than the source has, and every recorded measure that the table does not give. What another tool
    claims has no table; that it is well formed is all that can be found. resampler: draws what has to be drawn; which
    one makes no difference to what is found.
    """
    faults = list(claim_faults(evidence))
    return faults if rests_on_claims(evidence) else [*faults, *_recomputed(evidence, resampler), *_repeated(evidence)]


def _recomputed(evidence: Evidence, resampler: Resampler) -> list[str]:
    """Return where counts, sums or tables, and what is recorded of them, do not agree."""
    if evidence.kind in BY_KIND and evidence.tables is not None:
        return list(_told(evidence))
    if evidence.counts is not None:
        return _by_counts(evidence, resampler)
    if evidence.sums is not None and (evidence.kind == "regression" or evidence.measures):
        return _by_sums(evidence)
    if evidence.kind in NEEDS_COUNTS:
        return [f"evidence of kind `{evidence.kind}` needs `counts`"]
    return ["evidence of kind `regression` needs `sums`"] if evidence.kind == "regression" else []


def _by_counts(evidence: Evidence, resampler: Resampler) -> list[str]:
    try:
        table = counts_of(evidence)
    except ValueError as error:
        return [f"counts: {error}"]
    sizes = {group: cells.rows for group, cells in table.groups().items()}
    try:
        beside = [*faults_beside(evidence, table), *_counted(evidence, table, resampler)]
    except ValueError as error:
        beside = [str(error)]
    return [*_suppression(evidence, table.columns, sizes), *_rows(evidence, sizes), *beside]


def _by_sums(evidence: Evidence) -> list[str]:
    try:
        sums = sums_of(evidence)
    except ValueError as error:
        return [f"sums: {error}"]
    sizes = {group: each.n for group, each in sums.sums.items()}
    return [*_suppression(evidence, sums.columns, sizes), *_rows(evidence, sizes), *_summed(evidence, sums)]


def _suppression(evidence: Evidence, columns: Group, sizes: Mapping[Group, int]) -> Iterator[str]:
    """Yield what is wrong between the groups that are counted and those that are left out."""
    if evidence.suppressed and evidence.minimum_cell < 1:
        yield "suppressed: groups are left out although `minimum_cell` is 0"
    seen: set[Group] = set()
    for number, given in enumerate(evidence.suppressed, start=1):
        if set(given) != set(columns) or not columns:
            yield f"suppressed {number}: expected a value for each of {_names(columns)}, found {_names(given)}"
            continue
        group = tuple(given[name] for name in columns)
        if group in seen:
            yield f"suppressed {number}: group {list(group)} is listed twice"
        if group in sizes:
            yield f"suppressed {number}: group {list(group)} is counted too"
        seen.add(group)
    least = evidence.minimum_cell
    for group, rows in sizes.items():
        if columns and rows < least:
            yield f"counts: group {list(group)} has {rows} rows, fewer than `minimum_cell` {least}"


def _rows(evidence: Evidence, sizes: Mapping[Group, int]) -> Iterator[str]:
    """Yield where the rows of the source are not accounted for: a group can be shrunk by dropping rows silently."""
    if evidence.source is None:
        return
    rows, counted = evidence.source.rows, sum(sizes.values())
    hidden = rows - counted
    most = len(evidence.suppressed) * max(evidence.minimum_cell - 1, 0)
    if hidden < 0:
        yield f"counts: {counted} rows are counted, but the source has {rows}"
    elif hidden > most:
        yield f"counts: {hidden} of the source's {rows} rows are neither counted nor in a suppressed group"


def _counted(evidence: Evidence, table: CountsTable, resampler: Resampler) -> Iterator[str]:
    split: dict[Group, CountsTable] = {}  # a table is summed up once for each set of columns, not for each measure
    beside = Beside(evidence, table, resampler)
    for place, measure in _placed(evidence):
        if measure.metric in BESIDE:
            yield from told_faults(place, measure, beside.of(measure), "counts")
            continue
        metric = METRICS.get(ALIASES.get(measure.metric, measure.metric))
        if metric is None:
            yield f"{place}: unknown metric{did_you_mean(measure.metric, (*METRICS, *ALIASES, *BESIDE))}"
            continue
        if metric.table != table.kind:
            yield f"{place}: needs {LABELS_OF[metric.table]}, and the counts have {LABELS_OF[table.kind]}"
            continue
        part = _part(table, measure, split)
        if isinstance(part, str):
            yield f"{place}: {part}"
            continue
        cells = part.groups().get(tuple(measure.group.values()))
        if cells is None:
            yield f"{place}: the counts have no such group"
            continue
        rate = evaluate(metric, cells)
        if measure.n != rate.n:
            yield f"{place}: n is recorded as {measure.n}, but the counts give {rate.n}"
        if measure.k is not None and measure.k != rate.k:
            yield f"{place}: k is recorded as {measure.k}, but the counts give {rate.k}"
        level = level_of(measure)
        interval = rate.interval(level) if level is not None and metric.is_proportion else None
        yield from value_faults(place, measure, rate.value, interval)


def _summed(evidence: Evidence, table: SumsTable) -> Iterator[str]:
    split: dict[Group, SumsTable] = {}
    for place, measure in _placed(evidence):
        if measure.metric not in REGRESSION_METRICS:
            yield f"{place}: unknown metric{did_you_mean(measure.metric, REGRESSION_METRICS)}"
            continue
        part = _part(table, measure, split)
        if isinstance(part, str):
            yield f"{place}: {part}"
            continue
        sums = part.sums.get(tuple(measure.group.values()))
        if sums is None:
            yield f"{place}: the sums have no such group"
            continue
        found = {each.metric: each for each in regression_measures(sums, level_of(measure) or DEFAULT_LEVEL)}
        if measure.n != sums.n:
            yield f"{place}: n is recorded as {measure.n}, but the sums give {sums.n}"
        exact = found[measure.metric].value
        interval = found[measure.metric].interval if level_of(measure) is not None else None
        yield from value_faults(place, measure, None if exact is None else Fraction(exact), interval)


def _told(evidence: Evidence) -> Iterator[str]:
    """Yield every recorded measure that the tables do not give."""
    kind = BY_KIND[evidence.kind]
    try:
        found = {each.key: each for each in kind.tell(evidence)}
        if kind.sizes is not None:
            columns, sizes = kind.sizes(evidence)
            yield from _suppression(evidence, columns, sizes)
            yield from _rows(evidence, sizes)
    except ValueError as error:
        yield f"tables: {error}"
        return
    for place, measure in _placed(evidence):
        told = found.get((measure.metric, frozenset(measure.group.items()), measure.by))
        if told is None:
            yield f"{place}: the tables do not give it{did_you_mean(measure.metric, kind.metrics)}"
        else:
            yield from told_faults(place, measure, told, "tables")


def _part(table: Table, measure: Measure, split: dict[Group, Table]) -> Table | str:
    """Return the table summed up to the columns of a measure, kept in `split`; or why there is none."""
    columns = tuple(measure.group)
    try:
        if columns not in split:
            split[columns] = table.marginal(columns)
    except ValueError as error:
        return str(error)
    return split[columns]


def _placed(evidence: Evidence) -> Iterator[tuple[str, Measure]]:
    """Yield every measure with words for its place."""
    for number, measure in enumerate(evidence.measures, start=1):
        yield f"measure {number}, `{measure.metric}` of {_whom(measure)}", measure


def _repeated(evidence: Evidence) -> Iterator[str]:
    """Yield where one metric of one group is recorded twice."""
    seen: set[Key] = set()
    for place, measure in _placed(evidence):
        key = (measure.metric, frozenset(measure.group.items()), measure.by)
        if key in seen:
            yield f"{place} (recorded twice): a metric of a group is recorded once"
        seen.add(key)


def _whom(measure: Measure) -> str:
    return f"groups by {_names(measure.by)}" if measure.by else str(dict(measure.group) or "everybody")


def _names(names: Sequence[str] | Mapping[str, str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "no group columns"
