"""What measurements of labels share: reading the counts, leaving out small groups, building the evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.digest import canonical_json, sha256_of
from rampgate.formats.measured._base import Told
from rampgate.formats.measured._score_table import SCORES, written
from rampgate.formats.measured.score_quality import told_of
from rampgate.measure.cells import count_cells
from rampgate.measure.crosscheck import SKIPPED, Measured, check_rates, together
from rampgate.measure.crosscheck_scores import check_scores
from rampgate.measure.engines import open_request, provenance
from rampgate.measure.evidence import (
    evidence_of,
    group_words,
    measured_rates,
    rate_entry,
    shown,
    splits_of,
    suppressed_groups,
    suppression_of,
    told_entry,
    told_words,
)
from rampgate.measure.labels import counts_table, look_alikes
from rampgate.measure.options import refuse_others
from rampgate.measure.request import MeasureRequest, pooled
from rampgate.measure.scores import pool_scores, read_scores
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.rates import METRICS
from rampgate.stats.scores import ScoreTable

OF_A_RATE = ("outcome", "by", "weight", "positive", "min_cell", "pool", "truth")
OF_LABELS = ("y_true", "y_pred", "y_score", "threshold", *OF_A_RATE[1:])


@dataclass(frozen=True, slots=True)
class Labelled:
    """The counts of some data without their small groups, what they give, and the evidence so far.

    told: what counts and scores tell beside rates.
    """

    table: CountsTable
    measured: list[Measured]
    told: list[Told]
    evidence: dict[str, Any]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted in one table; `scores` is None where no scores were asked for."""

    table: CountsTable
    source: dict[str, Any]
    warnings: list[str]
    scores: ScoreTable | None = None


Beside = Callable[[CountsTable, Sequence[Group]], Iterable[Told]]
"""What a kind tells beside rates, from the counts and the sets of columns that it is split by."""


def measure_labels(
    kind: str, request: MeasureRequest, now: datetime, *, metrics: Sequence[str], each_column: bool, beside: Beside
) -> Labelled:
    """Return the counts and rates of a request for labels; `each_column` asks for each group column alone too."""
    counted = _read(kind, request)
    full, source, warnings = counted.table, counted.source, list(counted.warnings)
    small = suppressed_groups({group: cells.rows for group, cells in full.groups().items()}, full.columns, request)
    table = full.without(small)
    splits = splits_of(table.columns, each_column=each_column)
    measured = measured_rates(table, metrics, splits)
    told = list(beside(table, splits))
    content: dict[str, Any] = {
        "counts": {"columns": table.column_names(), "rows": table.rows()},
        **suppression_of(small, table.columns, request),
    }
    checks = [check_rates(table, measured)] if request.crosscheck else []
    if counted.scores is not None:
        scores = counted.scores.without(small)
        told += told_of(scores)
        content["tables"] = {SCORES: written(scores)}
        checks += check_scores(scores) if request.crosscheck else []
    elif kind == "performance" and request.y_score is not None:
        warnings.append("no score was counted, so nothing is told of ranking and probabilities: see --weight and --by")
    content["measures"] = [*(rate_entry(*each) for each in measured), *map(told_entry, told)]
    content["crosscheck"] = together(checks) if request.crosscheck else SKIPPED
    if small:
        listed = "; ".join(group_words(table.columns, group) for group in small[:5])
        more = f" and {len(small) - 5} more" if len(small) > 5 else ""
        warnings.append(f"left out, having fewer than {request.min_cell} rows: {listed}{more}")
    rows = full.total.rows
    evidence = evidence_of(kind, request, now, digest=source["digest"], rows=rows, content=content, source=source)
    return Labelled(table, measured, told, evidence, tuple(warnings))


