"""DuckDB, embedded: CSV, TSV and Parquet files, which it reads alone and nothing else.

A text file is read as text: what its values mean is decided by whoever measures, never by a guess at types.
"""

# ruff: noqa: S608 (the path is a quoted literal, and the name of the view is our own)

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem
from rampgate.formats.digest import canonical_json, sha256_of
from rampgate.measure.engines._base import RELATION, Identity
from rampgate.measure.source import DataFile, check_header, check_unchanged, first_fault, look_at, plain_path
from rampgate.measure.sql import DIALECTS, Kind

_TEXT_OPTIONS: Final = (
    "header=true, all_varchar=true, quote='\"', escape='\"', comment='', skip=0, compression='none', "
    "ignore_errors=false, null_padding=false, strict_mode=true, hive_partitioning=false, encoding='utf-8'"
)
_SETTINGS: Final[Mapping[str, Any]] = {
    "threads": 2,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "temp_directory": "",
}
_KINDS: Final[tuple[tuple[re.Pattern[str], Kind], ...]] = (
    (re.compile(r"VARCHAR|ENUM.*"), "text"),
    (re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?"), "integer"),
    (re.compile(r"FLOAT|DOUBLE|DECIMAL.*"), "number"),
    (re.compile(r"BOOLEAN"), "boolean"),
    (re.compile(r"DATE|TIMESTAMP.*"), "time"),
)


class DuckDBRelation:
    """One data file behind one connection."""

    dialect = DIALECTS["duckdb"]
    engine = "duckdb"

    def __init__(self, connection: Any, data: DataFile, path: str, version: str) -> None:
        self.connection = connection
        self.data = data
        self.name = data.name
        self.version = version
        self.asked: list[str] = []
        self._columns: dict[str, Kind] = {}
        self._rows: int | None = None
        place = self.dialect.literal(path)
        reader = f"read_parquet({place}, hive_partitioning=false)"
        if data.format != "parquet":
            separator = "\\t" if data.format == "tsv" else ","
            reader = f"read_csv({place}, delim='{separator}', {_TEXT_OPTIONS})"
        self.query(f"CREATE TEMP VIEW {RELATION} AS SELECT * FROM {reader}")

    def columns(self) -> Mapping[str, Kind]:
        """Return the columns of the file in its order; those of a text file hold text."""
        if not self._columns:
            self._columns = {row[0]: _kind(row[1]) for row in self.query(f"DESCRIBE SELECT * FROM {RELATION}")}
        return self._columns

    def query(self, sql: str, *, keep: bool = False) -> list[tuple[Any, ...]]:
        """Return the rows of a query; a fault of the file becomes a located problem."""
        import duckdb  # noqa: PLC0415 (heavy; needed by measuring alone)

        if keep:
            self.asked.append(sql)
        try:
            found: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            message = "the numbers are too large to be summed exactly"
            raise InvalidInput([Problem(self.name, message, fix="give them in a larger unit")]) from error
        except duckdb.Error as error:
            raise _reading_failed(self.data, error) from error
        return found

    def identity(self) -> Identity:
        """Return the file's name and the digest of its bytes."""
        if self._rows is None:
            self._rows = int(self.query(f"SELECT COUNT(*) FROM {RELATION}")[0][0])
        return Identity(self.data.path.name, self.data.digest, self._rows, fingerprint_of(self.columns()))

    def no_column(self, name: str, hint: str, known: Sequence[str]) -> Problem:
        """Return the problem of a column that is not there, at the header line of a text file."""
        place = (0, 0) if self.data.format == "parquet" else (1, 1)
        other = len(known) == 1 and any(separator in known[0] for separator in ";\t|")
        fix = "separate the fields by commas (by tabs in a `.tsv` file)" if other else ""
        return Problem(self.name, f"no column `{name}`{hint}", *place, expected=_listed(known), fix=fix)


def fingerprint_of(columns: Mapping[str, Kind]) -> str:
    """Return the digest of the names and kinds of columns, in their order."""
    return sha256_of(canonical_json([[name, kind] for name, kind in columns.items()]))


@contextmanager
def open_file(path: Path) -> Iterator[DuckDBRelation]:
    """Give the table of a data file, behind a connection that can reach that one file and nothing else.

    Raises Unreachable if the file is absent or unreadable, or is changed meanwhile; UsageProblem without DuckDB.
    """
    try:
        import duckdb  # noqa: PLC0415 (heavy; needed by measuring alone)
    except ImportError as error:
        raise UsageProblem("measuring needs DuckDB; install `rampgate[measure]`") from error
    data = look_at(path)
    if data.format != "parquet":
        check_header(data)
    with plain_path(data) as plain, duckdb.connect(":memory:", config=dict(_SETTINGS)) as connection:
        connection.execute("SET allowed_paths=?", [[plain]])
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
        yield DuckDBRelation(connection, data, plain, duckdb.__version__)
    check_unchanged(data)


def _kind(written: str) -> Kind:
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(written)), "other")


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


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:20])
    return f"one of {shown}" + (f" and {len(names) - 20} more" if len(names) > 20 else "")
