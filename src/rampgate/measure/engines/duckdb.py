"""DuckDB, embedded: CSV, TSV and Parquet files, which it reads alone and nothing else.

A text file is read as text: what its values mean is decided by whoever measures, never by a guess at types.
"""

# ruff: noqa: S608 (paths are quoted literals, and the name of the view is our own)

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem
from rampgate.measure.engines._base import RELATION
from rampgate.measure.engines._opened import Opened
from rampgate.measure.engines._parts import Part, Whole, put_together
from rampgate.measure.files import DataFiles, check_alike, check_all_unchanged, check_headers, look_at_all, plain_paths
from rampgate.measure.progress import told_by
from rampgate.measure.request import Pairing
from rampgate.measure.source import first_fault
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
    (re.compile(r"VARCHAR|ENUM.*|UUID"), "text"),
    (re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\([0-9]+,0\)"), "integer"),
    (re.compile(r"FLOAT|DOUBLE|DECIMAL.*"), "number"),
    (re.compile(r"BOOLEAN"), "boolean"),
    (re.compile(r"DATE|TIMESTAMP.*"), "time"),
)
_DIALECT = DIALECTS["duckdb"]


class DuckDBRelation(Opened):
    """The table that files are, behind one connection."""

    dialect = _DIALECT
    engine = "duckdb"

    def __init__(self, session: _Session, whole: Whole, version: str) -> None:
        super().__init__(session, whole, version)
        self.connection = session.connection
        self._text = session.data[0].format != "parquet"
        session.ask(f"CREATE TEMP VIEW {RELATION} AS {whole.select}")

    def no_column(self, name: str, hint: str, known: Sequence[str]) -> Problem:
        """Return the problem of a column that is not there, at the header line of a text file."""
        problem = super().no_column(name, hint, known)
        if not self._text:
            return problem
        other = len(known) == 1 and any(separator in known[0] for separator in ";\t|")
        fix = "separate the fields by commas (by tabs in a `.tsv` file)" if other else problem.fix
        return replace(problem, line=1, column=1, fix=fix)


class _Session:
    """A connection that reads the files that it was opened for, and turns their faults into problems."""

    def __init__(self, connection: Any, data: Sequence[DataFiles]) -> None:
        self.connection = connection
        self.data = data

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        import duckdb  # noqa: PLC0415 (heavy; needed by measuring alone)

        def share() -> float:
            return float(self.connection.query_progress()) / 100

        try:
            with told_by(share):
                found: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        except RuntimeError as error:
            # Where it notices the signal between two steps, it says so in another way.
            if "interrupted" not in str(error):
                raise
            raise KeyboardInterrupt from error
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            message = "the numbers are too large to be summed exactly"
            raise InvalidInput([Problem(self.data[0].name, message, fix="give them in a larger unit")]) from error
        except duckdb.Error as error:
            raise self._failed(error) from error
        return found

    def part(self, data: DataFiles, paths: Sequence[str]) -> Part:
        """Return the table of some files, which must have the same columns."""
        reader = _reader(data, paths)
        described = self.ask(f"DESCRIBE SELECT * FROM {reader}")
        if data.format == "parquet" and len(paths) > 1:
            self._check_parquet(data, paths)
        columns = {row[0]: kind_of(row[1]) for row in described}
        # By way of text: a cast of a long decimal to a double is rounded twice, and other engines round it once.
        long = [_DIALECT.quoted(name) for name, written, *_ in described if _is_long(written)]
        recast = ", ".join(f"CAST(CAST({name} AS VARCHAR) AS DOUBLE) AS {name}" for name in long)
        selected = f"* REPLACE ({recast})" if long else "*"
        return Part(data.name, f"SELECT {selected} FROM {reader}", columns, data.uri, data.digest, data.digest_of)

    def _check_parquet(self, data: DataFiles, paths: Sequence[str]) -> None:
        found = {}
        for file, path in zip(data.files, paths, strict=True):
            rows = self.ask(f"DESCRIBE SELECT * FROM {_reader(data, [path])}")
            found[file.path] = [f"{row[0]} {row[1]}" for row in rows]
        check_alike(data, found)

    def _failed(self, error: Exception) -> InvalidInput | Unreachable:
        words, data = str(error), self.data[0]
        if "out of memory" in words.casefold():
            return InvalidInput([Problem(data.name, "the columns have too many different values to be counted")])
        if all(each.format == "parquet" for each in self.data):
            cut = "the data file can not be read as Parquet; it may be cut off or damaged"
            return Unreachable(f"{data.name}: {cut}")
        faults = [first_fault(file) for each in self.data for file in each.files if file.format != "parquet"]
        fault = next((each for each in faults if each.line), faults[0])
        line = re.search(r"CSV Error on Line: ([0-9]+)", words)
        if not fault.line and line and len(faults) == 1:
            return InvalidInput([Problem(fault.path, fault.message, int(line[1]), 1, fix=fault.fix)])
        return InvalidInput([fault])


@contextmanager
def open_file(path: Path, truth: Path | None = None, pairing: Pairing | None = None) -> Iterator[DuckDBRelation]:
    """Give the table of data files, behind a connection that can reach those files and nothing else.

    truth: files whose columns are joined to them by the id that `pairing` names.
    Raises Unreachable if a file is absent or unreadable, or is changed meanwhile; UsageProblem without DuckDB.
    """
    try:
        import duckdb  # noqa: PLC0415 (heavy; needed by measuring alone)
    except ImportError as error:
        raise UsageProblem("measuring needs DuckDB; install `rampgate[measure]`") from error
    data = [look_at_all(each) for each in (path, truth) if each is not None]
    for each in data:
        if each.format != "parquet":
            check_headers(each)
    with ExitStack() as stack:
        paths = [stack.enter_context(plain_paths(each)) for each in data]
        connection = stack.enter_context(duckdb.connect(":memory:", config=dict(_SETTINGS)))
        connection.execute("SET enable_progress_bar=true")
        connection.execute("SET enable_progress_bar_print=false")
        connection.execute("SET allowed_paths=?", [[path for some in paths for path in some]])
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
        session = _Session(connection, data)
        parts = [session.part(each, some) for each, some in zip(data, paths, strict=True)]
        whole = put_together(_DIALECT, session.ask, parts, pairing or Pairing())
        yield DuckDBRelation(session, whole, duckdb.__version__)
    for each in data:
        check_all_unchanged(each)


def _reader(data: DataFiles, paths: Sequence[str]) -> str:
    places = ", ".join(_DIALECT.literal(path) for path in paths)
    if data.format == "parquet":
        return f"read_parquet([{places}], hive_partitioning=false)"
    separator = "\\t" if data.format == "tsv" else ","
    return f"read_csv([{places}], delim='{separator}', {_TEXT_OPTIONS})"


def _is_long(written: str) -> bool:
    found = re.fullmatch(r"DECIMAL\(([0-9]+),([0-9]+)\)", written)
    return found is not None and found[2] != "0" and int(found[1]) > 15


def kind_of(written: str) -> Kind:
    """Return the kind of a column from its type, as DuckDB writes it."""
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(written)), "other")
