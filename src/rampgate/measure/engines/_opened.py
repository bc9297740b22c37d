"""An opened table of any engine: its columns, its rows, and the record of what was asked of it."""

# ruff: noqa: S608 (the name of the table is our own)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rampgate.errors import Problem
from rampgate.measure.engines._base import RELATION, Identity
from rampgate.measure.engines._parts import Whole
from rampgate.measure.sql import Dialect, Kind


class Session(Protocol):
    """What runs a query, and turns what the engine says into problems."""

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""


class Opened:
    """A `Relation` behind a session that knows the table as `data`; an engine says what it does otherwise."""

    dialect: Dialect
    engine: str

    def __init__(self, session: Session, whole: Whole, version: str) -> None:
        self.name = whole.parts[0].name
        self.version = version
        self.asked: list[str] = []
        self._session = session
        self._whole = whole
        self._rows = whole.rows

    def columns(self) -> Mapping[str, Kind]:
        """Return the columns in their order; those of a text file hold text."""
        return self._whole.columns

    def query(self, sql: str, *, keep: bool = False) -> list[tuple[Any, ...]]:
        """Return the rows of a query over the table named `data`; keep: whether the record names it."""
        if keep:
            self.asked.append(sql)
        return self._session.ask(self._named(sql))

    def identity(self) -> Identity:
        """Return which data this is: where they lie, and their digest."""
        if self._rows is None:
            self._rows = int(self.query(f"SELECT COUNT(*) FROM {RELATION}")[0][0])
        return self._whole.identity(self._rows)

    def no_column(self, name: str, hint: str, known: Sequence[str]) -> Problem:
        """Return the problem of a column that is not there."""
        return self._whole.no_column(name, hint, known)

    def _named(self, sql: str) -> str:
        """Return a query in which the name `data` means the table."""
        return sql
