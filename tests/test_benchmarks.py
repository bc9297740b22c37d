"""The benchmarks measure valid repositories, the same ones every time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
sys.path.append(str(BENCHMARKS))  # last: `tests` has a folder `history` of its own

import measure as measuring  # noqa: E402 - see above
import run  # noqa: E402

RAMPGATE = Path(sys.executable).parent / "rampgate"


def generate(folder: Path, *words: str) -> Path:
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "generate.py", folder, "--checkout", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def names(folder: Path) -> str:
    return subprocess.run(
        ["git", "-C", folder, "for-each-ref", "--format=%(refname) %(objectname)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_generated_repositories_hold_nothing_invalid(tmp_path):
    """Fifteen models go once around every pair of tier and task; an invalid card would be measured failing."""
    folder = generate(tmp_path / "repo", "--cards=15", "--commits=3")
    done = subprocess.run([RAMPGATE, "check"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_cards_are_about_120_lines_long(tmp_path):
    folder = generate(tmp_path / "repo", "--cards=15", "--commits=1")
    lengths = [len(path.read_text().splitlines()) for path in folder.glob("model_cards/*/*/card.yaml")]
    assert len(lengths) == 15
    assert 115 <= min(lengths) <= max(lengths) <= 130


def test_the_same_seed_gives_the_same_commits(tmp_path):
    first, again = (generate(tmp_path / name, "--cards=3", "--commits=5") for name in ("a", "b"))
    other = generate(tmp_path / "c", "--cards=3", "--commits=5", "--seed=2")
    assert names(first) == names(again)
    assert names(first) != names(other)


def test_a_promotion_waits_for_its_approvals(tmp_path):
    """What the gate benchmark times is a whole judgement, not an early refusal."""
    folder = generate(tmp_path / "repo", "--cards=3", "--commits=5")
    words = [
        RAMPGATE,
        "gate",
        "--base",
        "main",
        "--head",
        "promote",
        "--now",
        "2026-11-20T00:00:00Z",
        "--format",
        "json",
    ]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    decision = json.loads(done.stdout)
    assert (decision["change"], decision["verdict"], done.returncode) == ("promote", "hold", 11), done.stdout


@pytest.mark.scale
def test_the_whole_benchmark_runs(tmp_path):
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "run.py", "--quick", "--out", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert [ratio["value"] > 0 for ratio in report["ratios"]] == [True] * 5
    assert (tmp_path / "report.md").read_text() == done.stdout.removesuffix("\n")


@pytest.mark.scale
def test_the_benchmark_of_histories_runs(tmp_path):
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "history.py", "--quick", "--without-gto", "--out", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "history.json").read_text())
    assert [ratio["value"] > 0 for ratio in report["ratios"]] == [True] * 7
    assert {tuple(each["codes"]) for each in report["programs"].values()} == {(0,)}


def test_a_ratio_of_memory_is_judged_by_memory_and_one_of_the_processor_by_its_seconds():
    one = run.Measured(seconds=[9.0], processor=[8.0, 2.0, 4.0], memory=[10.0])
    other = run.Measured(seconds=[1.0], processor=[2.0], memory=[40.0])
    found = {"one": one, "other": other}
    told = [run.judge(run.Ratio("", "one", "other", at_least=2, of=of), found) for of in ("processor", "memory")]
    assert [(each["value"], each["met"]) for each in told] == [(2.0, True), (0.25, False)]


def test_what_is_heavy_runs_once_and_not_to_warm_up(tmp_path):
    log = tmp_path / "log"
    words = [sys.executable, "-c", "import sys; open(sys.argv[1], 'a').write(sys.argv[2])", str(log)]
    programs = [run.Program("l", [*words, "l"], tmp_path), run.Program("h", [*words, "h"], tmp_path, heavy=True)]
    found = run.measure(programs, 3)
    assert log.read_text() == "llhll"
    assert {name: len(each.seconds) for name, each in found.items()} == {"l": 3, "h": 1}


EVIDENCE = {
    "measures": [
        {"metric": name, "group": {"sex": sex}, "k": 1, "n": n}
        for sex, n in (("f", 4), ("m", 2))
        for name in ("selection_rate", "accuracy", "true_positive_rate", "false_positive_rate", "precision", "x")
    ]
}


def told_of_groups(**changed: float) -> list[list[object]]:
    rates = {"f": 0.25, "m": 0.5} | changed
    return [
        [list(each["group"].values()), each["metric"], rates[each["group"]["sex"]]] for each in EVIDENCE["measures"]
    ]


def test_a_peer_that_says_another_rate_is_found():
    assert measuring.largest_difference(EVIDENCE, told_of_groups()) == 0
    assert measuring.largest_difference(EVIDENCE, told_of_groups(m=0.75)) == 0.25


def test_a_group_that_nobody_counted_is_no_agreement():
    with pytest.raises(KeyError):
        measuring.largest_difference(EVIDENCE, [*told_of_groups(), [["x"], "accuracy", 0.5]])
    with pytest.raises(AssertionError, match="six rates"):
        measuring.largest_difference(EVIDENCE, [])


def test_scored_rows_are_the_same_every_time_and_come_true_as_often_as_they_say(tmp_path):
    tables = []
    for name in "ab":
        path = tmp_path / f"{name}.parquet"
        words = [sys.executable, BENCHMARKS / "measure_data.py", "scored", path, "--rows", "50000"]
        subprocess.run(words, check=True)
        tables.append(duckdb.sql(f"SELECT * FROM read_parquet('{path}')"))
    assert tables[0].except_(tables[1]).fetchall() == []
    groups, rows = tables[0].aggregate("COUNT(DISTINCT (sex, race, age)), COUNT(*)").fetchall()[0]
    assert (groups, rows) == (60, 50_000)
    apart = tables[0].aggregate("ABS(AVG(y_true) - AVG(score)), SUM(CAST(y_pred <> (score >= 0.5) AS INT))")
    difference, unlike = apart.fetchall()[0]
    assert difference < 0.01
    assert unlike == 0


@pytest.mark.scale
@pytest.mark.timeout(1200)
def test_the_benchmark_of_measuring_runs_and_all_programs_say_the_same(tmp_path):
    """Without what would have to be installed first; Fairlearn, scikit-learn and a server are measured."""
    words = ["--quick", "--sizes", "2000", "--only", "fairness,scores,drift,postgres", "--without-peers"]
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "measure.py", *words, "--out", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "measure.json").read_text())
    agreeing = [each for each in report["ratios"] if each["statement"].startswith("largest difference")]
    assert len(agreeing) >= 4, done.stderr
    assert all(each["met"] for each in agreeing), agreeing
    assert {tuple(each["codes"]) for each in report["programs"].values()} == {(0,)}
