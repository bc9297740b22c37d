"""What checks of data found, as another tool ran them: which passed, and how many rows were not as expected.

The table `checks` has a row for each check, with its result. `rows` has one for each check that tells how many rows it
looked at: those without a value (`missing`), and those that were not as expected among the rest. `failing` has one for
each check that counts what it found, but not what it looked at.
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

CHECKS: Final = "checks"
ROWS: Final = "rows"
FAILING: Final = "failing"

PASSED: Final = "passed"
WARNED: Final = "warned"
NOT_PASSED: Final = ("failed", "erred", "skipped")
RESULTS: Final = (PASSED, WARNED, *NOT_PASSED)
BY: Final = ("check", "column")

METRICS: Final = MappingProxyType(
    {
        "failed_checks": "number of checks that failed, erred or did not run",
        "warned_checks": "number of checks that only warn of what they found",
        "unexpected_share": "share of the rows with a value that are not as expected, of one check",
        "unexpected_rows": "number of rows that are not as expected, of one check",
    }
)


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield how many checks did not pass, and what each check that counts rows found."""
    checks = list(rows_of(table_named(evidence, CHECKS), CHECKS, (*BY, "result"), ()))
    unlike(checks, CHECKS, *BY)
    for row in checks:
        if row["result"] not in RESULTS:
            raise ValueError(f"table `{CHECKS}`: unknown result `{row['result']}`; known are {', '.join(RESULTS)}")
    known = {(row["check"], row["column"]) for row in checks}
    for metric, results in (("failed_checks", NOT_PASSED), ("warned_checks", (WARNED,))):
        found = sum(row["result"] in results for row in checks)
        yield Told(metric, len(checks), Fraction(found) if checks else None)
    yield from _counted(evidence, known)
    yield from _found(evidence, known)


def _counted(evidence: Evidence, known: set[tuple[str, str]]) -> Iterator[Told]:
    if ROWS not in (evidence.tables or {}):
        return
    rows = list(rows_of(table_named(evidence, ROWS), ROWS, BY, ("unexpected", "missing", "rows")))
    unlike(rows, ROWS, *BY)
    for row in rows:
        group = _group(row["check"], row["column"], known, ROWS)
        with_value = row["rows"] - row["missing"]
        if row["unexpected"] > with_value:
            raise ValueError(f"table `{ROWS}`: {row['unexpected']} of {with_value} rows with a value can not be")
        share = Fraction(row["unexpected"], with_value) if with_value else None
        yield Told(
            "unexpected_share", with_value, share, wilson(row["unexpected"], with_value) if with_value else None, group
        )
        yield Told("unexpected_rows", with_value, Fraction(row["unexpected"]) if with_value else None, None, group)


def _found(evidence: Evidence, known: set[tuple[str, str]]) -> Iterator[Told]:
    if FAILING not in (evidence.tables or {}):
        return
    rows = list(rows_of(table_named(evidence, FAILING), FAILING, BY, ("unexpected",)))
    unlike(rows, FAILING, *BY)
    counted = (
        {(row[0], row[1]) for row in table_named(evidence, ROWS).rows} if ROWS in (evidence.tables or {}) else set()
    )
    for row in rows:
        if (row["check"], row["column"]) in counted:
            raise ValueError(f"table `{FAILING}`: `{row['check']}` stands in the table `{ROWS}` too")
        group = _group(row["check"], row["column"], known, FAILING)
        # How many rows were looked at is not known, so n says only how many were found.
        yield Told("unexpected_rows", row["unexpected"], Fraction(row["unexpected"]), None, group)


def _group(check: str, column: str, known: set[tuple[str, str]], table: str) -> dict[str, str]:
    if (check, column) not in known:
        raise ValueError(f"table `{table}`: `{check}` of `{column}` is not in the table `{CHECKS}`")
    return {"check": check, "column": column}


KIND: Final = MeasuredKind(kind="checks", metrics=METRICS, tell=tell, with_interval=frozenset({"unexpected_share"}))
