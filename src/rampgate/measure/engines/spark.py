"""Apache Spark through Spark Connect: the cluster that has the data counts them; nothing but cells leaves it.

The client is thin (`pyspark-client`) and starts no Java. A worker that dies is the cluster's affair: its work is done
again, and the counts are the same.
"""

# ruff: noqa: S608 (names are quoted by the dialect)

from __future__ import annotations

import atexit
import logging
import os
import re
import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem
from rampgate.formats.digest import canonical_json, sha256_of
from rampgate.measure.engines._base import RELATION
from rampgate.measure.engines._opened import Opened
from rampgate.measure.engines._parts import Part, Whole, put_together
from rampgate.measure.progress import told_by
from rampgate.measure.request import Pairing
from rampgate.measure.sql import DIALECTS, Kind

CONNECT_SECONDS = 10
MOST_FILES = 100_000

FILES = ("parquet", "orc")
"""Kinds of files that the cluster can be told to read by a path; text files are read by DuckDB, as text."""

_SETTINGS: Final = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.groupByOrdinal": "true",
}
_INTEGERS: Final = ("tinyint", "smallint", "int", "bigint")
_DIALECT = DIALECTS["spark"]


class SparkRelation(Opened):
    """One table behind one session of its own."""

    dialect = _DIALECT
    engine = "spark"

    def __init__(self, session: _Session, whole: Whole) -> None:
        super().__init__(session, whole, str(session.spark.version))
        session.view(RELATION, session.frame(whole.select))


