"""Every way in which a data file can be wrong: a clear, located error, and which one."""

from __future__ import annotations

import gzip
import os

import duckdb
import pytest

from measure_requests import fairness, measured, rows_of
from rampgate.errors import InvalidInput, Unreachable, UsageProblem
from rampgate.measure.engines import duckdb as engine
from rampgate.measure.engines.duckdb import open_file

GOOD = "sex,y,p\nf,1,1\nf,0,0\nm,1,0\n"
COUNTS = [["f", 0, 0, 1], ["f", 1, 1, 1], ["m", 1, 0, 1]]


def written(folder, content, name="data.csv"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def parquet(folder, query, name="data.parquet"):
    path = folder / name
    duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path


READ_ALIKE = {
    "as it is": GOOD,
    "with a byte order mark": "\ufeff" + GOOD,
    "with Windows line ends": GOOD.replace("\n", "\r\n"),
    "with quotes": '"sex","y","p"\n"f","1","1"\n"f","0","0"\n"m","1","0"\n',
    "without a last line end": GOOD.rstrip(),
    "with true and false": "sex,y,p\nf,true,TRUE\nf,False,false\nm,true,false\n",
    "with decimals": "sex,y,p\nf,1.0,1\nf,0.0,0.00\nm,1,0\n",
    "with more columns": 'note,sex,y,p\n,f,1,1\n"a, b\nc",f,0,0\nx,m,1,0\n',
}


@pytest.mark.parametrize("case", READ_ALIKE)
def test_the_same_rows_give_the_same_counts(tmp_path, case):
    assert rows_of(fairness(written(tmp_path, READ_ALIKE[case]))) == COUNTS


def test_tabs_and_parquet_give_the_same_counts(tmp_path):
    assert rows_of(fairness(written(tmp_path, GOOD.replace(",", "\t"), "data.tsv"))) == COUNTS
    for labels in ("1, 0", "1.0, 0.0", "true, false"):
        one, zero = labels.split(", ")
        rows = f"('f', {one}, {one}), ('f', {zero}, {zero}), ('m', {one}, {zero})"
        assert rows_of(fairness(parquet(tmp_path, f"FROM (VALUES {rows}) t(sex, y, p)"))) == COUNTS


def test_a_pointer_of_git_lfs_is_no_data(tmp_path):
    text = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    for name in ("data.csv", "data.parquet"):
        with pytest.raises(
            Unreachable, match="this is a Git LFS pointer, and not the data; fetch them with `git lfs pull`"
        ):
            fairness(written(tmp_path, text, name))


def test_a_parquet_file_is_known_by_its_bytes_and_not_by_its_name(tmp_path):
    path = parquet(tmp_path, "SELECT 'f' sex, 1 y, 1 p").rename(tmp_path / "data.csv")
    assert rows_of(fairness(path)) == [["f", 1, 1, 1]]


# (content, what the error says)
INVALID = {
    "an empty file": ("", "the data file is empty"),
    "a header alone": ("sex,y,p\n", "has a header and no rows"),
    "a column missing": (GOOD.replace("sex", "gendre"), "no column `sex`"),
    "a column misspelt": (GOOD.replace("sex", "sexx"), "no column `sex`; did you mean `sexx`?"),
    "a column in another case": (GOOD.replace("sex", "SEX"), "no column `sex`; did you mean `SEX`?"),
    "a column twice": ("sex,y,p,y\nf,1,1,0\n", "names the column `y` twice"),
    "a column twice but for case": ("sex,y,p,Y\nf,1,1,0\n", "names the column `Y` twice"),
    "a group missing": ("sex,y,p\nf,1,1\n,1,1\n", "column `sex` has no value in 1 of 2 rows"),
    "a group blank": ('sex,y,p\nf,1,1\n"  ",1,1\n', "column `sex` has no value in 1 of 2 rows"),
    "a group NaN": ("sex,y,p\nf,1,1\nNaN,1,1\nnan,1,1\n", "column `sex` has no value in 2 of 3 rows"),
    "a label missing": ("sex,y,p\nf,,1\nf,1,1\n", "column `y` has no value in 1 of 2 rows"),
    "a prediction missing": ("sex,y,p\nf,1,\nf,1,1\n", "column `p` has no value in 1 of 2 rows"),
    "a label NaN": ("sex,y,p\nf,1,NaN\nf,1,1\n", "column `p` has no value in 1 of 2 rows"),
    "a label of 2": (
        "sex,y,p\nf,2,1\nf,1,1\n",
        "column `y` must hold two labels, 0 and 1 or true and false; found `1`, `2`",
    ),
    "a label in words": ("sex,y,p\nf,yes,1\nf,no,1\n", "found `no`, `yes`"),
    "a score as prediction": ("sex,y,p\nf,1,0.7\nf,1,0.2\nf,0,0.1\n", "column `p` must hold two labels"),
    "a short row": ("sex,y,p\nf,1,1\nm,1\n", "3:1: this row has 2 fields, expected 3 fields"),
    "a long row": ("sex,y,p\nf,1,1\nm,1,1,1\n", "3:1: this row has 4 fields"),
    "an open quote": ('sex,y,p\nf,1,1\n"m,1,1\n', "no well-formed table"),
    "Latin-1 further down": (
        b"sex,y,p\nf,1,1\nf\xc3\xa9\xe9,1,1\n",
        "data.csv:3:3: is not a text file in UTF-8: a byte 0xe9",
    ),
    "gzip": (gzip.compress(GOOD.encode()), "is compressed by gzip, and no text"),
    "Latin-1": ("sex,y,p\n\xe9,1,1\n".encode("latin1"), "UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "UTF-8"),
    "noise": (bytes(range(256)) * 40, "data.csv"),
    "zeros": (b"\0" * 4096, "data.csv"),
    "a hidden character in a group": (
        "sex,y,p\nf\u202e,1,1\nm,1,1\n",
        "column `sex` has a value with a hidden character",
    ),
    "HTML": ("<html><body>sex</body></html>", "no column `sex`"),
}


@pytest.mark.parametrize("case", INVALID)
def test_what_is_no_table_of_labels_is_refused(tmp_path, case):
    content, message = INVALID[case]
    with pytest.raises(InvalidInput) as caught:
        fairness(written(tmp_path, content))
    assert message in str(caught.value)
    assert caught.value.exit_code == 3
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


FIXES = {
    "semicolons": ("sex;y;p\nf;1;1\n", "separate the fields by commas (by tabs in a `.tsv` file)"),
    "a score": ("sex,y,p\nf,1,0.7\nm,0,0.2\n", "a score is read with `--y-score COLUMN --threshold NUMBER`"),
    "words": ("sex,y,p\nf,yes,1\nm,no,1\n", "say which label is the positive one, such as `--positive yes`"),
    "a missing group": ("sex,y,p\nf,1,1\n,1,1\n", "give them a value of their own, such as `unknown`"),
    "one word among labels": ("sex,y,p\nf,1,1\nf,0,0\nm,1,x\n", "mend the 1 row with `x`, or leave them out"),
    "a quote that is never closed": ('sex,y,p\n"f,1,1\nm,0,1\n', "quote a field on both sides"),
    "text in UTF-16": (GOOD.encode("utf-16"), "`iconv -f UTF-16 -t UTF-8 FILE`"),
    "two kinds of line end": ("sex,y,p\nf,1,1\r\nm,1,1\n", "with one kind of line end"),
}


@pytest.mark.parametrize("case", FIXES)
def test_a_fault_says_what_to_do(tmp_path, case):
    content, fix = FIXES[case]
    with pytest.raises(InvalidInput) as caught:
        fairness(written(tmp_path, content))
    assert fix in caught.value.problems[0].fix


def test_every_fault_is_told_at_once(tmp_path):
    with pytest.raises(InvalidInput) as caught:
        fairness(written(tmp_path, "sex,y,p\n,1,\nf,maybe,1\n"))
    told = " ".join(problem.message for problem in caught.value.problems)
    assert "`sex` has no value" in told
    assert "`p` has no value" in told
    assert "found `1`, `maybe`" in told


def test_a_fault_deep_in_a_long_file_is_found(tmp_path):
    rows = ["sex,y,p"] + ["f,1,1"] * 50_000 + ["f,1"] + ["m,0,0"] * 10
    with pytest.raises(InvalidInput, match=r"data\.csv:50002:1: this row has 2 fields"):
        fairness(written(tmp_path, "\n".join(rows) + "\n"))


def test_an_absent_file_is_unreachable_and_its_neighbour_is_named(tmp_path):
    written(tmp_path, GOOD, "scores.csv")
    with pytest.raises(Unreachable, match=r"does not exist; did you mean `scores.csv`\?") as caught:
        fairness(tmp_path / "score.csv")
    assert caught.value.exit_code == 4


def test_a_folder_without_data_files_is_no_table(tmp_path):
    (tmp_path / "_SUCCESS").touch()
    with pytest.raises(Unreachable, match="there is no data file"):
        fairness(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_unreachable(tmp_path):
    path = written(tmp_path, GOOD)
    path.chmod(0)
    with pytest.raises(Unreachable, match="can not be read"):
        fairness(path)


def test_a_named_pipe_is_no_data_file(tmp_path):
    os.mkfifo(tmp_path / "data.csv")
    with pytest.raises(Unreachable, match="does not exist"):
        fairness(tmp_path / "data.csv")


def test_junk_named_parquet_is_unreachable(tmp_path):
    with pytest.raises(Unreachable, match="does not start as one"):
        fairness(written(tmp_path, b"\x89PNG junk", "data.parquet"))


def test_a_parquet_file_that_is_cut_off_is_unreachable(tmp_path):
    whole = parquet(tmp_path, "SELECT 'f' sex, 1 y, 1 p").read_bytes()
    with pytest.raises(Unreachable, match="can not be read as Parquet"):
        fairness(written(tmp_path, whole[: len(whole) // 2], "cut.parquet"))


@pytest.mark.parametrize("name", ["data.xlsx", "data", "data.csv.gz", "data.json"])
def test_another_kind_of_file_is_refused(tmp_path, name):
    with pytest.raises(InvalidInput, match="unknown kind of data file"):
        fairness(written(tmp_path, GOOD, name))


@pytest.mark.parametrize(
    "name", ["b[1].csv", "b*.csv", "b?.csv", "a'; DROP TABLE x.csv", "sp ace.csv", "é.csv", "{a,b}.csv"]
)
def test_a_file_name_is_a_name_and_never_a_pattern_or_a_query(tmp_path, name):
    """The neighbour that a pattern would match has other rows."""
    written(tmp_path, "sex,y,p\nx,1,1\n", "b1.csv")
    assert rows_of(fairness(written(tmp_path, GOOD, name))) == COUNTS


def test_a_folder_named_like_a_column_adds_none(tmp_path):
    folder = tmp_path / "sex=hidden"
    folder.mkdir()
    with pytest.raises(InvalidInput, match="no column `sex`"):
        fairness(written(folder, "y,p\n1,1\n"))


@pytest.mark.parametrize("name", ['"; DROP TABLE x; --', "a b", "é", "select", "{x}", "a'b", "?", "%s", '""', "a.b"])
def test_a_hostile_column_name_is_a_name(tmp_path, name):
    quoted = '"' + name.replace('"', '""') + '"'
    found = fairness(written(tmp_path, GOOD.replace("sex", quoted)), by=(name,))
    assert rows_of(found) == COUNTS
    assert found.evidence["counts"]["columns"][0] == name


@pytest.mark.parametrize("name", ["n", "w", "y_true", "outcome"])
def test_a_group_can_not_be_named_like_a_column_of_the_counts(tmp_path, name):
    with pytest.raises(InvalidInput, match=f"can not be named `{name}`"):
        fairness(written(tmp_path, GOOD.replace("sex", name)), by=(name,))


def test_a_column_can_not_be_group_and_label(tmp_path):
    with pytest.raises(InvalidInput, match="`y` is asked for in two places"):
        fairness(written(tmp_path, GOOD), by=("y",))
    with pytest.raises(InvalidInput, match="`sex` is asked for in two places"):
        fairness(written(tmp_path, GOOD), by=("sex", "sex"))


def test_groups_that_look_alike_are_kept_apart_and_told(tmp_path):
    found = fairness(written(tmp_path, "sex,y,p\nMale,1,1\nmale ,1,1\nFemale,0,1\n"))
    assert [row[0] for row in rows_of(found)] == ["Female", "Male", "male "]
    assert found.warnings[0] == "column `sex` has `Male`, `male `: 2 groups that look like one"


def test_grouping_by_an_identity_is_refused_with_the_column_that_causes_it(tmp_path):
    rows = "\n".join(f"{number},{number % 2},1" for number in range(10_001))
    with pytest.raises(InvalidInput, match=r"more than 10,000 combinations .*`id` over 10,000"):
        fairness(written(tmp_path, f"id,y,p\n{rows}\n"), by=("id",))


def test_a_column_of_one_value_is_told(tmp_path):
    found = fairness(written(tmp_path, "sex,y,p\nf,1,1\nm,1,0\n"))
    assert "column `y` is 1 in every row" in found.warnings


def test_one_group_is_measured_and_said_to_have_nothing_to_compare(tmp_path):
    found = fairness(written(tmp_path, "sex,y,p\nf,1,1\nf,0,0\n"))
    assert "column `sex` has one group, so there is nothing to compare" in found.warnings
    assert "no ratio, because a disparity needs at least two groups, found 1" in found.notes[0]


def test_a_blank_line_of_a_single_column_is_a_missing_value(tmp_path):
    """It must not shrink the denominator."""
    with pytest.raises(InvalidInput, match="`refused` has no value in 1 of 3 rows"):
        measured("rate", written(tmp_path, "refused\n1\n\n0\n"), outcome="refused")


def test_a_file_changed_while_it_is_read_is_not_reported(tmp_path, monkeypatch):
    path = written(tmp_path, GOOD)
    monkeypatch.setattr(engine, "check_headers", lambda data: path.write_text(GOOD + "m,0,0\n"))
    with pytest.raises(Unreachable, match="was changed while it was read"):
        fairness(path)


def test_the_engine_can_reach_no_other_file(tmp_path):
    other = written(tmp_path, GOOD, "other.csv")
    with open_file(written(tmp_path, GOOD)) as table:
        for query in (
            f"SELECT * FROM '{other}'",
            f"COPY (SELECT 1) TO '{tmp_path}/x.csv'",
            "INSTALL httpfs",
            "SET threads=1",
        ):
            with pytest.raises(InvalidInput):
                table.query(query)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.csv", "other.csv"]


USAGE = {
    "no groups": ("fairness", {"y_true": "y", "y_pred": "p"}, "at least one group column"),
    "no truth": ("performance", {"y_pred": "p"}, "--y-true"),
    "no prediction": ("performance", {"y_true": "y"}, "either `--y-pred"),
    "a threshold without a score": (
        "performance",
        {"y_true": "y", "y_pred": "p", "threshold": 1},
        "a threshold a score",
    ),
    "the same column twice": ("performance", {"y_true": "y", "y_pred": "y"}, "the same column `y`"),
    "no outcome": ("rate", {}, "--outcome"),
    "truth for a rate": ("rate", {"outcome": "p", "y_true": "y"}, "neither truth nor prediction"),
    "an outcome for performance": ("performance", {"outcome": "p"}, "`--outcome` is for a rate"),
    "a weight for a regression": (
        "regression",
        {"y_true": "y", "y_pred": "p", "weight": "w"},
        "`--weight` has no meaning",
    ),
    "half a window": ("rate", {"outcome": "p", "window_from": "2026-01-01"}, "both its first and its last day"),
    "a minimum below 0": ("rate", {"outcome": "p", "min_cell": -1}, "at least 0, found -1"),
    "an unknown kind": ("fairnes", {}, "no measurement `fairnes`; did you mean `fairness`?"),
}


@pytest.mark.parametrize("case", USAGE)
def test_a_request_that_does_not_fit_is_a_usage_problem(tmp_path, case):
    kind, given, message = USAGE[case]
    with pytest.raises(UsageProblem) as caught:
        measured(kind, written(tmp_path, GOOD), **given)
    assert message in str(caught.value)
