"""A history that is not to be believed tells nothing: every reading command ends with 10, whatever is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from rampgate.app.history import open_history
from rampgate.app.verifying import side as verify_side
from rampgate.errors import NotBelieved
from worlds.command_line import CommandLine
from worlds.governed_world import dump
from worlds.grown_world import grown_world
from worlds.history_world import HistoryWorld, settings
from worlds.ssh_signer import SIGNER, Signer

NEXT = Signer("recorder-2")
STRANGER = Signer("mallory")
Damage = Callable[[HistoryWorld], Any]


@pytest.fixture
def world(tmp_path) -> HistoryWorld:
    return grown_world().copy(tmp_path)


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def edited(place: int, **changes: Any) -> Damage:
    return lambda world: world.rebuild(
        [*world.steps[:place], world.resigned(world.steps[place], **changes), *world.steps[place + 1 :]]
    )


def flipped(world: HistoryWorld) -> None:
    """One character of a signed payload, and nothing else."""
    step = world.steps[4]
    value = json.loads(step.data)
    value["payload"] = value["payload"][:200] + ("A" if value["payload"][200] != "A" else "B") + value["payload"][201:]
    data = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    world.rebuild([*world.steps[:4], replace(step, data=data), *world.steps[5:]])


def signed_by(signer: Signer, place: int, **more: Any) -> Damage:
    """The newest record, so that no digest tells."""
    return lambda world: world.rebuild([*world.steps[:place], world.resigned(world.steps[place], signer, **more)])


DAMAGES: dict[str, tuple[Damage, str]] = {
    "a record says something else, signed anew": (edited(4, past_the_gate=["it was forged"]), "does not name the record before it"),
    "a byte is another": (flipped, "log/0000/000004-"),
    "a record is removed": (lambda world: world.rebuild([*world.steps[:4], *world.steps[5:]]), "the log has a gap"),
    "the first record is removed": (lambda world: world.rebuild(world.steps[1:]), "the log has a gap"),
    "two records changed places": (
        lambda world: world.rebuild([*world.steps[:7], world.resigned(world.steps[8], seq=7), world.resigned(world.steps[7], seq=8)]),
        "it does not name the record before it",
    ),
    "a record is there twice": (lambda world: world.rebuild([*world.steps, world.resigned(world.steps[9], seq=10)]), "it does not name"),
    "the model's own chain leaves one out": (edited(9, model_prev={"credit-risk": None}), "the record of `credit-risk` before it"),
    "a stranger signed the newest": (signed_by(STRANGER, 9), "is signed by no key of `policies/history.yaml`"),
    "it was signed for something else": (signed_by(SIGNER, 9, namespace="rampgate-checkpoint"), "is signed by no key"),
    "it is of another repository": (edited(9, repository="github.com/acme/other"), "it is of another repository"),
    "a file of another name lies in the log": (lambda world: world.tamper({"log/0000/notes.txt": b"x"}), "no record has this name"),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGES)
def test_a_damaged_history_is_not_told(case, world, rampgate):
    damage, told = DAMAGES[case]
    damage(world)
    said = rampgate("audit", "log")
    assert (said.exit, said.out) == (10, "")
    assert told in said.err
    assert "`rampgate audit verify` lists every fault" in said.err


@pytest.mark.parametrize("words", [["show", "0"], ["asof", "2026-11-02"], ["sample", "--n", "1", "--seed", "7"]])
def test_no_reading_command_tells_of_a_damaged_history(words, world, rampgate):
    """The damage is far from what is asked for; a part of a history that is not believed is not believed."""
    DAMAGES["a stranger signed the newest"][0](world)
    said = rampgate("audit", *words)
    assert (said.exit, said.out) == (10, "")


def test_a_key_counts_for_its_records_alone(world, rampgate):
    """Keys end by the place of a record, and never by a date."""
    two = settings(
        {"name": "recorder", "key": SIGNER.public, "to": 8}, {"name": "recorder-2", "key": NEXT.public, "from": 9}
    )
    world.declare(two)
    said = rampgate("audit", "log")
    assert said.exit == 10
    assert "record 9: key `recorder` counts up to record 8" in said.err
    world.rebuild([*world.steps[:9], world.resigned(world.steps[9], NEXT)])
    assert rampgate("audit", "log").exit == 0


def test_a_revoked_key_counts_up_to_its_revocation(world, rampgate):
    revoked = {"from": 5, "on": "2026-11-22", "reason": "the laptop was stolen"}
    world.declare(settings({"name": "recorder", "key": SIGNER.public, "revoked": revoked}))
    said = rampgate("audit", "log")
    assert said.exit == 10
    assert "record 5: key `recorder` is revoked from record 5 on: the laptop was stolen" in said.err


def test_keys_that_were_kept_elsewhere_come_before_those_of_the_branch(world, rampgate, tmp_path):
    """Who rewrites the branch can rewrite its keys; a file that the auditor holds is out of reach."""
    kept = tmp_path / "kept.yaml"
    kept.write_text(dump(settings()))
    world.declare(settings({"name": "mallory", "key": STRANGER.public}))
    world.rebuild(world.rechained(world.steps, STRANGER))
    assert rampgate("audit", "log").exit == 0
    assert rampgate("audit", "log", "--trust", str(kept)).exit == 10


def test_keys_are_those_of_the_governed_branch_whatever_is_checked_out(world, rampgate):
    world.branch("anybodys")
    world.write("policies/governance.yaml", dump({"schema": "rampgate/governance/v1", "branch": "anybodys"}))
    world.write("policies/history.yaml", dump(settings({"name": "mallory", "key": STRANGER.public})))
    world.commit("mine")
    world.rebuild(world.rechained(world.steps, STRANGER))
    assert rampgate("audit", "log").exit == 10


# sentence -> (what is done, exit code, words)
ABSENT: dict[str, tuple[Damage, int, str]] = {
    "no branch": (lambda world: world.rebuild([]), 4, "there is no branch `decisions`; fetch it: `git fetch origin decisions`"),
    "nothing declared": (lambda world: (world.remove("policies/history.yaml"), world.commit("gone")), 4, "this repository keeps no decision history"),
    "no record in it": (lambda world: world.tamper({step.path: None for step in world.steps}), 4, "the decision history is empty"),
    "settings that are not valid": (lambda world: (world.write("policies/history.yaml", "schema: x\n"), world.commit("bad")), 3, "policies/history.yaml"),
}  # fmt: skip


@pytest.mark.parametrize("case", ABSENT)
def test_where_there_is_no_history_that_is_said(case, world, rampgate):
    damage, code, told = ABSENT[case]
    damage(world)
    said = rampgate("audit", "log")
    assert (said.exit, said.out) == (code, "")
    assert told in said.err


def test_a_file_of_keys_that_is_not_there_is_said(rampgate, tmp_path):
    said = rampgate("audit", "log", "--trust", str(tmp_path / "none.yaml"))
    assert said.exit == 4
    assert "none.yaml: No such file" in said.err


def test_a_statement_that_is_no_yaml_makes_no_history_unreadable(world, rampgate):
    """What went past the gate may be anything; its record is signed and true."""
    junk = b"a: [\n"
    name = sha256(junk).hexdigest()
    stated = [{"kind": "waiver", "path": "policies/waivers/W-1.yaml", "sha256": name}]
    git = {"landed": world.base, "landed_tree": world.tree(world.base)}
    body = {"kind": "waiver", "at": "2026-11-27T09:00:00Z", "statements": stated, "git": git}
    world.append(body, inputs={name: junk})
    said = rampgate("audit", "log", "-n", "1")
    assert said.exit == 0, said.err
    assert said.out.splitlines()[-1].endswith("waiver W-1")
    assert "a: [" in rampgate("audit", "show", "10").out


def test_processes_at_the_side_give_the_same_entries(world, monkeypatch):
    """A long history is examined by several; a history of ten is not, so it is called long here."""
    with open_history.open_history(world.root) as history:
        alone = history.entries()
    monkeypatch.setattr(open_history, "_BLOCK", 3)
    monkeypatch.setattr(open_history, "Examiners", lambda trust: verify_side.Examiners(trust, few=2, processes=2))
    with open_history.open_history(world.root) as history:
        assert history.entries() == alone
    world.rebuild([*world.steps[:9], world.resigned(world.steps[9], STRANGER)])
    with open_history.open_history(world.root) as history, pytest.raises(NotBelieved, match="signed by no key"):
        history.entries()
