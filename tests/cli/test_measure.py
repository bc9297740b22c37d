"""`rampgate measure` where something is amiss: what is said, with which exit code, and that nothing is left behind."""

from __future__ import annotations

import json
import sys

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import GovernedWorld

ROWS = "sex,y,p\n" + "f,1,1\nf,0,0\nm,1,0\nm,0,1\n" * 5


@pytest.fixture
def world(tmp_path):
    world = GovernedWorld(tmp_path)
    world.write("data.csv", ROWS)
    return world


@pytest.fixture
def measure(world, capsys, monkeypatch):
    monkeypatch.chdir(world.path)
    rampgate = CommandLine(capsys)

    def run(kind, *words, model="credit-risk", version="2.0.0"):
        known = ("--model", model, "--model-version", version, "--as", "alice")
        return rampgate("measure", kind, "--y-true", "y", "--y-pred", "p", *known, *words)

    return run


def untouched(world):
    return world.git("status", "--porcelain").split() == ["??", "data.csv"]


def test_a_misspelt_model_is_told_with_the_nearest(world, measure):
    done = measure("fairness", "--data", "data.csv", "--by", "sex", model="credit-rsk")
    assert done.exit == 3
    assert "there is no such card; did you mean `credit-risk`?" in done.err
    assert untouched(world)


def test_a_version_that_is_not_there_is_told_with_those_that_are(world, measure):
    done = measure("fairness", "--data", "data.csv", "--by", "sex", version="2.0")
    assert done.exit == 3
    assert "did you mean `2.0.0`?" in done.err
    assert "versions of credit-risk: " in done.err
    assert untouched(world)


def test_a_stage_that_the_ladder_does_not_have_is_refused_before_anything_is_written(world, measure):
    done = measure("fairness", "--data", "data.csv", "--by", "sex", "--stage", "canry")
    assert done.exit == 2
    assert "unknown stage `canry`; did you mean `canary`?" in done.err
    assert untouched(world)


def test_a_folder_without_data_files_is_told(world, measure):
    (world.path / "empty").mkdir()
    done = measure("performance", "--data", str(world.path / "empty"))
    assert done.exit == 4
    assert "there is no data file; expected `.csv`, `.tsv` or `.parquet` files" in done.err
    assert "did you mean" not in done.err


@pytest.mark.parametrize("library", ["duckdb", "fairlearn", "sklearn", "pandas"])
def test_without_a_library_the_command_says_what_to_install(world, measure, monkeypatch, library):
    """A machine that judges has no need of the libraries that measure."""
    for name in [name for name in sys.modules if name.split(".")[0] in {library, "fairlearn"}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    done = measure("performance", "--data", "data.csv")
    assert done.exit == 2
    assert "install `rampgate[measure]`" in done.err
    assert untouched(world)


def test_it_works_from_a_folder_inside_the_repository(world, measure, monkeypatch):
    monkeypatch.chdir(world.path / "policies")
    done = measure("performance", "--data", "../data.csv", "--attach")
    assert done.exit == 0
    assert "wrote ../model_cards/credit-risk/2.0.0/evidence/performance" in done.out
    assert list((world.path / "model_cards/credit-risk/2.0.0/evidence").glob("performance*.json"))


def test_a_long_note_fits_a_narrow_terminal(measure, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    done = measure("fairness", "--data", "data.csv", "--by", "sex")
    notes = done.out[done.out.index("by sex: lowest") : done.out.index("checked against")]
    assert max(len(line) for line in notes.splitlines()) <= 60


def test_without_a_cross_check_that_is_said_here_and_in_the_evidence(world, measure):
    done = measure("fairness", "--data", "data.csv", "--by", "sex", "--no-cross-check", "--out", "fair.json")
    assert done.exit == 0
    assert "checked against no other library (--no-cross-check)" in done.out
    evidence = json.loads((world.path / "fair.json").read_text())
    assert evidence["crosscheck"] == "skipped"
    assert "--no-cross-check" in evidence["produced"]["command"]


def test_the_preset_of_new_york_city_is_measured_and_said_in_the_command(world, capsys, monkeypatch):
    monkeypatch.chdir(world.path)
    world.write("staff.csv", "sex,race,in\n" + "f,a,1\nf,b,0\nm,a,1\nm,b,1\n" * 30 + "m,c,0\n")
    known = ("--model", "credit-risk", "--model-version", "2.0.0", "--as", "alice", "--no-cross-check")
    words = ("--preset", "nyc-ll144", "--by", "sex,race", "--outcome", "in", "--exclude-small", "one person")
    done = CommandLine(capsys)("measure", "fairness", "--data", "staff.csv", *words, *known, "--out", "audit.json")
    assert done.exit == 0, done.err
    assert "excluded, having less than 2% of the rows: race=c, n 1, rate 0.0000" in done.out
    command = json.loads((world.path / "audit.json").read_text())["produced"]["command"]
    assert "--preset nyc-ll144 --exclude-small 'one person'" in command