def by_metric(labelled: Labelled) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return a header and one line for each metric of each group, to print."""
    lines = []
    for columns, group, name, rate in labelled.measured:
        proportion = METRICS[name].is_proportion
        interval = rate.interval() if proportion else None
        parts = (name, shown(rate.value, interval), f"{rate.k:,} of {rate.n:,}" if proportion else "")
        lines.append((group_words(columns, group), *parts))
    lines += [(*told_words(each), "") for each in labelled.told]
    return ("group", "metric", "value (95% interval)", "rows"), tuple(lines)


def _read(kind: str, request: MeasureRequest) -> _Counted:
    """Return the counts of all data together, the source that stands for them, and what looks wrong."""
    first = _read_one(kind, request)
    table, source, warnings = first.table, first.source, first.warnings
    digests, scores = [source["digest"]], [first.scores]
    for path in request.pool:
        more = _read_one(kind, pooled(request, path))
        other = more.source
        if other["digest"] in digests:
            raise InvalidInput(
                [Problem(str(path), "these are the same bytes as another file to pool", fix="name it once")]
            )
        table, digests, warnings = table + more.table, [*digests, other["digest"]], [*warnings, *more.warnings]
        scores.append(more.scores)
        source["sql"] = list(dict.fromkeys([*source["sql"], *other["sql"]]))
        if source.get("schema_fingerprint") != other["schema_fingerprint"]:
            source.pop("schema_fingerprint", None)  # one digest can not name two lists of columns
    if request.pool:
        source["digest"] = sha256_of(canonical_json(sorted(digests)))
        source["digest_of"] = "the sorted digests of all data that were pooled"
    return _Counted(table, source, warnings, pool_scores(scores))


def _read_one(kind: str, request: MeasureRequest) -> _Counted:
    scored = request.y_score is not None
    columns, labels = _label_columns(kind, request)
    with open_request(request) as relation:
        raw = count_cells(
            relation,
            group_columns=request.by,
            label_columns=columns,
            weight=request.weight,
            y_score=request.y_score,
            threshold=request.threshold,
        )
        table = counts_table(
            raw, request.data, groups=request.by, labels=labels, positive=request.positive, scored=scored
        )
        scores = None
        if kind == "performance" and scored and request.weight is None:
            scores = read_scores(relation, request, groups=len(table.groups()))
        source = provenance(relation)
    warnings = look_alikes(raw, len(request.by))
    for place, name in enumerate(columns):
        found = {row[len(request.by) + place] for row in table.rows()}
        if len(found) == 1:
            warnings.append(f"column `{name}` is {found.pop()} in every row")
    return _Counted(table, source, warnings, scores)


def _label_columns(kind: str, request: MeasureRequest) -> tuple[list[str], Group]:
    """Return the columns to read labels from, and what each of them is; a score is read beside them."""
    if kind == "rate":
        if request.outcome is None:
            raise UsageProblem("a rate needs the column of its outcome: `--outcome COLUMN`")
        refuse_others("rate, which has an outcome, and neither truth nor prediction", request, takes=OF_A_RATE)
        return [request.outcome], ("outcome",)
    if request.outcome is not None:
        raise UsageProblem(f"`--outcome` is for a rate, and {kind} needs `--y-true` and `--y-pred`")
    refuse_others(kind, request, takes=OF_LABELS)
    if request.y_true is None:
        raise UsageProblem(f"{kind} needs the column of the truth: `--y-true COLUMN`")
    if (request.y_score is None) != (request.threshold is None):
        raise UsageProblem("a score needs a threshold, and a threshold a score: `--y-score COLUMN --threshold NUMBER`")
    if request.threshold is not None and not request.threshold.is_finite():
        raise UsageProblem(f"a threshold is a finite number, found {request.threshold}")
    if (request.y_pred is None) == (request.y_score is None):
        raise UsageProblem(f"{kind} needs either `--y-pred COLUMN` or `--y-score COLUMN --threshold NUMBER`")
    if request.y_true in (request.y_pred, request.y_score):
        raise UsageProblem(f"truth and prediction are the same column `{request.y_true}`")
    return [request.y_true, *([request.y_pred] if request.y_pred is not None else [])], ("y_true", "y_pred")
