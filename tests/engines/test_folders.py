"""Folders and patterns of files: one table, its identity, and what is refused by name."""

from __future__ import annotations

import hashlib
import json

import duckdb
import pytest

from measure_requests import fairness, rows_of
from rampgate.errors import InvalidInput, Unreachable
from rampgate.measure import files as data_files
from rampgate.measure.engines.duckdb import open_file

FIRST, SECOND = "sex,y,p\nf,1,1\nf,0,0\n", "sex,y,p\nm,1,0\n"
COUNTS = [["f", 0, 0, 1], ["f", 1, 1, 1], ["m", 1, 0, 1]]


def folder(path, **contents):
    for name, text in contents.items():
        file = path / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return path


@pytest.fixture
def parts(tmp_path):
    found = tmp_path / "scored"
    folder(found, **{"day=1__a.csv": FIRST, "day=2__b.csv": SECOND, "_SUCCESS": "", ".a.csv.crc": "x"})
    return found


def test_a_folder_is_the_table_of_all_its_files(parts):
    assert rows_of(fairness(parts)) == COUNTS


def test_a_pattern_names_files_and_no_others(parts):
    assert rows_of(fairness(parts / "*" / "[ab].csv")) == COUNTS
    assert rows_of(fairness(parts / "day=2" / "*.csv")) == [["m", 1, 0, 1]]


def test_the_digest_is_of_the_listing_of_names_digests_and_sizes(parts):
    listing = [
        [name, "sha256:" + hashlib.sha256(text.encode()).hexdigest(), len(text)]
        for name, text in (("day=1/a.csv", FIRST), ("day=2/b.csv", SECOND))
    ]
    by_hand = hashlib.sha256(json.dumps(listing, separators=(",", ":")).encode()).hexdigest()
    source = fairness(parts).evidence["source"]
    assert source["digest"] == f"sha256:{by_hand}"
    assert source["digest_of"] == "the sorted list of name, sha256 and size of 2 files"
    assert source["uri"] == "scored"


def test_a_file_renamed_or_split_is_another_data_set(parts):
    before = fairness(parts).evidence["source"]["digest"]
    (parts / "day=2" / "b.csv").rename(parts / "day=2" / "c.csv")
    assert fairness(parts).evidence["source"]["digest"] != before


def test_folders_named_like_a_column_add_none(parts):
    with pytest.raises(InvalidInput, match="no column `day`"):
        fairness(parts, by=("day",))


def test_parquet_files_in_folders_named_like_a_column_add_none(tmp_path):
    (tmp_path / "d" / "sex=hidden").mkdir(parents=True)
    duckdb.sql(f"COPY (SELECT 'f' sex, 1 y, 1 p) TO '{tmp_path}/d/sex=hidden/a.parquet' (FORMAT parquet)")
    assert rows_of(fairness(tmp_path / "d")) == [["f", 1, 1, 1]]


def test_a_file_with_other_columns_is_refused_by_name(parts):
    (parts / "day=2" / "b.csv").write_text("sex,y,said\nm,1,0\n")
    with pytest.raises(InvalidInput, match=r"b\.csv: has other columns than .*a\.csv: has besides `said`; lacks `p`"):
        fairness(parts)


def test_the_same_columns_in_another_order_are_refused(parts):
    """Text files are put together by place, so that a swapped column would be read as the other."""
    (parts / "day=2" / "b.csv").write_text("sex,p,y\nm,1,0\n")
    with pytest.raises(InvalidInput, match="the same in another order"):
        fairness(parts)


def test_a_parquet_file_with_another_type_is_refused_by_name(tmp_path):
    for name, label in (("a", "1"), ("b", "'1'")):
        duckdb.sql(f"COPY (SELECT 'f' sex, {label} y, 1 p) TO '{tmp_path}/{name}.parquet' (FORMAT parquet)")
    with pytest.raises(InvalidInput, match=r"b\.parquet: has other columns .*has besides `y VARCHAR`"):
        fairness(tmp_path)


def test_files_of_two_kinds_are_refused_by_name(parts):
    duckdb.sql(f"COPY (SELECT 'f' sex, 1 y, 1 p) TO '{parts}/z.parquet' (FORMAT parquet)")
    with pytest.raises(InvalidInput, match=r"z\.parquet: is of kind parquet, and .*a\.csv is of kind csv"):
        fairness(parts)


def test_a_file_that_is_no_data_is_refused_by_name(parts):
    (parts / "readme.txt").write_text("hello")
    with pytest.raises(InvalidInput, match=r"readme\.txt: unknown kind of data file"):
        fairness(parts)


def test_a_fault_deep_in_one_file_is_located_in_it(parts):
    (parts / "day=2" / "b.csv").write_text(SECOND + "f,1\n")
    with pytest.raises(InvalidInput, match=r"b\.csv:3:1: this row has 2 fields"):
        fairness(parts)


def test_a_pattern_that_names_nothing_is_out_of_reach(tmp_path):
    with pytest.raises(Unreachable, match=r"x\*\.csv: there is no data file"):
        fairness(tmp_path / "x*.csv")


def test_a_file_that_comes_while_others_are_read_is_told(parts):
    with pytest.raises(Unreachable, match="files came or went"), open_file(parts):
        (parts / "day=1" / "late.csv").write_text(SECOND)


def test_names_that_look_like_patterns_are_names(tmp_path):
    folder(tmp_path / "[x]", **{"a*.csv": FIRST, "{b}.csv": SECOND})
    assert rows_of(fairness(tmp_path / "[x]")) == COUNTS


def test_more_files_than_the_most_are_refused(parts, monkeypatch):
    monkeypatch.setattr(data_files, "MOST_FILES", 1)
    with pytest.raises(InvalidInput, match="holds 2 files, and 1 are the most"):
        fairness(parts)
