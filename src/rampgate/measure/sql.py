"""Portable SQL: small pieces of text that mean the same on every engine, written in its dialect.

One plain SELECT, with columns, COUNT, SUM and an explicit GROUP BY, runs on DuckDB, PostgreSQL and Spark, and gives the
same integers. What differs between them (how a name is quoted, how whole numbers are divided) is told here, once.
Numbers are compared and never rounded by an engine: `ROUND` goes half to even on one and half away from zero on
another, and NaN is above every number on some.

>>> DIALECTS["duckdb"].quoted('a"b')
'"a""b"'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from rampgate.stats.counts import SCALE

Kind = Literal["text", "integer", "number", "boolean", "time", "other"]
"""What a column holds. A CSV file has text alone; what is a number in it is found by trying."""

DialectName = Literal["duckdb", "postgres", "spark"]

_NUMBER: Final = " *[+-]?([0-9]{1,200}([.][0-9]{0,200})?|[.][0-9]{1,200})([eE][+-]?[0-9]{1,2})? *"
"""A decimal number that is a finite double, in the words that all engines' patterns have in common."""

NARROW: Final = 90_000
"""The square of as many units, times 10^9, fits 64 bits together with what the rest adds to it."""

NOT_A_NUMBER: Final = "not a number"
"""The label of a row whose score is none."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine writes what differs.

    text_type: of any length; whole_type: a whole number of 38 digits; quote: around names; divided: the quotient of two
    whole numbers of 64 bits without its fraction; summed: the exact sum of such numbers, of 38 digits; matched: whether
    a text is a number and nothing else.
    """

    name: DialectName
    quote: str
    text_type: str
    double_type: str
    whole_type: str
    divided: Callable[[str, str], str]
    summed: Callable[[str], str]
    matched: Callable[[str], str]

    def quoted(self, name: str) -> str:
        """Return a column name as SQL; whatever it holds, it stays a name."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def literal(self, text: str) -> str:
        """Return a text as SQL; whatever it holds, it stays a text."""
        body = text.replace("\\", "\\\\") if self.name == "spark" else text
        return "'" + body.replace("'", "\\'" if self.name == "spark" else "''") + "'"

    def as_text(self, expression: str) -> str:
        """Return an expression as text."""
        return f"CAST({expression} AS {self.text_type})"

    def number(self, name: str, kind: Kind) -> str:
        """Return a column as a double, yes and no as 1 and 0; a text that is no number becomes NULL."""
        column = self.quoted(name)
        if kind == "boolean":
            return f"CAST(CASE WHEN {column} THEN 1 WHEN NOT {column} THEN 0 END AS {self.double_type})"
        return self.tried(column) if kind == "text" else f"CAST({column} AS {self.double_type})"

    def tried(self, column: str) -> str:
        """Return a text as a double, NULL where it is none; blanks around it are allowed."""
        # What an engine takes for a number is its own affair (`1_000`, `1d`, `0x1p3`), so none is asked.
        return f"(CASE WHEN {self.matched(column)} THEN CAST({column} AS {self.double_type}) END)"

    def double(self, text: str) -> str:
        """Return a decimal text as the nearest double."""
        # From a literal of digits, some engines make a decimal first, and round twice.
        return f"CAST({self.literal(text)} AS {self.double_type})"

    def finite(self, number: str) -> str:
        """Return whether a number is finite; NULL for NULL."""
        # NaN minus NaN and infinity minus infinity are NaN, which no engine takes for 0.
        return f"({number} - {number}) = 0"

    def scaled(self, number: str) -> str:
        """Return a number, at most 5 * 10^9 in size, times 10^9 as a whole number of 64 bits, half away from zero."""
        # By way of 64 bits: a cast of a double to a long decimal keeps 15 digits on one engine and 17 on another.
        size = f"CAST(FLOOR(ABS({number}) * {SCALE} + 0.5) AS BIGINT)"
        return f"(CASE WHEN {number} < 0 THEN -{size} ELSE {size} END)"

    def whole(self, scaled: str) -> str:
        """Return a whole number of 64 bits as one of 38 digits, for differences and products of large ones."""
        return f"CAST({scaled} AS {self.whole_type})"

    def parts(self, scaled: str) -> tuple[str, str]:
        """Return the units and the rest of a scaled number, which is units * 10^9 + rest; both have its sign."""
        return self.divided(scaled, str(SCALE)), f"({scaled} % {SCALE})"

    def sum_of_squares(self, units: str, rest: str) -> str:
        """Return the sum of the squares of scaled numbers, each scaled once and rounded half up.

        units, rest: of each number, as `parts` returns them, or differences of such.
        """
        # Squared as integers: a double would lose the digits that the variance of large numbers is made of. Of the
        # square, only the rest's own has digits to round; and up to NARROW the whole of it fits 64 bits, in which
        # engines count many times faster than in 38 digits.
        rounded = self.divided(f"({rest} * {rest} + {SCALE // 2})", str(SCALE))
        narrow = f"{units} BETWEEN -{NARROW} AND {NARROW}"
        small, large = (f"({a} * {a} * {SCALE} + 2 * {a} * {rest} + {rounded})" for a in (units, self.whole(units)))
        of_small = self.summed(f"(CASE WHEN {narrow} THEN {small} ELSE 0 END)")
        return f"({of_small} + COALESCE(SUM(CASE WHEN {narrow} THEN NULL ELSE {large} END), 0))"

    def predicted(self, name: str, kind: Kind, threshold: str) -> str:
        """Return `1` where a score is at least the threshold, `0` below, and its fault where it is no number."""
        raw, number = self.quoted(name), self.number(name, kind)
        return (
            f"CASE WHEN {raw} IS NULL THEN NULL WHEN {number} IS NULL OR NOT {self.finite(number)} "
            f"THEN '{NOT_A_NUMBER}' WHEN {number} >= {self.double(threshold)} THEN '1' ELSE '0' END"
        )

    def counted_if(self, condition: str) -> str:
        """Return how many rows meet a condition, 0 for no row."""
        return f"COALESCE(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)"

    def binned(self, number: str, edges: Sequence[str]) -> str:
        """Return the place of a finite number among edges in rising order: how many of them are at most the number.

        0 is below the first edge, len(edges) at or above the last. Edges are compared and never computed with, for
        0.29 * 100 is 28 for a double and 29 for a decimal.
        """
        cases = [f"WHEN {number} < {self.double(edge)} THEN {place}" for place, edge in enumerate(edges)]
        return f"(CASE {' '.join(cases)} ELSE {len(edges)} END)"


def _spark_summed(scaled: str) -> str:
    # Its sum of 64 bits ends at 64 bits; so units and rests are summed apart, and put together once for each group.
    return f"(CAST(SUM({scaled} DIV {SCALE}) AS DECIMAL(38, 0)) * {SCALE} + SUM({scaled} % {SCALE}))"


DIALECTS: Final[Mapping[DialectName, Dialect]] = MappingProxyType(
    {
        "duckdb": Dialect(
            "duckdb", '"', "VARCHAR", "DOUBLE", "HUGEINT",
            lambda dividend, divisor: f"({dividend} // {divisor})",
            lambda scaled: f"SUM({scaled})",
            lambda column: f"REGEXP_FULL_MATCH({column}, '{_NUMBER}')",
        ),
        "postgres": Dialect(
            "postgres", '"', "TEXT", "DOUBLE PRECISION", "NUMERIC(38, 0)",
            lambda dividend, divisor: f"({dividend} / {divisor})",
            lambda scaled: f"SUM({scaled})",
            lambda column: f"{column} ~ '^({_NUMBER})$'",
        ),
        "spark": Dialect(
            "spark", "`", "STRING", "DOUBLE", "DECIMAL(38, 0)",
            lambda dividend, divisor: f"({dividend} DIV {divisor})",
            _spark_summed,
            lambda column: f"{column} RLIKE '^({_NUMBER})$' AND {column} NOT LIKE '%\\n'",
        ),
    }
)  # fmt: skip
"""Every dialect by its name."""
