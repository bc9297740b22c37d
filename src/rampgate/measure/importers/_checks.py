"""Writes the tables that evidence of kind `checks` rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rampgate.formats.measured.checks import BY, CHECKS, FAILING, ROWS


@dataclass(frozen=True, slots=True)
class Check:
    """One check. result: a word of `rampgate.formats.measured.checks.RESULTS`.

    counted: (unexpected, missing, rows) where it says how many rows it looked at. found: the unexpected ones alone,
    where it does not.
    """

    name: str
    column: str
    result: str
    counted: tuple[int, int, int] | None = None
    found: int | None = None


def checks_table(checks: Sequence[Check]) -> dict[str, Any]:
    """Return the tables, rows in a fixed order."""
    ordered = sorted(checks, key=lambda each: (each.column, each.name))
    tables: dict[str, Any] = {
        CHECKS: {"columns": [*BY, "result"], "rows": [[each.name, each.column, each.result] for each in ordered]}
    }
    counted = [[each.name, each.column, *each.counted] for each in ordered if each.counted is not None]
    found = [
        [each.name, each.column, each.found] for each in ordered if each.counted is None and each.found is not None
    ]
    if counted:
        tables[ROWS] = {"columns": [*BY, "unexpected", "missing", "rows"], "rows": counted}
    if found:
        tables[FAILING] = {"columns": [*BY, "unexpected"], "rows": found}
    return tables
