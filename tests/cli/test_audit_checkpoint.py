"""`rampgate audit checkpoint`: a witness signs what is believed, and nothing that goes back behind what was signed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from rampgate.adapters.signing import armored
from rampgate.app.history.checkpoint import witness_of
from rampgate.formats.checkpoint import read_checkpoint, text_of
from rampgate.model.sourced import Missing
from worlds.command_line import CommandLine, Said
from worlds.history_world import HistoryWorld, settings
from worlds.ssh_signer import INTRUDER, SECOND, SIGNER, WITNESS, Signer


@pytest.fixture(scope="module")
def three_records(tmp_path_factory) -> HistoryWorld:
    world = HistoryWorld(tmp_path_factory.mktemp("recorded"))
    world.begin()
    world.land(at="2026-11-02T09:00:00Z", stage="canary")
    return world


@pytest.fixture
def world(three_records, tmp_path) -> HistoryWorld:
    """A repository with the records 0, 1 and 2."""
    copied = three_records.copy(tmp_path / "recorded")
    assert isinstance(copied, HistoryWorld)
    return copied


@pytest.fixture
def audit(world, capsys):
    return CommandLine(capsys, world.root)


def key_of(signer: Signer, folder: Path) -> str:
    path = folder / f"{signer.name}.key"
    path.write_bytes(signer.private_file)
    path.chmod(0o600)
    return str(path)


def checkpoint(audit, tmp_path: Path, *words: str, signer: Signer = WITNESS) -> Said:
    return audit("audit", "checkpoint", "--key", key_of(signer, tmp_path), *words)


def test_a_witness_signs_the_state_of_the_branch(world, audit, tmp_path):
    """Size, newest record and commits are those that the test made; the witness is told by the reader of checkpoints."""
    said = checkpoint(audit, tmp_path)
    assert said.exit == 0, said.err
    read = read_checkpoint(said.out.encode(), "x")
    assert (read.origin, read.size, read.head) == ("github.com/acme/models/decisions", 3, world.steps[-1].digest)
    assert (read.commit, read.covered) == (world.git("rev-parse", "decisions"), world.git("rev-parse", "main"))
    found = witness_of(read, world.settings)
    assert not isinstance(found, Missing)
    assert found.name == "witness"


def test_ssh_keygen_verifies_the_text_of_a_checkpoint(audit, tmp_path):
    """The signature line holds what `ssh-keygen` armors; with the export of the keys nothing else is needed."""
    read = read_checkpoint(checkpoint(audit, tmp_path).out.encode(), "x")
    assert audit("keys", "export", "--allowed-signers", str(tmp_path / "signers")).exit == 0
    (tmp_path / "sig").write_text(armored(read.signatures[0].signature))
    for text, counts in ((text_of(read), True), (text_of(read).replace(b"\n3\n", b"\n4\n"), False)):
        words = ["-f", tmp_path / "signers", "-I", "witness", "-n", "rampgate-checkpoint", "-s", tmp_path / "sig"]
        done = subprocess.run(["ssh-keygen", "-Y", "verify", *words], input=text, capture_output=True, check=False)
        assert (done.returncode == 0) == counts, done.stderr


def test_it_is_written_to_a_file_and_never_over_one(audit, tmp_path):
    kept = tmp_path / "kept.txt"
    said = checkpoint(audit, tmp_path, "--out", str(kept))
    assert (said.exit, "`witness` signed that the history has 3 records" in said.out) == (0, True)
    before = kept.read_bytes()
    again = checkpoint(audit, tmp_path, "--out", str(kept))
    assert (again.exit, "a checkpoint is never written over" in again.err) == (2, True)
    assert kept.read_bytes() == before


def test_the_next_one_goes_on_from_the_one_before(world, audit, tmp_path):
    kept = tmp_path / "1.txt"
    checkpoint(audit, tmp_path, "--out", str(kept))
    world.land(at="2026-11-03T09:00:00Z", stage="ramp")
    said = checkpoint(audit, tmp_path, "--after", str(kept), "--out", str(tmp_path / "2.txt"))
    assert said.exit == 0, said.err
    assert "the history has 4 records, 1 more than before" in said.out


def test_G3_a_witness_signs_no_shorter_history(world, audit, tmp_path):
    kept = tmp_path / "1.txt"
    checkpoint(audit, tmp_path, "--out", str(kept))
    world.rebuild(world.steps[:-1])
    assert checkpoint(audit, tmp_path).exit == 0
    said = checkpoint(audit, tmp_path, "--after", str(kept))
    assert (said.exit, said.out, "the history is shorter now" in said.err) == (10, "", True)


def test_G4_a_witness_signs_no_other_history(world, audit, tmp_path):
    """The recorder's own key made it: only the checkpoint from before tells."""
    kept = tmp_path / "1.txt"
    checkpoint(audit, tmp_path, "--out", str(kept))
    last = world.resigned(world.steps[-1], recorded_at="2026-11-02T09:00:01Z")
    world.rebuild([*world.steps[:-1], last])
    said = checkpoint(audit, tmp_path, "--after", str(kept))
    assert (said.exit, "another record stands there now" in said.err) == (10, True)


