"""`rampgate audit log`: the decisions a line each, by every filter, and no cell or line that does anything."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import RITA
from worlds.grown_world import grown_world
from worlds.history_world import HistoryWorld


@pytest.fixture(scope="module")
def world():
    return grown_world()


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def listed(rampgate, *words: str) -> dict[str, Any]:
    said = rampgate("audit", "log", "--format", "json", *words)
    assert said.exit == 0, said.err
    return json.loads(said.out)


def places(rampgate, *words: str) -> list[int]:
    return [each["record"] for each in listed(rampgate, *words)["records"]]


def test_every_record_is_a_line_the_newest_last(rampgate):
    """Ten records: 0 opens, 1 and 2 are baselines, 3 was closed, 5 went past the gate and 7 puts that right."""
    said = rampgate("audit", "log")
    assert said.exit == 0
    header, rule, *lines = said.out.splitlines()
    assert header.split() == ["record", "as", "of", "(UTC)", "verdict", "what"]
    assert set(rule) == {"-", " "}
    assert [int(line.split()[0]) for line in lines] == list(range(10))
    assert lines[3] == (
        "     3  2026-11-20 08:00  undecided  promote credit-risk 2.0.0: pilot -> canary; asked by alice; "
        "waiver W-2026-014 granted by rita; #7, closed"
    )
    assert lines[4].endswith("asked by alice; approved by rita (risk), sam; waiver W-2026-014 granted by rita; #7")
    assert lines[5].endswith("promote credit-risk 2.0.0: canary -> ramp; PAST THE GATE, put right by record 7")


# words -> the records that they mean, counted by hand in the world's own order
FILTERS = {
    "a model": (["--model", "credit-risk"], [1, 2, 3, 4, 5, 6, 9]),
    "a stage that something came to, or was to come to": (["--stage", "canary"], [3, 4, 9]),
    "a stage below": (["--stage", "pilot"], [2, 6]),
    "who opened": (["--person", "otto"], [7, 8]),
    "who approved": (["--person", "sam"], [4]),
    "who granted a waiver": (["--person", "rita"], [3, 4, 9]),
    "a verdict": (["--verdict", "undecided"], [3, 5]),
    "a kind": (["--kind", "policy"], [7, 8]),
    "from a day on": (["--since", "2026-11-24"], [7, 8, 9]),
    "up to a day": (["--until", "2026-11-20"], [0, 1, 2, 3, 4]),
    "one day, both ends included": (["--since", "2026-11-20", "--until", "2026-11-20"], [3, 4]),
    "what went past the gate": (["--past-the-gate"], [5]),
    "the newest two": (["-n", "2"], [8, 9]),
    "the newest of those that are meant": (["-n", "1", "--stage", "canary"], [9]),
    "the first six alone": (["--size", "6", "--person", "rita"], [3, 4]),
    "several at once": (["--person", "rita", "--verdict", "allow", "--since", "2026-11-21"], [9]),
    "none": (["--person", "olga", "--kind", "promote"], []),
}


@pytest.mark.parametrize("case", FILTERS)
def test_a_filter_means_these_records(case, rampgate):
    words, expected = FILTERS[case]
    assert places(rampgate, *words) == expected


def test_where_nothing_fits_that_is_said(rampgate):
    said = rampgate("audit", "log", "--person", "olga", "--kind", "promote")
    assert (said.exit, said.out) == (0, "No record fits (person olga, kind promote); the history has 10 records.\n")


# words -> what is said of them
UNKNOWN = {
    "a model": (["--model", "credit-rsik"], "no model `credit-rsik` is known here; did you mean `credit-risk`?"),
    "a stage": (["--stage", "canery"], "no stage `canery` is known here; did you mean `canary`?"),
    "a person": (["--person", "rtia"], "no person `rtia` is known here; did you mean `rita`?"),
    "a verdict": (["--verdict", "alow"], "no verdict `alow` is known here; did you mean `allow`?"),
    "a kind": (["--kind", "promotion"], "no kind `promotion` is known here; did you mean `promote`?"),
    "a word like nothing": (["--verdict", "xxxx"], "there are allow, deny, hold, undecided"),
    "a day": (["--since", "2026-13-01"], "--since `2026-13-01` is no day"),
    "days that end first": (["--since", "2026-11-02", "--until", "2026-11-01"], "before they begin on 2026-11-02"),
    "more records than there are": (["--size", "11"], "the history has 10 records, not 11"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_a_name_that_nothing_knows_is_refused(case, rampgate):
    """An empty answer to a misspelt question would read as innocence."""
    words, told = UNKNOWN[case]
    said = rampgate("audit", "log", *words)
    assert (said.exit, said.out) == (2, "")
    assert told in said.err


def test_who_is_known_today_is_not_misspelt(rampgate):
    """Ravi holds a role, and nobody has asked him for anything yet."""
    assert places(rampgate, "--person", "ravi") == []
    assert places(rampgate, "--stage", "majority") == []


def test_json_says_what_the_list_was_taken_from(rampgate, world):
    told = listed(rampgate, "--model", "credit-risk", "-n", "3")
    assert told["schema"] == "rampgate/history-log/v1"
    assert told["repository"] == "github.com/acme/models"
    assert told["history"] == {"records": 10, "newest_sha256": world.steps[9].digest}
    assert told["filters"] == {"model": "credit-risk", "newest": 3}
    first = told["records"][0]
    assert first["sha256"] == world.steps[5].digest
    assert first["past_the_gate"] == ["it was pushed without a pull request"]
    assert first["corrected_by"] == 7
    assert first["transition"]["to"] == "ramp"
    assert told["records"][2]["people"][0] == {"person": "alice", "did": "opened", "roles": [], "what": None}


def test_csv_is_a_table_with_a_row_each(rampgate):
    said = rampgate("audit", "log", "--format", "csv")
    header, *rows = csv.reader(io.StringIO(said.out, newline=""))
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["record"] for row in told] == [str(place) for place in range(10)]
    assert (told[4]["from"], told[4]["to"], told[4]["verdict"]) == ("pilot", "canary", "allow")
    assert (told[4]["opened_by"], told[4]["approved_by"], told[4]["granted_by"]) == ("alice", "rita; sam", "rita")
    assert (told[5]["past_the_gate"], told[5]["corrected_by"]) == ("it was pushed without a pull request", "7")


HOSTILE = "=cmd|' /C calc'!A0 \x1b[31m\u202e ##[warning] \n::error::x"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A login is anybody's text; this one went into a signed record."""
    world = HistoryWorld(tmp_path_factory.mktemp("hostile"))
    world.begin()
    pull = {"number": 7, "state": "merged", "author": HOSTILE}
    world.land(at="2026-11-20T09:00:00Z", stage="canary", pull=pull, past_the_gate=["+1 \x1b]0;title\x07"])
    return world


