"""Small results files in the formats of other tools, built from what a test says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rampgate.measure.importers import Choice, Taken, importer_named, look_at


def taken(tool: str, path: Path, *, beside: tuple[Path, ...] = (), **given: Any) -> Taken:
    """Return what the importer takes from a file."""
    return importer_named(tool).read(look_at(path), Choice(beside=tuple(look_at(each) for each in beside), **given))


def written(folder: Path, value: Any, name: str = "results.json") -> Path:
    """Write JSON as those tools do: NaN stays NaN, no key is sorted."""
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def case(*assertions: tuple[str, bool], provider: str = "openai:gpt-4o", **fields: Any) -> dict[str, Any]:
    """One case of promptfoo: (metric, pass) of each assertion; an assertion type is written `assert:type`."""
    parts = [{"pass": met, "score": int(met), "reason": "", "assertion": _assertion(name)} for name, met in assertions]
    success = all(met for _, met in assertions)
    grading = {"pass": success, "score": 1, "reason": "", "namedScores": {}, "componentResults": parts}
    return {
        "provider": {"id": provider, "label": ""}, "promptIdx": 0, "testIdx": 0, "success": success,
        "failureReason": 0 if success else 1, "gradingResult": grading, "cost": 0.002, "response": {"output": "x"},
        "latencyMs": 5, "namedScores": {}, **fields,
    }  # fmt: skip


def errored(**fields: Any) -> dict[str, Any]:
    """A case of promptfoo whose provider gave no answer."""
    return case(**fields) | {"success": False, "failureReason": 2, "gradingResult": None, "error": "timeout"}


def promptfoo(*cases: dict[str, Any], **stats: int) -> dict[str, Any]:
    """Results of version 3, with a summary that agrees unless `stats` says otherwise."""
    found = {
        "errors": sum(each["failureReason"] == 2 for each in cases),
        "successes": sum(each["success"] for each in cases),
    }
    found["failures"] = len(cases) - found["errors"] - found["successes"]
    results = {"version": 3, "timestamp": "2026-11-18T10:00:00.000Z", "prompts": [], "results": list(cases)}
    return {
        "evalId": "eval-1",
        "results": results | {"stats": found | stats},
        "config": {},
        "metadata": {"promptfooVersion": "0.123.1"},
    }


def _assertion(name: str) -> dict[str, Any]:
    kind = name.removeprefix("assert:")
    return {"type": kind} if kind != name else {"type": "llm-rubric", "metric": name}


def lm_eval(**tasks: tuple[dict[str, float], int]) -> dict[str, Any]:
    """Results of lm-evaluation-harness: task -> ({"acc,none": 0.75, ...}, samples)."""
    return {
        "results": {task: {"alias": task, **numbers} for task, (numbers, _) in tasks.items()},
        "n-samples": {task: {"original": n, "effective": n} for task, (_, n) in tasks.items()},
        "configs": {}, "versions": {}, "n-shot": {}, "date": 1763460000.5, "lm_eval_version": "0.4.9",
        "model_name": "helper",
    }  # fmt: skip


def samples(values: list[Any], metric: str = "acc", **fields: Any) -> str:
    """The samples of one task, as JSON lines."""
    rows = [{"doc_id": i, "filter": "none", "metrics": [metric], metric: v, **fields} for i, v in enumerate(values)]
    return "".join(json.dumps(row) + "\n" for row in rows)


def expectation(kind: str, column: str | None = None, *, success: bool = True, **result: Any) -> dict[str, Any]:
    """One result of Great Expectations."""
    kwargs = {key: result.pop(key) for key in ("mostly",) if key in result}
    kwargs |= {"column": column} if column else {}
    return {
        "success": success,
        "expectation_config": {"expectation_type": kind, "kwargs": kwargs, "meta": {}},
        "result": result,
        "meta": {},
        "exception_info": {"raised_exception": False, "exception_message": None, "exception_traceback": None},
    }


def validation(*results: dict[str, Any], **statistics: int) -> dict[str, Any]:
    """A validation result whose summary agrees unless `statistics` says otherwise."""
    passed = sum(each["success"] for each in results)
    found = {
        "evaluated_expectations": len(results),
        "successful_expectations": passed,
        "unsuccessful_expectations": len(results) - passed,
        "success_percent": 0.0,
    }
    run = {"run_name": None, "run_time": "2026-11-18T09:00:00.25+00:00"}
    return {
        "success": passed == len(results), "results": list(results), "statistics": found | statistics,
        "meta": {"great_expectations_version": "0.18.22", "run_id": run, "expectation_suite_name": "people"},
    }  # fmt: skip


def run_results(*tests: tuple[str, str, int | None], **metadata: str) -> dict[str, Any]:
    """Results of dbt: (unique id, status, failures) of each node."""
    about = {
        "dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json",
        "dbt_version": "1.8.9", "generated_at": "2026-11-18T08:00:00.123456Z", "invocation_id": "i-1",
    }  # fmt: skip
    rows = [{"unique_id": id_, "status": status, "failures": found} for id_, status, found in tests]
    return {"metadata": about | metadata, "results": rows, "elapsed_time": 1.0, "args": {}}


def manifest(invocation: str = "i-1", **nodes: dict[str, Any]) -> dict[str, Any]:
    """The manifest of a dbt run: the config of each test, by its name after `test.shop.`."""
    about = {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "invocation_id": invocation}
    found = {
        f"test.shop.{name}": {
            "column_name": config.pop("column_name", None),
            "config": {"fail_calc": "count(*)", "limit": None} | config,
        }
        for name, config in nodes.items()
    }
    return {"metadata": about, "nodes": found}
