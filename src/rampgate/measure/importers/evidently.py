"""Evidently: the metrics of a report, of 0.7 (`metric_name`, `value`) and of the releases before (`metric`, `result`).

A report has numbers and nothing that they rest on, so everything taken is a claim. A number is named by its metric and,
where there is one, its method, which decides what it means: `ValueDrift(method=psi)` is an index, and
`ValueDrift(method=K-S p_value)` a probability, of which the smaller is the worse. The column is the group. A report of
0.7 does not say when it was made. Source: `evidently.core.report.Snapshot.json()`, `evidently.legacy` `Report.json()`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from rampgate.errors import UsageProblem
from rampgate.measure.importers import _json
from rampgate.measure.importers._base import Choice, Importer, ResultsFile, Taken
from rampgate.measure.importers._numbers import Reported, checked_mapping, claims

_DEEPEST = 5
P_VALUE = "p_value"
"""In the name of every method whose number is a probability."""

_PREFIX = "evidently:metric_v2:"


def read(file: ResultsFile, choice: Choice) -> Taken:
    """Return the mapped numbers of a report."""
    kind = IMPORTER.check(choice)
    value = _json.mapping(_json.read_json(file), "a report", file)
    reported: list[Reported] = []
    for each in _json.items(value.get("metrics"), "`metrics`", file):
        metric = _json.mapping(each, "a metric", file)
        if "value" in metric and "config" in metric:
            reported += _of_new(metric, file)
        elif "result" in metric and "metric" in metric:
            reported += _of_old(metric, file)
        else:
            fix = "write the report as JSON, with `save_json`"
            raise file.problem("this is no report of Evidently: a metric has neither `value` nor `result`", fix=fix)
    names = list(dict.fromkeys(each.name for each in reported))
    for name in choice.mapping:
        if P_VALUE in name:
            words = "is a probability, of which the smaller is the worse; no metric of ours is one"
            raise UsageProblem(f"{file.path}: `{name}` {words}; choose another method in the report, such as `psi`")
    mapping = checked_mapping(choice, kind, names, file)
    return Taken(
        kind=kind,
        tool_version=_json.text(value.get("version")),
        at=_json.moment(value.get("timestamp")),
        claimed=claims(reported, mapping, file),
        mapping=mapping,
        not_taken=tuple(name for name in names if name not in mapping),
    )


def _of_new(metric: Mapping[str, Any], file: ResultsFile) -> Iterator[Reported]:
    config = _json.mapping(metric["config"], "`config`", file)
    name = str(config.get("type", "")).removeprefix(_PREFIX) or str(metric.get("metric_name"))
    method, column = config.get("method"), config.get("column")
    if method is not None:
        name += f"(method={method})"
    group = {"column": column} if isinstance(column, str) else {}
    for way, number in _numbers(metric["value"], ()):
        yield Reported(".".join((name, *way)), number, group)


def _of_old(metric: Mapping[str, Any], file: ResultsFile) -> Iterator[Reported]:
    name = str(metric["metric"])
    result = _json.mapping(metric["result"], f"the result of `{name}`", file)
    drifts = result.get("drift_by_columns")
    for each in drifts.values() if isinstance(drifts, Mapping) else [result]:
        yield from _drift(name, _json.mapping(each, "the drift of a column", file))
    for way, number in _numbers({key: part for key, part in result.items() if key != "drift_by_columns"}, ()):
        if way[-1] != "drift_score":
            yield Reported(".".join((name, *way)), number)


def _drift(name: str, found: Mapping[str, Any]) -> Iterator[Reported]:
    score, column, method = found.get("drift_score"), found.get("column_name"), found.get("stattest_name")
    if isinstance(column, str) and isinstance(method, str):
        number = _json.number(score)
        if number is not None or _json.is_undefined(score):
            yield Reported(f"{name}.drift_score(method={method})", number, {"column": column})


def _numbers(value: Any, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Decimal | None]]:
    """Yield every single number, with the keys that lead to it; lists, such as the points of a curve, have none."""
    number = _json.number(value)
    if number is not None or (isinstance(value, Decimal) and value.is_nan()):
        yield way, number
    elif isinstance(value, Mapping) and len(way) < _DEEPEST:
        for key, part in value.items():
            yield from _numbers(part, (*way, str(key)))


IMPORTER = Importer(
    tool="evidently",
    what="the metrics of a report",
    kinds=("drift", "data_quality", "performance", "fairness", "regression", "multiclass", "answers"),
    read=read,
)
