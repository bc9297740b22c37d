"""How the answers of a language model were judged, case by case, and what they cost.

The table `judged` counts, for each measure, in how many of its cases it was so: `k` of `n`. A case is one answer to one
question; an error is a question that got no answer that could be judged. The table `spent`, where it is there, has the
sum of the prices of all cases in 10^-9 of the currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from rampgate.formats.measured._base import MeasuredKind, Told
from rampgate.formats.measured._rows import groups_of, rows_of, table_named, unlike
from rampgate.model.evidence import Evidence
from rampgate.stats.counts import SCALE
from rampgate.stats.intervals import wilson

JUDGED: Final = "judged"
SPENT: Final = "spent"
ERROR: Final = "error"

RATES: Final = MappingProxyType(
    {
        "passed": "share of cases that passed every check made of them",
        "correct": "share of answers that are right",
        "relevance": "share of answers that are to the point",
        "groundedness": "share of answers that rest on what was given",
        "hallucination": "share of answers with something invented",
        "refusal": "share of questions that were refused",
        "toxicity": "share of answers that are toxic",
        ERROR: "share of questions that got no answer that could be judged",
    }
)
COST: Final = "cost_per_1000"
OWN: Final = ("measure", "k", "n")
SPENT_COLUMNS: Final = ("currency",), ("cost_nano", "cases")


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield the share of each measure over all cases and in each group, and the cost of 1,000 cases."""
    table = table_named(evidence, JUDGED)
    groups = groups_of(table, OWN, JUDGED)
    rows = list(rows_of(table, JUDGED, (*groups, "measure"), ("k", "n")))
    unlike(rows, JUDGED, *groups, "measure")
    for row in rows:
        if row["measure"] not in RATES:
            raise ValueError(f"table `{JUDGED}`: unknown measure `{row['measure']}`; known are {', '.join(RATES)}")
        if row["k"] > row["n"]:
            raise ValueError(f"table `{JUDGED}`: {row['k']} of {row['n']} cases can not be")
    for columns in ((), groups) if groups else ((),):
        yield from _shares(rows, columns)
    yield from _cost(evidence)


def sizes(evidence: Evidence) -> tuple[tuple[str, ...], dict[tuple[str, ...], int]]:
    """Return the group columns, and the cases of each group: as many as the measure of most cases has."""
    table = table_named(evidence, JUDGED)
    groups = groups_of(table, OWN, JUDGED)
    found: dict[tuple[str, ...], int] = {}
    for row in rows_of(table, JUDGED, (*groups, "measure"), ("k", "n")):
        key = tuple(row[name] for name in groups)
        found[key] = max(found.get(key, 0), row["n"])
    return groups, found


def _shares(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Iterator[Told]:
    sums: dict[tuple[str, ...], tuple[int, int]] = {}
    for row in rows:
        key = (*(row[name] for name in columns), row["measure"])
        k, n = sums.get(key, (0, 0))
        sums[key] = (k + row["k"], n + row["n"])
    for (*group, measure), (k, n) in sorted(sums.items()):
        value = Fraction(k, n) if n else None
        yield Told(measure, n, value, wilson(k, n) if n else None, dict(zip(columns, group, strict=True)))


def _cost(evidence: Evidence) -> Iterator[Told]:
    if SPENT not in (evidence.tables or {}):
        return
    rows = list(rows_of(table_named(evidence, SPENT), SPENT, *SPENT_COLUMNS))
    if len(rows) != 1:
        raise ValueError(f"table `{SPENT}` has one row, in one currency; found {len(rows)}")
    (row,) = rows
    cases = row["cases"]
    yield Told(COST, cases, Fraction(row["cost_nano"] * 1000, SCALE * cases) if cases else None)


KIND: Final = MeasuredKind(
    kind="answers",
    metrics=MappingProxyType({**RATES, COST: "what 1,000 cases cost, in the currency of the table `spent`"}),
    tell=tell,
    with_interval=frozenset(RATES),
    sizes=sizes,
)
