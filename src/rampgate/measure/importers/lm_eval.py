"""lm-evaluation-harness: the results file of a run, and the samples of its tasks where they were logged.

A task's number is a mean over its samples. Only the samples say whether each of them is a yes or a no, so counts are
taken from them alone: `samples_<task>_*.jsonl` beside the results, one file for each task. A mean without samples is a
claim. Numbers are named `<task>:<metric>,<filter>`, as in `truthfulqa_mc1:acc,none`. Source: `lm_eval/loggers`,
`docs/interface.md` of 0.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rampgate.measure.importers import _json
from rampgate.measure.importers._answers import Judged, judged_tables
from rampgate.measure.importers._base import NOT, Choice, Importer, ResultsFile, Taken
from rampgate.measure.importers._numbers import Reported, checked_mapping, claims

_NEAR = Fraction(1, 10**9)
"""How far a mean of floats may lie from the exact one."""


def read(file: ResultsFile, choice: Choice) -> Taken:
    """Return the mapped numbers: as counts where the samples are given, as claims where they are not."""
    kind = IMPORTER.check(choice)
    value = _json.mapping(_json.read_json(file), "results", file)
    results = _json.mapping(value.get("results"), "`results`", file)
    reported = list(_reported(results, value, file))
    mapping = checked_mapping(choice, kind, [each.name for each in reported], file)
    wanted = [each for each in reported if each.name in mapping]
    samples = _samples(choice)
    judged, claimed = [], []
    for each in wanted:
        task = each.group["task"]
        if task in samples:
            judged.append(_counted(each, samples[task], mapping[each.name], file))
        else:
            claimed.append(each)
    unused = sorted(set(samples) - {each.group["task"] for each in wanted})
    if unused:
        raise file.problem(f"samples of `{unused[0]}` are given, but no number of that task is mapped")
    return Taken(
        kind=kind,
        tool_version=_json.text(value.get("lm_eval_version"), _json.text(value.get("git_hash"))),
        at=_json.moment(value.get("date")),
        claimed=claims(claimed, mapping, file),
        tables=judged_tables(judged, ("task",), file) if judged else None,
        about=f"model {_json.text(value.get('model_name') or _model(value))}",
        mapping=mapping,
        not_taken=tuple(each.name for each in reported if each.name not in mapping),
    )


def _reported(results: Mapping[str, Any], whole: Mapping[str, Any], file: ResultsFile) -> Iterator[Reported]:
    """Yield every number of every task; standard errors are not numbers of their own."""
    sizes = whole.get("n-samples") or {}
    for task, found in results.items():
        size = sizes.get(task) if isinstance(sizes, Mapping) else None
        n = size.get("effective") if isinstance(size, Mapping) else None
        rows = None if n is None else _json.count(n, f"`n-samples` of `{task}`", file)
        for name, value in _json.mapping(found, f"the results of `{task}`", file).items():
            metric, comma, filter_ = name.partition(",")
            if not comma or metric.endswith("_stderr"):
                continue
            number = _json.number(value)
            if number is None and not _json.is_undefined(value):
                continue
            yield Reported(f"{task}:{metric},{filter_}", number, {"task": task}, rows)


def _model(whole: Mapping[str, Any]) -> Any:
    config = whole.get("config")
    return config.get("model") if isinstance(config, Mapping) else None


def _samples(choice: Choice) -> dict[str, list[Mapping[str, Any]]]:
    """Return the samples by task; which task a file is about, its name says."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for file in choice.beside:
        stem = file.path.name
        if not (stem.startswith("samples_") and stem.endswith(".jsonl")):
            raise file.problem("expected the samples of one task, `samples_<task>_<time>.jsonl`")
        task = stem.removeprefix("samples_").rpartition("_")[0]
        if task in found:
            raise file.problem(f"samples of `{task}` are given twice")
        rows = [line for line in file.data.split(b"\n") if line.strip()]
        found[task] = [
            _json.mapping(_json.json_of(line, file, number), "a sample", file) for number, line in enumerate(rows, 1)
        ]
    return found


def _counted(each: Reported, samples: list[Mapping[str, Any]], target: str, file: ResultsFile) -> Judged:
    """Return the number as counts. Raises InvalidInput where samples and results do not agree."""
    task, _, name = each.name.partition(":")
    metric, _, filter_ = name.partition(",")
    values = _values(each.name, [row for row in samples if row.get("filter", filter_) == filter_], metric, file)
    k, n = sum(values), len(values)
    if each.n is not None and each.n != n:
        raise file.problem(f"`{each.name}` is of {each.n} samples, but {n} are given")
    if each.value is None or abs(Fraction(each.value) - Fraction(k, n)) > _NEAR:
        raise file.problem(f"`{each.name}` is {each.value}, but its samples give {k} of {n}")
    yes = n - k if target.startswith(NOT) else k
    return Judged(target.removeprefix(NOT), yes, n, {"task": task})


def _values(name: str, samples: list[Mapping[str, Any]], metric: str, file: ResultsFile) -> list[int]:
    """Return 0 or 1 for each sample; raises InvalidInput for any other value, or a sample that stands twice."""
    seen, values = set(), []
    for row in samples:
        key = row.get("doc_id")
        if not isinstance(key, int) or key in seen:
            raise file.problem(f"samples of `{name}`: `doc_id` {str(key)[:20]} is missing or stands twice")
        seen.add(key)
        value = row.get(metric)
        found = Decimal(value) if isinstance(value, bool) else _json.number(value)
        if found not in (0, 1):
            words = f"`{name}` is no yes or no in every sample, so it has no counts"
            raise file.problem(words, found=str(value)[:40], fix="leave its samples away: it is then a claim")
        values.append(int(found))
    if not values:
        raise file.problem(f"there are no samples of `{name}`")
    return values


IMPORTER = Importer(
    tool="lm-eval",
    what="results of lm-evaluation-harness",
    kinds=("answers",),
    read=read,
    beside="`samples_<task>_<time>.jsonl` of the same run, for counts in place of claims",
)
