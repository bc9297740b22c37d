"""`rampgate audit verify` on histories that hold: what it says, as JSON too, behind a checkpoint, and of the recorder's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rampgate.app.verifying.verify import VerifyRequest, verify
from worlds.governed_world import RITA, Answer, GovernedWorld, dump, run_rampgate
from worlds.history_world import REPOSITORY, HistoryWorld, settings
from worlds.ssh_signer import SIGNER


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> HistoryWorld:
    world = HistoryWorld(tmp_path_factory.mktemp("history"))
    world.begin(at="2026-11-20T08:00:00Z")
    world.land(at="2026-11-20T09:00:00Z", stage="canary", verdict="allow")
    world.deny(at="2026-11-20T10:00:00Z", stage="ramp")
    world.land(at="2026-11-20T11:00:00Z", stage="ramp", verdict="allow")
    return world


@pytest.fixture
def world(lived: HistoryWorld, tmp_path: Path) -> HistoryWorld:
    return lived.copy(tmp_path)


def audit(world: GovernedWorld, *words: str) -> Answer:
    return run_rampgate("audit", "verify", "--repo", str(world.root), *words)


def test_a_history_that_holds_is_said_to_with_its_counts(world: HistoryWorld) -> None:
    answer = audit(world)
    assert answer.exit == 0
    for line in (
        f"history     5 records; newest {world.steps[-1].digest}",
        "kinds       baseline 1, opening 1, promote 3",
        "landed      allow 2",
        "closed      hold 1",
        "exceptions  past the gate 0, corrected 0, break-glass 0, waived 0, unrecorded 0",
        f"branch      2 commits of `main` after {world.records()[0].git.covered[:12]}, where the history begins, 2 of",
        "keys        recorder 5",
        "time        2026-11-20T08:00:00Z to 2026-11-20T11:00:00Z",
        "Verified: 5 records, each signed, in its place, and on one line with `main`.",
    ):
        assert line in answer.text


def test_the_same_as_json(world: HistoryWorld, tmp_path: Path) -> None:
    target = tmp_path / "verified.json"
    kept = world.checkpoint()
    trust = tmp_path / "history.yaml"
    trust.write_text(dump(settings()))
    assert audit(world, "--json", str(target), "--checkpoint", str(kept), "--trust", str(trust)).exit == 0
    value = json.loads(target.read_text())
    assert (value["schema"], value["verified"], value["mismatches"]) == ("rampgate/verified/v1", True, [])
    assert value["history"] == {
        "size": 5,
        "since": 0,
        "head": world.steps[-1].digest,
        "commit": world.tip,
        "covered": world.base,
        "opened": world.records()[0].git.covered,
    }
    assert value["keys"] == {"from": "file", "file": str(trust), "records": {"recorder": 5}}
    assert value["checkpoints"] == [{"path": str(kept), "size": 5, "witness": "witness", "agrees": True}]
    world.slip(stage="majority")
    assert audit(world, "--json", str(target)).exit == 10
    value = json.loads(target.read_text())
    assert value["governed_branch"]["unrecorded"] == [world.base]
    assert [each["kind"] for each in value["mismatches"]] == ["landing.waiting"]


def test_behind_a_checkpoint_only_what_came_after_is_verified(world: HistoryWorld) -> None:
    kept = world.checkpoint(size=3)
    found = verify(VerifyRequest(world.root, since=kept))
    assert (found.holds, found.size, found.since, found.tally.records) == (True, 5, 3, 2)
    assert found.commits == 1, "the first promotion lies before the checkpoint"
    answer = audit(world, "--since", str(kept))
    assert answer.exit == 0
    assert "Verified: records 3 to 4" in answer.text
    world.slip(stage="majority")
    assert audit(world, "--since", str(kept)).exit == 10


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_a_history_holds_behind_each_of_its_records(world: HistoryWorld, size: int) -> None:
    found = verify(VerifyRequest(world.root, since=world.checkpoint(size=size)))
    assert (found.mismatches, found.since, found.size) == ((), size, 5)


@pytest.mark.parametrize("seq", [3, 4])
def test_behind_a_checkpoint_an_edit_is_found_all_the_same(world: HistoryWorld, seq: int) -> None:
    kept = world.checkpoint(size=3)
    step = world.steps[seq]
    changed = world.resigned(step, prev="0" * 64)
    world.rebuild([*world.steps[:seq], changed, *world.steps[seq + 1 :]])
    found = verify(VerifyRequest(world.root, since=kept))
    assert ("record.chain", seq) in [(each.kind, each.seq) for each in found.mismatches]
    assert found.since == 3


def test_behind_a_checkpoint_the_chain_of_a_model_is_followed_to_before_it(world: HistoryWorld) -> None:
    """The denial names the promotion that lies before the checkpoint; another name there is found."""
    kept = world.checkpoint(size=3)
    changed = world.resigned(world.steps[3], model_prev={"credit-risk": world.steps[1].digest})
    world.rebuild([*world.steps[:3], changed])
    found = verify(VerifyRequest(world.root, since=kept)).mismatches
    assert ("record.model_chain", 3) in [(each.kind, each.seq) for each in found]


def test_a_checkpoint_that_is_not_believed_is_not_gone_by(world: HistoryWorld) -> None:
    """Whoever edits what lies before it gains nothing by a checkpoint that no witness signed."""
    kept = world.checkpoint(size=3, signer=SIGNER)
    found = verify(VerifyRequest(world.root, since=kept))
    assert [each.kind for each in found.mismatches] == ["checkpoint.signature"]
    assert (found.since, found.tally.records) == (0, 5)


def test_a_checkpoint_of_another_line_is_not_gone_by(world: HistoryWorld) -> None:
    kept = world.checkpoint(size=3, covered="a" * 40)
    found = verify(VerifyRequest(world.root, since=kept))
    assert [each.kind for each in found.mismatches] == ["checkpoint.covered"]
    assert found.since == 0


def test_a_clone_is_enough(world: HistoryWorld, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    world.git("clone", "-q", str(world.root), str(clone))
    answer = run_rampgate("audit", "verify", "--repo", str(clone), as_process=True)
    assert (answer.exit, "Verified: 5 records" in answer.text) == (0, True)
    bare = tmp_path / "bare"
    world.git("clone", "-q", "--bare", str(world.root), str(bare))
    assert run_rampgate("audit", "verify", "--repo", str(bare)).exit == 0


def test_a_shallow_clone_is_refused(world: HistoryWorld, tmp_path: Path) -> None:
    world.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{world.root}", str(tmp_path / "shallow"))
    answer = run_rampgate("audit", "verify", "--repo", str(tmp_path / "shallow"))
    assert (answer.exit, "shallow clone" in answer.text) == (3, True)


def test_without_a_history_there_is_nothing_to_verify(tmp_path: Path) -> None:
    answer = audit(GovernedWorld(tmp_path))
    assert answer.exit == 4
    assert "has no `policies/history.yaml`" in answer.text


def test_before_the_first_run_of_the_recorder_that_is_said(tmp_path: Path) -> None:
    answer = audit(HistoryWorld(tmp_path))
    assert answer.exit == 4
    assert "there is no decision history here: no branch `decisions`" in answer.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("schema: rampgate/history/v1\n", "missing key `signers`"),
        (dump(settings({"name": "x", "key": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAA=="})), "can not be used"),
    ],
)
def test_settings_that_are_not_valid_are_invalid_input(
    world: HistoryWorld, tmp_path: Path, text: str, words: str
) -> None:
    trust = tmp_path / "history.yaml"
    trust.write_text(text)
    answer = audit(world, "--trust", str(trust))
    assert answer.exit == 3
    assert words in answer.text


def test_a_checkpoint_that_is_none_is_invalid_input(world: HistoryWorld, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("a\n5\n")
    assert audit(world, "--checkpoint", str(kept)).exit == 3
    assert audit(world, "--checkpoint", str(tmp_path / "nowhere")).exit == 4


def test_a_damaged_object_is_a_mismatch_and_no_crash(world: HistoryWorld) -> None:
    blob = world.git("rev-parse", f"decisions:{world.steps[3].path}")
    (world.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    answer = audit(world)
    assert answer.exit == 10
    assert "[object.unreadable]" in answer.text
    assert "nothing behind it was verified" in answer.text
    assert "landing." not in answer.text, "what was not looked at is not said to be missing"


def recorded(world: GovernedWorld, key: Path, now: str, *words: str) -> Answer:
    """Let the recorder itself write what landed, asking no forge."""
    here = ("--repo", str(world.root), "--key", str(key), "--offline", "--now", now)
    return run_rampgate("record", *here, *words)


def test_what_the_recorder_writes_verifies(tmp_path: Path) -> None:
    """Nothing of the history is made here: promotions, a push past the gate and a change of the policies land."""
    world = GovernedWorld(tmp_path)
    value: dict[str, Any] = settings()
    world.write("policies/history.yaml", dump(value))
    world.base = world.commit("declare the history")
    key = tmp_path / "key"
    key.write_bytes(SIGNER.private_file)
    key.chmod(0o600)
    assert value["repository"] == REPOSITORY
    recorded(world, key, "2026-11-20T08:00:00Z")
    base, head = world.base, world.promotion()
    world.land(world.git("branch", "--show-current"))
    reviews = tmp_path / "given.json"
    reviews.write_text(json.dumps(world.pull_request(head, base, {"id": 1001, "login": "alice-b"}, [])))
    recorded(world, key, "2026-11-20T09:00:00Z", "--reviews", str(reviews))
    base, head = world.base, world.promotion("ramp")
    world.land(world.git("branch", "--show-current"))
    given = [world.review(RITA, head)]
    reviews.write_text(json.dumps(world.pull_request(head, base, {"id": 1001, "login": "alice-b"}, given)))
    recorded(world, key, "2026-11-20T10:00:00Z", "--reviews", str(reviews))
    world.write("README.md", "models\n")
    world.commit("nothing governed")
    world.write("model_cards/credit-risk/2.0.0/runbook.md", "call somebody\n")
    world.commit("straight to main")
    recorded(world, key, "2026-11-20T11:00:00Z")
    found = verify(VerifyRequest(world.root))
    assert found.mismatches == ()
    assert found.tally.kinds["promote"] == 2
    assert found.tally.past_the_gate >= 2
    assert (found.governed, found.commits) == (found.tally.landed.total(), 4)
