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
    fingerprint: `sha256:...` of the names and kinds of the columns, in their order.
    """

    uri: str
    digest: str
    rows: int
    fingerprint: str


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
