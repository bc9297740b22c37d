"""Reduces a data file to counts or sums with DuckDB, which reads nothing but that file.

Group values and labels come back as the text that the file holds; what they mean is decided in `labels`. Weights and
errors are summed as integers (times 10^9, rounded row by row), because sums of floating-point numbers depend on the
order of the rows.
"""

# ruff: noqa: S608 (names of columns are quoted by `_quoted`, paths and thresholds are parameters)

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem
from rampgate.formats.dialect import key_fault
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.source import DataFile, check_header, check_unchanged, first_fault, look_at, plain_path
from rampgate.stats.counts import RESERVED_COLUMNS, SCALE
from rampgate.stats.regression import SUM_NAMES

MOST_CELLS = 10_000
"""More cells than this are no summary any more, and each would be about a person."""

LARGEST_NUMBER = 5 * 10**9
"""The square of a larger error, times 10^18, would overflow the engine's largest integer."""

LEAST_WEIGHT = "0.001"
"""The square of a smaller weight would lose its digits at 9 decimal places."""

_WEIGHT_OUT_OF_RANGE = f"{{x}} < 0 OR ({{x}} > 0 AND {{x}} < {LEAST_WEIGHT}) OR {{x}} > {LARGEST_NUMBER}"

NOT_A_NUMBER = "not a number"
"""The label of a row whose score is none."""

_TEXT_OPTIONS = (
    "header=true, all_varchar=true, quote='\"', escape='\"', comment='', skip=0, compression='none', "
    "ignore_errors=false, null_padding=false, strict_mode=true, hive_partitioning=false, encoding='utf-8'"
)


@dataclass(frozen=True, slots=True)
class RawTable:
    """What the engine counted: group values and labels as text (None where missing), then integers.

    columns: the names of the leading text columns. cells: one tuple for each combination, in no order. rows: all rows
    of the file. digest: of the file's bytes.
    """

    columns: tuple[str, ...]
    cells: tuple[tuple[Any, ...], ...]
    rows: int
    digest: str


def count_cells(
    path: Path,
    *,
    group_columns: Sequence[str],
    label_columns: Sequence[str],
    weight: str | None = None,
    y_score: str | None = None,
    threshold: Decimal | None = None,
) -> RawTable:
    """Return how many rows each combination of group values and labels has, and the sums of weights if asked for.

    The label of `y_score`, if given, comes last: `1` where it is at least the threshold, `0` below.
    Raises Unreachable if the file is absent or unreadable; InvalidInput for absent columns, weights that are none, and
    more than 10,000 combinations.
    """
    with _opened(path) as (table, data):
        wanted = [*group_columns, *label_columns]
        table.check_columns(group_columns, [*label_columns, *_given(y_score, weight)])
        parts = [_quoted(name) for name in wanted]
        parameters: list[Any] = []
        if y_score is not None:
            parts.append(_predicted(y_score))
            parameters.append(float(threshold or 0))
        keys = [f"k{place}" for place in range(len(parts))]
        sums = ["COUNT(*)"]
        if weight is not None:
            table.check_numbers([weight], "a weight", _WEIGHT_OUT_OF_RANGE)
            scaled = _scaled(weight)
            sums += [f"SUM({scaled})", _sum_of_squares(scaled)]
        cells = table.grouped(parts, keys, sums, parameters)
        if len(cells) > MOST_CELLS:
            raise InvalidInput([table.too_many(wanted)])
        columns = (*wanted, *_given(y_score))
        return RawTable(columns, tuple(cells), table.row_count(), data.digest)


def sum_errors(path: Path, *, group_columns: Sequence[str], y_true: str, y_pred: str) -> RawTable:
    """Return for each group the sums of a regression's errors, in the order of `stats.regression.SUM_NAMES`.

    Raises as `count_cells` does, and InvalidInput for a truth or prediction that is no finite number up to 5 * 10^9.
    """
    with _opened(path) as (table, data):
        table.check_columns(group_columns, [y_true, y_pred])
        table.check_numbers([y_true, y_pred], "a number", f"ABS({{x}}) > {LARGEST_NUMBER}")
        parts = [_quoted(name) for name in group_columns]
        keys = [f"k{place}" for place in range(len(parts))]
        truth, error = _scaled(y_true), f"({_scaled(y_pred)} - {_scaled(y_true)})"
        summands = {
            "n": "COUNT(*)",
            "sum_err": f"SUM({error})",
            "sum_abs_err": f"SUM(ABS({error}))",
            "sum_sq_err": _sum_of_squares(error),
            "sum_y": f"SUM({truth})",
            "sum_y2": _sum_of_squares(truth),
        }
        cells = table.grouped(parts, keys, [summands[name] for name in SUM_NAMES], [])
        if len(cells) > MOST_CELLS:
            raise InvalidInput([table.too_many(group_columns)])
        return RawTable(tuple(group_columns), tuple(cells), table.row_count(), data.digest)


