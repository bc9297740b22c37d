"""The action's command `record`, run for real: a history begins and grows at the forge, and its key stays where it is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from forge import webhooks
from harness.action_world import Action
from harness.expressions import Expressions
from worlds.governed_world import ALICE, OTTO, RITA, GovernedWorld
from worlds.recorder_world import Recorder, declared
from worlds.ssh_signer import SIGNER

pytestmark = pytest.mark.peer

KEY = SIGNER.private_file.decode()


@pytest.fixture(scope="module")
def expressions():
    with Expressions() as engine:
        yield engine


@pytest.fixture
def world(tmp_path) -> GovernedWorld:
    found = GovernedWorld(tmp_path)
    declared(found)
    return found


@pytest.fixture
def action(forge, tmp_path, expressions) -> Action:
    return Action(forge, tmp_path / "jobs", expressions)


@pytest.fixture
def recorder(forge, tmp_path, world) -> Recorder:
    """Reads what is at the forge, and asks for promotions; it records nothing itself."""
    return Recorder(forge, tmp_path / "reader", world)


def pushed(action: Action, forge, before: str = "", **given):
    """What the workflow does after a push to main."""
    tip = forge.hub.git.commit_of("refs/heads/main")
    by = next(iter(forge.state.accounts.values()))
    event = webhooks.push(forge.desk, "main", before or tip, tip, by)
    return action.wake("push", event, **{"command": "record", "history_key": KEY, **given})


def closed(action: Action, forge, pull):
    event = webhooks.pull_request(forge.desk, pull, "closed")
    return action.wake("pull_request_target", event, command="record", branch="main", history_key=KEY)


def test_what_is_merged_is_on_the_branch_at_the_forge(action, forge, recorder):
    ran = pushed(action, forge)
    assert (ran.conclusion, ran.outputs["exit-code"]) == ("success", "0"), ran.log.text
    began = recorder.kinds()
    assert began[:2] == ["opening", "baseline"]
    pull = recorder.promotion()
    forge.review(pull, RITA, "APPROVED")
    landed = forge.merge(pull, ALICE)
    ran = pushed(action, forge)
    assert (ran.conclusion, ran.warnings) == ("success", []), ran.log.text
    *_, newest = recorder.records()
    assert (len(recorder.records()), newest.kind, newest.git.landed) == (len(began) + 1, "promote", landed)
    assert (newest.decision.verdict, newest.past_the_gate) == ("allow", ())
    report = json.loads((Path(ran.outputs["report-dir"]) / "record.json").read_text())
    assert report["landings"][0]["commit"] == landed
    assert "### rampgate record: exit code 0" in ran.summary


def test_what_went_past_the_gate_is_on_record_and_red(action, forge, recorder):
    pushed(action, forge)
    pull = recorder.promotion()
    forge.merge(pull, OTTO)
    ran = pushed(action, forge)
    assert (ran.conclusion, ran.outputs["exit-code"]) == ("failure", "10"), ran.log.text
    assert recorder.records()[-1].past_the_gate
    assert "past the gate" in ran.summary


def test_a_refusal_is_on_record_once_its_pull_request_is_closed(action, forge, recorder):
    pushed(action, forge)
    before = len(recorder.records())
    pull = recorder.promotion(to="ramp")
    with forge.desk.lock:
        pull.state, pull.updated = "closed", forge.state.clock.now()
    ran = closed(action, forge, pull)
    assert ran.conclusion == "success", ran.log.text
    newest = recorder.records()[-1]
    assert (len(recorder.records()), newest.decision.verdict) == (before + 1, "deny")
    assert (newest.pull.number, newest.pull.state, newest.git.landed) == (pull.number, "closed", None)


def test_without_the_key_nothing_is_written_and_the_step_is_red(action, forge, recorder):
    ran = pushed(action, forge, history_key="")
    assert (ran.conclusion, ran.outputs["exit-code"]) == ("failure", "2"), ran.log.text
    assert "no key to sign it with" in ran.log.text
    assert recorder.tip() is None


def test_another_key_signs_nothing(action, forge, recorder):
    ran = pushed(action, forge, history_key="no key at all")
    assert ran.conclusion == "failure", ran.log.text
    assert recorder.tip() is None


def test_the_key_is_nowhere_in_what_a_run_leaves_and_in_no_environment(action, forge, recorder, tmp_path):
    """Only the file has it, which nobody else may read and which is gone afterwards."""
    seen = tmp_path / "seen"
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\nenv >> "{seen}"\nfor each in "$@"; do\n'
        f'  case $each in *history-key) stat -c %a "$each" >> "{seen}.mode" ;; esac\ndone\nexec "{sys.executable}" "$@"\n'
    )
    python.chmod(0o755)
    ran = pushed(action, forge, python=str(python))
    assert ran.conclusion == "success", ran.log.text
    assert Path(f"{seen}.mode").read_text().split() == ["600"]
    secret = KEY.split("\n")[1]
    left = [seen.read_text(), ran.log.text, ran.summary, json.dumps(ran.outputs)]
    jobs = [path for path in action.folder.rglob("*") if path.is_file() and path.suffix != ".pack"]
    left += [path.read_bytes().decode("utf-8", "replace") for path in jobs]
    assert (len(secret) > 20, len(jobs) > 10) == (True, True)
    assert not any(secret in text for text in left)


@pytest.mark.parametrize("damage", [lambda key: key.rstrip("\n"), lambda key: key.replace("\n", "\r\n")])
def test_a_key_that_was_pasted_is_read(action, forge, recorder, damage):
    ran = pushed(action, forge, history_key=damage(KEY))
    assert ran.conclusion == "success", ran.log.text
    assert recorder.kinds()[0] == "opening"


def test_a_number_that_is_none_runs_nothing(action, forge, recorder):
    ran = pushed(action, forge, pull_request="1; id")
    assert (ran.conclusion, ran.outputs["exit-code"]) == ("failure", "2"), ran.log.text
    assert "uid=" not in ran.log.text
    assert recorder.tip() is None


def test_the_end_of_a_record_has_open_pull_requests_judged_again(action, forge, recorder):
    """What landed is not covered until it is on record, and no other event would come."""
    pushed(action, forge)
    pull = recorder.promotion()
    forge.review(pull, RITA, "APPROVED")
    tip = forge.hub.git.commit_of("refs/heads/main")
    event = webhooks.workflow_run(forge.desk, event="push", head_sha=tip, head_branch="main", name="rampgate record")
    ran = action.wake("workflow_run", event)
    assert ran.conclusion == "success", ran.log.text
    assert forge.verdict(pull.head_sha).state == "success"
