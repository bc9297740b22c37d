"""Every engine gives the same evidence, byte for byte, but for its source: on values that engines treat differently."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.tables import MEASURED, REFUSED, Rows, awkward, refusal, told


@pytest.fixture(scope="module")
def parquet(tmp_path_factory):
    return awkward().to_parquet(tmp_path_factory.mktemp("awkward") / "awkward.parquet")


@pytest.fixture
def in_postgres(postgres, database):
    awkward().to_postgres(database, "awkward")
    return {"engine": postgres.address, "table": "public.awkward"}


@pytest.fixture
def on_spark(spark, parquet):
    return {"engine": spark.address, "table": f"parquet:{parquet}"}


@pytest.mark.peer
@pytest.mark.parametrize("case", MEASURED)
def test_postgres_tells_what_duckdb_tells(parquet, in_postgres, case):
    kind, given = MEASURED[case]
    assert told(kind, Path(), **given, **in_postgres) == told(kind, parquet, **given)


@pytest.mark.spark
@pytest.mark.parametrize("case", MEASURED)
def test_spark_tells_what_duckdb_tells(parquet, on_spark, case):
    kind, given = MEASURED[case]
    assert told(kind, Path(), **given, **on_spark) == told(kind, parquet, **given)


SCORED = ("fairness", {"preset": "nyc-ll144", "by": ("sex", "race"), "y_score": "raw"})
EVEN = 40
"""So many rows have two in the middle, and the median lies between them."""


@pytest.mark.peer
def test_postgres_has_the_median_of_an_even_number_of_rows(tmp_path, postgres, database):
    kind, given = SCORED
    table = {"engine": postgres.address, "table": awkward(EVEN).to_postgres(database, "public.even")}
    assert told(kind, Path(), **given, **table) == told(kind, awkward(EVEN).to_parquet(tmp_path / "e.parquet"), **given)


@pytest.mark.spark
def test_spark_has_the_median_of_an_even_number_of_rows(tmp_path, spark):
    kind, given = SCORED
    path = awkward(EVEN).to_parquet(tmp_path / "e.parquet")
    table = {"engine": spark.address, "table": f"parquet:{path}"}
    assert told(kind, Path(), **given, **table) == told(kind, path, **given)


def refused_rows(case: str) -> Rows:
    kind, values = REFUSED[case]
    rows = [(values[place % 2], place % 2, 1) for place in range(10)]
    return Rows({"g": kind, "y": "whole", "p": "whole"}, rows)


GROUPED = {"y_true": "y", "y_pred": "p", "by": ("g",)}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_be_told_alike_is_refused(tmp_path, case):
    assert refusal("fairness", refused_rows(case).to_parquet(tmp_path / "refused.parquet"), **GROUPED)


@pytest.mark.peer
@pytest.mark.parametrize("case", REFUSED)
def test_postgres_refuses_what_duckdb_refuses(tmp_path, postgres, database, case):
    rows = refused_rows(case)
    table = {"engine": postgres.address, "table": rows.to_postgres(database, "public.refused")}
    found = refusal("fairness", Path(), **GROUPED, **table)
    assert found == refusal("fairness", rows.to_parquet(tmp_path / "refused.parquet"), **GROUPED)


@pytest.mark.spark
@pytest.mark.parametrize("case", REFUSED)
def test_spark_refuses_what_duckdb_refuses(tmp_path, spark, case):
    path = refused_rows(case).to_parquet(tmp_path / "refused.parquet")
    table = {"engine": spark.address, "table": f"parquet:{path}"}
    assert refusal("fairness", Path(), **GROUPED, **table) == refusal("fairness", path, **GROUPED)
