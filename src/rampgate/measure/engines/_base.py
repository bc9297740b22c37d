"""What an engine is to whoever measures: one opened table that answers portable SQL.

An engine is one file that implements `Relation` and stands in the registry of this package. It knows how to reach its
data, who it is, and how to say in plain words why it does not answer; it knows nothing of what is measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rampgate.errors import Problem
from rampgate.measure.sql import Dialect, Kind

RELATION = "data"
"""The name under which every engine offers its table, so that the recorded SQL tells nobody where it lies."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which data were measured. digest: `sha256:...` of the file, of a folder's listing, or of a table's snapshot.

    uri: a name without the folders of somebody's machine, and without a user or password. rows: all of them.
    fingerprint: `sha256:...` of the names and kinds of the columns, in their order. digest_of: what the digest stands
    for, empty where it is that of a file's bytes. joined_on, unmatched: the id by which truth was joined to the data,
    and how many rows of the data and of the truth found no partner.
    """

    uri: str
    digest: str
    rows: int
    fingerprint: str
    digest_of: str = ""
    joined_on: str | None = None
    unmatched: tuple[int, int] = (0, 0)


class Relation(Protocol):
    """One table of one engine, open for reading; it stays as it is while it is open, or says that it did not."""

    name: str
    """What the user called it, for messages."""
    dialect: Dialect
    engine: str
    """Such as `duckdb`."""
    version: str
    """The version of the engine that answers."""
    asked: list[str]
    """Every query that gave something to measure, in order, for the record."""

    def columns(self) -> Mapping[str, Kind]:
        """Return the columns in their order, and what each holds."""

    def query(self, sql: str, *, keep: bool = False) -> list[tuple[Any, ...]]:
        """Return the rows of a query over the table named `data`. keep: whether the record names it.

        Raises InvalidInput for what the data hold, Unreachable for an engine that does not answer.
        """

    def identity(self) -> Identity:
        """Return which data this is."""

    def no_column(self, name: str, hint: str, known: Sequence[str]) -> Problem:
        """Return the problem of a column that is not there, at its place."""


def provenance(table: Relation) -> dict[str, Any]:
    """Return the `source` of evidence: which data, on which engine, and every query that was measured by.

    To be asked when everything is counted, while the table is still open.
    """
    who = table.identity()
    found: dict[str, Any] = {"uri": who.uri, "digest": who.digest, "rows": who.rows}
    if who.digest_of:
        found["digest_of"] = who.digest_of
    found |= {"schema_fingerprint": who.fingerprint, "engine": table.engine, "engine_version": table.version}
    found["sql"] = list(table.asked)
    if who.joined_on is not None:
        found["joined_on"] = who.joined_on
        found["unmatched"] = dict(zip(("data", "truth"), who.unmatched, strict=True))
    return found