def read_numbers(path: Path, columns: Sequence[str]) -> list[tuple[float, ...]]:
    """Return the rows of a few columns as floats, in the order of the file; for cross-checks on small files."""
    with _opened(path) as (table, _):
        table.check_columns([], columns)
        numbers = ", ".join(_number(name) for name in columns)
        return [tuple(row) for row in table.run(f"SELECT {numbers} FROM {table.relation}", [table.path])]


class _Table:
    """One data file behind one connection; `relation` reads it, with its path as the first parameter."""

    def __init__(self, connection: Any, data: DataFile, path: str) -> None:
        self.connection = connection
        self.data = data
        self.path = path
        if data.format == "parquet":
            self.relation = "read_parquet(?, hive_partitioning=false)"
        else:
            separator = "\\t" if data.format == "tsv" else ","
            self.relation = f"read_csv(?, delim='{separator}', {_TEXT_OPTIONS})"

    def run(self, query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query; a fault of the file becomes a located problem."""
        import duckdb  # noqa: PLC0415 (heavy; needed by measuring alone)

        try:
            found: list[tuple[Any, ...]] = self.connection.execute(query, list(parameters)).fetchall()
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            message = "the numbers are too large to be summed exactly"
            raise InvalidInput([Problem(self.data.name, message, fix="give them in a larger unit")]) from error
        except duckdb.Error as error:
            raise _reading_failed(self.data, error) from error
        return found

    def column_names(self) -> list[str]:
        """Return the columns of the file, in its order."""
        return [row[0] for row in self.run(f"DESCRIBE SELECT * FROM {self.relation}", [self.path])]

    def row_count(self) -> int:
        """Return the number of rows."""
        return int(self.run(f"SELECT COUNT(*) FROM {self.relation}", [self.path])[0][0])

    def check_columns(self, groups: Sequence[str], others: Sequence[str]) -> None:
        """Raise InvalidInput with every wanted column that is absent, and every group column that can not be one."""
        known = self.column_names()
        problems = []
        for name in dict.fromkeys([*groups, *others]):
            if name not in known:
                message = f"no column `{name}`{did_you_mean(name, known)}"
                place = (0, 0) if self.data.format == "parquet" else (1, 1)
                fix = _separator_words(known)
                problems.append(Problem(self.data.name, message, *place, expected=_listed(known), fix=fix))
        for name in groups:
            if name in RESERVED_COLUMNS or name in SUM_NAMES:
                message = f"a group column can not be named `{name}`, which names a column of the counts"
                problems.append(Problem(self.data.name, message, fix=f"rename it, for instance to `{name}_group`"))
            elif name in others or groups.count(name) > 1:
                problems.append(Problem(self.data.name, f"the column `{name}` is asked for in two places"))
            elif fault := key_fault(name):
                problems.append(Problem(self.data.name, f"the column name `{name!a}` {fault}", fix="rename it"))
        if problems:
            raise InvalidInput(dict.fromkeys(problems))
        if not self.row_count():
            raise InvalidInput([Problem(self.data.name, "the data file has a header and no rows")])

    def check_numbers(self, columns: Sequence[str], what: str, out_of_range: str) -> None:
        """Raise InvalidInput with how many rows of each column are missing, no number, or out of range."""
        problems = []
        for name in columns:
            raw, number = _quoted(name), _number(name)
            missing, broken, beyond = self.run(
                f"SELECT COUNT(*) FILTER ({raw} IS NULL), "
                f"COUNT(*) FILTER ({raw} IS NOT NULL AND ({number} IS NULL OR NOT isfinite({number}))), "
                f"COUNT(*) FILTER (isfinite({number}) AND ({out_of_range.format(x=number)})) FROM {self.relation}",
                [self.path],
            )[0]
            for count, fault in ((missing, "no value"), (broken, "no finite number"), (beyond, "one out of range")):
                if count:
                    message = f"column `{name}` must hold {what} in every row; {count:,} rows have {fault}"
                    problems.append(Problem(self.data.name, message, fix=_range_words(what)))
        if problems:
            raise InvalidInput(problems)

    def grouped(
        self, parts: Sequence[str], keys: Sequence[str], sums: Sequence[str], parameters: Sequence[Any]
    ) -> list[tuple[Any, ...]]:
        """Return one row for each combination of the parts, as text, with the sums; one row more than allowed."""
        inner = ", ".join([*(f"{part} AS {key}" for part, key in zip(parts, keys, strict=True)), *_named(sums)])
        outer = ", ".join([*(f"CAST({key} AS VARCHAR)" for key in keys), *(f"s{place}" for place in range(len(sums)))])
        group = f" GROUP BY {', '.join(keys)}" if keys else ""
        # The text is made from the groups and not from the rows: a cast for each row would cost more than the count.
        query = f"SELECT {outer} FROM (SELECT {inner} FROM {self.relation}{group}) LIMIT {MOST_CELLS + 1}"
        return self.run(query, [*parameters, self.path])

    def too_many(self, columns: Sequence[str]) -> Problem:
        """Return the problem of more cells than allowed, with the columns that cause it."""
        counts = ", ".join(f"approx_count_distinct({_quoted(name)})" for name in columns)
        found = self.run(f"SELECT {counts} FROM {self.relation}", [self.path])[0]
        worst = sorted(zip(found, columns, strict=True), reverse=True)[:3]
        words = ", ".join(f"`{name}` about {count:,}" for count, name in worst)
        message = f"the columns have more than {MOST_CELLS:,} combinations of values (different values: {words})"
        return Problem(self.data.name, message, fix="group by fewer or coarser columns; a score needs `--y-score`")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[_Table, DataFile]]:
    """Give the table of a data file, behind a connection that can reach that one file and nothing else."""
    try:
        import duckdb  # noqa: PLC0415 (heavy; needed by measuring alone)
    except ImportError as error:
        raise UsageProblem("measuring needs DuckDB; install `rampgate[measure]`") from error
    data = look_at(path)
    if data.format != "parquet":
        check_header(data)
    settings: Mapping[str, Any] = {
        "threads": 2,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": "",
    }
    with plain_path(data) as plain, duckdb.connect(":memory:", config=dict(settings)) as connection:
        connection.execute("SET allowed_paths=?", [[plain]])
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
        yield _Table(connection, data, plain), data
    check_unchanged(data)


def _reading_failed(data: DataFile, error: Exception) -> InvalidInput | Unreachable:
    words = str(error)
    if data.format == "parquet":
        return Unreachable(f"{data.name}: the data file can not be read as Parquet; it may be cut off or damaged")
    if "out of memory" in words.casefold():
        return InvalidInput([Problem(data.name, "the columns have too many different values to be counted")])
    fault = first_fault(data)
    line = re.search(r"CSV Error on Line: ([0-9]+)", words)
    if not fault.line and line:
        return InvalidInput([Problem(fault.path, fault.message, int(line[1]), 1, fix=fault.fix)])
    return InvalidInput([fault])


def _quoted(name: str) -> str:
    """Return a column name as SQL; whatever it holds, it stays a name."""
    return '"' + name.replace('"', '""') + '"'


def _number(name: str) -> str:
    return f"TRY_CAST({_quoted(name)} AS DOUBLE)"


def _predicted(y_score: str) -> str:
    # NaN is above every number for this engine, so a score that is none must be told before it is compared.
    raw, number = _quoted(y_score), _number(y_score)
    return (
        f"CASE WHEN {raw} IS NULL THEN NULL WHEN {number} IS NULL OR NOT isfinite({number}) THEN '{NOT_A_NUMBER}' "
        f"WHEN {number} >= CAST(? AS DOUBLE) THEN '1' ELSE '0' END"
    )


def _scaled(name: str) -> str:
    return f"CAST(ROUND({_number(name)} * {SCALE}) AS HUGEINT)"


def _sum_of_squares(scaled: str) -> str:
    # Squared as integers: a double would lose the digits that the variance of large numbers is made of.
    return f"SUM(({scaled} * {scaled} + {SCALE // 2}) // {SCALE})"


def _named(sums: Sequence[str]) -> list[str]:
    return [f"{each} AS s{place}" for place, each in enumerate(sums)]


def _range_words(what: str) -> str:
    if what == "a weight":
        return f"weights are 0 or at least {LEAST_WEIGHT}; multiply them all by one constant, and fill or drop the rest"
    return f"numbers are finite and at most {LARGEST_NUMBER:,}; fill or drop the others, and say so in the card"


def _separator_words(known: Sequence[str]) -> str:
    other = len(known) == 1 and any(separator in known[0] for separator in ";\t|")
    return "separate the fields by commas (by tabs in a `.tsv` file)" if other else ""


def _given(*names: str | None) -> list[str]:
    return [name for name in names if name is not None]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:20])
    return f"one of {shown}" + (f" and {len(names) - 20} more" if len(names) > 20 else "")
