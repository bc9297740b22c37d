"""A decision about retraining: it may land by itself, is the word of who it names, and stays as it was written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rampgate.formats.yaml_text import load_yaml
from worlds.command_line import CommandLine
from worlds.governed_world import ALICE, BOB, RITA, GovernedWorld, dump, evidence

FOLDER = "model_cards/credit-risk/2.0.0"
FILE = f"{FOLDER}/events/2026-11-20-retraining-1.yaml"
RULE = "retraining.is-vouched-for"


@pytest.fixture
def world(tmp_path):
    return GovernedWorld(tmp_path, stage="ramp")


def decided(**fields):
    """A decision file, on which a field is left out where it is None."""
    value = {
        "schema": "rampgate/retraining/v1", "decision": "keep", "trigger": "psi of income at 0.21, limit 0.20",
        "reason": "the bonus month, as in every year", "by": "bob", "date": "2026-11-20", **fields,
    }  # fmt: skip
    return dump({key: each for key, each in value.items() if each is not None})


def bring(world, text=None, path=FILE):
    world.branch("decide")
    world.write(path, text or decided())
    return world.commit("decide")


def test_it_lands_alone_once_its_person_has_opened_the_pull_request(world):
    head = bring(world)
    answer = world.judge(head, reviews=[], author=BOB)
    assert (answer.verdict, answer.json["change"]) == ("allow", "amend")
    assert answer.of(RULE)[0]["message"] == "`bob` has decided: keep"


def test_it_waits_for_the_approval_of_who_decided(world):
    head = bring(world)
    waiting = world.judge(head, reviews=[world.review(RITA, head)], author=ALICE)
    assert (waiting.verdict, waiting.outcome(RULE)) == ("hold", "waiting")
    approved = world.judge(head, reviews=[world.review(BOB, head)], author=ALICE)
    assert approved.verdict == "allow"


def test_a_name_in_a_commit_is_nobodys_word(world):
    """Anybody can commit under any address; it is the pull request, or the approval, that says who it was."""
    world.branch("decide")
    world.write(FILE, decided())
    head = world.commit("decide", author=("Bob", BOB["email"]), committer=("Bob", BOB["email"]))
    assert world.judge(head, reviews=[], author=ALICE).outcome(RULE) == "waiting"


NOT_SO = {
    "a day to come": (decided(date="2026-11-21"), "dated 2026-11-21, after today"),
    "a person who is nobody": (decided(by="bobb"), "did you mean `bob`?"),
    "evidence that is not there": (decided(evidence="evidence/drift.json"), "there is no file `evidence/drift.json`"),
    "its own successor": (decided(successor="2.0.0"), "a version is not its own successor"),
}


@pytest.mark.parametrize("case", NOT_SO)
def test_what_can_not_be_so_is_denied_whoever_approves(world, case):
    text, words = NOT_SO[case]
    head = bring(world, text)
    answer = world.judge(head, reviews=[world.review(BOB, head)], author=ALICE)
    assert answer.verdict == "deny"
    assert words in answer.of(RULE)[0]["message"]


def test_it_may_come_with_the_evidence_that_shows_its_trigger(world):
    world.branch("decide")
    world.replace_evidence(evidence(), evidence(population="production"))
    world.write(FILE, decided(evidence="evidence/performance1.json"))
    answer = world.judge(world.commit("decide"), reviews=[], author=BOB)
    assert answer.verdict == "allow", answer.text


MOVED = {
    "a promotion": {"stage": "majority"},
    "an edit": {"owners": {"business": "alice", "technical": "rita"}},
}


@pytest.mark.parametrize("case", MOVED)
def test_it_does_not_come_in_a_change_that_does_more_than_add_files(world, case):
    world.branch("decide")
    world.write(FILE, decided())
    world.edit_card(**MOVED[case])
    answer = world.judge(world.commit("decide"), reviews=[], author=BOB)
    assert answer.verdict == "deny"
    assert answer.failed()["change.is-one"].endswith(
        "a decision about retraining comes in a change that only adds files"
    )


def test_it_is_no_reason_for_a_rollback(world):
    world.branch("down")
    world.write(FILE, decided())
    world.edit_card(stage="canary")
    answer = world.judge(world.commit("down"), reviews=[], author=BOB)
    assert answer.failed()["change.reason"] == "a rollback needs one event file with its reason"


@pytest.mark.parametrize("edit", [decided(decision="retrain"), None])
def test_what_has_landed_is_neither_edited_nor_removed(world, edit):
    bring(world)
    world.land("decide")
    world.branch("again")
    if edit is None:
        world.remove(FILE)
    else:
        world.write(FILE, edit)
    head = world.commit("again")
    answer = world.judge(head, reviews=[world.review(RITA, head)], author=BOB)
    assert answer.verdict == "deny"
    assert "stays as it is" in answer.failed()["change.is-one"]


def test_the_command_writes_what_the_gate_reads(world, capsys):
    rampgate = CommandLine(capsys, world.root)
    said = rampgate("retraining", "credit-risk", "--decide", "retire-later", "--by", "bob", "--trigger", "yearly look",
                    "--reason", "its successor is in canary", "--successor", "2.1.0")  # fmt: skip
    today = datetime.now(UTC).date().isoformat()
    assert said.exit == 0, said.err
    path = f"{FOLDER}/events/{today}-retraining-1.yaml"
    assert load_yaml((world.root / path).read_bytes(), path).value == {
        "schema": "rampgate/retraining/v1", "decision": "retire_later", "trigger": "yearly look",
        "reason": "its successor is in canary", "by": "bob", "date": today, "successor": "2.1.0",
    }  # fmt: skip
    assert f"next: git add {path}" in said.out
    assert rampgate("check").exit == 0


REFUSED = {
    "a reason that explains nothing": (("--reason", "so"), "a reason of at least 10 characters"),
    "evidence that is not there": (
        ("--evidence", "evidence/performanc.json"),
        "did you mean `evidence/performance.json`",
    ),
    "a version that is not there": (("--version", "2.0.1"), "did you mean `2.0.0`?"),
    "a person who is nobody": (("--by", "bobb"), "did you mean `bob`?"),
    "its own successor": (("--successor", "2.0.0"), "does not succeed itself"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_never_count_is_refused_at_once(world, capsys, case):
    words, told = REFUSED[case]
    said = CommandLine(capsys, world.root)(
        "retraining", "credit-risk", "--decide", "keep", "--by", "bob", "--trigger", "drift", "--reason", "it will pass",
        *words,
    )  # fmt: skip
    assert said.exit == 2
    assert told in said.err
    assert not (world.root / FOLDER / "events").exists()
