"""`rampgate audit correct`: what is said of a record goes the way of every change of the rules, and stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rampgate.app.judging.gate import GateRequest, examine
from rampgate.core.brief import brief_of
from rampgate.formats.yaml_text import load_yaml
from worlds.command_line import CommandLine
from worlds.governed_world import ALICE, OLGA, OSSI, OTTO, GovernedWorld, dump
from worlds.history_world import HistoryWorld, settings
from worlds.ssh_signer import SIGNER, WITNESS

FILE = "policies/corrections/000002.yaml"
WORDS = ("--conclusion", "reverted", "--by", "rita", "--reason", "rolled back the same hour")


@pytest.fixture
def world(tmp_path):
    """Records 0 and 1 begin the history; record 2 is a push past the gate."""
    found = HistoryWorld(tmp_path)
    found.begin()
    found.push(at="2026-11-03T09:00:00Z", stage="canary")
    return found


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def correction(**fields):
    value = {
        "schema": "rampgate/correction/v1", "corrects": 2, "conclusion": "reverted", "by": "rita",
        "reason": "rolled back the same hour", "date": "2026-11-19", **fields,
    }  # fmt: skip
    return dump(value)


def test_the_command_writes_what_check_and_the_gate_read(world, rampgate):
    said = rampgate("audit", "correct", "2", *WORDS)
    today = datetime.now(UTC).date().isoformat()
    assert said.exit == 0, said.err
    assert load_yaml((world.root / FILE).read_bytes(), FILE).value == {
        "schema": "rampgate/correction/v1", "corrects": 2, "conclusion": "reverted",
        "reason": "rolled back the same hour", "by": "rita", "date": today,
    }  # fmt: skip
    assert "record 2: promote credit-risk 2.0.0: pilot -> canary" in said.out
    assert "it was pushed without a pull request" in said.out
    assert rampgate("check").exit == 0


REFUSED = {
    "a record that is not there": (("7", *WORDS), "there is no record 7 in the history of this clone"),
    "a record of what was let through": (("1", *WORDS), "record 1 has nothing to correct: baseline credit-risk"),
    "a person who is nobody": (("2", *WORDS, "--by", "ritta"), "did you mean `rita`?"),
    "a reason that explains nothing": (("2", *WORDS, "--reason", "ok"), "a reason of at least 10 characters"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_never_count_is_refused_at_once(world, rampgate, case):
    words, told = REFUSED[case]
    said = rampgate("audit", "correct", *words)
    assert said.exit == 2
    assert told in said.err
    assert not (world.root / "policies/corrections").exists()


def test_a_record_is_corrected_once(world, rampgate):
    assert rampgate("audit", "correct", "2", *WORDS).exit == 0
    said = rampgate("audit", "correct", "2", *WORDS)
    assert (said.exit, "stays as it is" in said.err) == (2, True)


def test_a_record_that_a_later_one_settles_has_nothing_left(world, rampgate):
    world.push(lambda: world.write(FILE, correction()), at="2026-11-20T09:00:00Z", corrects=[2])
    world.remove(FILE)
    said = rampgate("audit", "correct", "2", *WORDS)
    assert (said.exit, "was corrected by record 3" in said.err) == (2, True)


def test_without_a_history_it_says_how_to_begin_one(tmp_path, capsys):
    world = GovernedWorld(tmp_path)
    said = CommandLine(capsys, world.root)("audit", "correct", "2", *WORDS)
    assert said.exit == 2
    assert "there is no `policies/history.yaml`" in said.err


def bring(world, text, path=FILE):
    world.checkout("main")
    world.branch("correct")
    world.write(path, text)
    return world.commit("correct")


def judged(world, head, *approved_by):
    return world.judge(head, reviews=[world.review(each, head) for each in approved_by], author=ALICE)


def test_the_quorum_for_changes_of_the_rules_approves_it(world):
    head = bring(world, correction())
    assert judged(world, head, OTTO).verdict == "hold"
    answer = judged(world, head, OTTO, OLGA)
    assert (answer.verdict, answer.json["change"]) == ("allow", "policy")


NOT_SO = {
    "another name than its number": (FILE.replace("2.", "3."), correction(), "expected `policies/corrections/000002"),
    "a person who is nobody": (FILE, correction(by="ritta"), "did you mean `rita`?"),
    "a day to come": (FILE, correction(date="2026-11-21"), "dated 2026-11-21, after today"),
    "a word that is no conclusion": (FILE, correction(conclusion="fine"), "fine"),
}


@pytest.mark.parametrize("case", NOT_SO)
def test_what_can_not_be_so_is_not_let_in_by_any_quorum(world, case):
    path, text, words = NOT_SO[case]
    answer = judged(world, bring(world, text, path), OTTO, OLGA, OSSI)
    assert answer.verdict == "deny"
    assert words in answer.text


@pytest.mark.parametrize("text", [correction(conclusion="accepted"), None])
def test_what_has_landed_is_neither_edited_nor_removed(world, text):
    bring(world, correction())
    GovernedWorld.land(world, "correct")
    world.branch("again")
    if text is None:
        world.remove(FILE)
    else:
        world.write(FILE, text)
    answer = judged(world, world.commit("again"), OTTO, OLGA, OSSI)
    assert answer.verdict == "deny"
    assert "a correction stays as it landed" in answer.text


def told(world, head):
    """What a reviewer reads of a change."""
    found = examine(GateRequest(world.root, world.base, head, "2026-11-20T10:00:00Z"))
    return brief_of(found.decision, found.facts, found.rules).changes


def test_the_reviewer_reads_it_in_words(world):
    assert told(world, bring(world, correction()))[:2] == (
        "correction of record 2: added, reverted, by rita",
        "reason, given by rita: rolled back the same hour",
    )


def test_a_change_of_the_keys_is_told_in_words(world):
    world.branch("rotate")
    ended = {"name": SIGNER.name, "key": SIGNER.public, "to": 2}
    value = settings(ended, {"name": "second", "key": WITNESS.public, "from": 3}, witnesses=[])
    value["witnesses"] = []
    world.write("policies/history.yaml", dump(value))
    changes = "\n".join(told(world, world.commit("rotate")))
    assert "signer second: added" in changes
    assert f"signer {SIGNER.name}: to" in changes
    assert f"witness {WITNESS.name}: removed" in changes
