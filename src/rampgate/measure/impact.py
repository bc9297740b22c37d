"""Impact: a business outcome of two arms, counted (a yes or no) or summed up (an amount)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.measured.impact import ARMS, BASELINE, MEAN_COUNTS, RATE_COUNTS, TREATMENT
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.cells import LARGEST_NUMBER, MOST_CELLS, check_columns, check_numbers, count_cells, grouped
from rampgate.measure.engines import open_request
from rampgate.measure.engines._base import Relation
from rampgate.measure.labels import counts_table
from rampgate.measure.options import refuse_others
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.telling import checked_groups, measurement_from, table_of

LEFT_OUT = "left_out"


def measure_impact(request: MeasureRequest, now: datetime) -> Measurement:
    """Return impact evidence; raises as `rampgate.measure.measure` does."""
    arm, value = _asked(request)
    named = {request.details.treatment: TREATMENT, request.details.baseline: BASELINE}
    with open_request(request) as table:
        measured = value if value is not None else str(request.outcome)
        check_columns(table, [*request.by, arm], [measured])
        rows = list(_sums(table, request, arm, value) if value is not None else _counts(table, request, arm))
        width = len(request.by)
        warnings = checked_groups(table, [*request.by, arm], [tuple(row[: width + 2]) for row in rows])
        found = {row[width] for row in rows}
        for option, wanted in (("--treatment", request.details.treatment), ("--baseline", request.details.baseline)):
            if wanted not in found:
                message = f"column `{arm}` has no `{wanted}`, which `{option}` names{did_you_mean(str(wanted), found)}"
                raise InvalidInput([Problem(table.name, message)])
        kept = sorted([*row[:width], named[row[width]], *row[width + 1 :]] for row in rows if row[width] in named)
        out: dict[str, int] = {}
        for row in rows:
            if row[width] not in named:
                out[row[width]] = out.get(row[width], 0) + row[width + 1]
        counts = RATE_COUNTS if value is None else MEAN_COUNTS
        tables = {ARMS: table_of((*request.by, "arm", *counts), kept)}
        notes = [f"left out: {n:,} rows of another arm, `{name}`" for name, n in sorted(out.items())]
        if out:
            tables[LEFT_OUT] = table_of(("arm", "n"), sorted(out.items()))
        arms = {"arm": arm, "treatment": request.details.treatment, "baseline": request.details.baseline}
        content: dict[str, Any] = {"tables": tables, "results": {"arms": arms, "outcome": measured}}
        return measurement_from("impact", request, now, table, content, notes=notes, warnings=warnings)


def _asked(request: MeasureRequest) -> tuple[str, str | None]:
    asked = request.details
    refuse_others("impact", request, takes=("by", "outcome", "positive"))
    if asked.arm is None or asked.treatment is None or asked.baseline is None:
        raise UsageProblem("impact needs `--arm COLUMN`, and which of its values are `--treatment` and `--baseline`")
    if asked.treatment == asked.baseline:
        raise UsageProblem(f"treatment and baseline are both `{asked.treatment}`")
    if (asked.value is None) == (request.outcome is None):
        raise UsageProblem("impact needs either `--outcome COLUMN`, a yes or no, or `--value COLUMN`, an amount")
    return asked.arm, asked.value


def _counts(table: Relation, request: MeasureRequest, arm: str) -> Iterable[list[Any]]:
    groups = (*request.by, arm)
    raw = count_cells(table, group_columns=groups, label_columns=[str(request.outcome)])
    counts = counts_table(
        raw, request.data, groups=groups, labels=("outcome",), positive=request.positive, scored=False
    )
    return ([*group, cells.rows, cells.amount("yes").n] for group, cells in counts.groups().items())


def _sums(table: Relation, request: MeasureRequest, arm: str, value: str) -> Iterable[list[Any]]:
    check_numbers(table, [value], "an amount", f"ABS({{x}}) > {LARGEST_NUMBER}")
    dialect = table.dialect
    scaled = dialect.scaled(dialect.number(value, table.columns()[value]))
    keys = [dialect.quoted(name) for name in (*request.by, arm)]
    cells = grouped(table, keys, ["COUNT(*)", dialect.summed(scaled), dialect.sum_of_squares(*dialect.parts(scaled))])
    if len(cells) > MOST_CELLS:
        message = f"the groups have more than {MOST_CELLS:,} combinations of values"
        raise InvalidInput([Problem(table.name, message, fix="group by fewer or coarser columns")])
    return ([*row[: len(keys)], *map(int, row[len(keys) :])] for row in cells)
