"""Sums of numbers times 10^9 are exact on every engine, where 64 bits are enough and where they are not."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import floor
from pathlib import Path

import pytest

from engines.tables import Rows
from measure_requests import measured
from rampgate.measure.sql import NARROW
from rampgate.stats.regression import SUM_NAMES

SCALE = 10**9
VALUES = [
    0.0, 5e-10, -5e-10, 4.9e-10, 1e-9, -1e-9, 0.999999999, 1.5, -1.5, NARROW - 1e-6, float(NARROW), -float(NARROW),
    NARROW + 0.999999, NARROW + 1.0, -NARROW - 1.0, 3037000.499976, 5e9, -5e9, 4999999999.999999, -4611686018.427387,
]  # fmt: skip
PAIRS = list(product(VALUES, repeat=2))
ROWS = Rows({"truth": "double", "said": "double"}, PAIRS)


def scaled(value: float) -> int:
    """Return a double times 10^9 as a double, then rounded half away from zero, as the evidence defines it."""
    whole = floor(abs(value) * SCALE + 0.5)
    return -whole if value < 0 else whole


def squared(number: int) -> int:
    return floor(Fraction(number * number, SCALE) + Fraction(1, 2))


def expected() -> dict[str, int]:
    """Worked out with Python's integers, which have no limit."""
    pairs = [(scaled(truth), scaled(said)) for truth, said in PAIRS]
    errors = [said - truth for truth, said in pairs]
    return {
        "n": len(pairs),
        "sum_err": sum(errors),
        "sum_abs_err": sum(map(abs, errors)),
        "sum_sq_err": sum(map(squared, errors)),
        "sum_y": sum(truth for truth, _ in pairs),
        "sum_y2": sum(squared(truth) for truth, _ in pairs),
    }


def sums(data: Path = Path(), **place) -> dict[str, int]:
    found = measured("regression", data, y_true="truth", y_pred="said", **place).evidence["sums"]
    return {name: found[name] for name in SUM_NAMES}


def test_some_errors_need_more_than_64_bits():
    assert max(abs(scaled(said) - scaled(truth)) for truth, said in PAIRS) == 10**19 > 2**63


def test_duckdb_sums_exactly(tmp_path):
    assert sums(ROWS.to_parquet(tmp_path / "sums.parquet")) == expected()


@pytest.mark.peer
def test_postgres_sums_exactly(postgres, database):
    assert sums(engine=postgres.address, table=ROWS.to_postgres(database, "public.sums")) == expected()


@pytest.mark.spark
def test_spark_sums_exactly(spark, tmp_path):
    path = ROWS.to_parquet(tmp_path / "sums.parquet")
    assert sums(engine=spark.address, table=f"parquet:{path}") == expected()
