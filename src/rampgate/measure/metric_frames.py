"""Takes what a Fairlearn `MetricFrame` holds: numbers of each group, and the rows of each group where `count` is there.

A MetricFrame keeps no labels, so its rates are claims, as those of any other tool. One thing can be computed again: the
share of the selected, where the frame has `selection_rate` and `count` and every group's share of its rows is a whole
number. It becomes evidence of kind `rate`, with counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import isnan
from pathlib import Path
from typing import Any, Final

from rampgate.errors import UsageProblem
from rampgate.formats.digest import canonical_json
from rampgate.measure.importers import Choice, ResultsFile, Taken
from rampgate.measure.importers._base import NOT
from rampgate.measure.importers._numbers import Reported, checked_mapping, claims
from rampgate.stats.rates import ALIASES, METRICS

NAME: Final = "MetricFrame"
COUNT: Final = "count"
SELECTED: Final = "selection_rate"
KINDS: Final = ("fairness", "performance", "rate")

_NEAR = Fraction(1, 10**9)
"""How far the rows of a rate may lie from a whole number, for each row."""


def is_metric_frame(data: object) -> bool:
    """Return whether this is a MetricFrame, without importing Fairlearn."""
    kinds = {(each.__module__.partition(".")[0], each.__name__) for each in type(data).__mro__}
    return ("fairlearn", "MetricFrame") in kinds


def file_of(frame: Any) -> ResultsFile:
    """Return a MetricFrame as a file: its bytes are its numbers, by metric and group, in canonical JSON."""
    numbers = [[name, dict(group), str(value)] for name, group, value in _numbers(frame)]
    data = canonical_json(numbers)
    return ResultsFile(Path(NAME), data, f"sha256:{hashlib.sha256(data).hexdigest()}")


def read(frame: Any, kind: str, mapping: Mapping[str, str]) -> tuple[Taken, dict[str, Any] | None]:
    """Return what is taken, and the counts of evidence of kind `rate`, None for others.

    mapping: the name of a metric in the frame -> ours. Raises UsageProblem for names that are unknown, InvalidInput
    where shares and counts do not fit.
    """
    if kind not in KINDS:
        raise UsageProblem(f"a MetricFrame is no evidence of kind `{kind}`; it is one of {', '.join(KINDS)}")
    file = file_of(frame)
    numbers = list(_numbers(frame))
    sizes = {frozenset(group.items()): _size(value, file) for name, group, value in numbers if name == COUNT}
    if kind == "rate":
        if mapping:
            raise UsageProblem(
                "evidence of kind `rate` is made from `selection_rate` and `count`; leave `mapping` away"
            )
        return _taken(kind, {SELECTED: "rate"}, numbers), _outcomes(frame, numbers, sizes, file)
    reported = [
        Reported(name, _decimal(value), group, sizes.get(frozenset(group.items())))
        for name, group, value in numbers
        if name != COUNT
    ]
    known = checked_mapping(Choice(kind, dict(mapping)), kind, [each.name for each in reported], file)
    reported = [each if _is_of_all(known.get(each.name, "")) else replace(each, n=None) for each in reported]
    taken = _taken(kind, known, numbers)
    return Taken(
        taken.kind, taken.tool_version, None, claims(reported, known, file), mapping=known, not_taken=taken.not_taken
    ), None


def _is_of_all(metric: str) -> bool:
    """Return whether a metric divides by all rows of a group, which is what `count` counts."""
    found = METRICS.get(ALIASES.get(metric.removeprefix(NOT), metric.removeprefix(NOT)))
    return found is not None and set(found.denominator) == {"tp", "fp", "fn", "tn"} and found.is_proportion


def _taken(kind: str, mapping: Mapping[str, str], numbers: list[tuple[str, dict[str, str], Any]]) -> Taken:
    from importlib.metadata import version  # noqa: PLC0415 (slow, and seldom needed)

    left = dict.fromkeys(name for name, _, _ in numbers if name not in mapping and name != COUNT)
    return Taken(kind, version("fairlearn"), None, mapping=mapping, not_taken=tuple(left))


def _numbers(frame: Any) -> Iterator[tuple[str, dict[str, str], Any]]:
    """Yield (metric, group, value) of everybody, where there are no control features, and of each group."""
    import pandas as pd  # noqa: PLC0415 (heavy; whoever has a MetricFrame has it already)

    by_group = frame.by_group
    if not isinstance(by_group, pd.DataFrame):
        raise UsageProblem("a MetricFrame of one nameless metric says not which; give `metrics={'accuracy': ...}`")
    if not frame.control_levels:
        for name, value in frame.overall.items():
            yield str(name), {}, value
    levels = [str(name) for name in by_group.index.names]
    for key, row in by_group.iterrows():
        group = key if isinstance(key, tuple) else (key,)
        for name, value in row.items():
            yield str(name), dict(zip(levels, (str(each) for each in group), strict=True)), value


def _outcomes(
    frame: Any, numbers: list[tuple[str, dict[str, str], Any]], sizes: Mapping[frozenset[tuple[str, str]], int],
    file: ResultsFile,
) -> dict[str, Any]:  # fmt: skip
    """Return a table of outcomes: how many of each group were selected, and how many were not."""
    names = {name for name, _, _ in numbers}
    if not {SELECTED, COUNT} <= names:
        raise UsageProblem("counts can be told from `selection_rate` and `count` together; the frame has not both")
    levels = [str(name) for name in frame.by_group.index.names]
    rows: list[list[Any]] = []
    for name, group, value in numbers:
        if name != SELECTED or not group:
            continue
        n = sizes[frozenset(group.items())]
        if not n:
            continue
        exact = Fraction(_decimal(value) or 0) * n
        k = round(exact)
        if abs(exact - k) > _NEAR * n:
            raise file.problem(f"{value} of the {n} rows of {group} is no whole number of rows; were they weighted?")
        key = [group[level] for level in levels]
        rows += [[*key, label, rows_] for label, rows_ in (("0", n - k), ("1", k)) if rows_]
    return {"columns": [*levels, "outcome", "n"], "rows": [[*row[:-2], int(row[-2]), row[-1]] for row in sorted(rows)]}


def _size(value: Any, file: ResultsFile) -> int:
    found = _decimal(value)
    if found is None:
        return 0  # an empty group of a MetricFrame has no count
    if found != found.to_integral_value() or found < 0:
        raise file.problem("`count` is no number of rows", found=str(value))
    return int(found)


def _decimal(value: Any) -> Decimal | None:
    """Return a number, None where the frame has none."""
    number = float(value)
    return None if isnan(number) else Decimal(repr(number))
