"""Rates of more than two classes from a k x k table of true and predicted class, as exact fractions.

Definitions are those of scikit-learn, with one difference: a mean over classes is undefined where it is of a class,
as precision is of a class that was never predicted, while scikit-learn counts 0 there.

>>> confusion = Confusion({("cat", "cat"): 2, ("cat", "dog"): 1, ("dog", "dog"): 3})
>>> confusion.accuracy.value, confusion.recall("cat").value
(Fraction(5, 6), Fraction(2, 3))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from rampgate.stats.rates import Rate


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many rows have each true and each predicted class; absent means 0."""

    cells: Mapping[tuple[str, str], int]

    @property
    def classes(self) -> tuple[str, ...]:
        """Return every class that is true or predicted somewhere, in order."""
        return tuple(sorted({label for pair, n in self.cells.items() if n for label in pair}))

    @property
    def rows(self) -> int:
        """Return all rows."""
        return sum(self.cells.values())

    @property
    def accuracy(self) -> Rate:
        """Return the share of rows whose class was predicted."""
        return Rate(sum(n for (truth, predicted), n in self.cells.items() if truth == predicted), self.rows)

    @property
    def trivial_accuracy(self) -> Rate:
        """Return the accuracy of always giving the most frequent class."""
        return Rate(max((self._true(label) for label in self.classes), default=0), self.rows)

    def precision(self, label: str) -> Rate:
        """Return the share of rows predicted as a class that are of it."""
        return Rate(self.cells.get((label, label), 0), self._predicted(label))

    def recall(self, label: str) -> Rate:
        """Return the share of rows of a class that were predicted as it."""
        return Rate(self.cells.get((label, label), 0), self._true(label))

    def f1(self, label: str) -> Rate:
        """Return the harmonic mean of precision and recall of a class."""
        return Rate(2 * self.cells.get((label, label), 0), self._true(label) + self._predicted(label))

    def macro(self, rate: Callable[[str], Rate]) -> Fraction | None:
        """Return the mean of a rate over the classes, each counting alike."""
        return self._mean(rate, dict.fromkeys(self.classes, 1))

    def weighted(self, rate: Callable[[str], Rate]) -> Fraction | None:
        """Return the mean of a rate over the classes, each counting by its true rows."""
        return self._mean(rate, {label: self._true(label) for label in self.classes})

    @property
    def trivial_macro_f1(self) -> Fraction | None:
        """Return the macro F1 score of always giving the most frequent class: all others have 0."""
        share = self.trivial_accuracy.value
        true = [label for label in self.classes if self._true(label)]
        return None if share is None or not true else 2 * share / (1 + share) / len(true)

    def _mean(self, rate: Callable[[str], Rate], weights: Mapping[str, int]) -> Fraction | None:
        total = Fraction(0)
        for label, weight in weights.items():
            value = rate(label).value
            if weight and value is None:
                return None
            total += weight * (value or Fraction(0))
        return total / sum(weights.values()) if any(weights.values()) else None

    def _true(self, label: str) -> int:
        return sum(n for (truth, _), n in self.cells.items() if truth == label)

    def _predicted(self, label: str) -> int:
        return sum(n for (_, predicted), n in self.cells.items() if predicted == label)
