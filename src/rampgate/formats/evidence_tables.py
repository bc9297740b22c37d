"""Reads the tables that evidence rests on: counts of labels, or sums of a regression's errors, per group.

Sums are written as counts are, `{columns: [<group columns>..., n, sum_err, ...], rows: [[...], ...]}`, or, without
groups, as one mapping `{n: ..., sum_err: ...}`; all but `n` are scaled by 10^9 (see `rampgate.stats.regression`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import Any

from rampgate.model.evidence import Evidence
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.regression import SUM_NAMES, RegressionSums


@dataclass(frozen=True, slots=True)
class SumsTable:
    """Sums of errors per group; columns: the names of the group columns, possibly none."""

    columns: Group
    sums: Mapping[Group, RegressionSums]

    @property
    def total(self) -> RegressionSums:
        """Return the sums of all groups together."""
        return reduce(add, self.sums.values(), RegressionSums(0, 0, 0, 0, 0, 0))

    def marginal(self, by: Sequence[str]) -> SumsTable:
        """Return the table over the group columns `by` alone; raises ValueError for a column that it does not have."""
        for name in by:
            if name not in self.columns:
                listed = ", ".join(f"`{each}`" for each in self.columns) or "no group columns"
                raise ValueError(f"no group column `{name}`; the sums have {listed}")
        places = [self.columns.index(name) for name in by]
        summed: dict[Group, RegressionSums] = {}
        for group, sums in self.sums.items():
            key = tuple(group[place] for place in places)
            summed[key] = summed[key] + sums if key in summed else sums
        return SumsTable(tuple(by), MappingProxyType(dict(sorted(summed.items()))))


def counts_of(evidence: Evidence) -> CountsTable:
    """Return the counts table of evidence; raises ValueError where it has none, or one that is not well formed."""
    if evidence.counts is None:
        raise ValueError("the evidence has no `counts`")
    return CountsTable.from_rows(evidence.counts.columns, evidence.counts.rows)


def sums_of(evidence: Evidence) -> SumsTable:
    """Return the sums of regression evidence; raises ValueError where it has none, or some that are not well formed."""
    if evidence.sums is None:
        raise ValueError("the evidence has no `sums`")
    if set(evidence.sums) == {"columns", "rows"}:
        return _table(evidence.sums["columns"], evidence.sums["rows"])
    unknown = sorted(set(evidence.sums) - set(SUM_NAMES))
    if unknown:
        raise ValueError(f"unknown sum `{unknown[0]}`; expected {', '.join(f'`{name}`' for name in SUM_NAMES)}")
    return SumsTable((), MappingProxyType({(): RegressionSums.from_mapping(evidence.sums)}))


def _table(columns: Any, rows: Any) -> SumsTable:
    if not _is_list(columns) or not _is_list(rows) or not all(isinstance(name, str) for name in columns):
        raise ValueError("`columns` must be a list of names, and `rows` a list of lists")
    groups = tuple(columns[: -len(SUM_NAMES)])
    if tuple(columns[-len(SUM_NAMES) :]) != SUM_NAMES or len(set(columns)) != len(columns):
        raise ValueError(f"columns must be group columns, then {', '.join(f'`{name}`' for name in SUM_NAMES)}")
    found: dict[Group, RegressionSums] = {}
    for number, row in enumerate(rows, start=1):
        if not _is_list(row) or len(row) != len(columns):
            raise ValueError(f"row {number}: expected {len(columns)} values, found {row!r}")
        group = tuple(row[: len(groups)])
        if not all(isinstance(value, str) for value in group):
            raise ValueError(f"row {number}: group values must be text, found {list(group)}")
        if group in found:
            raise ValueError(f"row {number}: group {list(group)} is listed twice")
        found[group] = _sums(dict(zip(SUM_NAMES, row[len(groups) :], strict=True)), number)
    return SumsTable(groups, MappingProxyType(dict(sorted(found.items()))))


def _sums(values: Mapping[str, Any], number: int) -> RegressionSums:
    try:
        return RegressionSums.from_mapping(values)
    except ValueError as error:
        raise ValueError(f"row {number}: {error}") from None


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
