"""Two data sets, key by key: counts by hand, both directions, tolerances at their edge, and what is refused."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

import duckdb
import pytest

from measure_requests import measured, value
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.evidence_check import recompute
from rampgate.measure.details import Details
from rampgate.model.evidence import Evidence


def written(tmp_path, name, *lines):
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def reconciled(path, *others, **details):
    given = {"key": ("id",), "values": ("amount",), "others": tuple(map(str, others))}
    return measured("reconciliation", path, details=Details(**(given | details)))


def overlap(path, other, key=("id",)):
    return measured("split_overlap", path, details=Details(key=key, others=(str(other),)))


def holds(measurement):
    return recompute(Evidence.model_validate(measurement.evidence)) == []


@pytest.fixture
def ledger(tmp_path):
    return written(tmp_path, "ledger.csv", "id,amount", "a,10", "b,20", "c,30", "d,40", "d,41", "e,")


@pytest.fixture
def warehouse(tmp_path):
    return written(tmp_path, "warehouse.csv", "id,amount", "a,10", "b,21", "d,40", "e,", "f,60", ",70")


def test_every_key_is_accounted_for_in_both_directions(ledger, warehouse):
    """Here a b c d e, there a b d e f: a and e alike, b differs, d repeated, c and f on one side; one row has no key."""
    found = reconciled(ledger, warehouse)
    assert found.evidence["tables"]["keys"]["rows"] == [["warehouse.csv", 5, 5, 4, 1, 3, 2, 12, 1]]
    assert found.evidence["tables"]["values"]["rows"] == [["warehouse.csv", "amount", 3, 2, 0]]
    source = {"source": "warehouse.csv"}
    assert value(found, "whole_match_rate", **source) == Decimal(2 / 6).quantize(Decimal("1e-12"))
    assert value(found, "match_rate", **source, column="amount") == Decimal(2 / 3).quantize(Decimal("1e-12"))
    assert value(found, "only_here_rate", **source) == Decimal("0.2")
    assert value(found, "only_there_rate", **source) == Decimal("0.2")
    assert "1 keys are there more than once" in found.warnings[0]
    assert holds(found)


def test_a_value_that_one_source_lacks_is_no_match_and_counted(tmp_path):
    one = written(tmp_path, "one.csv", "id,amount", "a,1", "b,")
    other = written(tmp_path, "other.csv", "id,amount", "a,", "b,")
    assert reconciled(one, other).evidence["tables"]["values"]["rows"] == [["other.csv", "amount", 2, 1, 1]]


# what differs: (one, other, tolerances) -> alike
NEAR = {
    "the same text": ("x", "x", {}, True),
    "another text": ("1.0", "1", {}, False),
    "the same number, written otherwise": ("1.0", "1", {"absolute": Decimal(0)}, True),
    "at the edge, where doubles would be beyond it": ("0.3", "0.1", {"absolute": Decimal("0.2")}, True),
    "just beyond the edge": ("0.300000001", "0.1", {"absolute": Decimal("0.2")}, False),
    "at the edge of a share": ("100", "99", {"relative": Decimal("0.01")}, True),
    "beyond a share": ("100", "98.99", {"relative": Decimal("0.01")}, False),
    "negative numbers of another sign": ("-1", "1", {"relative": Decimal(1)}, False),
    "a text where a number was": ("100", "n/a", {"relative": Decimal(1)}, False),
    "the same text that is no number": ("n/a", "n/a", {"absolute": Decimal(1)}, True),
}


@pytest.mark.parametrize("case", NEAR)
def test_what_counts_as_alike(tmp_path, case):
    one, other, tolerance, alike = NEAR[case]
    left = written(tmp_path, "one.csv", "id,amount", f"k,{one}")
    right = written(tmp_path, "other.csv", "id,amount", f"k,{other}")
    found = reconciled(left, right, **tolerance)
    assert value(found, "match_rate", source="other.csv", column="amount") == int(alike)


def test_a_sample_holds_keys_as_hashes_and_never_a_value(ledger, warehouse):
    found = reconciled(ledger, warehouse, sample=10)
    rows = found.evidence["tables"]["differing"]["rows"]
    b = "sha256:" + hashlib.sha256(b'["b"]').hexdigest()
    assert {row[1]: row[2] for row in rows}[b] == "differs in amount"
    assert sorted(row[2] for row in rows) == [
        "differs in amount", "is only in the first source", "is only in the other source", "is there 2 and 1 times",
    ]  # fmt: skip
    assert not any(number in json.dumps(rows) for number in ('"21"', '"60"', '"41"'))


def test_plain_keys_and_a_sample_that_is_the_same_each_time(ledger, warehouse):
    first = reconciled(ledger, warehouse, sample=2, plain_keys=True).evidence["tables"]["differing"]["rows"]
    assert first == reconciled(ledger, warehouse, sample=2, plain_keys=True).evidence["tables"]["differing"]["rows"]
    assert len(first) == 2
    assert {row[1] for row in first} < {"b", "c", "d", "f"}


def test_three_sources_and_a_key_of_two_columns(tmp_path):
    lines = ("id,day,amount", "a,1,5", "a,2,6")
    one = written(tmp_path, "one.csv", *lines)
    other = written(tmp_path, "other.csv", *lines)
    third = written(tmp_path, "third.csv", "id,day,amount", "a,1,5", "a,2,7")
    found = reconciled(one, other, third, key=("id", "day"))
    assert value(found, "whole_match_rate", source="other.csv") == 1
    assert value(found, "whole_match_rate", source="third.csv") == Decimal("0.5")
    assert found.evidence["source"]["uri"] == "one.csv + other.csv + third.csv"
    assert holds(found)


def test_a_number_in_one_source_and_a_text_in_the_other(tmp_path):
    parquet = tmp_path / "one.parquet"
    duckdb.sql("SELECT 7 AS id, 2.5::DOUBLE AS amount").write_parquet(str(parquet))
    other = written(tmp_path, "other.csv", "id,amount", "7,2.50")
    found = reconciled(parquet, other, absolute=Decimal(0))
    assert value(found, "whole_match_rate", source="other.csv") == 1


def test_a_column_that_only_one_source_has_is_told(ledger, tmp_path):
    other = written(tmp_path, "other.csv", "id,sum", "a,1")
    with pytest.raises(InvalidInput, match=r"other\.csv:1:1: no column `amount`, which .*ledger\.csv has"):
        reconciled(ledger, other)


def test_a_source_without_rows_is_refused(ledger, tmp_path):
    with pytest.raises(InvalidInput, match="the other table has no rows"):
        reconciled(ledger, written(tmp_path, "other.csv", "id,amount"))


def test_numbers_that_are_too_large_for_a_tolerance_are_refused(tmp_path):
    one = written(tmp_path, "one.csv", "id,amount", "a,6000000000")
    other = written(tmp_path, "other.csv", "id,amount", "a,6000000001")
    with pytest.raises(InvalidInput, match="has 2 numbers above 5,000,000,000"):
        reconciled(one, other, absolute=Decimal(1))
    assert value(reconciled(one, other), "match_rate", source="other.csv", column="amount") == 0


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"others": ()}, "needs another source"),
        ({"values": ()}, "needs another source"),
        ({"absolute": Decimal("1e-10")}, "at most 9 decimal places"),
        ({"absolute": Decimal(-1)}, "at least 0"),
        ({"sample": 1001}, "a sample has 0 to 1,000 keys"),
        ({"others": ("a/x.csv", "b/x.csv")}, "the same name"),
    ],
)
def test_what_can_not_be_meant_is_refused(ledger, warehouse, details, words):
    with pytest.raises(UsageProblem, match=words):
        reconciled(ledger, warehouse, **details)


def test_overlap_of_two_splits(tmp_path):
    """Test has 1 2 3, train 2 3 4 5 with 3 twice: two keys shared, and of train's rows three."""
    test = written(tmp_path, "test.csv", "id,x", "1,a", "2,a", "3,a", ",a")
    train = written(tmp_path, "train.csv", "id,x", "2,a", "3,a", "3,b", "4,a", "5,a")
    found = overlap(test, train)
    assert found.evidence["tables"]["overlap"]["rows"] == [["data", 4, 1, 2, 3, 2], ["other", 5, 0, 3, 4, 2]]
    assert value(found, "shared_key_rate", source="other") == Decimal("0.5")
    assert value(found, "shared_row_rate", source="other") == Decimal("0.6")
    assert value(found, "missing_key_rate", source="data") == Decimal("0.25")
    assert "1 of 4 rows have no key" in found.warnings[0]
    assert holds(found)


def test_splits_that_share_nothing(tmp_path):
    found = overlap(written(tmp_path, "a.csv", "id", "1"), written(tmp_path, "b.csv", "id", "2"))
    assert value(found, "shared_key_rate", source="data") == 0


def test_an_altered_count_is_found(ledger, warehouse):
    evidence = reconciled(ledger, warehouse).evidence
    evidence["tables"]["values"]["rows"][0][3] = 3
    assert recompute(Evidence.model_validate(evidence))[0].endswith("recorded as 0.666666666667, but the counts give 1")
