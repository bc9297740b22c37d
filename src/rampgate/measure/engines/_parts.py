"""Puts the table to measure together: one part, or data and truth joined by the id that their rows share.

Rows of two tables are never paired by their order: two files with the same rows in another order would give wrong
numbers and no error. So truth is joined by an id, which must be there and different in every row of both.
"""

# ruff: noqa: S608 (names are quoted by the dialect, and the selects are made by engines)

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rampgate.errors import InvalidInput, Problem
from rampgate.formats.digest import canonical_json, sha256_of
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.engines._base import Identity
from rampgate.measure.request import Pairing
from rampgate.measure.sql import Dialect, Kind

SOURCE = "rampgate_source"
"""The column that tells stacked tables apart: 0 in the rows of the first, 1 in those of the second."""

Ask = Callable[[str], list[tuple[Any, ...]]]
"""Runs a query and returns its rows."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an engine, and the SELECT of all its columns. rows: None where nobody has counted them yet.

    name: for messages. uri, digest, digest_of: as in `Identity`.
    """

    name: str
    select: str
    columns: Mapping[str, Kind]
    uri: str
    digest: str
    digest_of: str = ""
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """What is measured: its SELECT and columns. both: names that data and truth share, which are offered by neither.

    one_alone: names that only one of two stacked tables has, and which one; they are not offered.
    """

    parts: tuple[Part, ...]
    select: str
    columns: Mapping[str, Kind]
    rows: int | None = None
    joined_on: str | None = None
    unmatched: tuple[int, int] = (0, 0)
    both: frozenset[str] = field(default_factory=frozenset)
    one_alone: Mapping[str, int] = field(default_factory=dict)

    def identity(self, rows: int) -> Identity:
        """Return which data this is. rows: how many the whole has."""
        first = self.parts[0]
        uri, digest, digest_of = first.uri, first.digest, first.digest_of
        if len(self.parts) > 1:
            truth = self.parts[1]
            uri = f"{uri} + {truth.uri}"
            digest = sha256_of(canonical_json({"data": digest, "id": self.joined_on, "truth": truth.digest}))
            digest_of = "the digests of data and truth, and the id that joins them"
            if self.joined_on is None:
                digest = sha256_of(canonical_json([first.digest, truth.digest]))
                digest_of = "the digests of both tables, in order"
            # One line is too short to say twice what two tables of one engine have in common.
            digest_of = "; ".join([digest_of, *dict.fromkeys(part.digest_of for part in self.parts if part.digest_of)])
        fingerprint = fingerprint_of(self.columns)
        return Identity(uri, digest, rows, fingerprint, digest_of, self.joined_on, self.unmatched)

    def no_column(self, name: str, hint: str, known: Sequence[str]) -> Problem:
        """Return the problem of a column that is not there."""
        path = self.parts[0].name
        if name in self.both:
            message = f"both the data and the truth have a column `{name}`, and which is meant is not said"
            return Problem(path, message, fix="leave it out of one, or rename it there")
        if name in self.one_alone:
            other = self.parts[1 - self.one_alone[name]].name
            message = f"no column `{name}`, which {self.parts[self.one_alone[name]].name} has"
            return Problem(other, message, fix="both need it, under one name; rename it in one of them")
        shown = ", ".join(f"`{each}`" for each in known[:20])
        more = f" and {len(known) - 20} more" if len(known) > 20 else ""
        return Problem(path, f"no column `{name}`{hint}", expected=f"one of {shown}{more}")


def fingerprint_of(columns: Mapping[str, Kind]) -> str:
    """Return the digest of the names and kinds of columns, in their order."""
    return sha256_of(canonical_json([[name, kind] for name, kind in columns.items()]))


