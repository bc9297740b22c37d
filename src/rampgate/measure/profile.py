"""Makes the profile of a reference: which bins each column has, and how many rows are in each of them."""

# ruff: noqa: S608 (names of columns are quoted by the dialect, ranks are numbers)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import rampgate
from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.dialect import key_fault
from rampgate.measure.cells import check_columns
from rampgate.measure.edges import edges_of
from rampgate.measure.engines import open_request
from rampgate.measure.engines._base import RELATION, Relation, provenance
from rampgate.measure.histograms import NOT_A_NUMBER, NULL, OTHER, Bins, count_bins
from rampgate.measure.request import MeasureRequest

MOST_VALUES: Final = 100
"""A category's further values are counted together."""

FEWEST_NUMBERS: Final = 30
"""Texts and whole numbers are taken for numbers where they have more different values than this, else for codes."""


@dataclass(frozen=True, slots=True)
class ProfileRequest:
    """What to profile.

    columns: which ones, none for all that can be. categories, numbers: those that are to be taken as such, whatever
    they look like. bins: how many quantiles the wide bins are. min_cell: values with fewer rows are counted as other.
    """

    data: Path = Path()
    engine: str | None = None
    table: str | None = None
    columns: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    bins: int = 10
    min_cell: int = 0


@dataclass(frozen=True, slots=True)
class Profiled:
    """The content of a profile file, what to print of it, and what looks wrong in the data."""

    profile: dict[str, Any]
    table: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


HEADER: Final = ("column", "kind", "bins or values", "rows", "no value", "no number", "other")


def make_profile(request: ProfileRequest, now: datetime) -> Profiled:
    """Return the profile of a table. Raises as `rampgate.measure.measure` does."""
    if not 2 <= request.bins <= 100:
        raise UsageProblem(f"a column has 2 to 100 bins, found {request.bins}")
    both = sorted(set(request.categories) & set(request.numbers))
    if both:
        raise UsageProblem(f"column `{both[0]}` is said to be both numbers and a category")
    # No model and nobody: a profile is of data alone, and the request only says where they are.
    opened = MeasureRequest(
        data=request.data, engine=request.engine, table=request.table, model="", version="", artifact="", produced_by=""
    )
    with open_request(opened) as table:
        names, left_out = _columns(table, request)
        kinds = _kinds(table, names, request)
        edges = {name: edges_of(table, name, request.bins) for name in names if kinds[name] == "number"}
        wanted = [
            Bins(name, edges=edges[name].texts)
            if name in edges
            else Bins(name, values=_values(table, name, request.min_cell))
            for name in names
        ]
        counted = count_bins(table, wanted)
        rows = table.identity().rows
        source = provenance(table)
    parts = [edges[name].parts if name in edges else () for name in names]
    columns = [_column(*each) for each in zip(wanted, parts, counted, strict=True)]
    profile = {
        "schema": "rampgate/profile/v1",
        "source": {key: value for key, value in source.items() if key != "sql"},
        "made_at": now.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tool_version": rampgate.__version__,
        "columns": columns,
    }
    return Profiled(profile, tuple(_line(column, rows) for column in columns), tuple(left_out))


def _columns(table: Relation, request: ProfileRequest) -> tuple[list[str], list[str]]:
    """Return the columns to profile, and why others were left out."""
    known = table.columns()
    check_columns(table, [], [*request.columns, *request.categories, *request.numbers])
    asked = request.columns or tuple(known)
    stray = [name for name in (*request.categories, *request.numbers) if name not in asked]
    if stray:
        raise UsageProblem(f"`{stray[0]}` is not among the columns to profile")
    refused = {name: fault for name in asked if (fault := _fault(table, name))}
    if request.columns and refused:
        raise InvalidInput(Problem(table.name, f"column `{name!a}` {fault}") for name, fault in refused.items())
    kept = [name for name in dict.fromkeys(asked) if name not in refused]
    if not kept:
        raise InvalidInput([Problem(table.name, "no column can be profiled", expected="numbers, texts or yes and no")])
    return kept, [f"left out column {name}: it {fault}" for name, fault in refused.items()]


def _fault(table: Relation, name: str) -> str:
    kind = table.columns()[name]
    if kind not in ("text", "integer", "number", "boolean"):
        return f"holds {'times' if kind == 'time' else 'neither numbers nor texts'}, which have no bins"
    if len(name) > 250:
        return "has a name of more than 250 characters"
    return key_fault(name) or ""


def _kinds(table: Relation, names: Sequence[str], request: ProfileRequest) -> dict[str, str]:
    """Return `number` or `category` for each column. Raises InvalidInput for numbers that are none."""
    return {name: _kind(table, name, request) for name in names}


def _kind(table: Relation, name: str, request: ProfileRequest) -> str:
    dialect, kind = table.dialect, table.columns()[name]
    if name in request.numbers:
        return "number"
    if name in request.categories or kind == "boolean":
        return "category"
    if kind == "number":
        return "number"
    raw, number = dialect.quoted(name), dialect.number(name, kind)
    words = f"{raw} IS NOT NULL AND {number} IS NULL"
    if int(table.query(f"SELECT {dialect.counted_if(words)} FROM {RELATION}")[0][0]):
        return "category"
    text = f"SELECT DISTINCT {number} AS x FROM {RELATION} WHERE {raw} IS NOT NULL LIMIT {FEWEST_NUMBERS + 1}"
    return "number" if len(table.query(text)) > FEWEST_NUMBERS else "category"


def _values(table: Relation, name: str, min_cell: int) -> tuple[str, ...]:
    """Return the values of a category, the most frequent ones first."""
    text = table.dialect.as_text(table.dialect.quoted(name))
    rows = table.query(
        f"SELECT v, COUNT(*) FROM (SELECT {text} AS v FROM {RELATION}) AS texts WHERE v IS NOT NULL "
        f"GROUP BY 1 HAVING COUNT(*) >= {max(min_cell, 1)} ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES + 1}"
    )
    return tuple(str(row[0]) for row in rows[:MOST_VALUES])


def _column(bins: Bins, parts: Sequence[int], found: dict[int, int]) -> dict[str, Any]:
    counts = [found.get(place, 0) for place in range(bins.places)]
    head = {"name": bins.column, "kind": "number" if bins.edges else "category", "null": found.get(NULL, 0)}
    if not bins.edges:
        return {**head, "values": list(bins.values), "counts": counts, "other": found.get(OTHER, 0)}
    broken = {"not_a_number": found.get(NOT_A_NUMBER, 0)}
    return {**head, **broken, "edges": list(bins.edges), "parts": list(parts), "counts": counts}


def _line(column: dict[str, Any], rows: int) -> tuple[str, ...]:
    bins = column["parts"][-1] + 1 if column["kind"] == "number" else len(column["values"])
    rest = (column["null"], column.get("not_a_number", 0), column.get("other", 0))
    return (column["name"], column["kind"], f"{bins:,}", f"{rows:,}", *(f"{each:,}" for each in rest))