class _Session:
    """A Connect session; turns what the cluster says into problems.

    seen: the files of each table when it was opened.
    """

    def __init__(self, spark: Any, host: str, table: str) -> None:
        self.spark = spark
        self.host = host
        self.table = table
        self.seen: dict[str, list[tuple[str, int, int]]] = {}
        self._tasks: tuple[int, int] = (0, 0)
        spark.registerProgressHandler(self._told)
        for name, text in _SETTINGS.items():
            self._tried(partial(spark.conf.set, name, text))

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        self._tasks = (0, 0)
        try:
            with told_by(self._share):
                return [tuple(row) for row in self._tried(lambda: self.spark.sql(sql).collect())]
        except KeyboardInterrupt:
            self.spark.interruptAll()
            raise

    def frame(self, sql: str) -> Any:
        return self._tried(lambda: self.spark.sql(sql))

    def view(self, name: str, frame: Any) -> None:
        """Give a name to a table, for this session alone."""
        self._tried(lambda: frame.createOrReplaceTempView(name))

    def part(self, table: str, view: str) -> Part:
        """Return one table, and the list of the files that it is made of."""
        self.view(view, self.read(table))
        described = self.ask(f"DESCRIBE TABLE {view if _is_files(table) else _named(table)}")
        columns: dict[str, Kind] = {}
        selected = []
        for name, written, *_ in described:
            if not name or name.startswith("#"):
                break
            columns[name] = kind_of(written)
            quoted = _DIALECT.quoted(name)
            selected.append(f"{_read(quoted, written)} AS {quoted}")
        files, rows = self.files(table)
        self.seen[table] = files
        digest = sha256_of(canonical_json([[path, size, changed] for path, size, changed in files]))
        digest_of = f"the sorted list of path, size and moment of change of {len(files)} files"
        uri = f"spark+connect://{self.host}/{table.rstrip('/').rpartition('/')[2]}"
        return Part(table, f"SELECT {', '.join(selected)} FROM {view}", columns, uri, digest, digest_of, rows)

    def read(self, table: str) -> Any:
        """Return the rows of a table, or of the files at a path; folders named like `sex=f` add no column."""
        kind, _, path = table.partition(":")
        if not _is_files(table):
            return self._tried(lambda: self.spark.table(_named(table)))
        reader = self.spark.read.option("recursiveFileLookup", "true").option("mergeSchema", "true")
        return self._tried(lambda: reader.format(kind).load(path))

    def files(self, table: str) -> tuple[list[tuple[str, int, int]], int]:
        """Return (path, bytes, microseconds of its last change) of every file now, and the rows of all."""
        frame = self.read(table)
        path, size, changed = (f"_metadata.file_{name}" for name in ("path", "size", "modification_time"))
        counted = f"SELECT path, size, changed, COUNT(*) FROM rampgate_files GROUP BY 1, 2, 3 LIMIT {MOST_FILES + 1}"
        try:
            # A view hides what Spark knows of the files behind it, so this is asked before there is one.
            named = (f"{path} AS path", f"{size} AS size", f"unix_micros({changed}) AS changed")
            self.view("rampgate_files", self._tried(lambda: frame.selectExpr(*named)))
            found = sorted((str(path), int(size), int(at), int(rows)) for path, size, at, rows in self.ask(counted))
        except InvalidInput as error:
            message = f"the cluster does not say which files it is made of: {error.problems[0].message}"
            fix = "name its files, such as `--table parquet:/path`; views and tables of other services have none"
            raise InvalidInput([Problem(table, message, fix=fix)]) from error
        if len(found) > MOST_FILES:
            raise InvalidInput([Problem(table, f"is made of more than {MOST_FILES:,} files; compact it")])
        return [(path, size, at) for path, size, at, _ in found], sum(rows for *_, rows in found)

    def _tried(self, action: Callable[[], Any]) -> Any:
        from grpc import RpcError  # noqa: PLC0415 (heavy; needed by measuring alone)
        from pyspark import errors  # noqa: PLC0415

        try:
            with _quiet():
                return action()
        except (errors.ArithmeticException, errors.NumberFormatException) as error:
            message = "the numbers are too large to be summed exactly"
            raise InvalidInput([Problem(self.table, message, fix="give them in a larger unit")]) from error
        except errors.AnalysisException as error:
            condition = str(error.getCondition() or "")
            if condition.startswith(("TABLE_OR_VIEW_NOT_FOUND", "PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA")):
                raise Unreachable(f"{self.table}: the cluster finds no such table or files") from error
            message = f"the cluster refused the query: {_first_line(error)}"
            raise InvalidInput([Problem(self.table, message)]) from error
        except (errors.PySparkException, RpcError) as error:
            message = f"{self.table}: the cluster stopped answering or failed ({_first_line(error)})"
            raise Unreachable(f"{message}; nothing was written, measure again") from error

    def _told(self, stages: Any, inflight_tasks: int, operation_id: str | None, done: bool) -> None:  # noqa: ARG002
        stages = list(stages or ())
        self._tasks = (sum(each.num_completed_tasks for each in stages), sum(each.num_tasks for each in stages))

    def _share(self) -> float | None:
        done, all_tasks = self._tasks
        return done / all_tasks if all_tasks else None


@contextmanager
def open_table(
    address: str, table: str, truth: str | None = None, pairing: Pairing | None = None
) -> Iterator[SparkRelation]:
    """Give a table of a Spark cluster, which must not change while it is open.

    address: `spark+connect://host:port`, with `;use_ssl=true` and the like after a slash as Spark Connect has them.
    table: `catalog.schema.table`, or `parquet:PATH` for files that the cluster sees.
    Raises Unreachable if the cluster does not answer, has no such table, or the files change meanwhile; UsageProblem
    without the client.
    """
    with _connected(address) as (spark, host):
        session = _Session(spark, host, table)
        parts = [
            session.part(each, view)
            for each, view in ((table, "rampgate_data"), (truth, "rampgate_truth"))
            if each is not None
        ]
        yield SparkRelation(session, put_together(_DIALECT, session.ask, parts, pairing or Pairing()))
        for name, files in session.seen.items():
            if session.files(name)[0] != files:
                raise Unreachable(f"{name}: files changed while they were read; measure again")


