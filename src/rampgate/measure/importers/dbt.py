"""dbt: the tests in `run_results.json`, with `manifest.json` beside it for what each of them means.

Each test is a check. How many rows a test found is taken only with the manifest, and only where it says that failures
are counted row by row (`fail_calc: count(*)`) and without a limit: other numbers of failures are something else. How
many rows a test looked at is nowhere in these files. Source: schemas.getdbt.com, run-results v1 to v6, manifest v1 to
v12.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rampgate.errors import UsageProblem
from rampgate.measure.importers import _json
from rampgate.measure.importers._base import Choice, Importer, ResultsFile, Taken
from rampgate.measure.importers._checks import Check, checks_table

_RESULTS = {"pass": "passed", "warn": "warned", "fail": "failed", "error": "erred", "skipped": "skipped"}
_RUN_RESULTS = re.compile(r"https://schemas\.getdbt\.com/dbt/run-results/v([1-6])\.json")
_MANIFEST = re.compile(r"https://schemas\.getdbt\.com/dbt/manifest/v([0-9]+)\.json")


def read(file: ResultsFile, choice: Choice) -> Taken:
    """Return every test that ran, with the rows that it found where that can be told."""
    kind = IMPORTER.check(choice)
    if choice.mapping:
        raise UsageProblem("dbt: its tests keep their names; leave `--map` away")
    value = _json.mapping(_json.read_json(file), "run results", file)
    metadata = _json.mapping(value.get("metadata") or {}, "`metadata`", file)
    _is_schema(metadata, _RUN_RESULTS, "run results of dbt (v1 to v6)", file)
    nodes = _manifest(choice, metadata)
    checks: list[Check] = []
    others: list[str] = []
    for each in _json.items(value.get("results"), "`results`", file):
        result = _json.mapping(each, "a result", file)
        id_ = _json.text(result.get("unique_id"), "")
        if not id_.startswith("test."):
            others.append(id_ or "a result without a name")
            continue
        check, left = _check(id_, result, nodes, file)
        checks.append(check)
        others += [left] if left else []
    if not checks:
        words = f"it holds no tests, only {len(others)} other results"
        raise file.problem(words, fix="run `dbt test` or `dbt build`, and import what it writes")
    names = [(each.name, each.column) for each in checks]
    if len(set(names)) < len(names):
        raise file.problem("a test stands in it twice")
    return Taken(
        kind=kind,
        tool_version=_json.text(metadata.get("dbt_version")),
        at=_json.moment(metadata.get("generated_at")),
        tables=checks_table(checks),
        about=f"invocation {_json.text(metadata.get('invocation_id'))}",
        not_taken=tuple(others),
    )


def _is_schema(metadata: Mapping[str, Any], wanted: re.Pattern[str], words: str, file: ResultsFile) -> None:
    schema = str(metadata.get("dbt_schema_version", ""))
    if not wanted.fullmatch(schema):
        raise file.problem(f"these are no {words}", found=schema[:80] or "no `dbt_schema_version`")


def _manifest(choice: Choice, metadata: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the nodes of the manifest that was written with these results, None where none is given."""
    if not choice.beside:
        return None
    if len(choice.beside) > 1:
        raise UsageProblem("dbt: one manifest goes with its results")
    (file,) = choice.beside
    value = _json.mapping(_json.read_json(file), "a manifest", file)
    own = _json.mapping(value.get("metadata") or {}, "`metadata`", file)
    _is_schema(own, _MANIFEST, "manifest of dbt", file)
    if own.get("invocation_id") != metadata.get("invocation_id"):
        found, wanted = _json.text(own.get("invocation_id")), _json.text(metadata.get("invocation_id"))
        raise file.problem("it was written by another run than the results", found=found, expected=wanted)
    return _json.mapping(value.get("nodes") or {}, "`nodes`", file)


def _check(
    id_: str, result: Mapping[str, Any], nodes: Mapping[str, Any] | None, file: ResultsFile
) -> tuple[Check, str]:
    """Return one test as a check, and what of it is not taken."""
    status = str(result.get("status"))
    if status not in _RESULTS:
        raise file.problem(f"`{id_}` has the unknown status `{status[:40]}`", expected=", ".join(_RESULTS))
    failures = result.get("failures")
    found = None if failures is None else _json.count(failures, f"`failures` of `{id_}`", file)
    if status == "fail" and found == 0:
        raise file.problem(f"`{id_}` failed with 0 failures")
    name, column = id_.removeprefix("test."), ""
    if nodes is None:
        return Check(name, column, _RESULTS[status]), f"failures of {name} (no manifest)" if found else ""
    node = nodes.get(id_)
    if not isinstance(node, Mapping):
        raise file.problem(f"`{id_}` is not in the manifest")
    column = _json.text(node.get("column_name"), "")
    config = _json.mapping(node.get("config") or {}, f"`config` of `{id_}`", file)
    if config.get("fail_calc") != "count(*)" or config.get("limit") is not None:
        return Check(name, column, _RESULTS[status]), f"failures of {name} (not counted row by row)"
    return Check(name, column, _RESULTS[status], found=found), ""


IMPORTER = Importer(
    tool="dbt",
    what="the tests of `run_results.json`",
    kinds=("checks",),
    read=read,
    beside="`manifest.json` of the same run, for how many rows each test found",
)
