"""MLflow: the metrics of one run, from the database of a tracking server or from a run that was exported as JSON.

MLflow keeps a number by name and nothing that it rests on, so everything taken is a claim. Taken is the last value of
each metric, as MLflow itself shows it. Of a database, `run` (its id) or `model` (a registered `NAME/VERSION`) says
which run. Source: `mlflow.store.tracking.dbmodels.models`, REST API `2.0/mlflow/runs/get`, `Run.to_dictionary()`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from typing import Any

from rampgate.errors import Unreachable, UsageProblem
from rampgate.measure.importers import _json
from rampgate.measure.importers._base import Choice, Importer, ResultsFile, Taken
from rampgate.measure.importers._numbers import Reported, checked_mapping, claims, listed

_MAGIC = b"SQLite format 3\x00"


def read(file: ResultsFile, choice: Choice) -> Taken:
    """Return the mapped metrics of one run."""
    kind = IMPORTER.check(choice)
    run, metrics, times, version = (
        _of_database(file, choice) if file.data.startswith(_MAGIC) else _of_json(file, choice)
    )
    if not metrics:
        raise file.problem(f"run `{run}` has no metrics")
    mapping = checked_mapping(choice, kind, metrics, file)
    reported = [Reported(name, value) for name, value in metrics.items()]
    # The oldest of what is taken: nothing may look younger than it is.
    at = min((times[name] for name in mapping if name in times), default=None)
    return Taken(
        kind=kind,
        tool_version=version,
        at=None if at is None else _json.moment(Decimal(at) / 1000),
        claimed=claims(reported, mapping, file),
        about=f"run {run}",
        mapping=mapping,
        not_taken=tuple(name for name in metrics if name not in mapping),
    )


Run = tuple[str, dict[str, Decimal | None], dict[str, int], str]


def _of_database(file: ResultsFile, choice: Choice) -> Run:
    # Immutable: nothing is locked, and no journal is written beside somebody's database.
    place = f"{file.path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(place, uri=True)) as database:
            run = _picked(database, file, choice)
            rows = database.execute(
                "SELECT key, value, is_nan, timestamp FROM latest_metrics WHERE run_uuid = ? ORDER BY key", (run,)
            ).fetchall()
            tags = database.execute("SELECT value FROM tags WHERE run_uuid = ? AND key = 'mlflow.version'", (run,))
            version = tags.fetchone()
    except sqlite3.DatabaseError as error:
        raise Unreachable(f"{file.path}: can not be read as the database of an MLflow server ({error})") from error
    metrics = {str(key): None if is_nan else _float(value) for key, value, is_nan, _ in rows}
    times = {str(key): int(time) for key, _, _, time in rows}
    return run, metrics, times, _json.text(version[0] if version else None)


def _picked(database: sqlite3.Connection, file: ResultsFile, choice: Choice) -> str:
    """Return the id of the one run that is meant."""
    picks = choice.picks
    if ("run" in picks) == ("model" in picks):
        raise UsageProblem(f"{file.path}: say which run: `--pick run=ID` or `--pick model=NAME/VERSION`")
    if "run" in picks:
        found = database.execute("SELECT run_uuid FROM runs WHERE run_uuid = ?", (picks["run"],)).fetchall()
        if not found:
            raise UsageProblem(f"{file.path}: there is no run `{picks['run']}`")
        return picks["run"]
    name, _, version = picks["model"].rpartition("/")
    if not name or not version.isdecimal():
        raise UsageProblem(f"`--pick model={picks['model']}`: expected NAME/VERSION, such as `credit-risk/2`")
    found = database.execute(
        "SELECT run_id FROM model_versions WHERE name = ? AND version = ?", (name, int(version))
    ).fetchall()
    if len(found) != 1 or not found[0][0]:
        known = [str(row[0]) for row in database.execute("SELECT version FROM model_versions WHERE name = ?", (name,))]
        words = f"versions of `{name}`: {listed(known)}" if known else f"it has no model `{name}`"
        raise UsageProblem(f"{file.path}: no single run stands behind `{picks['model']}`; {words}")
    return str(found[0][0])


def _of_json(file: ResultsFile, choice: Choice) -> Run:
    value = _json.mapping(_json.read_json(file), "a run", file)
    run = _json.mapping(value.get("run", value), "a run", file)
    if not {"info", "data"} <= set(run):
        fix = "write the answer of `runs/get`, or `Run.to_dictionary()`, as JSON"
        raise file.problem("this is no exported run of MLflow: it has no `info` and `data`", fix=fix)
    info, data = _json.mapping(run["info"], "`info`", file), _json.mapping(run["data"], "`data`", file)
    id_ = str(info.get("run_id") or info.get("run_uuid") or "unknown")
    if choice.picks.get("run", id_) != id_ or "model" in choice.picks:
        raise UsageProblem(f"{file.path}: this file is about the run `{id_}` alone")
    metrics, times = {}, {}
    for name, number, when in _metrics(data.get("metrics", {}), file):
        if name in metrics:
            raise file.problem(f"metric `{name}` stands twice", fix="export the latest value of each metric alone")
        if not _json.is_undefined(number) and _json.number(number) is None:
            raise file.problem(f"metric `{name}` is no number", found=str(number)[:40])
        metrics[name] = _json.number(number)
        if when is not None:
            times[name] = when
    ended = info.get("end_time")
    if isinstance(ended, int):
        times = {name: times.get(name, ended) for name in metrics}
    return id_, metrics, times, _json.text(_tags(data.get("tags")).get("mlflow.version"))


def _metrics(found: Any, file: ResultsFile) -> Iterator[tuple[str, Any, int | None]]:
    if isinstance(found, Mapping):
        for name, value in found.items():
            yield name, value, None
        return
    for each in _json.items(found, "`metrics`", file):
        entry = _json.mapping(each, "a metric", file)
        when = entry.get("timestamp")
        written = str(when)
        # JSON of protocol buffers writes 64-bit numbers, and NaN, as texts.
        value = None if entry.get("value") == "NaN" else entry.get("value")
        yield str(entry.get("key")), value, int(written) if written.isdecimal() and len(written) < 20 else None


def _tags(found: Any) -> dict[str, Any]:
    if isinstance(found, Mapping):
        return dict(found)
    if isinstance(found, list):
        return {str(each.get("key")): each.get("value") for each in found if isinstance(each, Mapping)}
    return {}


def _float(value: Any) -> Decimal:
    return Decimal(repr(float(value)))


IMPORTER = Importer(
    tool="mlflow",
    what="the metrics of one run, from `mlflow.db` or an exported run",
    kinds=("performance", "fairness", "rate", "regression", "multiclass", "calibration", "drift", "answers"),
    read=read,
    picks={"run": "the id of the run", "model": "a registered version, as NAME/VERSION"},
)
