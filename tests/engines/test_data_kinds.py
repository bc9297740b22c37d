"""Drift, data quality, pairs, load, cost and impact are the same evidence on every engine, but for its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engines.tables import Rows
from measure_requests import ARTIFACT, NOW
from rampgate.formats.digest import canonical_json
from rampgate.measure import MeasureRequest, measure
from rampgate.measure.details import Allowed, Details, Limits
from rampgate.measure.profile import ProfileRequest, make_profile
from rampgate.model.profile import Profile

BEGIN = datetime(2026, 11, 1, tzinfo=UTC).replace(tzinfo=None)
WORDS = ("red", "Red", "it's", "a\\b", "é", "", "true")
COLUMNS = {
    "id": "whole", "x": "double", "money": "money", "word": "text", "digits": "text", "flag": "yes", "at": "moment",
    "arm": "text", "y": "small",
}  # fmt: skip


def rows(shift: int) -> Rows:
    """400 rows with holes, NaN and text where numbers are expected; `shift` makes another table of the same shape."""
    made = []
    for place in range(400):
        x = float("nan") if place % 97 == 0 else None if place % 41 == 0 else (place * 37 % 400) / 7 + shift
        digits = "n/a" if place % 89 == 0 else f"{place * 13 % 251}.5"
        made.append(
            (
                place + shift * 150,
                x,
                Decimal(place * 17 % 1000) / 100,
                WORDS[(place * place + shift) % len(WORDS)],
                digits,
                None if place % 50 == 0 else place % 3 == 0,
                BEGIN + timedelta(minutes=place * (1 + shift)),
                ("new", "old", "none")[place % 3],
                place % 5 % 2,
            )
        )
    return Rows(COLUMNS, made)


LIMITS = (Limits("x", Decimal(1), Decimal(50)), Limits("digits", None, Decimal("100.5")))
CASES = {
    "data quality": ("data_quality", {}, Details(
        ranges=LIMITS, allowed=(Allowed("word", ("red", "it's", "a\\b")),), key=("word", "y"), time="at", rows=(500, None)
    )),
    "load": ("load", {"by": ("arm",)}, Details(latency="money", error="y", time="at", edges=(Decimal("7.77"),))),
    "cost": ("cost", {"by": ("arm",)}, Details(cost="money", currency="EUR")),
    "impact on a rate": ("impact", {"outcome": "y"}, Details(arm="arm", treatment="new", baseline="old")),
    "impact on a mean": ("impact", {}, Details(arm="arm", treatment="new", baseline="old", value="money")),
    "overlap": ("split_overlap", {}, Details(key=("id",))),
    "reconciliation": ("reconciliation", {}, Details(
        key=("id",), values=("word", "flag", "at"), sample=50, plain_keys=True
    )),
    "reconciliation within a tolerance": ("reconciliation", {}, Details(
        key=("id",), values=("x", "money", "digits"), absolute=Decimal(1), relative=Decimal("0.05"), sample=50
    )),
}  # fmt: skip
PAIRED = ("split_overlap", "reconciliation")


def told(kind: str, given: dict, details: Details, other: str, **place) -> bytes:
    """Evidence without its source, as canonical JSON; a pair is compared with `other`, under one name."""
    if kind in PAIRED:
        details = replace(details, others=(other,))
    who = {"model": "m", "version": "1", "artifact": ARTIFACT, "produced_by": "alice"}
    evidence = measure(kind, MeasureRequest(**place, **who, **given, details=details), now=NOW).evidence
    del evidence["source"], evidence["subject"]["dataset"]
    text = canonical_json(evidence).decode()
    return text.replace(other.rpartition("/")[2], "OTHER").encode()


def drift_told(reference: dict, window: dict) -> bytes:
    """The profile and the drift from it, without sources."""
    made = make_profile(ProfileRequest(**reference, categories=("y",)), NOW).profile
    profile = Profile.model_validate(made)
    drift = told("drift", {}, Details(profile=profile), "/nothing", **window)
    return canonical_json(made["columns"]) + drift.split(b'"tables"')[1]


@pytest.fixture(scope="module")
def parquet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return [rows(shift).to_parquet(folder / f"data_{shift}.parquet") for shift in (0, 1)]


@pytest.fixture
def in_postgres(postgres, database):
    tables = [rows(shift).to_postgres(database, f"public.data_{shift}") for shift in (0, 1)]
    return [{"engine": postgres.address, "table": table} for table in tables]


@pytest.fixture
def on_spark(spark, parquet):
    return [{"engine": spark.address, "table": f"parquet:{path}"} for path in parquet]


@pytest.mark.peer
@pytest.mark.parametrize("case", CASES)
def test_postgres_tells_what_duckdb_tells(parquet, in_postgres, case):
    kind, given, details = CASES[case]
    found = told(kind, given, details, in_postgres[1]["table"], **in_postgres[0])
    assert found == told(kind, given, details, str(parquet[1]), data=parquet[0])


@pytest.mark.spark
@pytest.mark.parametrize("case", CASES)
def test_spark_tells_what_duckdb_tells(parquet, on_spark, case):
    kind, given, details = CASES[case]
    found = told(kind, given, details, on_spark[1]["table"], **on_spark[0])
    assert found == told(kind, given, details, str(parquet[1]), data=parquet[0])


@pytest.mark.peer
def test_profiles_and_drift_are_the_same_in_postgres(parquet, in_postgres):
    assert drift_told(*in_postgres) == drift_told(*({"data": path} for path in parquet))


@pytest.mark.spark
def test_profiles_and_drift_are_the_same_on_spark(parquet, on_spark):
    assert drift_told(*on_spark) == drift_told(*({"data": path} for path in parquet))