def test_G1_a_witness_signs_nothing_that_is_not_believed(world, audit, tmp_path):
    world.rebuild([*world.steps[:-1], world.resigned(world.steps[-1], INTRUDER)])
    said = checkpoint(audit, tmp_path)
    assert (said.exit, said.out) == (10, "")
    world.rebuild([world.steps[0], world.resigned(world.steps[1], recorded_at="2026-11-01T09:00:01Z"), world.steps[2]])
    said = checkpoint(audit, tmp_path)
    assert (said.exit, said.out) == (10, "")


def test_the_key_that_signs_records_signs_no_checkpoint(audit, tmp_path):
    said = checkpoint(audit, tmp_path, signer=SIGNER)
    assert (said.exit, said.out, "this key signs the records themselves" in said.err) == (2, "", True)


def test_a_stranger_signs_no_checkpoint(audit, tmp_path):
    said = checkpoint(audit, tmp_path, signer=INTRUDER)
    assert (said.exit, said.out, "no witness has this key" in said.err) == (2, "", True)


def test_G9_a_revoked_witness_signs_no_checkpoint(world, audit, tmp_path):
    gone = {"from": 1, "on": "2026-11-20", "reason": "lost on a train"}
    world.declare(settings(witnesses=[{"name": "witness", "key": WITNESS.public, "revoked": gone}]))
    said = checkpoint(audit, tmp_path)
    assert (said.exit, "is revoked from record 1 on: lost on a train" in " ".join(said.err.split())) == (2, True)


def test_trust_that_was_kept_elsewhere_comes_first(world, audit, tmp_path):
    """Whoever rewrites the keys on the governed branch does not become a witness by it."""
    kept = tmp_path / "history.yaml"
    kept.write_bytes((world.root / "policies/history.yaml").read_bytes())
    world.declare(settings(witnesses=[{"name": "witness", "key": SECOND.public}]))
    assert checkpoint(audit, tmp_path, signer=SECOND).exit == 0
    assert checkpoint(audit, tmp_path, "--trust", str(kept), signer=SECOND).exit == 2
    assert checkpoint(audit, tmp_path, "--trust", str(kept)).exit == 0


REFUSED_BEFORE = {
    "no checkpoint": (b"hello\n", 3, "is not that of a checkpoint"),
    "a file that is not there": (None, 4, "1.txt"),
}


@pytest.mark.parametrize("case", REFUSED_BEFORE)
def test_what_is_no_checkpoint_is_told(case, audit, tmp_path):
    data, code, reason = REFUSED_BEFORE[case]
    if data is not None:
        (tmp_path / "1.txt").write_bytes(data)
    said = checkpoint(audit, tmp_path, "--after", str(tmp_path / "1.txt"))
    assert (said.exit, reason in said.err) == (code, True), said.err


def test_a_checkpoint_that_nobody_signed_is_none_to_go_on_from(audit, tmp_path):
    text, gap, line = checkpoint(audit, tmp_path).out.partition("\n\n")
    (tmp_path / "1.txt").write_text(f"{text}{gap}{line.replace('/witness/witness', '/witness/other')}")
    said = checkpoint(audit, tmp_path, "--after", str(tmp_path / "1.txt"))
    assert (said.exit, "signed by no witness" in said.err) == (3, True)


def test_a_key_that_is_not_there_and_a_history_that_is_not_here(world, audit, tmp_path):
    assert audit("audit", "checkpoint", "--key", str(tmp_path / "none")).exit == 4
    world.rebuild([])
    said = checkpoint(audit, tmp_path)
    assert (said.exit, "git fetch origin decisions" in said.err) == (4, True)
