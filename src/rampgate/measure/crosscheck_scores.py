"""Computes measures of scores, classes and calibration with scikit-learn too, and insists that they agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from rampgate.formats.measured._base import Told
from rampgate.formats.measured.multiclass import CLASS, total_of
from rampgate.measure.crosscheck import TOLERANCE, agreed, bound_text, installed
from rampgate.measure.engines._base import RELATION, Relation
from rampgate.measure.labels import code_of
from rampgate.measure.request import MeasureRequest
from rampgate.stats.auc import area, average_precision
from rampgate.stats.counts import SCALE, Group
from rampgate.stats.multiclass import Confusion
from rampgate.stats.probabilities import brier, log_loss
from rampgate.stats.scores import Scores, ScoreTable

LOSS_TOLERANCE = 1e-6
"""Of log loss: near 1 a double has lost the digits of 1 - p, on which it rests."""

MOST_ROWS = 200_000
"""Sums can only be checked against the rows, and more rows than these cost more than they tell."""


def check_scores(table: ScoreTable) -> list[dict[str, str]]:
    """Return what scikit-learn said of the scores of every group; nothing where they lie in bins of unknown scores.

    Raises CrosscheckFailed if a measure differs by more than 1e-12 (log loss: 1e-6), UsageProblem if scikit-learn is
    not installed.
    """
    if not table.is_exact:
        return []
    with installed("scikit-learn"):
        import sklearn  # noqa: PLC0415 (heavy; needed by measuring alone)

    largest = 0.0
    for columns in [(), table.columns] if table.columns else [()]:
        for group, scores in table.groups(columns).items():
            largest = max(largest, _largest_of_scores(group, scores))
    bound = bound_text(largest, TOLERANCE if largest <= TOLERANCE else LOSS_TOLERANCE)
    return [{"library": "scikit-learn", "version": sklearn.__version__, "max_difference": bound}]


def check_classes(confusions: Mapping[Group, Confusion], told: Iterable[Told]) -> dict[str, str]:
    """Return what scikit-learn said of every measure of more than two classes that is defined.

    Raises CrosscheckFailed if one differs by more than 1e-12, UsageProblem if scikit-learn is not installed.
    """
    with installed("scikit-learn"):
        import sklearn  # noqa: PLC0415 (heavy; needed by measuring alone)

    found: dict[Group, list[Told]] = {}
    for each in told:
        found.setdefault(tuple(value for name, value in each.group.items() if name != CLASS), []).append(each)
    largest = 0.0
    for group, measures in found.items():
        cells = total_of(confusions).cells if not group else confusions[group].cells
        largest = max(largest, _largest_of_classes(group, cells, measures))
    return {"library": "scikit-learn", "version": sklearn.__version__, "max_difference": bound_text(largest, TOLERANCE)}


def _largest_of_classes(group: Group, cells: Mapping[tuple[str, str], int], measures: list[Told]) -> float:
    from sklearn import metrics  # noqa: PLC0415 (heavy; needed by measuring alone)

    kept = [(truth, predicted, n) for (truth, predicted), n in cells.items() if n]
    truth, predicted, n = [each[0] for each in kept], [each[1] for each in kept], [each[2] for each in kept]
    classes = sorted({*truth, *predicted})
    functions = {"precision": metrics.precision_score, "recall": metrics.recall_score, "f1": metrics.f1_score}
    others = {"accuracy": metrics.accuracy_score(truth, predicted, sample_weight=n)}
    by_class: dict[str, dict[str, float]] = {}
    for name, function in functions.items():
        given = {"labels": classes, "sample_weight": n, "zero_division": 0}
        by_class[name] = dict(zip(classes, function(truth, predicted, average=None, **given), strict=True))
        for average in ("macro", "weighted"):
            others[f"{average}_{name}"] = function(truth, predicted, average=average, **given)
    largest = 0.0
    for each in measures:
        other = by_class.get(each.metric, {}).get(each.group.get(CLASS, ""), others.get(each.metric))
        if each.value is not None and other is not None:
            largest = max(largest, agreed(each.metric, group, float(each.value), float(other), TOLERANCE))
    return largest


def check_calibration(relation: Relation, request: MeasureRequest, table: ScoreTable) -> dict[str, str] | None:
    """Return what scikit-learn said of the Brier score of the rows, against their sums; None for too many rows.

    Sums are of scores with 9 decimal places, so the two may differ by 1e-8.
    """
    if relation.identity().rows > MOST_ROWS:
        return None
    with installed("scikit-learn"):
        import sklearn  # noqa: PLC0415 (heavy; needed by measuring alone)
        from sklearn import metrics  # noqa: PLC0415

    truth, score = str(request.y_true), str(request.y_score)
    number = relation.dialect.number(score, relation.columns()[score])
    label = relation.dialect.as_text(relation.dialect.quoted(truth))
    rows = relation.query(f"SELECT {label}, {number} FROM {RELATION}")  # noqa: S608 (quoted by the dialect)
    found = brier(table.total)
    other = metrics.brier_score_loss([code_of(row[0], request.positive) for row in rows], [row[1] for row in rows])
    tolerance = 1e-8
    largest = agreed("brier", (), float(found.value) if found else math.nan, float(other), tolerance)
    return {"library": "scikit-learn", "version": sklearn.__version__, "max_difference": bound_text(largest, tolerance)}


def _largest_of_scores(group: Group, scores: Scores) -> float:
    from sklearn import metrics  # noqa: PLC0415 (heavy; needed by measuring alone)

    cells = [
        (score, label, part.n)
        for each in scores.bins
        for score, label, part in ((each.low or 0, 1, each.positive), (each.low or 0, 0, each.negative))
        if part.n
    ]
    values, truth, n = ([each[place] for each in cells] for place in range(3))
    shares = [value / SCALE for value in values]
    found = area(scores)
    pairs: list[tuple[str, Any, float]] = []
    if found is not None:
        pairs.append(("roc_auc", found.value, metrics.roc_auc_score(truth, shares, sample_weight=n)))
        precision = metrics.average_precision_score(truth, shares, sample_weight=n)
        pairs.append(("average_precision", average_precision(scores), precision))
    squared, loss = brier(scores), log_loss(scores)
    if squared is not None and loss is not None:
        clipped = [min(max(value, 1), SCALE - 1) / SCALE for value in values]
        pairs.append(("brier", squared.value, metrics.brier_score_loss(truth, shares, sample_weight=n, pos_label=1)))
        pairs.append(("log_loss", loss.value, metrics.log_loss(truth, clipped, sample_weight=n, labels=[0, 1])))
    return max(
        (
            agreed(name, group, float(ours), float(other), LOSS_TOLERANCE if name == "log_loss" else TOLERANCE)
            for name, ours, other in pairs
        ),
        default=0.0,
    )
