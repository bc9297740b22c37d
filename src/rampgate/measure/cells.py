"""Reduces a table to counts or sums, on any engine.

Group values and labels come back as the text that the table holds; what they mean is decided in `labels`. Weights and
errors are summed as integers (times 10^9, rounded row by row), because sums of floating-point numbers depend on the
order of the rows.
"""

# ruff: noqa: S608 (names of columns are quoted by the dialect, thresholds are numbers)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rampgate.errors import InvalidInput, Problem
from rampgate.formats.dialect import key_fault
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.engines._base import RELATION, Relation, provenance
from rampgate.measure.sql import Kind
from rampgate.measure.text_of import text_of_day, text_of_number
from rampgate.stats.counts import RESERVED_COLUMNS
from rampgate.stats.regression import SUM_NAMES

MOST_CELLS = 10_000
"""More cells than this are no summary any more, and each would be about a person."""

LARGEST_NUMBER = 5 * 10**9
"""The square of a larger error, times 10^18, would overflow the engine's largest integer."""

LEAST_WEIGHT = "0.001"
"""The square of a smaller weight would lose its digits at 9 decimal places."""

_WEIGHT_OUT_OF_RANGE = f"{{x}} < 0 OR ({{x}} > 0 AND {{x}} < {LEAST_WEIGHT}) OR {{x}} > {LARGEST_NUMBER}"


@dataclass(frozen=True, slots=True)
class RawTable:
    """What the engine counted: group values and labels as text (None where missing), then integers.

    columns: the names of the leading text columns. cells: one tuple for each combination, in no order. rows: all rows
    of the table. digest: of the data. source: the `source` of evidence, for what was counted.
    """

    columns: tuple[str, ...]
    cells: tuple[tuple[Any, ...], ...]
    rows: int
    digest: str
    source: dict[str, Any] = field(default_factory=dict)


def count_cells(
    table: Relation,
    *,
    group_columns: Sequence[str],
    label_columns: Sequence[str],
    weight: str | None = None,
    y_score: str | None = None,
    threshold: Decimal | None = None,
) -> RawTable:
    """Return how many rows each combination of group values and labels has, and the sums of weights if asked for.

    The label of `y_score`, if given, comes last: `1` where it is at least the threshold, `0` below.
    Raises InvalidInput for absent columns, weights that are none, and more than 10,000 combinations.
    """
    dialect, wanted = table.dialect, [*group_columns, *label_columns]
    check_columns(table, group_columns, [*label_columns, *_given(y_score, weight)])
    keys = [dialect.quoted(name) for name in wanted]
    if y_score is not None:
        if table.columns()[y_score] in ("time", "other"):
            raise InvalidInput([Problem(table.name, f"column `{y_score}` must hold scores, and is none of numbers")])
        keys.append(dialect.predicted(y_score, table.columns()[y_score], repr(float(threshold or 0))))
    sums = ["COUNT(*)"]
    if weight is not None:
        check_numbers(table, [weight], "a weight", _WEIGHT_OUT_OF_RANGE)
        scaled = dialect.scaled(dialect.number(weight, table.columns()[weight]))
        sums += [dialect.summed(scaled), dialect.sum_of_squares(*dialect.parts(scaled))]
    cells = grouped(table, keys, sums)
    if len(cells) > MOST_CELLS:
        raise InvalidInput([_too_many(table, wanted)])
    identity = table.identity()
    return RawTable((*wanted, *_given(y_score)), tuple(cells), identity.rows, identity.digest, provenance(table))


