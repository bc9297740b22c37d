"""The counts that evidence rests on: how many rows of each group have each truth and each prediction.

>>> table = CountsTable.from_rows(("sex", "y_true", "y_pred", "n"), [("f", 1, 1, 3), ("f", 0, 1, 1), ("m", 1, 0, 2)])
>>> table.groups()[("f",)].amount("tp", "fp").n
4
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Group = tuple[str, ...]
CellName = Literal["tp", "fp", "fn", "tn", "yes", "no"]
TableKind = Literal["confusion", "outcome"]

SCALE = 10**9
"""What a weight is multiplied with before it is rounded to an integer."""

RESERVED_COLUMNS = frozenset({"y_true", "y_pred", "outcome", "n", "w", "w2"})
"""Column names of a counts table that no group column may have."""

_LABELS: Mapping[tuple[int, ...], CellName] = MappingProxyType(
    {(1, 1): "tp", (0, 1): "fp", (1, 0): "fn", (0, 0): "tn", (1,): "yes", (0,): "no"}
)
_LABELS_OF: Mapping[str, tuple[int, ...]] = MappingProxyType({name: labels for labels, name in _LABELS.items()})
_LABEL_COLUMNS: Mapping[TableKind, Group] = MappingProxyType(
    {"confusion": ("y_true", "y_pred"), "outcome": ("outcome",)}
)


@dataclass(frozen=True, slots=True)
class Amount:
    """How many rows there are; `weight` and `square` are their scaled sums of w and w squared, if weighted."""

    n: int = 0
    weight: int | None = None
    square: int | None = None

    def __add__(self, other: Amount) -> Amount:
        if self.weight is None or other.weight is None or self.square is None or other.square is None:
            return Amount(self.n + other.n)
        return Amount(self.n + other.n, self.weight + other.weight, self.square + other.square)


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one group: `tp fp fn tn` of a confusion table, or `yes no` of an outcome; absent means 0."""

    amounts: Mapping[CellName, Amount]
    weighted: bool = False

    def amount(self, *names: CellName) -> Amount:
        """Return the sum of the named cells; a name given twice counts twice."""
        total = Amount(0, 0, 0) if self.weighted else Amount()
        for name in names:
            total += self.amounts.get(name, Amount(0, 0, 0) if self.weighted else Amount())
        return total

    @property
    def rows(self) -> int:
        """Return the number of rows in all cells."""
        return sum(amount.n for amount in self.amounts.values())

    def __add__(self, other: Cells) -> Cells:
        names = [*self.amounts, *(name for name in other.amounts if name not in self.amounts)]
        summed = {name: self.amount(name) + other.amount(name) for name in names}
        return Cells(summed, self.weighted and other.weighted)


