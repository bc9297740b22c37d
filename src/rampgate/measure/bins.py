"""Bins of scores: their edges, and the place of a score among them in SQL that every engine runs alike.

>>> [edge / 10**9 for edge in bins_of_width(5 * 10**8).inner]
[0.5]
"""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.measure.cells import MOST_CELLS
from rampgate.measure.sql import Dialect
from rampgate.stats.counts import SCALE

STEPS = (10**6, 2 * 10**6, 5 * 10**6, 10**7, 2 * 10**7, 5 * 10**7, 10**8)
"""Widths of bins to choose from, in 10^-9: the narrowest whose cells are few enough is taken."""

MOST_BINS = 1000


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins of one width from `first` on, up to below `end`; more edges in the first and in the last of them.

    step: the width. inner: the edges between bins of that width. low_ends, high_ends: the further edges. All in 10^-9.
    """

    first: int
    step: int
    end: int
    low_ends: tuple[int, ...] = ()
    high_ends: tuple[int, ...] = ()

    @property
    def inner(self) -> tuple[int, ...]:
        """Return the edges between bins of equal width."""
        return tuple(range(self.first + self.step, self.end - 1, self.step))

    @property
    def edges(self) -> tuple[int, ...]:
        """Return every edge in rising order; the last one is above the greatest score."""
        return (self.first, *self.low_ends, *self.inner, *self.high_ends, self.end)

    def place(self, dialect: Dialect, score: str) -> str:
        """Return the place of a whole number among the edges, as SQL; it is at least `first` and below `end`."""
        # A comparison for each of a thousand edges would cost seconds; the quotient of whole numbers is as exact.
        cases = [f"WHEN {score} < {edge} THEN {place}" for place, edge in enumerate(self.low_ends, start=1)]
        inner = len(self.inner)
        equal = f"{1 + len(self.low_ends)} + {self._steps(dialect, score)}"
        if inner:
            cases.append(f"WHEN {score} < {self.inner[-1]} THEN {equal}")
        below = 1 + len(self.low_ends) + inner
        cases += [f"WHEN {score} < {edge} THEN {place}" for place, edge in enumerate(self.high_ends, start=below)]
        last = below + len(self.high_ends)
        return f"(CASE {' '.join(cases)} ELSE {last} END)" if cases else f"(0 * {score} + {last})"

    def _steps(self, dialect: Dialect, score: str) -> str:
        """Return how many whole steps a number is above the first edge, as SQL."""
        if self.end - self.first < 2**63:
            return dialect.divided(f"({score} - ({self.first}))", str(self.step))
        # The way from one end to the other does not fit 64 bits, the way from the middle does.
        half = (self.end - self.first) // (2 * self.step)
        middle = self.first + half * self.step
        above = dialect.divided(f"({score} - ({middle}))", str(self.step))
        below = dialect.divided(f"(({middle + self.step - 1}) - {score})", str(self.step))
        return f"{half} + (CASE WHEN {score} >= {middle} THEN {above} ELSE -{below} END)"


def bins_of_probabilities(groups: int) -> Bins | None:
    """Return the finest bins from 0 to 1 that keep a table of so many groups small; None where all are too fine."""
    for step in STEPS:
        bins = bins_of_width(step)
        if 2 * groups * len(bins.edges) <= MOST_CELLS:
            return bins
    return None


def bins_of_width(step: int) -> Bins:
    """Return bins of one width from 0 to 1, with powers of ten in the first one and, mirrored, in the last one.

    Log loss is made near 0 and 1, and 0 and 1 themselves are of another kind than any number between.
    """
    ends = tuple(10**power for power in range(9) if 10**power < step)
    return Bins(0, step, SCALE + 1, ends, tuple(SCALE - end for end in reversed(ends)))


def equal_bins(number: int) -> Bins:
    """Return so many bins of one width from 0 to 1, as they are printed in a diagram of calibration."""
    if SCALE % number:
        raise ValueError(f"{number} bins have no width of 9 decimal places")
    return Bins(0, SCALE // number, SCALE + 1)


def bins_between(low: int, high: int, groups: int) -> Bins | None:
    """Return equal bins from the least to the greatest score, for scores that are no probabilities."""
    most = min(MOST_CELLS // (2 * groups) - 2, MOST_BINS)
    return Bins(low, max(1, -(-(high + 1 - low) // most)), high + 1) if most >= 2 else None
