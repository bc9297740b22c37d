"""Computes the same measures with another library from the same table, and insists that they agree.

Counts go to Fairlearn's `MetricFrame` as sample weights. Rates that are undefined here are left out: those libraries
report 0 for them. Fairlearn takes a second to load, so it is imported when it is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rampgate.errors import RampgateError, UsageProblem
from rampgate.stats.counts import SCALE, CountsTable, Group
from rampgate.stats.rates import Rate

TOLERANCE = 1e-12
"""The largest difference of two rates that rounding can explain."""

SKIPPED = "skipped"
"""What evidence says where nobody wanted a cross-check."""

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
    with installed("Fairlearn"):
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
    return {"library": "fairlearn", "version": fairlearn.__version__, "max_difference": bound_text(largest, TOLERANCE)}


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


def check_errors(rows: list[tuple[float, ...]], found: dict[str, float]) -> dict[str, str]:
    """Return what scikit-learn said of a regression's rows: (truth, prediction) pairs, against `mae`, `rmse`, `r2`.

    Sums are rounded to 9 decimal places for each row, so measures may differ by 1e-8 of their size.
    Raises CrosscheckFailed beyond that.
    """
    with installed("scikit-learn"):
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
        largest = max(largest, agreed(name, (), value, other, tolerance * max(1.0, abs(value))))
    return {"library": "scikit-learn", "version": sklearn.__version__, "max_difference": bound_text(largest, tolerance)}


@contextmanager
def installed(library: str) -> Iterator[None]:
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
            largest = max(largest, agreed(name, group, float(rate.value), other, TOLERANCE))
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


def agreed(name: str, group: Group, ours: float, other: float, tolerance: float) -> float:
    """Return how far two numbers are apart; raises CrosscheckFailed if that is not within the tolerance."""
    difference = abs(ours - other)
    # A NaN compares false with everything, so the test is for agreement and not for disagreement.
    if not difference <= tolerance:
        where = f" of {list(group)}" if group else ""
        raise CrosscheckFailed(f"`{name}`{where} is {ours!r} by exact counts and {other!r} by the other library")
    return difference


def bound_text(largest: float, tolerance: float) -> str:
    """Return the largest difference as evidence writes it."""
    # The last bits of a floating-point sum differ between machines, and evidence must not: a bound says enough.
    return "0" if largest == 0 else f"1e{math.ceil(math.log10(tolerance))}"
