"""What a kind of evidence tells from its tables: every metric that it has, computed again from the integers in it.

The same function serves whoever writes evidence, whoever verifies it and the rules that judge by it, so that a number
is computed in one way only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from rampgate.model.evidence import Evidence
from rampgate.stats.counts import Group
from rampgate.stats.intervals import Interval


@dataclass(frozen=True, slots=True)
class Told:
    """One metric of one group, or of a comparison of the groups that the columns `by` make.

    n: the rows that it rests on; value: None where it is undefined, never 0 for that.
    """

    metric: str
    n: int
    value: Fraction | Decimal | None
    interval: Interval | None = None
    group: Mapping[str, str] = field(default_factory=dict)
    by: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """Return what tells it from every other."""
        return self.metric, frozenset(self.group.items()), self.by


Key = tuple[str, frozenset[tuple[str, str]], tuple[str, ...]]
"""Metric, group and compared columns."""


@dataclass(frozen=True, slots=True)
class MeasuredKind:
    """One kind of evidence that rests on `tables`.

    metrics: name -> what it is, in words. with_interval: those of which an interval is known.
    tell: every metric of every group; raises ValueError where the tables are not well formed.
    sizes: the group columns and the rows of each group, where the tables hold all rows of the source, so that left out
    rows are noticed; None where they do not.
    """

    kind: str
    metrics: Mapping[str, str]
    tell: Callable[[Evidence], Iterable[Told]]
    with_interval: frozenset[str] = frozenset()
    sizes: Callable[[Evidence], tuple[Group, Mapping[Group, int]]] | None = None
