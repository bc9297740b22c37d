"""Drift against a stored profile: what is counted, what moves it and what does not, and real years of employment."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from pydantic import ValidationError

from measure_requests import NOW, measured, value
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.evidence_check import recompute
from rampgate.measure.details import Details
from rampgate.measure.profile import ProfileRequest, make_profile
from rampgate.model.evidence import Evidence
from rampgate.model.profile import Profile
from shared_data import shared


def written(tmp_path: Path, name: str, header: str, rows) -> Path:
    path = tmp_path / name
    path.write_text("\n".join([header, *map(str, rows)]) + "\n", encoding="utf-8")
    return path


def profile(data: Path, **given) -> Profile:
    return Profile.model_validate(make_profile(ProfileRequest(data=data, **given), NOW).profile)


def drift(data: Path, reference: Profile, **given):
    return measured("drift", data, details=Details(profile=reference, **given))


def column(reference: Profile, name: str):
    return next(each for each in reference.columns if each.name == name)


@pytest.fixture
def numbers(tmp_path):
    chance = random.Random(1)
    return written(tmp_path, "reference.csv", "x", [round(chance.gauss(0, 1), 6) for _ in range(10_000)])


def test_a_profile_cuts_numbers_into_bins_of_equal_rows(numbers):
    found = column(profile(numbers), "x")
    wide = [0] * (found.parts[-1] + 1)
    for part, count in zip(found.parts, found.counts, strict=True):
        wide[part] += count
    assert wide == [0, *[1000] * 10, 0]
    assert set(found.counts[1:-1]) == {250}


def test_the_window_is_counted_in_the_frozen_bins(numbers, tmp_path):
    """0.5 standard deviations to the right; the bins stay where the reference put them."""
    chance = random.Random(2)
    rows = [round(chance.gauss(0.5, 1), 6) for _ in range(10_000)]
    reference = profile(numbers)
    found = drift(written(tmp_path, "window.csv", "x", rows), reference)
    table = found.evidence["tables"]["bins of x"]
    edges = [Decimal(edge) for edge in column(reference, "x").edges]
    by_hand = [0] * (len(edges) + 1)
    for row in rows:
        by_hand[sum(edge <= Decimal(str(row)) for edge in edges)] += 1
    assert [row[3] for row in table["rows"]] == by_hand
    assert Decimal("0.22") < value(found, "psi", column="x") < Decimal("0.29")
    assert recompute(Evidence.model_validate(found.evidence)) == []


@pytest.mark.parametrize("outlier", ["100", "1e6", "1e300", "-1e300"])
def test_one_outlier_in_ten_thousand_rows_moves_psi_by_less_than_one_percent(numbers, tmp_path, outlier):
    chance = random.Random(2)
    rows = [round(chance.gauss(0.5, 1), 6) for _ in range(10_000)]
    reference = profile(numbers)
    before = value(drift(written(tmp_path, "a.csv", "x", rows), reference), "psi", column="x")
    after = value(drift(written(tmp_path, "b.csv", "x", [*rows[:-1], outlier]), reference), "psi", column="x")
    assert abs(after - before) / before < Decimal("0.01")


def test_a_window_beyond_all_that_was_seen_is_not_the_outermost_quantile(tmp_path):
    """Without bins above the greatest and below the least value, a constant that moves would have no drift at all."""
    reference = profile(written(tmp_path, "a.csv", "x", [5.5] * 1000), numbers=("x",))
    for moved in (5.6, 5.4):
        found = drift(written(tmp_path, "b.csv", "x", [moved] * 1000), reference)
        assert value(found, "psi", column="x") > 5
        assert value(found, "ks", column="x") == 1


def test_the_same_data_have_no_drift(numbers):
    found = drift(numbers, profile(numbers))
    assert value(found, "psi", column="x") == 0
    assert value(found, "js_distance", column="x") == 0
    assert value(found, "psi_without_drift", column="x") == Decimal(9) * 2 / 10_000


def test_the_rules_of_the_computation_stand_in_the_evidence(numbers):
    results = drift(numbers, profile(numbers), profile_digest="sha256:" + "b" * 64).evidence["results"]
    assert set(results["rules"]) == {"bins", "null_rule", "zero_rule", "log_base", "new_values"}
    assert results["profile"]["digest"] == "sha256:" + "b" * 64
    assert results["profile"]["data"]["rows"] == 10_000


def test_rows_without_a_number_are_in_no_bin_and_told(tmp_path):
    reference = profile(written(tmp_path, "a.csv", "x,y", ["1,a", "2,a", ",a", "4,a"] * 100), numbers=("x",))
    assert column(reference, "x").null == 100
    found = drift(
        written(tmp_path, "b.csv", "x,y", ["1,a", ",a", ",b", "NaN,a", "x,a", "inf,a", "2,a", "4,a"]), reference
    )
    assert value(found, "null_rate", column="x") == Decimal("0.25")
    assert value(found, "null_rate_change", column="x") == 0
    assert value(found, "not_a_number_rate", column="x") == Decimal("0.375")
    assert "3 of 8 rows are no finite number" in found.warnings[0]
    assert sum(row[3] for row in found.evidence["tables"]["bins of x"]["rows"]) == 3


def test_new_categories_are_counted_and_shown_but_not_kept(tmp_path):
    reference = profile(written(tmp_path, "a.csv", "c,z", ["red,1", "blue,1"] * 50))
    found = drift(written(tmp_path, "b.csv", "c,z", ["red,1"] * 6 + ["pink,1"] * 3 + [",1"]), reference, columns=("c",))
    assert value(found, "new_value_rate", column="c") == Decimal(3 / 9).quantize(Decimal("1e-12"))
    assert value(found, "null_rate", column="c") == Decimal("0.1")
    assert found.notes == ("column c: 3 rows have values that are new: `pink` (3)",)
    assert "pink" not in json.dumps(found.evidence)


def test_where_the_profile_lists_not_all_values_nobody_knows_which_are_new(tmp_path):
    rows = [f"v{place},1" for place in range(150) for _ in range(200 - place)]
    reference = profile(written(tmp_path, "a.csv", "c,z", rows))
    assert (len(column(reference, "c").values), column(reference, "c").other > 0) == (100, True)
    found = drift(written(tmp_path, "b.csv", "c,z", ["v0,1", "v149,1", "unheard,1"]), reference, columns=("c",))
    assert value(found, "new_value_rate", column="c") is None


def test_values_that_few_rows_have_are_not_named(tmp_path):
    reference = profile(written(tmp_path, "a.csv", "c,z", ["a,1"] * 30 + ["b,1"] * 3), min_cell=5)
    assert (column(reference, "c").values, column(reference, "c").other) == (("a",), 3)


def test_what_a_column_is_taken_for(tmp_path):
    path = tmp_path / "a.parquet"
    duckdb.sql(
        "SELECT i AS many, i % 3 AS code, i % 2 = 0 AS flag, i / 7.0 AS share, 'k' || (i % 4) AS word, "
        "CAST(i AS VARCHAR) AS digits, DATE '2026-01-01' + CAST(i AS INTEGER) AS day FROM range(200) t(i)"
    ).write_parquet(str(path))
    made = make_profile(ProfileRequest(data=path), NOW)
    kinds = {each["name"]: each["kind"] for each in made.profile["columns"]}
    assert kinds == {
        "many": "number", "code": "category", "flag": "category", "share": "number", "word": "category",
        "digits": "number",
    }  # fmt: skip
    assert made.notes == ("left out column day: it holds times, which have no bins",)
    forced = make_profile(
        ProfileRequest(data=path, columns=("many", "code"), numbers=("code",), categories=("many",)), NOW
    )
    assert {each["name"]: each["kind"] for each in forced.profile["columns"]} == {"many": "category", "code": "number"}


def test_a_text_file_and_parquet_give_the_same_profile(tmp_path):
    rows = [(round(place * 0.37, 2), f"k{place % 3}") for place in range(500)]
    text = written(tmp_path, "a.csv", "x,c", [f"{x},{c}" for x, c in rows])
    parquet = tmp_path / "a.parquet"
    duckdb.sql(f"SELECT CAST(x AS DOUBLE) AS x, c FROM read_csv('{text}')").write_parquet(str(parquet))
    assert profile(text).columns == profile(parquet).columns


# what is wrong -> (call, words)
REFUSED = {
    "an absent column": ({"columns": ("y",)}, "no column `y`"),
    "too few bins": ({"bins": 1}, "2 to 100 bins, found 1"),
    "both at once": ({"numbers": ("x",), "categories": ("x",)}, "both numbers and a category"),
    "a category that is not profiled": ({"columns": ("x",), "categories": ("c",)}, "not among the columns to profile"),
    "no number at all": ({"columns": ("c",), "numbers": ("c",)}, "no finite number in any row"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_be_profiled_is_refused(tmp_path, case):
    given, words = REFUSED[case]
    with pytest.raises((InvalidInput, UsageProblem), match=words):
        profile(written(tmp_path, "a.csv", "x,c", ["1,a", "2,b"]), **given)


def test_an_empty_window_and_absent_columns_are_refused(numbers, tmp_path):
    reference = profile(numbers)
    with pytest.raises(InvalidInput, match="a header and no rows"):
        drift(written(tmp_path, "b.csv", "x", []), reference)
    with pytest.raises(InvalidInput, match="no column `x`"):
        drift(written(tmp_path, "c.csv", "X2", [1]), reference)
    with pytest.raises(UsageProblem, match="the profile has no column `y`"):
        drift(numbers, reference, columns=("y",))


def test_a_column_of_numbers_that_became_times_is_refused(numbers, tmp_path):
    path = tmp_path / "b.parquet"
    duckdb.sql("SELECT DATE '2026-01-01' AS x").write_parquet(str(path))
    with pytest.raises(InvalidInput, match="was numbers in the reference, and holds none here"):
        drift(path, profile(numbers))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"counts": [1, 2]}, "need one entry more than"),
        ({"edges": ["2", "1"]}, "must rise"),
        ({"parts": [0, 2, 2]}, "rise by 0 or 1"),
        ({"null": 7}, "counts 13 rows, but the data had 6"),
    ],
)
def test_a_profile_that_does_not_fit_together_is_refused(change, words):
    one = {
        "name": "x",
        "kind": "number",
        "null": 0,
        "not_a_number": 0,
        "edges": ["1", "2"],
        "parts": [0, 1, 1],
        "counts": [1, 2, 3],
    }
    source = {"uri": "a.csv", "digest": "sha256:" + "a" * 64, "rows": 6}
    head = {"schema": "rampgate/profile/v1", "source": source, "made_at": "2026-11-20T10:00:00Z", "tool_version": "1"}
    Profile.model_validate({**head, "columns": [one]})
    with pytest.raises(ValidationError, match=words):
        Profile.model_validate({**head, "columns": [one | change]})


def test_altered_counts_are_found(numbers):
    evidence = drift(numbers, profile(numbers)).evidence
    evidence["tables"]["bins of x"]["rows"][3][3] -= 1
    assert recompute(Evidence.model_validate(evidence)) == [
        "tables: table `bins of x`: 9999 rows of the window are accounted for, expected 10000"
    ]


@pytest.fixture(scope="module")
def employment(tmp_path_factory):
    """Massachusetts: the profile of 2015, and the years after it as windows."""
    folder = tmp_path_factory.mktemp("employment")
    reference = profile(shared("drift/employment_MA_reference.pq"))
    later = shared("drift/employment_MA_analysis.pq")
    for year in (2016, 2017, 2018):
        rows = duckdb.sql(f"SELECT * FROM read_parquet('{later}') WHERE year = {year}")
        rows.write_parquet(str(folder / f"{year}.parquet"))
    return reference, folder


def test_employment_year_by_year_drifts_little_and_more_with_time(employment):
    """No column passes the usual limit of 0.1; schooling is further from 2015 each year."""
    reference, folder = employment
    columns = ("SCHL", "MAR", "RELP", "ANC", "predicted_probability")
    told = {year: drift(folder / f"{year}.parquet", reference, columns=columns) for year in (2016, 2017, 2018)}
    for found in told.values():
        for name in columns:
            assert value(found, "psi", column=name) < Decimal("0.1")
        assert recompute(Evidence.model_validate(found.evidence)) == []
    by_year = [value(told[year], "psi", column="SCHL") for year in (2016, 2017, 2018)]
    assert by_year == sorted(by_year)


def test_a_column_that_names_the_year_is_all_new(employment):
    reference, folder = employment
    found = drift(folder / "2016.parquet", reference, columns=("year",))
    assert value(found, "new_value_rate", column="year") == 1
    assert value(found, "js_distance", column="year") == 1
