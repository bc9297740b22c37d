"""Truth joined by an id: never by the order of rows, and never with rows lost in silence."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from measure_requests import fairness, measured, rows_of
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.model.evidence import Evidence

PREDICTED = "id,sex,p\n1,f,1\n2,f,0\n3,m,1\n4,m,0\n"
TRUTH = "id,y\n1,1\n2,1\n3,0\n4,0\n"
COUNTS = [["f", 1, 0, 1], ["f", 1, 1, 1], ["m", 0, 0, 1], ["m", 0, 1, 1]]


@pytest.fixture
def join(tmp_path):
    def joined(predicted: str = PREDICTED, truth: str = TRUTH, **more):
        (tmp_path / "predicted.csv").write_text(predicted)
        (tmp_path / "truth.csv").write_text(truth)
        given = {"id": "id", "truth": str(tmp_path / "truth.csv")} | more
        return fairness(tmp_path / "predicted.csv", **given)

    return joined


def shuffled(text: str, seed: int) -> str:
    header, *rows = text.splitlines()
    random.Random(seed).shuffle(rows)
    return "\n".join([header, *rows, ""])


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_makes_no_difference(join, seed):
    assert rows_of(join(shuffled(PREDICTED, seed), shuffled(TRUTH, seed + 1))) == COUNTS


def test_the_evidence_says_how_they_were_joined(join):
    found = join()
    source = found.evidence["source"]
    assert source["uri"] == "predicted.csv + truth.csv"
    assert source["joined_on"] == "id"
    assert source["unmatched"] == {"data": 0, "truth": 0}
    assert source["digest_of"] == "the digests of data and truth, and the id that joins them"
    assert Evidence.model_validate(found.evidence).source is not None


def test_other_truth_is_another_data_set(join):
    assert join().evidence["source"]["digest"] != join(truth=TRUTH.replace("1,1", "1,0")).evidence["source"]["digest"]


REFUSED = {
    "an id twice in the data": (
        PREDICTED + "4,m,1\n",
        TRUTH,
        "predicted.csv: column `id` repeats an id of another row in 1 of 5",
    ),
    "an id twice in the truth": (
        PREDICTED,
        TRUTH + "1,0\n1,0\n",
        "truth.csv: column `id` repeats an id of another row in 2 of 6",
    ),
    "a row without an id": (PREDICTED + ",m,1\n", TRUTH, "column `id` has no id in 1 of 5 rows"),
    "data without truth": (PREDICTED + "5,m,1\n", TRUTH, "predicted.csv: 1 rows have a value of `id` that "),
    "truth without data": (PREDICTED, TRUTH + "5,1\n6,1\n", "truth.csv: 2 rows have a value of `id` that "),
    "nothing in common": (PREDICTED, "id,y\n9,1\n", "no value of `id` occurs in "),
    "no id in the truth": (PREDICTED, "key,y\n1,1\n", "truth.csv: no column `id`"),
    "a column in both": (
        PREDICTED,
        "id,y,sex\n1,1,f\n2,1,f\n3,0,m\n4,0,m\n",
        "both the data and the truth have a column `sex`",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_be_paired_is_refused(join, case):
    predicted, truth, message = REFUSED[case]
    with pytest.raises(InvalidInput) as caught:
        join(predicted, truth)
    assert message in str(caught.value)


def test_both_directions_are_told_at_once(join):
    with pytest.raises(InvalidInput) as caught:
        join(PREDICTED + "5,m,1\n", TRUTH + "6,1\n7,1\n")
    assert [problem.message[:6] for problem in caught.value.problems] == ["1 rows", "2 rows"]


def test_allowed_rows_without_a_partner_are_counted_in_the_evidence(join):
    found = join(PREDICTED + "5,m,1\n", TRUTH + "6,1\n7,1\n", allow_unmatched=True)
    assert rows_of(found) == COUNTS
    assert found.evidence["source"]["unmatched"] == {"data": 1, "truth": 2}
    assert found.evidence["source"]["rows"] == 4


def test_nothing_in_common_is_refused_even_where_rows_may_be_left_over(join):
    with pytest.raises(InvalidInput, match="no value of `id` occurs"):
        join(truth="id,y\n9,1\n", allow_unmatched=True)


def test_an_id_alone_refuses_a_row_that_is_there_twice(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("id,sex,y,p\n1,f,1,1\n1,f,1,1\n2,m,0,0\n")
    with pytest.raises(InvalidInput, match="repeats an id of another row in 1 of 3 rows"):
        fairness(path, id="id")


def test_an_id_of_text_finds_the_same_id_of_whole_numbers(tmp_path):
    (tmp_path / "predicted.csv").write_text(PREDICTED)
    rows = "(1, 1), (2, 1), (3, 0), (4, 0)"
    duckdb.sql(f"COPY (FROM (VALUES {rows}) t(id, y)) TO '{tmp_path}/truth.parquet' (FORMAT parquet)")
    found = fairness(tmp_path / "predicted.csv", id="id", truth=str(tmp_path / "truth.parquet"))
    assert rows_of(found) == COUNTS


def test_a_fraction_is_no_id(tmp_path):
    duckdb.sql(f"COPY (SELECT 1.5::DOUBLE id, 'f' sex, 1 y, 1 p) TO '{tmp_path}/d.parquet' (FORMAT parquet)")
    with pytest.raises(InvalidInput, match="can not be an id"):
        fairness(tmp_path / "d.parquet", id="id")


USAGE = {
    "truth without an id": ({"truth": "t.csv"}, "--id COLUMN"),
    "leftovers of nothing": ({"allow_unmatched": True}, "`--allow-unmatched` is about `--truth`"),
    "truth for pooled data": ({"truth": "t.csv", "id": "id", "pool": (Path("b.csv"),)}, "join each window first"),
    "an unknown engine": ({"engine": "postgre://h/d", "table": "t"}, "did you mean `postgres`?"),
    "an engine without a table": ({"engine": "postgresql://h/d"}, "`--table NAME`"),
    "a table without an engine": ({"table": "t"}, "`--engine ADDRESS`"),
}


@pytest.mark.parametrize("case", USAGE)
def test_words_that_do_not_fit_are_a_usage_problem(tmp_path, case):
    given, message = USAGE[case]
    (tmp_path / "a.csv").write_text("sex,y,p\nf,1,1\n")
    with pytest.raises(UsageProblem) as caught:
        measured("fairness", tmp_path / "a.csv", y_true="y", y_pred="p", by=("sex",), **given)
    assert message in str(caught.value)
