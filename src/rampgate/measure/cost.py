"""Cost: what calls of a log cost, as scaled sums of each group and a histogram."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rampgate.errors import UsageProblem
from rampgate.formats.measured.cost import COST_COUNTS, COSTS, SUM_COUNTS, SUMS
from rampgate.measure.amounts import amounts_of
from rampgate.measure.cells import LARGEST_NUMBER, check_columns, check_numbers, grouped
from rampgate.measure.engines import open_request
from rampgate.measure.options import refuse_others
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.telling import measurement_from, table_of

SPAN = (-8, 6)
"""Costs are told apart from a hundred-millionth to a million of their currency."""


def measure_cost(request: MeasureRequest, now: datetime) -> Measurement:
    """Return cost evidence; raises as `rampgate.measure.measure` does."""
    asked, by = request.details, request.by
    refuse_others("cost", request, takes=("by",))
    if asked.cost is None:
        raise UsageProblem("cost needs the column of what a call cost: `--cost COLUMN`")
    with open_request(request) as table:
        check_columns(table, by, [asked.cost])
        check_numbers(table, [asked.cost], "a cost", f"{{x}} < 0 OR {{x}} > {LARGEST_NUMBER}")
        dialect = table.dialect
        scaled = dialect.scaled(dialect.number(asked.cost, table.columns()[asked.cost]))
        keys = [dialect.quoted(name) for name in by]
        sums = grouped(
            table, keys, ["COUNT(*)", dialect.summed(scaled), dialect.sum_of_squares(*dialect.parts(scaled))]
        )
        found = amounts_of(table, by, asked.cost, "a cost", span=SPAN, more=asked.edges)
        lines = sorted([*row[: len(by)], *map(int, row[len(by) :])] for row in sums)
        content: dict[str, Any] = {
            "tables": {
                SUMS: table_of((*by, *SUM_COUNTS), lines),
                COSTS: table_of((*by, *COST_COUNTS), found.bins, found.edges),
            }
        }
        if asked.currency is not None:
            content["results"] = {"currency": asked.currency}
        notes = [f"costs are in {asked.currency}"] if asked.currency else []
        return measurement_from("cost", request, now, table, content, notes=notes, warnings=found.warnings)