def sum_errors(table: Relation, *, group_columns: Sequence[str], y_true: str, y_pred: str) -> RawTable:
    """Return for each group the sums of a regression's errors, in the order of `stats.regression.SUM_NAMES`.

    Raises as `count_cells` does, and InvalidInput for a truth or prediction that is no finite number up to 5 * 10^9.
    """
    check_columns(table, group_columns, [y_true, y_pred])
    check_numbers(table, [y_true, y_pred], "a number", f"ABS({{x}}) > {LARGEST_NUMBER}")
    dialect, kinds = table.dialect, table.columns()
    truth, predicted = (dialect.scaled(dialect.number(name, kinds[name])) for name in (y_true, y_pred))
    # An error may be twice as large as 64 bits hold, so it is never written as one number.
    larger, smaller = f"GREATEST({predicted}, {truth})", f"LEAST({predicted}, {truth})"
    pairs = zip(dialect.parts(predicted), dialect.parts(truth), strict=True)
    units, rest = (f"({one} - {other})" for one, other in pairs)
    summands = {
        "n": "COUNT(*)",
        "sum_err": f"{dialect.summed(predicted)} - {dialect.summed(truth)}",
        "sum_abs_err": f"{dialect.summed(larger)} - {dialect.summed(smaller)}",
        "sum_sq_err": dialect.sum_of_squares(units, rest),
        "sum_y": dialect.summed(truth),
        "sum_y2": dialect.sum_of_squares(*dialect.parts(truth)),
    }
    keys = [dialect.quoted(name) for name in group_columns]
    cells = grouped(table, keys, [summands[name] for name in SUM_NAMES])
    if len(cells) > MOST_CELLS:
        raise InvalidInput([_too_many(table, group_columns)])
    identity = table.identity()
    return RawTable(tuple(group_columns), tuple(cells), identity.rows, identity.digest, provenance(table))


def read_numbers(table: Relation, columns: Sequence[str]) -> list[tuple[float, ...]]:
    """Return the rows of a few columns as floats, in the table's order; for cross-checks on small tables."""
    check_columns(table, [], columns)
    kinds = table.columns()
    numbers = ", ".join(table.dialect.number(name, kinds[name]) for name in columns)
    return [tuple(row) for row in table.query(f"SELECT {numbers} FROM {RELATION}")]


