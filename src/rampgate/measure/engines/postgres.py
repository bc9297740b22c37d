"""PostgreSQL: a table is counted by the server that has it, in one snapshot that only reads.

Nothing but cells leaves the server. A password comes from `PGPASSWORD`, `.pgpass` or a service file, where psql has it.
"""

# ruff: noqa: S608 (names are quoted, and the table is one that the server itself named)

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, Final

from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem
from rampgate.formats.digest import canonical_json, sha256_of
from rampgate.measure.engines._base import RELATION
from rampgate.measure.engines._opened import Opened
from rampgate.measure.engines._parts import Part, fingerprint_of, put_together
from rampgate.measure.request import Pairing
from rampgate.measure.sql import DIALECTS, Kind

STATEMENT_SECONDS = 1800
"""A query that runs longer is ended by the server, unless the server or the address sets another limit."""

CONNECT_SECONDS = 10

DIGEST_OF = "server, database, table, snapshot, number of rows and columns; two snapshots of the same rows differ"

_TYPES: Final[Mapping[Kind, tuple[str, ...]]] = {
    "text": ("text", "varchar", "bpchar", "char", "name", "uuid", "citext", "enum"),
    "integer": ("int2", "int4", "int8", "oid"),
    "number": ("float4", "float8", "numeric"),
    "boolean": ("bool",),
    "time": ("date", "timestamp", "timestamptz"),
}
_SETTINGS: Final = (
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL standard_conforming_strings = on",
)
_TABLE: Final = """
SELECT c.oid, n.nspname, c.relname, c.relkind
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = to_regclass(%s)
"""
# A domain is the type that it is made from; an enumeration is its words.
_COLUMNS: Final = """
SELECT a.attname, CASE WHEN t.typtype = 'e' THEN 'enum' ELSE t.typname END,
       CASE WHEN d.typtype = 'd' THEN d.typtypmod ELSE a.atttypmod END
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_type AS d ON d.oid = a.atttypid
JOIN pg_catalog.pg_type AS t ON t.oid = COALESCE(NULLIF(d.typbasetype, 0), d.oid)
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_DIALECT = DIALECTS["postgres"]


class PostgresRelation(Opened):
    """One table behind one connection and in one transaction, so that every query sees the same rows."""

    dialect = _DIALECT
    engine = "postgresql"

    def _named(self, sql: str) -> str:
        # A view would have to be made, and this transaction makes nothing; read once, the table is not copied.
        return f"WITH {RELATION} AS NOT MATERIALIZED ({self._whole.select}) ({sql})"


class _Session:
    """A connection in its transaction; turns what the server says into problems."""

    def __init__(self, connection: Any, table: str) -> None:
        self.connection = connection
        self.table = table
        parameters = connection.info
        host = parameters.host if not parameters.host.startswith("/") else "localhost"
        self.server = f"{host}:{parameters.port}"
        self.database = parameters.dbname
        self.version = str(parameters.parameter_status("server_version")).split()[0]

    def ask(self, sql: str, values: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        import psycopg  # noqa: PLC0415 (heavy; needed by measuring alone)

        try:
            found: list[tuple[Any, ...]] = self.connection.execute(sql, values).fetchall()
        except psycopg.errors.QueryCanceled as error:
            message = f"{self.table}: the server ended the query after its time limit"
            raise Unreachable(f"{message}; set `statement_timeout` for this user, or measure fewer rows") from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise Unreachable(f"{self.table}: {_first_line(error)}; ask its owner to grant SELECT") from error
        except psycopg.errors.NumericValueOutOfRange as error:
            message = "the numbers are too large to be summed exactly"
            raise InvalidInput([Problem(self.table, message, fix="give them in a larger unit")]) from error
        except psycopg.OperationalError as error:
            message = f"{self.table}: the server stopped answering ({_first_line(error)})"
            raise Unreachable(f"{message}; nothing was written, measure again") from error
        except psycopg.Error as error:
            raise InvalidInput([Problem(self.table, f"the server refused the query: {_first_line(error)}")]) from error
        return found

    def part(self, table: str) -> Part:
        """Return one table, in this snapshot. Raises Unreachable if there is none of this name."""
        found = self.ask(_TABLE, [table])
        if not found:
            raise Unreachable(f"{table}: the database `{self.database}` has no such table; write it as `schema.table`")
        oid, schema, name, _ = found[0]
        columns: dict[str, Kind] = {}
        selected = []
        for column, written, modifier in self.ask(_COLUMNS, [oid]):
            quoted = _DIALECT.quoted(column)
            columns[column] = kind_of(written, modifier)
            selected.append(f"{_read(quoted, written, columns[column])} AS {quoted}")
        select = f"SELECT {', '.join(selected)} FROM {_DIALECT.quoted(schema)}.{_DIALECT.quoted(name)}"
        rows = int(self.ask(f"SELECT COUNT(*) FROM ({select}) AS part")[0][0])
        snapshot = self.ask("SELECT CAST(pg_current_snapshot() AS TEXT)")[0][0]
        described = {
            "columns": fingerprint_of(columns), "database": self.database, "oid": int(oid), "rows": rows,
            "server": self.server, "snapshot": snapshot, "table": f"{schema}.{name}",
        }  # fmt: skip
        uri = f"postgresql://{self.server}/{self.database}/{schema}.{name}"
        return Part(table, select, columns, uri, sha256_of(canonical_json(described)), DIGEST_OF, rows)


@contextmanager
def open_table(
    address: str, table: str, truth: str | None = None, pairing: Pairing | None = None
) -> Iterator[PostgresRelation]:
    """Give a table of a PostgreSQL server, in one transaction that only reads and sees one snapshot.

    address: `postgresql://user@host/database`. truth: a table whose columns are joined by the id of `pairing`.
    Raises Unreachable if the server does not answer or has no such table; UsageProblem without psycopg, and for a
    password in the address.
    """
    with _connected(address) as connection:
        session = _Session(connection, table)
        for each in _SETTINGS:
            connection.execute(each)
        if session.ask("SELECT CAST(current_setting('statement_timeout') AS TEXT)")[0][0] == "0":
            connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
        parts = [session.part(each) for each in (table, truth) if each is not None]
        connection.execute("SET LOCAL search_path = pg_catalog")
        yield PostgresRelation(
            session, put_together(_DIALECT, session.ask, parts, pairing or Pairing()), session.version
        )


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        import psycopg  # noqa: PLC0415 (heavy; needed by measuring alone)
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415
    except ImportError as error:
        raise UsageProblem("measuring in PostgreSQL needs psycopg; install `rampgate[postgres]`") from error
    try:
        given = conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        raise UsageProblem("`--engine` is no address; write postgresql://USER@HOST:PORT/DATABASE") from None
    if "password" in given or "sslpassword" in given:
        where = "in `PGPASSWORD`, `~/.pgpass` or a service file"
        raise UsageProblem(f"`--engine` holds a password, which others can read there; give it {where}")
    words: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "application_name": "rampgate"} | given
    try:
        connection = psycopg.connect(**words | {"client_encoding": "utf8"})
    except psycopg.OperationalError as error:
        tried = f"try `psql {address}` from this machine"
        raise Unreachable(f"the PostgreSQL server does not answer: {_first_line(error)}; {tried}") from error
    # Closed and never committed: there is nothing to keep, and a server that is gone by now is no fault.
    with closing(connection):
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection


def kind_of(written: str, modifier: int) -> Kind:
    """Return the kind of a column from its type. modifier: of `numeric`, whose lower 11 bits are the scale."""
    if written == "numeric" and modifier >= 0 and not (modifier - 4) & 0x7FF:
        return "integer"
    return next((kind for kind, types in _TYPES.items() if written in types), "other")


def _read(quoted: str, written: str, kind: Kind) -> str:
    """Return a column in the form in which all engines hold it."""
    if kind == "text":
        # Padding of CHAR goes with the cast. An order of letters in which two texts are one would merge groups.
        return f'CAST({quoted} AS TEXT) COLLATE "C"'
    return f"CAST({quoted} AS DOUBLE PRECISION)" if written == "float4" else quoted


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
