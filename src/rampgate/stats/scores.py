"""Scores of two classes from a small table: how many rows of each class have which score, or one between two bounds.

A score is a whole number of 10^-9, as it is counted: the model's number times 10^9, rounded half away from zero. A
table holds single scores, and is then exact, or bins with stored edges and the sums of the scores in them, and then
every measure comes with bounds that hold wherever in its bin a score lies.

>>> table = ScoreTable.from_rows(("score", "y_true", "n"), [(900_000_000, 1, 3), (100_000_000, 0, 2)])
>>> table.total.rows
5
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from rampgate.stats.counts import SCALE, Group

EXACT_COLUMNS = ("score", "y_true", "n")
"""The columns after the groups, where every score stands for itself."""

BINNED_COLUMNS = ("bin", "y_true", "n", "sum_score", "sum_score2")
"""The columns after the groups, where scores lie in bins; `sum_score2` is the sum of squares, times 10^9."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one class in one bin: how many, the sum of their scores in 10^-9, that of the squares in 10^-18."""

    n: int = 0
    total: int = 0
    square: int = 0

    def __add__(self, other: Part) -> Part:
        return Part(self.n + other.n, self.total + other.total, self.square + other.square)


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """The rows whose score is from `low` to `high`, both inclusive; None where nothing bounds it.

    In an exact table both are the score itself.
    """

    low: int | None
    high: int | None
    positive: Part
    negative: Part


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one group in rising order."""

    bins: tuple[ScoreBin, ...]
    is_exact: bool

    @property
    def positives(self) -> int:
        """Return the rows that are truly positive."""
        return sum(each.positive.n for each in self.bins)

    @property
    def negatives(self) -> int:
        """Return the rows that are truly negative."""
        return sum(each.negative.n for each in self.bins)

    @property
    def rows(self) -> int:
        """Return all rows."""
        return self.positives + self.negatives

    @property
    def are_probabilities(self) -> bool:
        """Return whether every score is known to lie between 0 and 1."""
        used = [each for each in self.bins if each.positive.n or each.negative.n]
        return all(each.low is not None and each.low >= 0 for each in used) and all(
            each.high is not None and each.high <= SCALE for each in used
        )


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Scores per group. columns: the group columns, possibly none. edges: bounds of the bins, empty if exact."""

    columns: Group
    edges: tuple[int, ...]
    parts: Mapping[Group, Mapping[tuple[int, int], Part]]
    """Group -> (place of the bin or the score itself, class) -> rows."""

    @classmethod
    def from_rows(cls, columns: Sequence[str], rows: Iterable[Sequence[Any]], edges: Sequence[int] = ()) -> ScoreTable:
        """Return the table that evidence writes as `{columns, rows, edges}`.

        edges: in rising order, times 10^9. Raises ValueError with the first fault found, its row counted from 1.
        """
        own = BINNED_COLUMNS if edges else EXACT_COLUMNS
        groups = tuple(columns[: -len(own)])
        if tuple(columns[-len(own) :]) != own or len(set(columns)) != len(columns):
            raise ValueError(f"columns must be group columns, then {', '.join(f'`{name}`' for name in own)}")
        if any(low >= high for low, high in pairwise(edges)):
            raise ValueError("the edges must rise")
        found: dict[Group, dict[tuple[int, int], Part]] = {}
        for number, row in enumerate(rows, start=1):
            group, key, part = _read_row(row, number, len(groups), tuple(edges))
            parts = found.setdefault(group, {})
            if key in parts:
                raise ValueError(f"row {number}: the same group, class and score are listed twice")
            parts[key] = part
        return cls(groups, tuple(edges), MappingProxyType(dict(sorted(found.items()))))

    @property
    def is_exact(self) -> bool:
        """Return whether every score stands for itself."""
        return not self.edges

    @property
    def total(self) -> Scores:
        """Return the scores of all groups together."""
        return self.groups(())[()] if self.parts else Scores((), self.is_exact)

    def groups(self, by: Sequence[str]) -> dict[Group, Scores]:
        """Return the scores by some of the group columns; raises ValueError for a column that the table lacks."""
        for name in by:
            if name not in self.columns:
                raise ValueError(f"no group column `{name}` among the scores")
        places = [self.columns.index(name) for name in by]
        summed: dict[Group, dict[tuple[int, int], Part]] = {}
        for group, parts in self.parts.items():
            own = summed.setdefault(tuple(group[place] for place in places), {})
            for key, part in parts.items():
                own[key] = own[key] + part if key in own else part
        return {group: self._scores(parts) for group, parts in sorted(summed.items())}

    def __add__(self, other: ScoreTable) -> ScoreTable:
        if (self.columns, self.edges) != (other.columns, other.edges):
            raise ValueError("only tables with the same columns and edges can be added")
        summed = {group: dict(parts) for group, parts in self.parts.items()}
        for group, parts in other.parts.items():
            own = summed.setdefault(group, {})
            for key, part in parts.items():
                own[key] = own[key] + part if key in own else part
        return ScoreTable(self.columns, self.edges, MappingProxyType(dict(sorted(summed.items()))))

    def without(self, groups: Iterable[Group]) -> ScoreTable:
        """Return the table without some groups."""
        left_out = set(groups)
        kept = {group: parts for group, parts in self.parts.items() if group not in left_out}
        return ScoreTable(self.columns, self.edges, MappingProxyType(kept))

    def rows(self) -> list[list[str | int]]:
        """Return the rows as evidence writes them, in order; squares rounded to whole numbers."""
        found: list[list[str | int]] = []
        for group, parts in self.parts.items():
            for (place, label), part in sorted(parts.items()):
                sums = [] if self.is_exact else [part.total, (part.square + SCALE // 2) // SCALE]
                found.append([*group, place, label, part.n, *sums])
        return found

    def binned(self, edges: Sequence[int]) -> ScoreTable:
        """Return an exact table with its scores in bins."""
        if not self.is_exact:
            raise ValueError("only an exact table can be put into bins")
        summed: dict[Group, dict[tuple[int, int], Part]] = {}
        for group, parts in self.parts.items():
            own = summed.setdefault(group, {})
            for (score, label), part in parts.items():
                key = (bisect_right(edges, score), label)
                own[key] = own[key] + part if key in own else part
        return ScoreTable(self.columns, tuple(edges), MappingProxyType(summed))

    def _scores(self, parts: Mapping[tuple[int, int], Part]) -> Scores:
        places = sorted({place for place, _ in parts})
        bins = [
            ScoreBin(*self._bounds(place), parts.get((place, 1), Part()), parts.get((place, 0), Part()))
            for place in places
        ]
        return Scores(tuple(bins), self.is_exact)

    def _bounds(self, place: int) -> tuple[int | None, int | None]:
        return (place, place) if self.is_exact else bounds(self.edges, place)


def bounds(edges: Sequence[int], place: int) -> tuple[int | None, int | None]:
    """Return the least and the greatest score of a bin, None where nothing bounds it."""
    return edges[place - 1] if place else None, edges[place] - 1 if place < len(edges) else None


def _read_row(
    row: Sequence[Any], number: int, width: int, edges: tuple[int, ...]
) -> tuple[Group, tuple[int, int], Part]:
    own = BINNED_COLUMNS if edges else EXACT_COLUMNS
    if len(row) != width + len(own):
        raise ValueError(f"row {number}: expected {width + len(own)} values, found {len(row)}")
    group = tuple(row[:width])
    if not all(isinstance(value, str) for value in group):
        raise ValueError(f"row {number}: group values must be text, found {list(group)}")
    numbers = list(row[width:])
    if not all(isinstance(value, int) and not isinstance(value, bool) for value in numbers):
        raise ValueError(f"row {number}: after the groups come whole numbers, found {numbers}")
    place, label, n, *sums = numbers
    if label not in (0, 1) or n < 1:
        raise ValueError(f"row {number}: `y_true` is 0 or 1 and `n` at least 1, found {label} and {n}")
    if not edges:
        return group, (place, label), Part(n, place * n, place * place * n)
    if not 0 <= place <= len(edges):
        raise ValueError(f"row {number}: there is no bin {place} among {len(edges)} edges")
    total, square = sums
    low, high = bounds(edges, place)
    if (low is not None and total < n * low) or (high is not None and total > n * high):
        raise ValueError(f"row {number}: {n} scores of bin {place} can not add up to {total}")
    # Each square was rounded to a whole number on its own; that of a mean is the least that squares can add up to.
    if (square + n) * n * SCALE < total * total:
        raise ValueError(f"row {number}: the squares of {n} scores that add up to {total} are not {square}")
    return group, (place, label), Part(n, total, square * SCALE)
