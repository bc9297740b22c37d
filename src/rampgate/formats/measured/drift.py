"""Drift: how far a window lies from a stored reference profile, for each column, from counts in frozen bins.

The table `columns` has a row for each column; the bins of a column stand in a table `bins of <column>` (numbers) or
`values of <column>` (categories). Rows without a value, and those that are no number, are in no bin.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from rampgate.formats.measured._base import MeasuredKind, Told
from rampgate.formats.measured._rows import rows_of, table_named, unlike
from rampgate.model.evidence import Evidence
from rampgate.stats.drift import (
    chi_square,
    cramers_v,
    jensen_shannon,
    ks_bounds,
    merged,
    psi,
    psi_interval,
    psi_without_drift,
)
from rampgate.stats.intervals import difference, wilson

METRICS: Final = MappingProxyType(
    {
        "psi": "population stability index, from the wide bins; natural logarithm",
        "psi_without_drift": "what PSI is on average where nothing drifts: (k - 1)(1/n + 1/m)",
        "js_distance": "Jensen-Shannon distance, from the wide bins; base 2, from 0 to 1",
        "ks": "Kolmogorov-Smirnov distance of a number, from all bins; the interval is certain",
        "chi_square": "chi-square of homogeneity, from the wide bins",
        "chi_square_freedom": "degrees of freedom of the chi-square",
        "cramers_v": "size of the chi-square, from 0 to 1",
        "new_value_rate": "share of rows with a category that the reference does not have",
        "null_rate": "share of the window's rows without a value",
        "null_rate_change": "that share minus the one of the reference",
        "not_a_number_rate": "share of the window's rows with NaN, infinity or a text in a column of numbers",
    }
)

COLUMNS: Final = "columns"
COLUMN_TEXTS: Final = ("column", "kind")
COLUMN_COUNTS: Final = (
    *("reference_rows", "reference_null", "reference_not_a_number", "reference_other"),
    *("window_rows", "window_null", "window_not_a_number", "window_other"),
)
BIN_COLUMNS: Final = ("bin", "part", "reference", "window")
VALUE_TEXTS: Final = ("value",)
VALUE_COUNTS: Final = ("reference", "window")


def bins_name(column: str) -> str:
    """Return the name of the table of a number's bins."""
    return f"bins of {column}"


def values_name(column: str) -> str:
    """Return the name of the table of a category's values."""
    return f"values of {column}"


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield every metric of every column."""
    columns = list(rows_of(table_named(evidence, COLUMNS), COLUMNS, COLUMN_TEXTS, COLUMN_COUNTS))
    unlike(columns, COLUMNS, "column")
    for row in columns:
        if row["kind"] == "number":
            yield from _number(evidence, row)
        elif row["kind"] == "category":
            yield from _category(evidence, row)
        else:
            raise ValueError(f"table `{COLUMNS}`: a column is a `number` or a `category`, found `{row['kind']}`")


def _number(evidence: Evidence, row: dict[str, Any]) -> Iterator[Told]:
    name = bins_name(row["column"])
    table = table_named(evidence, name)
    bins = list(rows_of(table, name, (), BIN_COLUMNS))
    if [each["bin"] for each in bins] != list(range(len(table.edges) + 1)):
        raise ValueError(f"table `{name}` must list each of the {len(table.edges) + 1} bins between its edges once")
    reference, window = ([each[side] for each in bins] for side in ("reference", "window"))
    parts = [each["part"] for each in bins]
    if parts != sorted(parts) or set(parts) != set(range(parts[-1] + 1)):
        raise ValueError(f"table `{name}`: `part` must rise from 0 without leaving a number out")
    _check_rows(row, name, reference, window)
    yield from _distances(row, merged(reference, parts), merged(window, parts))
    bounds = ks_bounds(reference, window)
    group = {"column": row["column"]}
    yield Told("ks", sum(window), None if bounds is None else bounds.low, bounds, group)
    yield _rate("not_a_number_rate", row["window_not_a_number"], row["window_rows"], group)
    yield from _nulls(row)


def _category(evidence: Evidence, row: dict[str, Any]) -> Iterator[Told]:
    name = values_name(row["column"])
    values = list(rows_of(table_named(evidence, name), name, VALUE_TEXTS, VALUE_COUNTS))
    unlike(values, name, "value")
    reference, window = ([*(each[side] for each in values), row[f"{side}_other"]] for side in ("reference", "window"))
    _check_rows(row, name, reference[:-1], window[:-1])
    yield from _distances(row, reference, window)
    group = {"column": row["column"]}
    if row["reference_other"]:
        # What is not listed may have been there before, among the values that the profile does not list.
        yield Told("new_value_rate", sum(window), None, None, group)
    else:
        yield _rate("new_value_rate", row["window_other"], sum(window), group)
    yield from _nulls(row)


def _check_rows(row: dict[str, Any], name: str, reference: list[int], window: list[int]) -> None:
    """Raise ValueError where a side's bins and its rows in none of them are not all its rows."""
    for side, counts in (("reference", reference), ("window", window)):
        counted = sum(counts) + sum(row[f"{side}_{part}"] for part in ("null", "not_a_number", "other"))
        if counted != row[f"{side}_rows"]:
            rows = row[f"{side}_rows"]
            raise ValueError(f"table `{name}`: {counted} rows of the {side} are accounted for, expected {rows}")


def _distances(row: dict[str, Any], reference: list[int], window: list[int]) -> Iterator[Told]:
    group, n = {"column": row["column"]}, sum(window)
    yield Told("psi", n, psi(reference, window), psi_interval(reference, window), group)
    yield Told("psi_without_drift", n, psi_without_drift(reference, window), None, group)
    yield Told("js_distance", n, jensen_shannon(reference, window), None, group)
    found = chi_square(reference, window)
    yield Told("chi_square", n, None if found is None else found[0], None, group)
    yield Told("chi_square_freedom", n, None if found is None else Decimal(found[1]), None, group)
    yield Told("cramers_v", n, cramers_v(reference, window), None, group)


def _nulls(row: dict[str, Any]) -> Iterator[Told]:
    group, k, n = {"column": row["column"]}, row["window_null"], row["window_rows"]
    before, rows = row["reference_null"], row["reference_rows"]
    yield _rate("null_rate", k, n, group)
    if n and rows:
        change = Fraction(k, n) - Fraction(before, rows)
        yield Told("null_rate_change", n, change, difference(k, n, before, rows), group)
    else:
        yield Told("null_rate_change", n, None, None, group)


def _rate(metric: str, k: int, n: int, group: dict[str, str]) -> Told:
    return Told(metric, n, Fraction(k, n), wilson(k, n), group) if n else Told(metric, n, None, None, group)


KIND: Final = MeasuredKind(
    "drift",
    METRICS,
    tell,
    frozenset({"psi", "ks", "new_value_rate", "null_rate", "null_rate_change", "not_a_number_rate"}),
)
