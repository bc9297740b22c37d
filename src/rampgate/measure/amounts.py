"""Counts an amount of at least 0, such as a latency or a cost, in fine bins of each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rampgate.errors import InvalidInput, Problem
from rampgate.measure.edges import edge_text
from rampgate.measure.engines._base import Relation
from rampgate.measure.histograms import NOT_A_NUMBER, NULL, count_amounts
from rampgate.measure.telling import checked_groups
from rampgate.stats.steps import steps


@dataclass(frozen=True, slots=True)
class Amounts:
    """What was counted: the rows of each group and bin, and of each group the rows and those without an amount."""

    edges: tuple[str, ...]
    bins: list[list[Any]]
    groups: list[list[Any]]
    warnings: list[str]


def amounts_of(
    table: Relation, groups: Sequence[str], column: str, what: str, *, span: tuple[int, int], more: Sequence[Decimal]
) -> Amounts:
    """Return the counts of an amount. what: `a latency`. span: powers of ten to have edges between; more: more edges.

    Raises InvalidInput for amounts below 0 or that are no finite numbers, and for rows without a group.
    """
    kind = table.columns()[column]
    if kind not in ("text", "integer", "number"):
        raise InvalidInput([Problem(table.name, f"column `{column}` holds no numbers, so it is not {what}")])
    edges = tuple(edge_text(each) for each in sorted({Decimal(0), *steps(*span), *more}))
    cells = count_amounts(table, groups, column, edges)
    problems = []
    for place, fault in ((NOT_A_NUMBER, "no finite number"), (0, "below 0")):
        rows = sum(n for _, where, n in cells if where == place)
        if rows:
            message = f"column `{column}` must hold {what} of at least 0; {rows:,} rows have one that is {fault}"
            problems.append(Problem(table.name, message, fix="correct them, or leave the rows out and say so"))
    if problems:
        raise InvalidInput(problems)
    sizes: dict[tuple[Any, ...], list[int]] = {}
    for group, where, n in cells:
        size = sizes.setdefault(group, [0, 0])
        size[0] += n
        size[1] += n if where == NULL else 0
    warnings = checked_groups(table, groups, [(*group, size[0]) for group, size in sizes.items()])
    bins = sorted([*group, where, n] for group, where, n in cells if where != NULL)
    return Amounts(edges, bins, sorted([*group, *size] for group, size in sizes.items()), warnings)
