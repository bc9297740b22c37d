"""Reads and writes the table of scores that evidence rests on, named `scores`."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any, Final

from rampgate.model.evidence import Evidence
from rampgate.stats.counts import SCALE
from rampgate.stats.normal import WORKING
from rampgate.stats.scores import BINNED_COLUMNS, EXACT_COLUMNS, ScoreTable

SCORES: Final = "scores"
"""The name of the table in evidence."""


def scores_of(evidence: Evidence) -> ScoreTable | None:
    """Return the scores of evidence, None where it has none; raises ValueError for a table that is not well formed."""
    table = (evidence.tables or {}).get(SCORES)
    if table is None:
        return None
    return ScoreTable.from_rows(table.columns, table.rows, [as_score(edge) for edge in table.edges])


def written(table: ScoreTable) -> dict[str, Any]:
    """Return the table as evidence writes it."""
    own = EXACT_COLUMNS if table.is_exact else BINNED_COLUMNS
    found: dict[str, Any] = {"columns": [*table.columns, *own], "rows": table.rows()}
    return found if table.is_exact else found | {"edges": [as_text(edge) for edge in table.edges]}


def as_score(text: str) -> int:
    """Return a decimal text as a whole number of 10^-9; raises ValueError if it has more than 9 decimal places."""
    with localcontext(WORKING):
        scaled = Decimal(text) * SCALE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"an edge has at most 9 decimal places, found {text}")
        return int(scaled)


def as_text(score: int, *, places: int = 9) -> str:
    """Return a whole number of 10^-9, or of other places, as a decimal text, such as `0.5`."""
    with localcontext(WORKING):
        return f"{Decimal(score).scaleb(-places).normalize():f}"