def grouped(table: Relation, keys: Sequence[str], sums: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return one row for each combination of the keys, as text, with the sums; one row more than allowed, at most.

    A key that is a column of numbers becomes text here, in one form for all engines.
    Raises InvalidInput for a column whose values have no such form: moments, fractions of many digits, lists.
    """
    columns = {table.dialect.quoted(name): (name, kind) for name, kind in table.columns().items()}
    kept = [columns.get(key, ("", "text")) for key in keys]
    if problems := [_no_key(table, name, "lists, structures or bytes") for name, kind in kept if kind == "other"]:
        raise InvalidInput(problems)
    names = [f"k{place}" for place in range(len(keys))]
    inner = ", ".join(
        [
            *(f"{key} AS {name}" for key, name in zip(keys, names, strict=True)),
            *(f"{each} AS s{place}" for place, each in enumerate(sums)),
        ]
    )
    texts = [
        name if kind == "number" else table.dialect.as_text(name) for name, (_, kind) in zip(names, kept, strict=True)
    ]
    outer = ", ".join([*texts, *(f"s{place}" for place in range(len(sums)))])
    group = f" GROUP BY {', '.join(str(place + 1) for place in range(len(keys)))}" if keys else ""
    # The text is made from the groups and not from the rows: a cast for each row would cost more than the count.
    text = f"SELECT {outer} FROM (SELECT {inner} FROM {RELATION}{group}) AS cells LIMIT {MOST_CELLS + 1}"
    return _with_texts(table, kept, table.query(text, keep=True))


def check_columns(table: Relation, groups: Sequence[str], others: Sequence[str]) -> None:
    """Raise InvalidInput with every wanted column that is absent, every group column that can not be one, no rows."""
    known = list(table.columns())
    problems = [
        table.no_column(name, did_you_mean(name, known), known)
        for name in dict.fromkeys([*groups, *others])
        if name not in known
    ]
    for name in groups:
        if name in RESERVED_COLUMNS or name in SUM_NAMES:
            message = f"a group column can not be named `{name}`, which names a column of the counts"
            problems.append(Problem(table.name, message, fix=f"rename it, for instance to `{name}_group`"))
        elif name in others or groups.count(name) > 1:
            problems.append(Problem(table.name, f"the column `{name}` is asked for in two places"))
        elif fault := key_fault(name):
            problems.append(Problem(table.name, f"the column name `{name!a}` {fault}", fix="rename it"))
    if problems:
        raise InvalidInput(dict.fromkeys(problems))
    if not table.identity().rows:
        raise InvalidInput([Problem(table.name, "the data file has a header and no rows")])


def check_numbers(table: Relation, columns: Sequence[str], what: str, out_of_range: str) -> None:
    """Raise InvalidInput with how many rows of each column are missing, no number, or out of range."""
    dialect, problems = table.dialect, []
    for name in columns:
        kind = table.columns()[name]
        if kind in ("time", "other"):
            problems.append(Problem(table.name, f"column `{name}` must hold {what}, and is none of numbers"))
            continue
        raw, number = dialect.quoted(name), dialect.number(name, kind)
        finite = dialect.finite(number)
        missing, broken, beyond = table.query(
            f"SELECT {dialect.counted_if(f'{raw} IS NULL')}, "
            f"{dialect.counted_if(f'{raw} IS NOT NULL AND ({number} IS NULL OR NOT {finite})')}, "
            f"{dialect.counted_if(f'{finite} AND ({out_of_range.format(x=number)})')} FROM {RELATION}"
        )[0]
        for count, fault in ((missing, "no value"), (broken, "no finite number"), (beyond, "one out of range")):
            if count:
                message = f"column `{name}` must hold {what} in every row; {int(count):,} rows have {fault}"
                problems.append(Problem(table.name, message, fix=_range_words(what)))
    if problems:
        raise InvalidInput(problems)


def _with_texts(table: Relation, kept: Sequence[tuple[str, Kind]], rows: list[tuple[Any, ...]]) -> list[Any]:
    """Return the rows with every key in the one form that it has on all engines."""
    awkward = [place for place, (_, kind) in enumerate(kept) if kind in ("number", "time")]
    if not awkward:
        return rows
    texts: dict[int, dict[Any, str | None]] = {}
    for place in awkward:
        name, kind = kept[place]
        made = text_of_number if kind == "number" else text_of_day
        texts[place] = {value: made(value) for value in {row[place] for row in rows}}
        if problem := [value for value, text in texts[place].items() if text is None and value is not None]:
            words = f"moments such as `{problem[0]}`" if kind == "time" else f"numbers such as `{problem[0]}`"
            raise InvalidInput([_no_key(table, name, words)])
    return [tuple(texts[i][cell] if i in texts else cell for i, cell in enumerate(row)) for row in rows]


def _no_key(table: Relation, name: str, what: str) -> Problem:
    message = f"column `{name}` holds {what}, and can not make groups"
    return Problem(table.name, message, fix="give it a column of texts, whole numbers or days, such as bands or months")


def _too_many(table: Relation, columns: Sequence[str]) -> Problem:
    """Return the problem of more cells than allowed, with the columns that cause it."""
    counts = [(_different(table, name), name) for name in columns]
    worst = sorted(counts, reverse=True)[:3]
    words = ", ".join(
        f"`{name}` {'over ' if count > MOST_CELLS else ''}{min(count, MOST_CELLS):,}" for count, name in worst
    )
    message = f"the columns have more than {MOST_CELLS:,} combinations of values (different values: {words})"
    return Problem(table.name, message, fix="group by fewer or coarser columns; a score needs `--y-score`")


def _different(table: Relation, name: str) -> int:
    """Return how many different values a column has, counted up to one more than allowed."""
    column = table.dialect.quoted(name)
    text = f"SELECT COUNT(*) FROM (SELECT DISTINCT {column} FROM {RELATION} LIMIT {MOST_CELLS + 1}) AS different"
    return int(table.query(text)[0][0])


def _range_words(what: str) -> str:
    if what == "a weight":
        return f"weights are 0 or at least {LEAST_WEIGHT}; multiply them all by one constant, and fill or drop the rest"
    return f"numbers are finite and at most {LARGEST_NUMBER:,}; fill or drop the others, and say so in the card"


def _given(*names: str | None) -> list[str]:
    return [name for name in names if name is not None]
