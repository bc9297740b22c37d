"""Tables with awkward values, the same in a Parquet file and in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from measure_requests import measured
from rampgate.errors import InvalidInput
from rampgate.formats.digest import canonical_json

TYPES = {
    "text": ("VARCHAR", "TEXT"),
    "whole": ("BIGINT", "BIGINT"),
    "small": ("SMALLINT", "SMALLINT"),
    "double": ("DOUBLE", "DOUBLE PRECISION"),
    "single": ("FLOAT", "REAL"),
    "money": ("DECIMAL(18, 2)", "NUMERIC(18, 2)"),
    "yes": ("BOOLEAN", "BOOLEAN"),
    "day": ("DATE", "DATE"),
    "moment": ("TIMESTAMP", "TIMESTAMP"),
}
"""Name -> the type in DuckDB, in PostgreSQL."""


@dataclass(frozen=True)
class Rows:
    """Named and typed columns, and rows."""

    columns: dict[str, str]
    rows: Sequence[tuple[object, ...]]

    def to_parquet(self, path: Path) -> Path:
        listed = ", ".join(f"{quoted(name)} {TYPES[kind][0]}" for name, kind in self.columns.items())
        marks = ", ".join("?" * len(self.columns))
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE t ({listed})")
            connection.executemany(f"INSERT INTO t VALUES ({marks})", self.rows)
            connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
        return path

    def to_postgres(self, connection, table: str) -> str:
        listed = ", ".join(f"{quoted(name)} {TYPES[kind][1]}" for name, kind in self.columns.items())
        marks = ", ".join(["%s"] * len(self.columns))
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(f"CREATE TABLE {table} ({listed})")
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", self.rows)
        return table


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


TEXTS = [
    "é",
    "e\u0301",
    "日本",
    "a'b",
    'a"b',
    "back\\slash",
    "%_?",
    "{x}",
    "f",
    "F",
    "f ",
    "$1",
    "--",
    "🦆",
    "null",
    "`",
]
DOUBLES = [0.0, -0.0, 1.0, 2.5, -1.0, 1e-05, 123456789012345.0, 0.1]
SINGLES = [0.5, 0.25, 1.0, -0.0]
MONEY = [Decimal("1.00"), Decimal("1.50"), Decimal("-0.10"), Decimal("12345678901.25")]
WHOLES = [9223372036854775807, -9223372036854775808, 0, 1]
DAYS = [date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]
CLASSES = ["é", "e\u0301", "a'b", "back\\slash", "10", "1e1", "🦆"]
SEXES = ["Female", "Male", "unknown"]
RACES = ["Hispanic or Latino", "White", "Black", "Asian", "Prefer not to say", "Two or more"]
TYPED = ["0.25", "+.5", "1e-3", " 0.75 ", "0.250000000", "1", "0", "00.125"]
EDGES = [0.1, 0.2, 0.3, 0.6, 0.7, 0.29, 0.1 + 0.2, 0.9999999995, 5e-10, 4.9e-10, 0.0, 1.0]
RAW = [-4999999999.999, 4999999990.5, 1e-9, -5e-10, 1e9 / 3, -0.0, 2.5, -2.5, 1234567.123456789]
NUMBERS = [0.1, 0.5, 1234567.123456789, -4999999999.999, 1e-9, 5e-10, 4.9e-10, 2.5, 1e9 / 3, 0.30000000000000004]


def awkward(size: int = 401) -> Rows:
    """Values that engines write, order or round in different ways; every row has all that it needs."""
    columns = {
        "group": "text", 'odd "name`': "text", "code": "double", "single": "single", "money": "money", "big": "whole",
        "flag": "yes", "day": "day", "y": "double", "p": "small", "score": "double", "w": "double", "truth": "double",
        "predicted": "double", "cost": "money", "was": "text", "said": "text", "sex": "text", "race": "text",
        "invited": "yes", "chance": "double", "raw": "double", "typed": "text", "times": "money", "yes_no": "text",
        "yes_no_said": "text",
    }  # fmt: skip
    rows = []
    for i in range(size):
        rows.append((
            TEXTS[i % len(TEXTS)], TEXTS[(i // 3) % len(TEXTS)], DOUBLES[i % len(DOUBLES)], SINGLES[i % len(SINGLES)],
            MONEY[i % len(MONEY)], WHOLES[i % len(WHOLES)], i % 3 == 0, DAYS[i % len(DAYS)],
            float(i % 2), (i // 5) % 2, (i * 37 % 101) / 100, 0.001 + NUMBERS[i % 2] + i / 7, NUMBERS[i % len(NUMBERS)],
            NUMBERS[(i * 3) % len(NUMBERS)] + i / 3, Decimal(i) / 4,
            CLASSES[i % len(CLASSES)], CLASSES[(i * i) % len(CLASSES)], SEXES[i % 17 % 3 if i % 40 else 2],
            RACES[i % 7 % len(RACES) if i % 100 < 97 else 5], i % 3 == 0, EDGES[i % len(EDGES)],
            RAW[i % len(RAW)] + i % 5, TYPED[i % len(TYPED)], Decimal(i % 9) / 2,
            "Yes" if i % 4 else "no", "Yes" if i % 5 else "no",
        ))  # fmt: skip
    return Rows(columns, rows)


AUDIT = {"preset": "nyc-ll144", "by": ("sex", "race")}
MEASURED = {
    "fairness by text": ("fairness", {"y_true": "y", "y_pred": "p", "by": ("group",)}),
    "fairness by a hostile name": ("fairness", {"y_true": "y", "y_pred": "p", "by": ('odd "name`', "flag")}),
    "fairness by numbers": ("fairness", {"y_true": "y", "y_pred": "p", "by": ("code", "money")}),
    "fairness by halves and large integers": ("fairness", {"y_true": "y", "y_pred": "p", "by": ("single", "big")}),
    "fairness by days": ("fairness", {"y_true": "y", "y_pred": "p", "by": ("day",), "min_cell": 50}),
    "equalised odds of a score": (
        "fairness", {"y_true": "flag", "y_score": "chance", "threshold": Decimal("0.3"), "by": ("sex", "race")},
    ),
    "equalised odds of a score, weighted": (
        "fairness", {"y_true": "y", "y_score": "raw", "threshold": Decimal("2.5"), "by": ("group",), "weight": "w"},
    ),
    "equalised odds of a score that is text": (
        "fairness", {"y_true": "y", "y_score": "typed", "threshold": Decimal("0.25"), "by": ("sex",)},
    ),
    "fairness with a positive label": (
        "fairness", {"y_true": "yes_no", "y_pred": "yes_no_said", "positive": "Yes", "by": ("sex",)},
    ),
    "performance of a score": ("performance", {"y_true": "y", "y_score": "score", "threshold": Decimal("0.29")}),
    "performance of a score in bins": (
        "performance",
        {"y_true": "y", "y_score": "chance", "threshold": Decimal("0.3"), "by": ("flag",), "min_cell": 30},
    ),
    "performance of a score that is no probability": (
        "performance", {"y_true": "y", "y_score": "raw", "threshold": Decimal(0), "min_cell": 60},
    ),
    "performance with weights": ("performance", {"y_true": "y", "y_pred": "p", "by": ("flag",), "weight": "w"}),
    "performance with decimal weights": ("performance", {"y_true": "flag", "y_pred": "p", "weight": "times"}),
    "performance with weights of few digits": ("performance", {"y_true": "y", "y_pred": "p", "weight": "typed"}),
    "multiclass": ("multiclass", {"y_true": "was", "y_pred": "said", "by": ("sex",)}),
    "multiclass of numbers": ("multiclass", {"y_true": "code", "y_pred": "money"}),
    "multiclass of whole numbers and flags": ("multiclass", {"y_true": "big", "y_pred": "flag", "by": ("day",)}),
    "calibration": ("calibration", {"y_true": "y", "y_score": "chance", "by": ("sex",)}),
    "calibration of a text": ("calibration", {"y_true": "flag", "y_score": "typed", "by": ("group", "day")}),
    "calibration of halves": ("calibration", {"y_true": "p", "y_score": "score", "min_cell": 5}),
    "selection for NYC": ("fairness", {**AUDIT, "outcome": "invited"}),
    "selection for NYC without small categories": (
        "fairness", {**AUDIT, "outcome": "yes_no", "positive": "Yes", "justification": "fewer than 2% of them"},
    ),
    "scoring for NYC": ("fairness", {**AUDIT, "y_score": "raw"}),
    "scoring for NYC of a text": ("fairness", {**AUDIT, "y_score": "typed", "justification": "too few"}),
    "scoring for NYC with ties at the median": ("fairness", {**AUDIT, "y_score": "chance"}),
    "rate": ("rate", {"outcome": "flag", "by": ("group",)}),
    "rate with weights": ("rate", {"outcome": "flag", "by": ("sex", "race"), "weight": "w"}),
    "regression": ("regression", {"y_true": "truth", "y_pred": "predicted", "by": ("group",)}),
    "regression on decimals": ("regression", {"y_true": "cost", "y_pred": "predicted"}),
    "regression on a text and whole numbers": ("regression", {"y_true": "typed", "y_pred": "p", "by": ("sex", "day")}),
}  # fmt: skip
"""Sentence -> the kind, and what is asked."""

REFUSED = {
    "a missing value": ("text", [None, "a"]),
    "an empty text": ("text", ["", "a"]),
    "NaN": ("double", [float("nan"), 1.0]),
    "infinity": ("double", [float("inf"), float("-inf")]),
    "many digits": ("double", [0.1 + 0.2, 1.0]),
    "moments": ("moment", ["2024-01-01 00:00:00", "2024-01-01 12:30:00"]),
}
"""Sentence -> a column of a type that no engine may count as a group."""


def told(kind: str, data: Path, **given) -> bytes:
    """Return what a measurement says, but for where it comes from, as canonical JSON."""
    evidence = dict(measured(kind, data, **given).evidence)
    evidence.pop("source")
    evidence["subject"] = {name: text for name, text in evidence["subject"].items() if name != "dataset"}
    return canonical_json(json.loads(json.dumps(evidence)))


def refusal(kind: str, data: Path, **given) -> list[str]:
    """Return why a measurement is refused, without the name of the table."""
    try:
        measured(kind, data, **given)
    except InvalidInput as error:
        return [problem.message for problem in error.problems]
    return []