def put_together(dialect: Dialect, ask: Ask, parts: Sequence[Part], pairing: Pairing) -> Whole:
    """Return the table to measure. parts: the data, and the truth where there is one.

    Raises InvalidInput for an id that is absent, missing in a row or not different in every row, and for rows without a
    partner unless they are allowed.
    """
    data = parts[0]
    if pairing.stacked:
        return _stacked(dialect, parts)
    if pairing.id is None:
        return Whole((data,), data.select, data.columns, data.rows)
    sizes = [_checked_ids(dialect, ask, part, pairing.id) for part in parts]
    if len(parts) == 1:
        return Whole((data,), data.select, data.columns, sizes[0])
    truth = parts[1]
    on = _on(dialect, pairing.id, data, truth)
    both = frozenset(data.columns) & frozenset(truth.columns) - {pairing.id}
    offered = {name: (side, kind) for side, part in (("t", truth), ("d", data)) for name, kind in part.columns.items()}
    names = [name for name in (*data.columns, *truth.columns) if name not in both]
    columns = {name: offered[name][1] for name in names}
    listed = ", ".join(f"{offered[name][0]}.{dialect.quoted(name)} AS {dialect.quoted(name)}" for name in columns)
    tables = f"FROM ({data.select}) AS d JOIN ({truth.select}) AS t ON {on}"
    matched = int(ask(f"SELECT COUNT(*) {tables}")[0][0])
    unmatched = (sizes[0] - matched, sizes[1] - matched)
    _check_unmatched(data, truth, pairing, matched, unmatched)
    return Whole((data, truth), f"SELECT {listed} {tables}", columns, matched, pairing.id, unmatched, both)


def _stacked(dialect: Dialect, parts: Sequence[Part]) -> Whole:
    """Return two tables one below the other: the columns that both have, as numbers, or as texts where they differ."""
    columns: dict[str, Kind] = {SOURCE: "integer"}
    selects = []
    for name in parts[0].columns:
        kinds = {part.columns.get(name) for part in parts}
        if None not in kinds and name != SOURCE:
            columns[name] = parts[0].columns[name] if len(kinds) == 1 else _common({kind for kind in kinds if kind})
    for place, part in enumerate(parts):
        offered = [f"{place} AS {dialect.quoted(SOURCE)}"]
        for name, kind in list(columns.items())[1:]:
            column = dialect.quoted(name)
            written = column if kind == part.columns[name] else _cast(dialect, column, kind)
            offered.append(f"{written} AS {column}")
        selects.append(f"SELECT {', '.join(offered)} FROM ({part.select}) AS part{place}")
    alone = {name: place for place, part in enumerate(parts) for name in part.columns if name not in columns}
    return Whole(tuple(parts), " UNION ALL ".join(selects), columns, one_alone=alone)


def _cast(dialect: Dialect, column: str, kind: Kind) -> str:
    return f"CAST({column} AS {dialect.double_type})" if kind == "number" else dialect.as_text(column)


def _common(kinds: set[Kind]) -> Kind:
    return "number" if kinds == {"integer", "number"} else "text"


def _checked_ids(dialect: Dialect, ask: Ask, part: Part, name: str) -> int:
    """Return how many rows a part has, each with an id of its own."""
    if name not in part.columns:
        raise InvalidInput([Problem(part.name, f"no column `{name}`{did_you_mean(name, list(part.columns))}")])
    if part.columns[name] not in ("text", "integer"):
        message = f"column `{name}` can not be an id: ids are texts or whole numbers"
        raise InvalidInput([Problem(part.name, message)])
    column = dialect.quoted(name)
    text = f"SELECT COUNT(*), COUNT({column}), COUNT(DISTINCT {column}) FROM ({part.select}) AS part"
    rows, present, different = (int(each) for each in ask(text)[0])
    problems = []
    if rows > present:
        problems.append(Problem(part.name, f"column `{name}` has no id in {rows - present:,} of {rows:,} rows"))
    if present > different:
        message = f"column `{name}` repeats an id of another row in {present - different:,} of {rows:,} rows"
        problems.append(
            Problem(part.name, message, fix="each row needs an id of its own; find out which rows are right")
        )
    if problems:
        raise InvalidInput(problems)
    return rows


def _on(dialect: Dialect, name: str, data: Part, truth: Part) -> str:
    left, right = (f"{side}.{dialect.quoted(name)}" for side in ("d", "t"))
    if data.columns[name] != truth.columns[name]:
        left, right = dialect.as_text(left), dialect.as_text(right)
    return f"{left} = {right}"


def _check_unmatched(data: Part, truth: Part, pairing: Pairing, matched: int, unmatched: tuple[int, int]) -> None:
    if not matched:
        raise InvalidInput([Problem(data.name, f"no value of `{pairing.id}` occurs in {truth.name} too")])
    if pairing.allow_unmatched or unmatched == (0, 0):
        return
    fix = "give the other rows too, or `--allow-unmatched`, which measures the rest and says so in the evidence"
    problems = [
        Problem(part.name, f"{rows:,} rows have a value of `{pairing.id}` that {other.name} does not have", fix=fix)
        for part, other, rows in ((data, truth, unmatched[0]), (truth, data, unmatched[1]))
        if rows
    ]
    raise InvalidInput(problems)