@pytest.mark.parametrize("command", ["log", "sample", "asof", "show"])
def test_a_hostile_name_moves_no_terminal_and_no_runner(command, hostile, capsys):
    words = {"sample": ["--n", "9", "--seed", "7"], "asof": ["2026-11-20"], "show": ["2"]}.get(command, [])
    said = CommandLine(capsys, hostile.root)("audit", command, *words)
    assert said.exit == 0, said.err
    assert all(line.isprintable() for line in said.out.splitlines())
    assert "##[" not in said.out
    assert not any(line.lstrip().startswith("::") for line in said.out.splitlines())
    assert "\\u001b[31m\\u202e" in said.out


@pytest.mark.parametrize("command", ["log", "sample", "asof"])
def test_a_hostile_name_calculates_in_no_spreadsheet(command, hostile, capsys):
    words = {"sample": ["--n", "9", "--seed", "7"], "asof": ["2026-11-20"]}.get(command, [])
    said = CommandLine(capsys, hostile.root)("audit", command, "--format", "csv", *words)
    rows = list(csv.reader(io.StringIO(said.out, newline="")))
    cells = [cell for row in rows for cell in row]
    assert any(cell.startswith("'=cmd|") for cell in cells)
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)
    assert all(cell.isprintable() for cell in cells)


@pytest.mark.parametrize("command", ["log", "sample", "asof", "show"])
def test_json_keeps_a_hostile_name_and_gives_no_runner_a_command(command, hostile, capsys):
    words = {"sample": ["--n", "9", "--seed", "7"], "asof": ["2026-11-20"], "show": ["2"]}.get(command, [])
    said = CommandLine(capsys, hostile.root)("audit", command, "--format", "json", *words)
    assert "##[" not in said.out
    assert HOSTILE in _texts(json.loads(said.out))


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*map(_texts, value)) if value else set()
    return {value} if isinstance(value, str) else set()


def test_a_clone_reads_what_origin_has(tmp_path, world, capsys):
    """The branch of the clone's own is old news, or somebody's: what was fetched comes before it."""
    here = HistoryWorld.__new__(HistoryWorld)
    here.root = world.root
    here.git("clone", "-q", str(world.root), str(tmp_path / "clone"))
    here.root = tmp_path / "clone"
    here.git("branch", "decisions", "origin/decisions~4")
    assert places(CommandLine(capsys, here.root)) == list(range(10))


def test_approvals_in_the_history_are_by_the_person(rampgate):
    """RITA's login is not asked for; the people file names her."""
    assert RITA["name"] in {hand["person"] for each in listed(rampgate)["records"] for hand in each["people"]}


@pytest.mark.parametrize("command", ["log", "show", "asof", "sample"])
def test_a_help_page_has_examples_and_exit_codes(command, rampgate, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    rampgate.repo = None
    lines = rampgate("audit", command, "--help").out.splitlines()
    assert any(line.startswith(f"  rampgate audit {command} ") for line in lines)
    assert any(line.startswith("  Exit codes: 0 ") for line in lines)
    assert [line for line in lines if len(line) > 80] == []
