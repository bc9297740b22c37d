"""Rates of a confusion table, as exact fractions: accuracy, selection rate, true positive rate, ...

Names and definitions are those of Fairlearn and scikit-learn, with one difference: where the denominator is 0,
the rate is undefined (`None`) here, while those libraries report 0.

>>> from rampgate.stats.counts import CountsTable
>>> table = CountsTable.from_rows(("y_true", "y_pred", "n"), [(1, 1, 3), (1, 0, 1)])
>>> evaluate(metric_named("true_positive_rate"), table.total).value
Fraction(3, 4)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from rampgate.stats.counts import SCALE, Amount, CellName, Cells, TableKind
from rampgate.stats.intervals import DEFAULT_LEVEL, Interval, wilson


@dataclass(frozen=True, slots=True)
class Metric:
    """One rate: the share of the `denominator` cells that the `numerator` cells make up.

    better: whether a `higher` or a `lower` value is wanted, or `neither`. is_proportion: whether the numerator
    counts rows of the denominator, so that a Wilson interval means something; the F1 score does not. what: in words.
    """

    name: str
    what: str
    numerator: tuple[CellName, ...]
    denominator: tuple[CellName, ...]
    better: Literal["higher", "lower", "neither"] = "higher"
    is_proportion: bool = True
    table: TableKind = "confusion"


@dataclass(frozen=True, slots=True)
class Rate:
    """`k` of `n` rows; with weights also their scaled sums, which then decide the value.

    k: rows in the numerator. n: rows in the denominator. weight_k, weight_n: scaled sums of weights of the same rows;
    square_n: scaled sum of squared weights of the denominator.
    """

    k: int
    n: int
    weight_k: int | None = None
    weight_n: int | None = None
    square_n: int | None = None

    @property
    def value(self) -> Fraction | None:
        """Return the rate, or `None` where the denominator is 0: undefined, and not 0."""
        if self.weight_n is None or self.weight_k is None:
            return Fraction(self.k, self.n) if self.n else None
        return Fraction(self.weight_k, self.weight_n) if self.weight_n else None

    @property
    def effective_n(self) -> Fraction:
        """Return the rows that carry the same information without weights: (sum w)^2 / sum w^2, at most n.

        Source: Kish (1965), Survey Sampling, section 8.2.
        """
        if self.weight_n is None or not self.square_n:
            return Fraction(self.n)
        return min(Fraction(self.n), Fraction(self.weight_n**2, self.square_n * SCALE))

    @property
    def effective_k(self) -> Fraction:
        """Return the effective rows in the numerator: the rate times `effective_n`."""
        value = self.value
        return Fraction(0) if value is None else value * self.effective_n

    def interval(self, level: Decimal = DEFAULT_LEVEL) -> Interval | None:
        """Return the Wilson interval of the rate, or `None` where the rate is undefined."""
        return None if self.value is None else wilson(self.effective_k, self.effective_n, level)


_ALL: tuple[CellName, ...] = ("tp", "fp", "fn", "tn")

_METRICS = (
    Metric("selection_rate", "share predicted positive", ("tp", "fp"), _ALL, "neither"),
    Metric("base_rate", "share truly positive", ("tp", "fn"), _ALL, "neither"),
    Metric("accuracy", "share predicted rightly", ("tp", "tn"), _ALL),
    Metric("error_rate", "share predicted wrongly", ("fp", "fn"), _ALL, "lower"),
    Metric("true_positive_rate", "share of true positives among the truly positive", ("tp",), ("tp", "fn")),
    Metric("false_negative_rate", "share missed among the truly positive", ("fn",), ("tp", "fn"), "lower"),
    Metric("true_negative_rate", "share of true negatives among the truly negative", ("tn",), ("fp", "tn")),
    Metric("false_positive_rate", "share of false alarms among the truly negative", ("fp",), ("fp", "tn"), "lower"),
    Metric("precision", "share truly positive among the predicted positive", ("tp",), ("tp", "fp")),
    Metric("negative_predictive_value", "share truly negative among the predicted negative", ("tn",), ("fn", "tn")),
    Metric("f1", "harmonic mean of precision and recall", ("tp", "tp"), ("tp", "tp", "fp", "fn"), is_proportion=False),
    Metric("rate", "share of rows with the outcome", ("yes",), ("yes", "no"), "neither", table="outcome"),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _METRICS})
"""Every metric by its name."""

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "recall": "true_positive_rate",
        "sensitivity": "true_positive_rate",
        "specificity": "true_negative_rate",
        "positive_predictive_value": "precision",
        "f1_score": "f1",
    }
)
"""Other names that people know a metric by."""


def metric_named(name: str) -> Metric:
    """Return the metric of this name or alias; raises KeyError if there is none."""
    return METRICS[ALIASES.get(name, name)]


def evaluate(metric: Metric, cells: Cells) -> Rate:
    """Return the rate that the cells of one group give; its value is `None` where it is undefined."""
    return _rate(cells.amount(*metric.numerator), cells.amount(*metric.denominator))


def majority_share(cells: Cells) -> Rate:
    """Return the accuracy of the trivial model that always predicts the more frequent class."""
    positive = evaluate(METRICS["base_rate"], cells)
    negative = _rate(cells.amount("fp", "tn"), cells.amount(*_ALL))
    return max(positive, negative, key=lambda rate: rate.value or Fraction(0))


def trivial_f1(cells: Cells) -> Rate:
    """Return the F1 score of the trivial model that always predicts the positive class: 2b / (1 + b), b the base rate.

    No model that looks at nothing has a higher one.
    """
    return _rate(cells.amount("tp", "tp", "fn", "fn"), cells.amount("tp", "tp", "fn", "fn", "fp", "tn"))


def _rate(part: Amount, whole: Amount) -> Rate:
    return Rate(part.n, whole.n, part.weight, whole.weight, whole.square)
