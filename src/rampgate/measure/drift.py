"""Drift: a window is counted in the frozen bins of a stored profile, in one scan, and held against it."""

# ruff: noqa: S608 (the name of the column is quoted by the dialect)

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from rampgate.errors import UsageProblem
from rampgate.formats.measured._base import Told
from rampgate.formats.measured.drift import (
    BIN_COLUMNS,
    COLUMN_COUNTS,
    COLUMN_TEXTS,
    COLUMNS,
    VALUE_COUNTS,
    VALUE_TEXTS,
    bins_name,
    values_name,
)
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.cells import check_columns
from rampgate.measure.engines import open_request
from rampgate.measure.engines._base import RELATION, Relation, provenance
from rampgate.measure.evidence import shown
from rampgate.measure.histograms import NOT_A_NUMBER, NULL, OTHER, Bins, count_bins
from rampgate.measure.options import refuse_others
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.telling import evidence_from, table_of
from rampgate.model.profile import CategoryColumn, NumberColumn, Profile

RULES = {
    "bins": "frozen in the profile; a bin holds values from its lower edge on, up to below its upper one; PSI, "
    "Jensen-Shannon and chi-square rest on the wide bins (`part`), KS on all of them",
    "null_rule": "rows without a value, and rows that are no number, are in no bin; their shares are told beside it",
    "zero_rule": "for PSI, a bin that is empty on one side counts as half a row there; one empty on both is left out",
    "log_base": "psi: e; js_distance: 2",
    "new_values": "all values that the profile does not list are one bin",
}
"""How the numbers are computed, word for word as evidence says it."""

HEADER = ("column", "PSI (95% interval)", "noise", "JS", "KS between", "V", "null")
"""What is printed; `noise` is the PSI without drift, `V` the size of the chi-square, `null` the rows without one."""

Counts = list[dict[int, int]]


def measure_drift(request: MeasureRequest, now: datetime) -> Measurement:
    """Return drift evidence; raises as `rampgate.measure.measure` does."""
    refuse_others("drift", request)
    profile = request.details.profile
    if profile is None:
        raise UsageProblem("drift needs a reference: `--profile FILE`, which `rampgate measure profile` makes")
    columns = _wanted(profile, request)
    names = [column.name for column in columns]
    with open_request(request) as table:
        check_columns(table, [], names)
        counted = count_bins(table, [_bins(column) for column in columns])
        notes = list(_new_values(table, columns, counted))
        source = provenance(table)
    content = {
        "tables": _tables(profile, columns, counted, source["rows"]),
        "results": {"rules": RULES, "profile": _identity(profile, request)},
    }
    evidence, told = evidence_from("drift", request, now, source, content)
    lines = tuple(_line(name, [each for each in told if each.group["column"] == name]) for name in names)
    return Measurement(evidence, HEADER, lines, tuple(notes), tuple(_warnings(columns, counted, source["rows"])))


def _wanted(profile: Profile, request: MeasureRequest) -> list[NumberColumn | CategoryColumn]:
    names = [column.name for column in profile.columns]
    unknown = [name for name in request.details.columns if name not in names]
    if unknown:
        raise UsageProblem(f"the profile has no column `{unknown[0]}`{did_you_mean(unknown[0], names)}")
    asked = request.details.columns or names
    return [column for column in profile.columns if column.name in asked]


def _bins(column: NumberColumn | CategoryColumn) -> Bins:
    if isinstance(column, NumberColumn):
        return Bins(column.name, edges=column.edges)
    return Bins(column.name, values=column.values)


def _tables(
    profile: Profile, columns: Sequence[NumberColumn | CategoryColumn], counted: Counts, rows: int
) -> dict[str, Any]:
    overview, tables = [], {}
    for column, found in zip(columns, counted, strict=True):
        window = [found.get(place, 0) for place in range(len(column.counts))]
        if isinstance(column, NumberColumn):
            before = (column.null, column.not_a_number, 0)
            lines = zip(range(len(window)), column.parts, column.counts, window, strict=True)
            tables[bins_name(column.name)] = table_of(BIN_COLUMNS, lines, column.edges)
        else:
            before = (column.null, 0, column.other)
            values = zip(column.values, column.counts, window, strict=True)
            tables[values_name(column.name)] = table_of((*VALUE_TEXTS, *VALUE_COUNTS), values)
        now = [found.get(place, 0) for place in (NULL, NOT_A_NUMBER, OTHER)]
        overview.append([column.name, column.kind, profile.source.rows, *before, rows, *now])
    return {COLUMNS: table_of((*COLUMN_TEXTS, *COLUMN_COUNTS), overview), **tables}


def _identity(profile: Profile, request: MeasureRequest) -> dict[str, Any]:
    found: dict[str, Any] = {"digest": request.details.profile_digest} if request.details.profile_digest else {}
    data = {"uri": profile.source.uri, "digest": profile.source.digest, "rows": profile.source.rows}
    return found | {"made_at": profile.made_at, "data": data}


def _new_values(table: Relation, columns: Sequence[NumberColumn | CategoryColumn], counted: Counts) -> Iterator[str]:
    """Yield for each category with values that the profile does not list how many they are, and a few of them."""
    for column, found in zip(columns, counted, strict=True):
        if not isinstance(column, CategoryColumn) or not found.get(OTHER):
            continue
        dialect = table.dialect
        text = dialect.as_text(dialect.quoted(column.name))
        known = ", ".join(dialect.literal(value) for value in column.values) or "''"
        rows = table.query(
            f"SELECT v, COUNT(*) FROM (SELECT {text} AS v FROM {RELATION}) AS texts "
            f"WHERE v NOT IN ({known}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 6"
        )
        listed = ", ".join(f"`{str(value)[:40]}` ({int(n):,})" for value, n in rows[:5])
        more = " and others" if len(rows) > 5 else ""
        kind = "not listed in the profile" if column.other else "new"
        yield f"column {column.name}: {found[OTHER]:,} rows have values that are {kind}: {listed}{more}"


def _warnings(columns: Sequence[NumberColumn | CategoryColumn], counted: Counts, rows: int) -> Iterator[str]:
    for column, found in zip(columns, counted, strict=True):
        broken = found.get(NOT_A_NUMBER, 0)
        if broken:
            yield f"column `{column.name}`: {broken:,} of {rows:,} rows are no finite number, and are in no bin"
        if found.get(NULL, 0) == rows:
            yield f"column `{column.name}` has no value in any row, so its drift is undefined"


def _line(column: str, told: Sequence[Told]) -> tuple[str, ...]:
    by = {each.metric: each for each in told}
    ks = by.get("ks")
    return (
        column,
        shown(by["psi"].value, by["psi"].interval),
        shown(by["psi_without_drift"].value),
        shown(by["js_distance"].value),
        "" if ks is None else "undefined" if ks.interval is None else _between(ks),
        shown(by["cramers_v"].value),
        shown(by["null_rate"].value),
    )


def _between(told: Told) -> str:
    assert told.interval is not None
    low, high = told.interval.rounded(4)
    return f"{low:f} to {high:f}"
