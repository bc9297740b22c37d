"""Counts scores: each score by itself where there are few different ones, else in bins with stored edges.

A score is counted as a whole number of 10^-9, so bins are found by comparing and dividing whole numbers, which every
engine does alike. Bins of probabilities are of equal width, and finer towards 0 and 1, where log loss is made.
"""

# ruff: noqa: S608 (names of columns are quoted by the dialect, the rest are our own numbers)

from __future__ import annotations

from collections.abc import Sequence
from math import copysign, floor
from typing import Any

from rampgate.errors import InvalidInput, Problem
from rampgate.measure.bins import Bins, bins_between, bins_of_probabilities
from rampgate.measure.cells import LARGEST_NUMBER, MOST_CELLS, check_numbers, grouped
from rampgate.measure.engines._base import RELATION, Relation
from rampgate.measure.labels import code_of
from rampgate.measure.request import MeasureRequest
from rampgate.stats.counts import SCALE
from rampgate.stats.scores import BINNED_COLUMNS, EXACT_COLUMNS, ScoreTable

FIRST_LOOK = 50_000
"""So many rows are looked at before it is tried to count every score by itself."""


def read_scores(relation: Relation, request: MeasureRequest, *, groups: int) -> ScoreTable | None:
    """Return the scores of a table whose labels are already known to be good; None where no bins are coarse enough.

    groups: how many there are. Single scores are counted only if each of them is shared by at least `min_cell` rows.
    Raises InvalidInput for a score that is none or out of range.
    """
    low, high = _range(relation, request)
    exact = _exact(relation, request)
    if exact is not None:
        return exact
    is_probability = low >= 0 and high <= SCALE
    bins = bins_of_probabilities(groups) if is_probability else bins_between(low, high, groups)
    return None if bins is None else count_in_bins(relation, request, bins)


def count_in_bins(relation: Relation, request: MeasureRequest, bins: Bins) -> ScoreTable:
    """Return the scores of a table in bins; each score has to lie between the first and the last edge."""
    dialect, score = relation.dialect, scaled_score(relation, request)
    keys = [*map(dialect.quoted, request.by), bins.place(dialect, score), dialect.quoted(_truth(request))]
    sums = ["COUNT(*)", dialect.summed(score), dialect.sum_of_squares(*dialect.parts(score))]
    return _table(relation, request, grouped(relation, keys, sums), BINNED_COLUMNS, bins.edges)


def check_scores(relation: Relation, request: MeasureRequest, *, probabilities: bool = False) -> None:
    """Raise InvalidInput with how many rows have no score, none that is a number, or one out of range."""
    column = [str(request.y_score)]
    check_numbers(relation, column, "a score", f"ABS({{x}}) > {LARGEST_NUMBER}")
    low, high = _range(relation, request) if probabilities else (0, 0)
    if low < 0 or high > SCALE:
        dialect, score = relation.dialect, scaled_score(relation, request)
        out = relation.query(f"SELECT {dialect.counted_if(f'{score} < 0 OR {score} > {SCALE}')} FROM {RELATION}")
        message = f"column `{request.y_score}` must hold probabilities; {int(out[0][0]):,} rows lie outside 0 to 1"
        raise InvalidInput([Problem(relation.name, message, fix="give probabilities and not raw scores")])


def pool_scores(tables: Sequence[ScoreTable | None]) -> ScoreTable | None:
    """Return the scores of several tables together; None where one is missing, or their bins are not the same."""
    known = [table for table in tables if table is not None]
    edges = {table.edges for table in known if not table.is_exact}
    if len(known) < len(tables) or len(edges) > 1:
        return None
    if edges:
        target = next(iter(edges))
        known = [table.binned(target) if table.is_exact else table for table in known]
    total = known[0]
    for table in known[1:]:
        total += table
    return total if len(total.rows()) <= MOST_CELLS else None


def _exact(relation: Relation, request: MeasureRequest) -> ScoreTable | None:
    """Return every score by itself, or None where they are too many or too rare."""
    dialect, score = relation.dialect, scaled_score(relation, request)
    column = dialect.quoted(str(request.y_score))
    head = f"SELECT DISTINCT {column} FROM (SELECT {column} FROM {RELATION} LIMIT {FIRST_LOOK}) AS head"
    different = relation.query(f"SELECT COUNT(*) FROM ({head}) AS different")[0][0]
    if int(different) > MOST_CELLS:
        return None
    keys = [*map(dialect.quoted, request.by), score, dialect.quoted(_truth(request))]
    asked = len(relation.asked)
    cells = grouped(relation, keys, ["COUNT(*)"])
    if len(cells) > MOST_CELLS:
        del relation.asked[asked:]
        return None
    table = _table(relation, request, cells, EXACT_COLUMNS, ())
    together: dict[tuple[Any, ...], int] = {}
    for *key, _, n in table.rows():
        together[tuple(key)] = together.get(tuple(key), 0) + int(n)
    if min(together.values(), default=0) < request.min_cell:
        # A score that few people have is about these people; in bins they are among others.
        del relation.asked[asked:]
        return None
    return table


def _table(
    relation: Relation, request: MeasureRequest, cells: list[Any], columns: Sequence[str], edges: Sequence[int]
) -> ScoreTable:
    """Return the table of what the engine counted, its texts of truth read as labels."""
    if len(cells) > MOST_CELLS:
        message = f"the scores have more than {MOST_CELLS:,} combinations of group, bin and truth"
        raise InvalidInput([Problem(relation.name, message, fix="group by fewer or coarser columns")])
    width = len(request.by)
    summed: dict[tuple[Any, ...], list[int]] = {}
    for cell in cells:
        group, place, truth = cell[:width], int(cell[width]), code_of(cell[width + 1], request.positive)
        amounts = [int(amount) for amount in cell[width + 2 :]]
        key = (*group, place, truth)
        summed[key] = [a + b for a, b in zip(summed[key], amounts, strict=True)] if key in summed else amounts
    rows = [[*key, *amounts] for key, amounts in summed.items()]
    return ScoreTable.from_rows([*request.by, *columns], rows, edges)


def _range(relation: Relation, request: MeasureRequest) -> tuple[int, int]:
    """Return the least and the greatest score, which are numbers, as whole numbers of 10^-9."""
    name = str(request.y_score)
    number = relation.dialect.number(name, relation.columns()[name])
    ends = relation.query(f"SELECT MIN({number}), MAX({number}) FROM {RELATION}")[0]
    if any(abs(float(end)) > LARGEST_NUMBER for end in ends):
        message = f"column `{name}` has a score that is larger than {LARGEST_NUMBER:,}"
        raise InvalidInput([Problem(relation.name, message, fix="give it in a larger unit")])
    # As the dialect scales a number, step by step, so that rounding gives the same here and there.
    low, high = (int(copysign(floor(abs(float(end)) * SCALE + 0.5), float(end))) for end in ends)
    return low, high


def scaled_score(relation: Relation, request: MeasureRequest) -> str:
    """Return the score as a whole number of 10^-9, as SQL."""
    name = str(request.y_score)
    return relation.dialect.scaled(relation.dialect.number(name, relation.columns()[name]))


def _truth(request: MeasureRequest) -> str:
    assert request.y_true is not None
    return request.y_true
