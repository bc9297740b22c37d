"""What a table of true and predicted classes tells: of everybody and each group, on the whole and class by class.

The table is `confusion`: group columns, then `y_true` and `y_pred` as texts, then `n`. A class stands among the group
columns of what is told, as `class`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from rampgate.formats.measured._base import MeasuredKind, Told
from rampgate.model.evidence import Evidence
from rampgate.stats.counts import Group
from rampgate.stats.multiclass import Confusion

CONFUSION: Final = "confusion"
LABELS: Final = ("y_true", "y_pred", "n")
CLASS: Final = "class"

METRICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accuracy": "share of rows whose class was predicted",
        "trivial_accuracy": "the accuracy of always giving the most frequent class",
        "macro_precision": "mean precision of the classes",
        "macro_recall": "mean recall of the classes, also called balanced accuracy",
        "macro_f1": "mean F1 score of the classes",
        "trivial_macro_f1": "the macro F1 score of always giving the most frequent class",
        "weighted_precision": "mean precision of the classes, by their rows",
        "weighted_recall": "mean recall of the classes, by their rows; equal to accuracy",
        "weighted_f1": "mean F1 score of the classes, by their rows",
        "precision": "of one class",
        "recall": "of one class",
        "f1": "of one class",
    }
)
"""Every metric, in words."""


def confusions_of(evidence: Evidence) -> tuple[Group, dict[Group, Confusion]]:
    """Return the group columns and the table of each group; raises ValueError for a table that is not well formed."""
    table = (evidence.tables or {}).get(CONFUSION)
    if table is None:
        raise ValueError(f"there is no table `{CONFUSION}`")
    columns = table.columns[:-3]
    if table.columns[-3:] != LABELS or len(set(table.columns)) != len(table.columns) or CLASS in columns:
        raise ValueError("columns must be group columns, none of them `class`, then `y_true`, `y_pred`, `n`")
    found: dict[Group, dict[tuple[str, str], int]] = {}
    for number, row in enumerate(table.rows, start=1):
        if len(row) != len(table.columns) or not all(isinstance(each, str) for each in row[:-1]):
            raise ValueError(f"row {number}: expected {len(table.columns) - 1} texts and a number")
        *texts, n = row
        if not isinstance(n, int) or n < 0:
            raise ValueError(f"row {number}: `n` must be a whole number of at least 0, found {n!r}")
        words = tuple(str(each) for each in texts)
        cells = found.setdefault(words[:-2], {})
        if (words[-2], words[-1]) in cells:
            raise ValueError(f"row {number}: the same group and classes are listed twice")
        cells[words[-2], words[-1]] = n
    return columns, {group: Confusion(cells) for group, cells in sorted(found.items())}


def total_of(confusions: Mapping[Group, Confusion]) -> Confusion:
    """Return the table of all groups together."""
    cells: dict[tuple[str, str], int] = {}
    for each in confusions.values():
        for pair, n in each.cells.items():
            cells[pair] = cells.get(pair, 0) + n
    return Confusion(cells)


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield every metric of everybody, then of each group."""
    columns, confusions = confusions_of(evidence)
    yield from _of_group(total_of(confusions), {})
    if columns:
        for group, confusion in confusions.items():
            yield from _of_group(confusion, dict(zip(columns, group, strict=True)))


def sizes(evidence: Evidence) -> tuple[Group, Mapping[Group, int]]:
    """Return the group columns and the rows of each group."""
    columns, confusions = confusions_of(evidence)
    return columns, {group: confusion.rows for group, confusion in confusions.items()}


def _of_group(confusion: Confusion, group: Mapping[str, str]) -> Iterator[Told]:
    rows = confusion.rows
    accuracy = confusion.accuracy
    yield Told("accuracy", rows, accuracy.value, accuracy.interval(), group)
    yield Told("trivial_accuracy", rows, confusion.trivial_accuracy.value, None, group)
    rates = {"precision": confusion.precision, "recall": confusion.recall, "f1": confusion.f1}
    for name, rate in rates.items():
        yield Told(f"macro_{name}", rows, confusion.macro(rate), None, group)
        yield Told(f"weighted_{name}", rows, confusion.weighted(rate), None, group)
    yield Told("trivial_macro_f1", rows, confusion.trivial_macro_f1, None, group)
    for label in confusion.classes:
        for name, rate in rates.items():
            found = rate(label)
            interval = None if name == "f1" else found.interval()
            yield Told(name, found.n, found.value, interval, {**group, CLASS: label})


KIND = MeasuredKind("multiclass", METRICS, tell, frozenset({"accuracy", "precision", "recall"}), sizes)
