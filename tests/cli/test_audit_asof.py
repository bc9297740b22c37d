"""`rampgate audit asof`: what stood where then, by the ladder of then, and who had let it in."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import card, dump
from worlds.grown_world import grown_world
from worlds.history_world import HistoryWorld


@pytest.fixture(scope="module")
def world():
    return grown_world()


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def stood(rampgate, when: str, *words: str) -> dict[str, dict[str, Any]]:
    said = rampgate("audit", "asof", when, "--format", "json", *words)
    assert said.exit == 0, said.err
    return {each["version"]: each for each in json.loads(said.out)["versions"]}


# when -> stage and percents of 2.0.0, percent that 1.4.0 serves at the last rung; by hand from the world's story
STORY = {
    "2026-11-01T09:00:00Z": ("pilot", 0, 100),
    "2026-11-19": ("pilot", 0, 100),
    "2026-11-20T08:59:59Z": ("pilot", 0, 100),
    "2026-11-20T09:00:00Z": ("canary", 5, 95),
    "2026-11-20T10:00:00+01:00": ("canary", 5, 95),
    "2026-11-20T09:59:59+01:00": ("pilot", 0, 100),
    "2026-11-20": ("canary", 5, 95),
    "2026-11-21": ("canary", 5, 95),
    "2026-11-22": ("ramp", 25, 75),
    "2026-11-23": ("pilot", 0, 100),
    "2026-11-25": ("pilot", 0, 100),
    "2026-11-26": ("canary", 10, 90),
    "2027-01-01": ("canary", 10, 90),
}


@pytest.mark.parametrize("when", STORY)
def test_what_stood_then(when, rampgate):
    """The canary got 5% of the traffic until the ladder changed on the 25th, whatever the ladder says today."""
    stage, percent, served = STORY[when]
    found = stood(rampgate, when)
    assert (found["2.0.0"]["stage"], found["2.0.0"]["exposure_percent"]) == (stage, percent)
    assert (found["1.4.0"]["stage"], found["1.4.0"]["exposure_percent"]) == ("full", 100)
    assert found["1.4.0"]["traffic_percent"] == served


def test_who_let_it_in_is_told(rampgate):
    said = rampgate("audit", "asof", "2026-11-21")
    assert "rita (risk), sam; asked by alice" in said.out
    found = stood(rampgate, "2026-11-21")["2.0.0"]
    assert (found["placed_by"]["record"], found["way"], found["since"]) == (4, [2, 4], "2026-11-20T09:00:00Z")


def test_what_went_past_the_gate_is_marked_then_and_put_right_later(rampgate):
    said = rampgate("audit", "asof", "2026-11-22")
    assert "PAST THE GATE" in said.out
    text = " ".join(said.out.split())
    assert "2.0.0 went past the gate in record 5: it was pushed without a pull request; not put right by then" in text
    past = {"record": 5, "faults": ["it was pushed without a pull request"]}
    assert stood(rampgate, "2026-11-22")["2.0.0"]["past_the_gate"] == [past | {"put_right_by": None}]
    assert stood(rampgate, "2026-11-24")["2.0.0"]["past_the_gate"] == [past | {"put_right_by": 7}]


def test_a_version_that_was_there_before_says_so(rampgate):
    found = stood(rampgate, "2026-11-20")["1.4.0"]
    assert found["stood_before_the_history"] is True
    assert "there from the start" in rampgate("audit", "asof", "2026-11-20").out


@pytest.mark.parametrize("when", ["2026-10-31", "2026-11-01T08:59:59.999Z", "1999-12-31"])
def test_before_the_history_nothing_is_claimed(when, rampgate):
    """An empty table would say that nothing was live."""
    said = rampgate("audit", "asof", when)
    assert said.exit == 12
    assert "the history does not reach back to" in said.out
    assert "it begins at 2026-11-01T09:00:00Z" in " ".join(said.out.split())
    told = rampgate("audit", "asof", when, "--format", "json")
    assert (told.exit, json.loads(told.out)["versions"]) == (12, None)
    table = rampgate("audit", "asof", when, "--format", "csv")
    assert (table.exit, table.out) == (12, "")
    assert "does not reach back" in table.err


# words -> what is said of them
REFUSED = {
    "no day": (["2026-02-30"], "is no day"),
    "a day in another order": (["14-03-2026"], "is no day"),
    "words": (["yesterday"], "is neither a day nor a moment"),
    "a moment without its offset": (["2026-11-20T10:00:00"], "is neither a day nor a moment"),
    "a model that nothing knows": (["2026-11-20", "--model", "credit"], "no model `credit` is known here"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_question_is_refused(case, rampgate):
    words, told = REFUSED[case]
    said = rampgate("audit", "asof", *words)
    assert (said.exit, said.out) == (2, "")
    assert told in said.err


def test_csv_is_a_table_with_a_row_each(rampgate):
    said = rampgate("audit", "asof", "2026-11-22", "--format", "csv")
    header, *rows = csv.reader(io.StringIO(said.out, newline=""))
    told = {row[1]: dict(zip(header, row, strict=True)) for row in rows}
    assert (told["2.0.0"]["stage"], told["2.0.0"]["exposure_percent"], told["2.0.0"]["record"]) == ("ramp", "25", "5")
    assert told["2.0.0"]["past_the_gate"] == "record 5: it was pushed without a pull request"
    assert told["1.4.0"]["traffic_percent"] == "75"


@pytest.fixture(scope="module")
def renamed(tmp_path_factory):
    """A retired version, and a ladder that can not be read at the last landing."""
    world = HistoryWorld(tmp_path_factory.mktemp("renamed"))
    world.begin()
    event = {
        "schema": "rampgate/event/v1", "kind": "retire", "from": "pilot", "to": "retired", "by": "alice",
        "reason": "nobody wants it any more", "date": "2026-11-20",
    }  # fmt: skip
    path = "model_cards/credit-risk/2.0.0/events/gone.yaml"
    world.land(lambda: world.write(path, dump(event)), at="2026-11-20T09:00:00Z", stage="retired")
    world.land(lambda: world.add_version(card(version="3.0.0")), at="2026-11-21T09:00:00Z")
    world.push(lambda: world.write("policies/ladder.yaml", "stages: []\n"), at="2026-11-22T09:00:00Z")
    return world


def test_a_retired_version_is_listed_when_it_is_asked_for(renamed, capsys):
    rampgate = CommandLine(capsys, renamed.root)
    assert set(stood(rampgate, "2026-11-21")) == {"3.0.0"}
    assert stood(rampgate, "2026-11-21", "--retired")["2.0.0"]["stage"] == "retired"
    assert "1 retired version is left out (--retired)" in rampgate("audit", "asof", "2026-11-21").out


def test_a_ladder_that_can_not_be_read_gives_no_share(renamed, capsys):
    """Neither today's ladder nor that of the day before is taken in its place."""
    rampgate = CommandLine(capsys, renamed.root)
    assert stood(rampgate, "2026-11-21")["3.0.0"]["exposure_percent"] == 0
    assert stood(rampgate, "2026-11-22")["3.0.0"]["exposure_percent"] is None
    said = rampgate("audit", "asof", "2026-11-22")
    assert "the share of traffic is not known: the ladder of" in " ".join(said.out.split())
