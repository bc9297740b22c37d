"""Data quality: for each check of each column, how many rows were looked at and how many failed.

The table `checks` has a row for each. `rows` holds how many there were and how many were expected; `freshness`, the
newest moment and how many seconds before the measurement it lies (in `ahead`, how many after it).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from rampgate.formats.measured._base import MeasuredKind, Told
from rampgate.formats.measured._rows import rows_of, table_named, unlike
from rampgate.model.evidence import Evidence
from rampgate.stats.intervals import wilson

CHECKED: Final = MappingProxyType(
    {
        "null_rate": "share of rows without a value",
        "not_a_number_rate": "share of rows with a value that is no finite number, in a column with a range",
        "out_of_range_rate": "share of numbers outside of the range",
        "not_allowed_rate": "share of values that are not among the allowed ones",
        "missing_key_rate": "share of rows in which a part of the key has no value",
        "duplicate_rate": "share of rows whose key another row has had already",
        "not_a_moment_rate": "share of values that are no moment, in the column of one",
    }
)
"""The checks that are shares of rows."""

METRICS: Final = MappingProxyType(
    {
        **CHECKED,
        "rows": "how many rows there are",
        "rows_outside": "how many rows there are too few or too many of",
        "age_hours": "hours from the newest moment to the measurement; undefined where it lies ahead",
    }
)

CHECKS: Final = "checks"
CHECK_TEXTS: Final = ("check", "column", "expected")
CHECK_COUNTS: Final = ("n", "failed")
ROWS: Final = "rows"
ROWS_TEXTS: Final = ("expected",)
ROWS_COUNTS: Final = ("rows", "outside")
FRESHNESS: Final = "freshness"
FRESHNESS_TEXTS: Final = ("column", "newest")
FRESHNESS_COUNTS: Final = ("n", "age_seconds", "ahead")


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield every check of every column, then the rows and how old the newest is."""
    checks = list(rows_of(table_named(evidence, CHECKS), CHECKS, CHECK_TEXTS, CHECK_COUNTS))
    unlike(checks, CHECKS, "check", "column")
    for row in checks:
        if row["check"] not in CHECKED:
            raise ValueError(f"table `{CHECKS}`: unknown check `{row['check']}`")
        k, n = row["failed"], row["n"]
        if k > n:
            raise ValueError(f"table `{CHECKS}`: {k} of {n} rows can not have failed")
        group = {"column": row["column"]}
        yield Told(row["check"], n, Fraction(k, n) if n else None, wilson(k, n) if n else None, group)
    yield from _rows(evidence)
    if FRESHNESS not in (evidence.tables or {}):
        return
    for row in rows_of(table_named(evidence, FRESHNESS), FRESHNESS, FRESHNESS_TEXTS, FRESHNESS_COUNTS):
        # A moment ahead of the measurement says that a clock or the data are wrong, and nothing of how old they are.
        age = None if row["ahead"] or not row["n"] else Fraction(row["age_seconds"], 3600)
        yield Told("age_hours", row["n"], age, None, {"column": row["column"]})


def _rows(evidence: Evidence) -> Iterator[Told]:
    rows = list(rows_of(table_named(evidence, ROWS), ROWS, ROWS_TEXTS, ROWS_COUNTS))
    if len(rows) != 1:
        raise ValueError(f"table `{ROWS}` has one row, found {len(rows)}")
    count = rows[0]["rows"]
    if evidence.source is not None and count != evidence.source.rows:
        raise ValueError(f"table `{ROWS}` counts {count} rows, but the source has {evidence.source.rows}")
    yield Told("rows", count, Fraction(count))
    if rows[0]["expected"]:
        yield Told("rows_outside", count, Fraction(rows[0]["outside"]))


KIND: Final = MeasuredKind("data_quality", METRICS, tell, frozenset(CHECKED))