@contextmanager
def _connected(address: str) -> Iterator[tuple[Any, str]]:
    place = urlsplit(address)
    try:
        host, port = place.hostname, place.port or 15002
    except ValueError:
        host, port = None, 0
    if not host or place.username:
        raise UsageProblem("`--engine` is no address; write spark+connect://HOST:PORT")
    _knock(host, port)
    session = _session_class()
    logging.getLogger("SQLQueryContextLogger").disabled = True  # it would write each refusal to the terminal
    from pyspark.errors import PySparkException  # noqa: PLC0415 (heavy; needed by measuring alone)
    from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415

    with _quiet():
        spark = session.builder.remote("sc" + address[len("spark+connect") :]).create()
        # The client itself would try for ten minutes.
        spark.client.set_retry_policies([DefaultPolicy(max_retries=6, max_backoff=5000)])
    try:
        with _quiet():
            _ = spark.version
    except PySparkException as error:
        _let_go(spark)
        tried = "is it a Spark Connect server of Spark 4, and does it want TLS (`/;use_ssl=true`) or a token?"
        raise Unreachable(f"{host}:{port} does not answer as Spark Connect: {_first_line(error)}; {tried}") from error
    try:
        yield spark, f"{host}:{port}"
    finally:
        with _quiet(), suppress(PySparkException):
            spark.client.set_retry_policies([DefaultPolicy(max_retries=1)])
            spark.stop()
        _let_go(spark)


def _let_go(spark: Any) -> None:
    """Ask the server for nothing more: at the end of the program the client would look for it for half a minute."""
    atexit.unregister(spark.client._on_exit)  # noqa: SLF001 (there is no other way to say so)


def _knock(host: str, port: int) -> None:
    """Raise Unreachable if nobody listens, without the long patience of the client."""
    try:
        socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        words = getattr(error, "strerror", None) or str(error)
        tried = "start the Connect server (`start-connect-server.sh`), or correct `--engine`"
        raise Unreachable(f"no Spark Connect server answers at {host}:{port} ({words}); {tried}") from error


def _session_class() -> Any:
    try:
        with _quiet(), _no_home_needed():
            os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # else each failed handshake is a line on the terminal
            from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415 (heavy; needed by measuring alone)
    except ImportError as error:
        raise UsageProblem("measuring on Spark needs its client; install `rampgate[spark]`") from error
    return SparkSession


@contextmanager
def _no_home_needed() -> Iterator[None]:
    """Let the client be loaded where no Spark is installed: it looks for one then, and would end the process."""
    given = os.environ.setdefault("SPARK_HOME", os.devnull)
    try:
        yield
    finally:
        if given == os.devnull:
            del os.environ["SPARK_HOME"]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the client warns of from the terminal: a pandas that it does not use, old names, its own patience."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def kind_of(written: str) -> Kind:
    """Return the kind of a column from its type, as Spark writes it."""
    if written.startswith(("string", "char(", "varchar(")):
        return "text"
    if written in _INTEGERS or (written.startswith("decimal(") and written.endswith(",0)")):
        return "integer"
    if written in ("float", "double") or written.startswith("decimal("):
        return "number"
    if written in ("date", "timestamp", "timestamp_ntz"):
        return "time"
    return "boolean" if written == "boolean" else "other"


def _read(quoted: str, written: str) -> str:
    """Return a column in the form in which all engines hold it."""
    if written.startswith("char("):
        return f"RTRIM({quoted})"  # the padding is no part of the text
    return f"{quoted} COLLATE UTF8_BINARY" if written.startswith("string collate") else quoted


def _is_files(table: str) -> bool:
    return table.partition(":")[0] in FILES and ":" in table


def _named(table: str) -> str:
    return table if "`" in table else ".".join(_DIALECT.quoted(part) for part in table.split("."))


def _first_line(error: BaseException) -> str:
    words = str(error).strip()
    details = re.search(r'details = "([^"\n]+)', words)
    return (details[1] if details else (words.splitlines() or [type(error).__name__])[0])[:300]
