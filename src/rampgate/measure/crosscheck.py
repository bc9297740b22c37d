"""Computes the same measures with another library from the same table, and insists that they agree.

Counts go to Fairlearn's `MetricFrame` as sample weights. Rates that are undefined here are left out: those libraries
report 0 for them. Fairlearn takes a second to load, so it is imported when it is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rampgate.errors import RampgateError, UsageProblem
from rampgate.formats.measured import Told
from rampgate.formats.measured.multiclass import CLASS, total_of
from rampgate.measure.engines._base import RELATION, Relation
from rampgate.measure.labels import code_of
from rampgate.measure.request import MeasureRequest
from rampgate.stats.auc import area, average_precision
from rampgate.stats.counts import SCALE, CountsTable, Group
from rampgate.stats.multiclass import Confusion
from rampgate.stats.probabilities import brier, log_loss
from rampgate.stats.rates import Rate
from rampgate.stats.scores import Scores, ScoreTable

TOLERANCE = 1e-12
"""The largest difference of two rates that rounding can explain."""

SKIPPED = "skipped"
"""What evidence says where nobody wanted a cross-check."""

LOSS_TOLERANCE = 1e-6
"""Of log loss: near 1 a double has lost the digits of 1 - p, on which it rests."""

MOST_ROWS = 200_000
"""Sums can only be checked against the rows, and more rows than these cost more than they tell."""

MOST_GROUPS = 500
"""Splits into more groups are not checked: each costs 7 ms, and the arithmetic is the same."""

_LABELS = {"tp": (1, 1), "fp": (0, 1), "fn": (1, 0), "tn": (0, 0), "yes": (1, 1), "no": (0, 0)}

Measured = tuple[Group, Group, str, Rate]


class CrosscheckFailed(RampgateError):
    """Two libraries disagree about the same table; one of them is wrong, so nothing is reported."""


def check_rates(table: CountsTable, measured: Iterable[Measured]) -> dict[str, str]:
    """Return what Fairlearn said of the same rates, as evidence writes it.

    Raises CrosscheckFailed if a rate differs by more than 1e-12; UsageProblem if Fairlearn is not installed.
    """
    with _installed("Fairlearn"):
        import fairlearn  # noqa: PLC0415 (heavy; needed by measuring alone)
        import fairlearn.metrics  # noqa: PLC0415
        import pandas  # noqa: F401, PLC0415, ICN001 - what Fairlearn is given
    by_split: dict[Group, list[Measured]] = {}
    for each in measured:
        by_split.setdefault(each[0], []).append(each)
    largest = 0.0
    for split, rates in by_split.items():
        if len({group for _, group, _, _ in rates}) <= MOST_GROUPS:
            largest = max(largest, _largest_difference(table.marginal(split), rates))
    return {"library": "fairlearn", "version": fairlearn.__version__, "max_difference": _bound(largest, TOLERANCE)}


def check_scores(table: ScoreTable) -> list[dict[str, str]]:
    """Return what scikit-learn said of the scores of every group; nothing where they lie in bins of unknown scores.

    Raises CrosscheckFailed if a measure differs by more than 1e-12 (log loss: 1e-6), UsageProblem if scikit-learn is
    not installed.
    """
    if not table.is_exact:
        return []
    with _installed("scikit-learn"):
        import sklearn  # noqa: PLC0415 (heavy; needed by measuring alone)

    largest = 0.0
    for columns in [(), table.columns] if table.columns else [()]:
        for group, scores in table.groups(columns).items():
            largest = max(largest, _largest_of_scores(group, scores))
    bound = _bound(largest, TOLERANCE if largest <= TOLERANCE else LOSS_TOLERANCE)
    return [{"library": "scikit-learn", "version": sklearn.__version__, "max_difference": bound}]


def check_classes(confusions: Mapping[Group, Confusion], told: Iterable[Told]) -> dict[str, str]:
    """Return what scikit-learn said of every measure of more than two classes that is defined.

    Raises CrosscheckFailed if one differs by more than 1e-12, UsageProblem if scikit-learn is not installed.
    """
    with _installed("scikit-learn"):
        import sklearn  # noqa: PLC0415 (heavy; needed by measuring alone)

    found: dict[Group, list[Told]] = {}
    for each in told:
        found.setdefault(tuple(value for name, value in each.group.items() if name != CLASS), []).append(each)
    largest = 0.0
    for group, measures in found.items():
        cells = total_of(confusions).cells if not group else confusions[group].cells
        largest = max(largest, _largest_of_classes(group, cells, measures))
    return {"library": "scikit-learn", "version": sklearn.__version__, "max_difference": _bound(largest, TOLERANCE)}


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
            largest = max(largest, _difference(each.metric, group, float(each.value), float(other), TOLERANCE))
    return largest


def check_calibration(relation: Relation, request: MeasureRequest, table: ScoreTable) -> dict[str, str] | None:
    """Return what scikit-learn said of the Brier score of the rows, against their sums; None for too many rows.

    Sums are of scores with 9 decimal places, so the two may differ by 1e-8.
    """
    if relation.identity().rows > MOST_ROWS:
        return None
    with _installed("scikit-learn"):
        import sklearn  # noqa: PLC0415 (heavy; needed by measuring alone)
        from sklearn import metrics  # noqa: PLC0415

    truth, score = str(request.y_true), str(request.y_score)
    number = relation.dialect.number(score, relation.columns()[score])
    label = relation.dialect.as_text(relation.dialect.quoted(truth))
    rows = relation.query(f"SELECT {label}, {number} FROM {RELATION}")  # noqa: S608 (quoted by the dialect)
    found = brier(table.total)
    other = metrics.brier_score_loss([code_of(row[0], request.positive) for row in rows], [row[1] for row in rows])
    tolerance = 1e-8
    largest = _difference("brier", (), float(found.value) if found else math.nan, float(other), tolerance)
    return {"library": "scikit-learn", "version": sklearn.__version__, "max_difference": _bound(largest, tolerance)}


def together(checks: list[dict[str, str]]) -> dict[str, str] | None:
    """Return several checks as one, as evidence has room for; None for none."""
    if not checks:
        return None
    differences = [each["max_difference"] for each in checks]
    return {
        "library": ", ".join(each["library"] for each in checks),
        "version": ", ".join(each["version"] for each in checks),
        "max_difference": max(differences, key=float),
    }


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
            _difference(name, group, float(ours), float(other), LOSS_TOLERANCE if name == "log_loss" else TOLERANCE)
            for name, ours, other in pairs
        ),
        default=0.0,
    )


def check_errors(rows: list[tuple[float, ...]], found: dict[str, float]) -> dict[str, str]:
    """Return what scikit-learn said of a regression's rows: (truth, prediction) pairs, against `mae`, `rmse`, `r2`.

    Sums are rounded to 9 decimal places for each row, so measures may differ by 1e-8 of their size.
    Raises CrosscheckFailed beyond that.
    """
    with _installed("scikit-learn"):
        import sklearn  # noqa: PLC0415 (heavy; needed by measuring alone)
        from sklearn import metrics  # noqa: PLC0415

    truth, predicted = [row[0] for row in rows], [row[1] for row in rows]
    functions = {
        "mae": metrics.mean_absolute_error,
        "rmse": metrics.root_mean_squared_error,
        "r2": metrics.r2_score,
    }
    tolerance, largest = 1e-8, 0.0
    for name, value in found.items():
        other = float(functions[name](truth, predicted))
        largest = max(largest, _difference(name, (), value, other, tolerance * max(1.0, abs(value))))
    return {"library": "scikit-learn", "version": sklearn.__version__, "max_difference": _bound(largest, tolerance)}


@contextmanager
def _installed(library: str) -> Iterator[None]:
    """Turn a missing library, or one that it needs itself, into a UsageProblem that says what to install."""
    try:
        yield
    except ImportError as error:
        needs = f"the cross-check needs {library}, and `{error.name}` is not installed"
        raise UsageProblem(f"{needs}; install `rampgate[measure]`") from error


def _largest_difference(table: CountsTable, rates: list[Measured]) -> float:
    import pandas as pd  # noqa: PLC0415 (heavy; needed by measuring alone)
    from fairlearn.metrics import MetricFrame  # noqa: PLC0415

    cells = pd.DataFrame(_weighted_rows(table), columns=["group", "y_true", "y_pred", "weight"])
    if not len(cells):
        return 0.0
    functions = {name: function for name, function in _functions().items() if name in {each[2] for each in rates}}
    frame = MetricFrame(
        metrics=functions,
        y_true=cells["y_true"],
        y_pred=cells["y_pred"],
        sensitive_features=cells["group"],
        sample_params={name: {"sample_weight": cells["weight"]} for name in functions},
    )
    numbers = {group: str(place) for place, group in enumerate(table.groups())}
    largest = 0.0
    for _, group, name, rate in rates:
        if rate.value is not None:
            other = float(frame.by_group[name][numbers[group]])
            largest = max(largest, _difference(name, group, float(rate.value), other, TOLERANCE))
    return largest


def _weighted_rows(table: CountsTable) -> list[tuple[str, int, int, float]]:
    """Return one row for each cell that weighs something; a group is named by its number, whatever it is called."""
    rows = []
    for place, cells in enumerate(table.groups().values()):
        for name, amount in cells.amounts.items():
            weight = amount.n if amount.weight is None else amount.weight / SCALE
            if weight:
                rows.append((str(place), *_LABELS[name], float(weight)))
    return rows


def _functions() -> dict[str, Any]:
    from fairlearn import metrics as fair  # noqa: PLC0415 (heavy; needed by measuring alone)
    from sklearn import metrics as plain  # noqa: PLC0415

    def base_rate(y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        return fair.selection_rate(y_pred, y_true, sample_weight=sample_weight)

    def negative_predictive_value(y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        return plain.precision_score(y_true, y_pred, pos_label=0, sample_weight=sample_weight, zero_division=0)

    def precision(y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        return plain.precision_score(y_true, y_pred, sample_weight=sample_weight, zero_division=0)

    def f1(y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        return plain.f1_score(y_true, y_pred, sample_weight=sample_weight, zero_division=0)

    return {
        "selection_rate": fair.selection_rate,
        "rate": fair.selection_rate,
        "base_rate": base_rate,
        "accuracy": plain.accuracy_score,
        "error_rate": plain.zero_one_loss,
        "true_positive_rate": fair.true_positive_rate,
        "false_negative_rate": fair.false_negative_rate,
        "true_negative_rate": fair.true_negative_rate,
        "false_positive_rate": fair.false_positive_rate,
        "precision": precision,
        "negative_predictive_value": negative_predictive_value,
        "f1": f1,
    }


def _difference(name: str, group: Group, ours: float, other: float, tolerance: float) -> float:
    difference = abs(ours - other)
    # A NaN compares false with everything, so the test is for agreement and not for disagreement.
    if not difference <= tolerance:
        where = f" of {list(group)}" if group else ""
        raise CrosscheckFailed(f"`{name}`{where} is {ours!r} by exact counts and {other!r} by the other library")
    return difference


def _bound(largest: float, tolerance: float) -> str:
    # The last bits of a floating-point sum differ between machines, and evidence must not: a bound says enough.
    return "0" if largest == 0 else f"1e{math.ceil(math.log10(tolerance))}"
