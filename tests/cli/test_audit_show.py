"""`rampgate audit show`: one decision whole, found by number, commit or pull request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from worlds.command_line import CommandLine
from worlds.grown_world import grown_world
from worlds.history_world import HistoryWorld
from worlds.ssh_signer import SIGNER


@pytest.fixture(scope="module")
def world():
    return grown_world()


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def shown(rampgate, id_: str) -> dict[str, Any]:
    said = rampgate("audit", "show", id_, "--format", "json")
    assert said.exit == 0, said.err
    return json.loads(said.out)


def words(rampgate, *more: str) -> str:
    said = rampgate("audit", "show", *more)
    assert said.exit == 0, said.err
    return " ".join(said.out.split())


def test_who_what_when_and_on_what_is_told_in_words(rampgate, world):
    """Record 4: the promotion that was allowed, with a waiver."""
    text = words(rampgate, "4")
    git = world.steps[4].predicate["git"]
    for told in (
        "record 4: promote credit-risk 2.0.0: pilot -> canary allow: every blocking rule is met",
        "when 2026-11-20T09:00:00Z by the forge's clock; written 2026-11-20T09:04:10Z",
        "asked by alice, in pull request #7 (merged)",
        "approved by rita (login rita) as risk, review",
        "waiver W-2026-014, granted by rita, owner alice, ends 2026-12-01",
        "landed yes, exactly what was judged",
        "fate moved on to ramp by record 5",
        "of credit-risk: before it 3, after it 5",
        f"landing tree {git['landing_tree']}",
        f"landed {git['landed']}",
        f"signed by recorder ({SIGNER.fingerprint}), for records from 0",
        f"sha256 {world.steps[4].digest}",
        "file log/0000/000004-credit-risk-2.0.0-canary.json",
        "waived rates.approvals-by-sex",
        "waived by W-2026-014 until 2026-12-01",
    ):
        assert told in text


def test_rules_that_pass_are_counted_and_full_lists_them(rampgate, world):
    brief, full = words(rampgate, "4"), words(rampgate, "4", "--full")
    assert "(21 more rules pass or do not apply: --full lists them)" in brief
    assert "evidence.accuracy-floor" not in brief
    assert "pass evidence.accuracy-floor" in full
    sha256 = world.steps[4].predicate["decision"]["inputs"][0]["sha256"]
    assert sha256 in full
    assert sha256 not in brief


def test_a_bypass_is_told_with_its_faults_and_what_put_it_right(rampgate):
    text = words(rampgate, "5")
    assert "asked by nobody: there was no pull request" in text
    assert "gate PAST THE GATE: it was pushed without a pull request" in text
    assert "landed yes, and it was judged only then" in text
    assert shown(rampgate, "5")["landed_as_judged"] is None
    assert "put right by record 7" in text
    assert "puts right record 5" in words(rampgate, "7")


def test_what_did_not_land_says_what_came_of_it(rampgate):
    text = words(rampgate, "3")
    assert "landed no" in text
    assert "it did not land; credit-risk 2.0.0 came to canary later, by record 4" in text


def test_the_opening_decides_nothing(rampgate):
    assert "nothing was decided: the record is about the history itself" in words(rampgate, "0")


def test_json_holds_the_record_as_it_was_signed_and_the_whole_decision(rampgate, world):
    told = shown(rampgate, "4")
    assert told["signed_record"] == world.steps[4].predicate
    assert told["landed_as_judged"] is True
    assert told["signed_by"]["fingerprint"] == SIGNER.fingerprint
    assert told["neighbours"] == {"credit-risk": {"before": 3, "after": 5}}
    assert told["decision"]["schema"] == "rampgate/decision/v1"
    assert {each["rule"] for each in told["signed_record"]["decision"]["findings"]} <= {
        each["rule"] for each in told["decision"]["findings"]
    }
    assert shown(rampgate, "0")["decision"] is None


# what is typed -> the record that it means
def test_a_record_is_found_by_each_of_its_names(rampgate, world):
    git = world.steps[4].predicate["git"]
    for id_ in ("4", "000004", git["landed"], git["landed"][:7], git["head"], world.steps[4].digest[:12]):
        assert shown(rampgate, id_)["record"] == 4
    assert shown(rampgate, "#7")["record"] == 9
    assert shown(rampgate, "#7")["same_pull_request"] == [3, 4, 6, 7, 8]


REFUSED = {
    "beyond the newest": ("10", "there is no record 10; the newest is 9"),
    "a commit of nobody": ("deadbee", "no record is about the commit `deadbee`"),
    "a pull request of nobody": ("#12", "no record is about pull request #12"),
    "too few digits": ("dead", "`dead` is no record"),
    "words": ("the last one", "`the last one` is no record"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_id_that_means_nothing_is_refused(case, rampgate):
    id_, told = REFUSED[case]
    said = rampgate("audit", "show", id_)
    assert (said.exit, said.out) == (2, "")
    assert told in said.err


def test_the_commit_at_which_the_history_begins_means_every_baseline(rampgate, world):
    said = rampgate("audit", "show", world.steps[1].predicate["git"]["landed"])
    assert said.exit == 2
    assert "several records are about the commit" in said.err
    assert said.err.rstrip().endswith("give one of their numbers: 1, 2")


def test_what_landed_as_something_else_is_not_called_what_was_judged(tmp_path, capsys):
    world = HistoryWorld(tmp_path)
    world.begin()
    world.land(at="2026-11-20T09:00:00Z", stage="canary", evil={"model_cards/credit-risk/2.0.0/notes.md": "x\n"})
    told = shown(CommandLine(capsys, world.root), "2")
    assert told["landed_as_judged"] is False
    text = words(CommandLine(capsys, world.root), "2")
    assert "landed yes, but NOT WHAT WAS JUDGED: the trees differ" in text


def test_a_decision_whose_document_is_gone_is_not_told(tmp_path, world, capsys):
    """The record names it; without it, its findings are anybody's word."""
    copy = world.copy(tmp_path)
    sha256 = world.steps[4].predicate["decision"]["document"]
    copy.tamper({f"inputs/{sha256[:2]}/{sha256}": None})
    said = CommandLine(capsys, copy.root)("audit", "show", "4")
    assert (said.exit, said.out) == (10, "")
    assert "a record names this content, and it is not there" in said.err
    assert "`rampgate audit verify` lists every fault" in said.err
