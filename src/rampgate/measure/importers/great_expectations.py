"""Great Expectations: the validation result of one suite, as JSON.

Each expectation is a check. Those about the values of a column count the rows that they looked at, those without a
value and the unexpected ones; these counts are taken, and everything is computed again from them. Nothing has to be
mapped.
Source: `ExpectationSuiteValidationResult.to_json_dict()`, of 0.13 up to 1.x; "Result format" in its documentation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rampgate.errors import UsageProblem
from rampgate.measure.importers import _json
from rampgate.measure.importers._base import Choice, Importer, ResultsFile, Taken
from rampgate.measure.importers._checks import Check, checks_table

_COUNTS = ("element_count", "unexpected_count", "missing_count")


def read(file: ResultsFile, choice: Choice) -> Taken:
    """Return every check of the suite with its counts."""
    kind = IMPORTER.check(choice)
    if choice.mapping:
        raise UsageProblem("great-expectations: its checks keep their names; leave `--map` away")
    value = _json.mapping(_json.read_json(file), "a validation result", file)
    if "run_results" in value:
        fix = "import each validation result in it: write `run_results[...].validation_result` as a file of its own"
        raise file.problem("this is the result of a checkpoint, not of one validation", fix=fix)
    if not {"results", "statistics", "success"} <= set(value):
        raise file.problem("this is no validation result: it has no `results`, `statistics` and `success`")
    results = [_json.mapping(each, "a result", file) for each in _json.items(value["results"], "`results`", file)]
    if not results:
        raise file.problem("it holds no results, so nothing was checked")
    _agrees(value, results, file)
    names: Counter[tuple[str, str]] = Counter()
    checks = [_check(each, names, file) for each in results]
    meta = _json.mapping(value.get("meta") or {}, "`meta`", file)
    suite = value.get("suite_name") or meta.get("expectation_suite_name")
    return Taken(
        kind=kind,
        tool_version=_json.text(meta.get("great_expectations_version")),
        at=_when(meta),
        tables=checks_table(checks),
        about=f"suite {_json.text(suite)}" if suite else None,
    )


def _agrees(value: Mapping[str, Any], results: list[Mapping[str, Any]], file: ResultsFile) -> None:
    """Refuse a result whose own summary says otherwise: something was taken out of it, or put in."""
    statistics = _json.mapping(value["statistics"], "`statistics`", file)
    passed = sum(each.get("success") is True for each in results)
    for name, found in (("evaluated_expectations", len(results)), ("successful_expectations", passed)):
        said = _json.count(statistics.get(name), f"`{name}`", file)
        if said != found:
            raise file.problem(f"its summary says {said} for `{name}`, but its results give {found}")
    if value["success"] is not (passed == len(results)):
        raise file.problem("its `success` is not what its results give")


def _check(result: Mapping[str, Any], names: Counter[tuple[str, str]], file: ResultsFile) -> Check:
    config = _json.mapping(result.get("expectation_config"), "`expectation_config`", file)
    kwargs = _json.mapping(config.get("kwargs") or {}, "`kwargs`", file)
    name = _json.text(config.get("expectation_type") or config.get("type"), "")
    if not name:
        raise file.problem("a result does not say which expectation it is about")
    column = _column(kwargs)
    names[(name, column)] += 1
    if names[(name, column)] > 1:
        name = f"{name} #{names[(name, column)]}"
    state = "passed" if result.get("success") is True else "failed"
    if _raised(result.get("exception_info")):
        state = "erred"
    counted = _counts(result.get("result"), f"{name} of {column or 'the table'}", file)
    if counted and state == "passed" and _is_strict(kwargs) and counted[0]:
        raise file.problem(f"`{name}` of `{column}` is a success, but has {counted[0]} unexpected rows and no `mostly`")
    return Check(name, column, state, counted)


def _column(kwargs: Mapping[str, Any]) -> str:
    if "column" in kwargs:
        return _json.text(kwargs["column"], "")
    pair = [kwargs[name] for name in ("column_A", "column_B") if name in kwargs]
    several = kwargs.get("column_list") or kwargs.get("column_set") or pair
    return ", ".join(_json.text(each, "") for each in several) if isinstance(several, list) else ""


def _is_strict(kwargs: Mapping[str, Any]) -> bool:
    mostly = _json.number(kwargs.get("mostly", 1))
    return mostly == 1


def _raised(info: Any) -> bool:
    """Return whether an expectation could not be evaluated; 1.x files the information by metric."""
    if not isinstance(info, Mapping):
        return False
    if "raised_exception" in info:
        return info["raised_exception"] is not False
    return any(_raised(each) for each in info.values())


def _counts(result: Any, what: str, file: ResultsFile) -> tuple[int, int, int] | None:
    """Return (unexpected, missing, rows), None for an expectation that does not count rows."""
    if not isinstance(result, Mapping) or not {"element_count", "unexpected_count"} <= set(result):
        return None
    rows, unexpected = (_json.count(result[name], f"`{name}` of {what}", file) for name in _COUNTS[:2])
    missing = _json.count(result.get("missing_count") or 0, f"`missing_count` of {what}", file)
    if unexpected > rows:
        raise file.problem(f"{what}: {unexpected} of {rows} rows can not be")
    # Where the check is for missing values, the rows without one are the unexpected ones themselves.
    return (unexpected, missing, rows) if unexpected <= rows - missing else (unexpected, 0, rows)


def _when(meta: Mapping[str, Any]) -> str | None:
    run = meta.get("run_id")
    found = run.get("run_time") if isinstance(run, Mapping) else None
    return _json.moment(found) or _json.moment(meta.get("validation_time"))


IMPORTER = Importer(
    tool="great-expectations",
    what="the validation result of a suite",
    kinds=("checks",),
    read=read,
)
