"""The benchmarks measure valid repositories, the same ones every time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
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
