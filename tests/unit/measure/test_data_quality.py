"""Checks of a table, each as rows looked at and rows that failed; and how old the newest row is."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from measure_requests import measured, value
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.evidence_check import recompute
from rampgate.measure.details import Allowed, Details, Limits
from rampgate.model.evidence import Evidence

ROWS = (
    "id,amount,currency,at",
    "1,10,EUR,2026-11-20T08:00:00Z",
    "2,-5,EUR,2026-11-20T07:00:00Z",
    "2,1001,USD,2026-11-19",
    "3,many,,2026-11-18 10:00:00",
    ",,CHF,yesterday",
)


def table(tmp_path, *rows):
    path = tmp_path / "data.csv"
    path.write_text("\n".join(rows or ROWS) + "\n", encoding="utf-8")
    return path


def quality(path, **details):
    return measured("data_quality", path, details=Details(**details))


def failed(measurement):
    return {(row[0], row[1]): tuple(row[3:]) for row in measurement.evidence["tables"]["checks"]["rows"]}


def test_every_check_counts_what_it_looked_at(tmp_path):
    """The measurement is at 10:00; rows without a value fail no other check than the one for that."""
    found = quality(
        table(tmp_path), ranges=(Limits("amount", Decimal(0), Decimal(1000)),), key=("id",), time="at",
        allowed=(Allowed("currency", ("EUR", "CHF")),), rows=(6, 10),
    )  # fmt: skip
    assert failed(found) == {
        ("null_rate", "id"): (5, 1),
        ("null_rate", "amount"): (5, 1),
        ("null_rate", "currency"): (5, 1),
        ("null_rate", "at"): (5, 0),
        ("not_a_number_rate", "amount"): (4, 1),
        ("out_of_range_rate", "amount"): (3, 2),
        ("not_allowed_rate", "currency"): (4, 1),
        ("missing_key_rate", "id"): (5, 1),
        ("duplicate_rate", "id"): (4, 1),
        ("not_a_moment_rate", "at"): (5, 1),
    }
    assert value(found, "age_hours", column="at") == 2
    assert value(found, "rows") == 5
    assert value(found, "rows_outside") == 1
    assert value(found, "duplicate_rate", column="id") == Decimal("0.25")
    assert recompute(Evidence.model_validate(found.evidence)) == []


def test_limits_are_allowed_themselves(tmp_path):
    path = table(tmp_path, "x", "0", "10", "10.0000001", "-0.0000001")
    found = quality(path, ranges=(Limits("x", Decimal(0), Decimal(10)),))
    assert failed(found)["out_of_range_rate", "x"] == (4, 2)
    assert failed(quality(path, ranges=(Limits("x", None, Decimal(10)),)))["out_of_range_rate", "x"] == (4, 1)


def test_nan_and_infinity_are_no_numbers_and_not_within_a_range(tmp_path):
    path = tmp_path / "data.parquet"
    duckdb.sql("SELECT * FROM (VALUES (1.0::DOUBLE), ('nan'::DOUBLE), ('inf'::DOUBLE), (NULL)) t(x)").write_parquet(
        str(path)
    )
    found = failed(quality(path, ranges=(Limits("x", Decimal(0), None),)))
    assert found["not_a_number_rate", "x"] == (3, 2)
    assert found["out_of_range_rate", "x"] == (1, 0)


def test_a_key_of_two_columns(tmp_path):
    path = table(tmp_path, "a,b", "1,x", "1,y", "1,x")
    assert failed(quality(path, key=("a", "b")))["duplicate_rate", "a, b"] == (3, 1)


def test_a_newest_moment_that_lies_ahead_tells_no_age(tmp_path):
    """Data from the future would otherwise be fresher than any limit."""
    found = quality(table(tmp_path, "at,x", "2026-11-20T10:00:00Z,1", "2027-01-01,1"), time="at")
    assert value(found, "age_hours", column="at") is None
    assert "lies ahead of this measurement" in found.warnings[0]


def test_moments_of_a_time_type(tmp_path):
    path = tmp_path / "data.parquet"
    duckdb.sql("SELECT TIMESTAMP '2026-11-20 09:30:00' AS at UNION ALL SELECT NULL").write_parquet(str(path))
    found = quality(path, time="at")
    assert value(found, "age_hours", column="at") == Decimal("0.5")


def test_values_with_quotes_and_commas_stay_values(tmp_path):
    path = table(tmp_path, "c", "it's", '"""x"""', "plain")
    assert failed(quality(path, allowed=(Allowed("c", ("it's", '"x"')),)))["not_allowed_rate", "c"] == (3, 1)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"key": ("nr",)}, "no column `nr`"),
        ({"columns": ("amuont",)}, "did you mean `amount`"),
    ],
)
def test_what_the_table_does_not_hold_is_refused(tmp_path, details, words):
    with pytest.raises(InvalidInput, match=words):
        quality(table(tmp_path), **details)


def test_values_that_are_no_moments_fail_and_tell_no_age(tmp_path):
    found = quality(table(tmp_path), time="amount")
    assert failed(found)["not_a_moment_rate", "amount"] == (4, 4)
    assert value(found, "age_hours", column="amount") is None


def test_what_only_looks_like_a_moment_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="`2026-13-41`, which is no moment"):
        quality(table(tmp_path, "at,x", "2026-13-41,1"), time="at")


def test_two_limits_of_one_column_are_refused(tmp_path):
    with pytest.raises(UsageProblem, match="column `amount` has two limits"):
        quality(table(tmp_path), ranges=(Limits("amount", None, Decimal(1)),), allowed=(Allowed("amount", ("1",)),))


def test_a_column_of_times_has_no_range(tmp_path):
    path = tmp_path / "data.parquet"
    duckdb.sql("SELECT DATE '2026-11-20' AS at").write_parquet(str(path))
    with pytest.raises(InvalidInput, match="column `at` holds no numbers"):
        quality(path, ranges=(Limits("at", None, Decimal(1)),))


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"a,a\n1,2\n", b"a,b\n1\n"])
def test_files_that_are_no_table_are_refused(tmp_path, data):
    path = tmp_path / "data.csv"
    path.write_bytes(data)
    with pytest.raises(InvalidInput):
        quality(path)