@dataclass(frozen=True, slots=True)
class CountsTable:
    """A confusion table, or a table of yes and no, per group.

    columns: the names of the group columns, possibly none. kind: `confusion` (cells tp, fp, fn, tn) or `outcome`
    (yes, no). cells: group -> cells, where a group is the tuple of its values in the order of `columns`.
    """

    columns: Group
    kind: TableKind
    cells: Mapping[Group, Cells]
    weighted: bool = False

    @classmethod
    def from_rows(cls, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> CountsTable:
        """Return the table that evidence writes as `{columns, rows}`.

        columns: group columns, then `y_true`, `y_pred` or `outcome`, then `n`, then `w`, `w2` if weighted.
        rows: group values are strings, labels 0 or 1, the rest integers of at least 0.
        Raises ValueError with the first fault found, its row counted from 1.
        """
        groups, kind, weighted = _read_columns(columns)
        found: dict[Group, dict[CellName, Amount]] = {}
        for number, row in enumerate(rows, start=1):
            group, cell, amount = _read_row(columns, row, number, len(groups), weighted=weighted)
            cells = found.setdefault(group, {})
            if cell in cells:
                labels = ", ".join(str(label) for label in _LABELS_OF[cell])
                raise ValueError(f"row {number}: group {list(group)} with labels {labels} is listed twice")
            cells[cell] = amount
        table = {group: Cells(MappingProxyType(cells), weighted) for group, cells in sorted(found.items())}
        return cls(groups, kind, MappingProxyType(table), weighted)

    def groups(self) -> Mapping[Group, Cells]:
        """Return the cells of each group, in the order of the group values."""
        return self.cells

    @property
    def total(self) -> Cells:
        """Return the cells of all groups together."""
        total = Cells(MappingProxyType({}), self.weighted)
        for cells in self.cells.values():
            total += cells
        return total

    def marginal(self, by: Sequence[str]) -> CountsTable:
        """Return the table over the group columns `by` alone, the others summed up.

        Raises ValueError if `by` names a column twice or one that the table does not have.
        """
        wanted = tuple(by)
        missing = [name for name in wanted if name not in self.columns]
        if missing:
            raise ValueError(f"no group column `{missing[0]}`; the counts have {_listed(self.columns)}")
        if len(set(wanted)) != len(wanted):
            raise ValueError(f"a group column is named twice in {list(wanted)}")
        places = [self.columns.index(name) for name in wanted]
        summed: dict[Group, Cells] = {}
        for group, cells in self.cells.items():
            key = tuple(group[place] for place in places)
            summed[key] = summed[key] + cells if key in summed else cells
        return CountsTable(wanted, self.kind, MappingProxyType(dict(sorted(summed.items()))), self.weighted)

    def without(self, groups: Iterable[Group]) -> CountsTable:
        """Return the table without the rows of these groups."""
        gone = set(groups)
        kept = {group: cells for group, cells in self.cells.items() if group not in gone}
        return CountsTable(self.columns, self.kind, MappingProxyType(kept), self.weighted)

    def column_names(self) -> list[str]:
        """Return the columns as evidence writes them."""
        return [*self.columns, *_LABEL_COLUMNS[self.kind], "n", *(("w", "w2") if self.weighted else ())]

    def __add__(self, other: CountsTable) -> CountsTable:
        """Return the counts of both tables together. Raises ValueError where they do not count the same things."""
        if (self.columns, self.kind, self.weighted) != (other.columns, other.kind, other.weighted):
            raise ValueError("two tables add up only where columns, labels and weights are the same")
        cells = dict(self.cells)
        for group, found in other.cells.items():
            cells[group] = cells[group] + found if group in cells else found
        return CountsTable(self.columns, self.kind, cells, self.weighted)

    def rows(self) -> list[list[str | int]]:
        """Return the rows as evidence writes them, ordered by group and then by labels."""
        written: list[list[str | int]] = []
        for group, cells in sorted(self.cells.items()):
            for name in sorted(cells.amounts, key=lambda cell: _LABELS_OF[cell]):
                amount = cells.amounts[name]
                weights = [amount.weight or 0, amount.square or 0] if self.weighted else []
                written.append([*group, *_LABELS_OF[name], amount.n, *weights])
        return written


def _read_columns(columns: Sequence[str]) -> tuple[Group, TableKind, bool]:
    names = tuple(columns)
    if not all(isinstance(name, str) for name in names):
        raise ValueError("a column name is not text")
    if len(set(names)) != len(names):
        raise ValueError(f"a column is named twice in {list(names)}")
    weighted = names[-2:] == ("w", "w2")
    head = names[:-2] if weighted else names
    for kind, labels in _LABEL_COLUMNS.items():
        tail = (*labels, "n")
        if head[-len(tail) :] == tail:
            groups = head[: -len(tail)]
            reserved = [name for name in groups if name in RESERVED_COLUMNS]
            if reserved:
                raise ValueError(f"a group column must not be named `{reserved[0]}`")
            return groups, kind, weighted
    raise ValueError(f"columns must end with `y_true`, `y_pred`, `n` or with `outcome`, `n`; found {list(names)}")


def _read_row(
    columns: Sequence[str], row: Sequence[Any], number: int, group_count: int, *, weighted: bool
) -> tuple[Group, CellName, Amount]:
    if isinstance(row, str) or len(row) != len(columns):
        raise ValueError(f"row {number}: expected {len(columns)} values, found {row!r}")
    group = tuple(row[:group_count])
    for name, value in zip(columns, group, strict=False):
        if not isinstance(value, str):
            raise ValueError(f"row {number}: group `{name}` must be text, found {value!r}")  # noqa: TRY004 (content)
    rest = row[group_count:]
    for name, value in zip(columns[group_count:], rest, strict=True):
        # True is 1 in Python, but a label `true` in a counts table is a mistake of its writer.
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ValueError(f"row {number}: `{name}` must be an integer of at least 0, found {value!r}")
    labels = tuple(rest[: -3 if weighted else -1])
    if labels not in _LABELS:
        raise ValueError(f"row {number}: labels must be 0 or 1, found {list(labels)}")
    amount = Amount(*rest[-3:]) if weighted else Amount(rest[-1])
    return group, _LABELS[labels], amount


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "no group columns"
