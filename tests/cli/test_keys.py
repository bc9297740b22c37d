"""`rampgate keys`: what is made, declared, ended and taken back, and that nothing is ever half done."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from rampgate.app.keys import file as keys_file
from rampgate.errors import Unreachable
from worlds.command_line import CommandLine, Said
from worlds.governed_world import GovernedWorld
from worlds.history_world import HistoryWorld
from worlds.ssh_keys import ssh_key
from worlds.ssh_signer import INTRUDER, SIGNER, WITNESS

FILE = "policies/history.yaml"


@pytest.fixture
def world(tmp_path) -> GovernedWorld:
    world = GovernedWorld(tmp_path / "world")
    world.git("remote", "add", "origin", "git@github.com:acme/models.git")
    return world


@pytest.fixture
def rampgate(world, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    return CommandLine(capsys, world.root)


@pytest.fixture(scope="module")
def three_records(tmp_path_factory) -> HistoryWorld:
    world = HistoryWorld(tmp_path_factory.mktemp("recorded"))
    world.begin()
    world.land(at="2026-11-02T09:00:00Z", stage="canary")
    assert len(world.steps) == 3
    return world


@pytest.fixture
def recorded(three_records, tmp_path) -> GovernedWorld:
    """A repository with the records 0, 1 and 2, by the recorder of the tests."""
    return three_records.copy(tmp_path / "recorded")


@pytest.fixture
def keys(recorded, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    return CommandLine(capsys, recorded.root)


def said_in(world: GovernedWorld) -> Any:
    return yaml.safe_load((world.root / FILE).read_text())


def fingerprint(path: Path) -> str:
    told = subprocess.run(["ssh-keygen", "-l", "-f", str(path)], capture_output=True, check=True, text=True)
    return told.stdout.split()[1]


def public(tmp_path: Path, text: str, name: str = "given.pub") -> str:
    (tmp_path / name).write_text(text)
    return str(tmp_path / name)


# create


def test_the_first_key_makes_the_file_and_tells_the_next_steps(world, rampgate, tmp_path):
    said = rampgate("keys", "create", "recorder")
    key = tmp_path / ".ssh/rampgate-recorder"
    assert said.exit == 0, said.err
    assert said_in(world) == {
        "schema": "rampgate/history/v1",
        "repository": "github.com/acme/models",
        "signers": [{"name": "recorder", "key": " ".join((tmp_path / ".ssh/rampgate-recorder.pub").read_text().split()[:2]), "from": 0}],
    }  # fmt: skip
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    words = " ".join(said.out.split())
    for expected in (
        f"recorder: {fingerprint(key)}",
        "it may sign records of github.com/acme/models from record 0 on",
        "the key has no passphrase",
        "open a pull request; it lands with the policy quorum",
        "the secret RAMPGATE_HISTORY_KEY of the protected environment",
    ):
        assert expected in words
    assert rampgate("check").exit == 0


def test_a_made_key_signs_what_its_declared_half_verifies(world, rampgate, tmp_path):
    """`ssh-keygen` alone, with what `export` writes: the whole chain without any code of the reader."""
    rampgate("keys", "create", "recorder", "--key-file", str(tmp_path / "k"))
    signers = tmp_path / "signers"
    assert rampgate("keys", "export", "--allowed-signers", str(signers)).exit == 0
    made = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-n", "rampgate-decision", "-f", str(tmp_path / "k")],
        input=b"x", capture_output=True, check=True,
    ).stdout  # fmt: skip
    (tmp_path / "sig").write_bytes(made)
    for namespace, counts in (("rampgate-decision", True), ("rampgate-checkpoint", False)):
        words = ["-f", str(signers), "-I", "recorder", "-n", namespace, "-s", str(tmp_path / "sig")]
        done = subprocess.run(["ssh-keygen", "-Y", "verify", *words], input=b"x", capture_output=True, check=False)
        assert (done.returncode == 0) == counts, done.stderr


def test_a_second_key_joins_the_list_and_comments_stay(world, rampgate, tmp_path):
    rampgate("keys", "create", "recorder")
    text = (world.root / FILE).read_text()
    (world.root / FILE).write_text(f"# ours\n{text}# the end\n")
    assert rampgate("keys", "create", "auditor", "--witness", "--from", "0").exit == 0
    after = (world.root / FILE).read_text()
    assert after.startswith(f"# ours\n{text}# the end\nwitnesses:\n  - name: auditor\n")
    assert [each["name"] for each in said_in(world)["witnesses"]] == ["auditor"]


def test_a_new_key_speaks_for_no_record_that_was_written_before(recorded, keys):
    """Three records: a signer begins with record 3; a witness, who signs for the newest one, with record 2."""
    assert keys("keys", "create", "second").exit == 0
    assert keys("keys", "create", "auditor", "--witness").exit == 0
    found = said_in(recorded)
    assert [(each["name"], each.get("from")) for each in found["signers"]] == [(SIGNER.name, None), ("second", 3)]
    assert [(each["name"], each.get("from")) for each in found["witnesses"]] == [(WITNESS.name, None), ("auditor", 2)]


def test_a_public_key_is_declared_whose_private_half_is_elsewhere(recorded, keys, tmp_path):
    said = keys("keys", "create", "auditor", "--witness", "--public", public(tmp_path, f"{INTRUDER.public} me@there\n"))
    assert said.exit == 0, said.err
    assert said_in(recorded)["witnesses"][-1] == {"name": "auditor", "key": INTRUDER.public, "from": 2}
    assert INTRUDER.fingerprint in said.out
    assert "no passphrase" not in said.out


ORIGINS = {
    "ssh": ("git@github.com:acme/models.git", "github.com/acme/models"),
    "https": ("https://git.acme.example/risk/models", "git.acme.example/risk/models"),
    "with a password": ("https://user:secret@github.com/acme/models.git", "github.com/acme/models"),
    "with a port": ("https://git.acme.example:8443/risk/models", "git.acme.example:8443/risk/models"),
}


@pytest.mark.parametrize("case", ORIGINS)
def test_the_repository_is_guessed_from_origin(case, world, rampgate):
    address, expected = ORIGINS[case]
    world.git("remote", "set-url", "origin", address)
    assert rampgate("keys", "create", "recorder").exit == 0
    assert said_in(world)["repository"] == expected


@pytest.mark.parametrize("address", ["../models.git", "/srv/models", "https://github.com/models"])
def test_what_origin_does_not_tell_must_be_said(address, world, rampgate):
    world.git("remote", "set-url", "origin", address)
    said = rampgate("keys", "create", "recorder")
    assert (said.exit, "--repository github.com/acme/models" in said.err) == (2, True)
    assert rampgate("keys", "create", "recorder", "--repository", "git.acme.example/risk/models").exit == 0
    assert said_in(world)["repository"] == "git.acme.example/risk/models"


NAMES = {
    "nothing": "", "a space": "a b", "capitals": "Recorder", "a path": "../recorder", "a quote": 'a"b',
    "a line break": "a\nb", "a line break at the end": "recorder\n", "an accent": "récorder", "a look-alike": "recorder",
    "64 letters": "a" * 64, "a comma": "a,b", "a star": "*", "a control character": "a\x1b[31m", "a dot at the end": "a.",
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES)
def test_a_name_that_can_not_be_one_is_refused(case, world, rampgate, tmp_path):
    said = rampgate("keys", "create", NAMES[case], "--key-file", str(tmp_path / "k"))
    if case == "a look-alike":
        assert said.exit == 0
        return
    assert said.exit == 2
    assert "can not be the name of a key" in said.err
    assert not any("\x1b" in text for text in (said.out, said.err))
    assert not (world.root / FILE).exists()
    assert not (tmp_path / "k").exists()


REPOSITORIES = ["a b", "-x", "a\nb", 'a"', "a" * 400]


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_a_repository_that_can_not_be_one_is_refused_and_leaves_no_key(repository, world, rampgate, tmp_path):
    said = rampgate("keys", "create", "r", "--key-file", str(tmp_path / "k"), f"--repository={repository}")
    assert said.exit == 2, said.out
    assert not (world.root / FILE).exists()
    assert not (tmp_path / "k").exists()


def test_no_file_is_ever_written_over(world, rampgate, tmp_path):
    for name in ("k", "k.pub"):
        (tmp_path / name).write_text("mine")
        said = rampgate("keys", "create", "recorder", "--key-file", str(tmp_path / "k"))
        assert (said.exit, "a key is never written over" in said.err) == (2, True)
        assert (tmp_path / name).read_text() == "mine"
        (tmp_path / name).unlink()
    (tmp_path / "k").symlink_to(tmp_path / "nowhere")
    assert rampgate("keys", "create", "recorder", "--key-file", str(tmp_path / "k")).exit == 2
    assert not (tmp_path / "nowhere").exists()
    assert not (world.root / FILE).exists()


def test_a_private_key_never_goes_where_a_commit_could_take_it_along(world, rampgate, tmp_path):
    for place in ("key", "policies/key", f"../{world.root.name}/key"):
        said = rampgate("keys", "create", "recorder", "--key-file", str(world.root / place))
        assert (said.exit, "is inside the repository" in said.err) == (2, True)
    (tmp_path / "link").symlink_to(world.root)
    assert rampgate("keys", "create", "recorder", "--key-file", str(tmp_path / "link/key")).exit == 2
    assert not (world.root / "key").exists()
    world.write(".gitignore", "/secret/\n")
    assert rampgate("keys", "create", "recorder", "--key-file", str(world.root / "secret/key")).exit == 0


def test_where_the_file_can_not_be_written_no_key_is_left(world, rampgate, tmp_path, monkeypatch):
    def full(path: Path, data: bytes) -> None:
        raise Unreachable("no space left")

    monkeypatch.setattr(keys_file, "write_whole", full)
    assert rampgate("keys", "create", "recorder", "--key-file", str(tmp_path / "keys/k")).exit == 4
    assert list((tmp_path / "keys").iterdir()) == []


REFUSED_CREATIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "a name that is there": (("recorder",), "has a key `recorder` already"),
    "the name of a witness": (("witness", "--witness"), "has a key `witness` already"),
    "another repository": (("b", "--repository", "github.com/acme/other"), "is about `github.com/acme/models`"),
    "a key that is there": (("b", "--public", "{recorder}"), "stands there twice"),
    "a private key as the public one": (("b", "--public", "{private}"), "is a private key"),
    "a file of two keys": (("b", "--public", "{two}"), "holds 2 lines"),
    "a certificate": (("b", "--public", "{certificate}"), "is not a type of key that is taken"),
    "no key at all": (("b", "--public", "{text}"), "is not a type of key that is taken"),
    "both": (("b", "--public", "{two}", "--key-file", "k"), "not both"),
}


@pytest.mark.parametrize("case", REFUSED_CREATIONS)
def test_what_can_not_be_declared_is_refused(case, recorded, keys, tmp_path):
    words, reason = REFUSED_CREATIONS[case]
    files = {
        "recorder": public(tmp_path, SIGNER.public, "recorder.pub"),
        "private": str(ssh_key().path),
        "two": public(tmp_path, f"{INTRUDER.public}\n{SIGNER.public}\n", "two.pub"),
        "certificate": public(tmp_path, "ssh-ed25519-cert-v01@openssh.com AAAA", "cert.pub"),
        "text": public(tmp_path, "hello there", "text.pub"),
    }
    before = (recorded.root / FILE).read_bytes()
    said = keys("keys", "create", *(word.format(**files) for word in words))
    assert (said.exit, reason in " ".join(said.err.split())) == (2, True), said.err
    assert (recorded.root / FILE).read_bytes() == before


def test_a_public_key_that_is_not_there_is_out_of_reach(keys, tmp_path):
    assert keys("keys", "create", "b", "--public", str(tmp_path / "none.pub")).exit == 4


def test_a_witness_alone_is_no_history(world, rampgate):
    said = rampgate("keys", "create", "auditor", "--witness")
    assert (said.exit, "create the key that signs records first" in said.err) == (2, True)


def test_a_wrong_file_is_told_with_its_place_and_left_alone(world, rampgate):
    world.write(FILE, "schema: rampgate/history/v1\nrepository: r\nsigners:\n  - {name: a, key: x}\n")
    before = (world.root / FILE).read_bytes()
    for words in (("create", "b"), ("rotate", "a", "b"), ("revoke", "a", "--from", "1", "--reason", "lost"), ("list",)):
        said = rampgate("keys", *words)
        assert (said.exit, f"{FILE}:4" in said.err) == (3, True), said.err
    assert (world.root / FILE).read_bytes() == before


# rotate


def test_a_key_ends_exactly_where_it_is_said(recorded, keys):
    said = keys("keys", "rotate", "recorder", "recorder-2", "--at", "5")
    assert said.exit == 0, said.err
    old, new = said_in(recorded)["signers"]
    assert (old["name"], old["to"]) == ("recorder", 4)
    assert (new["name"], new["from"], new.get("to")) == ("recorder-2", 5, None)
    assert "`recorder` ends with record 4; `recorder-2` begins with record 5" in said.out
    assert "in place of the one of `recorder`" in " ".join(said.out.split())


def test_without_a_place_both_keys_count_while_the_change_waits(recorded, keys):
    """Three records are there: the new key begins with record 3, and the old one ends 20 records later."""
    assert keys("keys", "rotate", "recorder", "recorder-2").exit == 0
    old, new = said_in(recorded)["signers"]
    assert (old["to"], new["from"]) == (22, 3)


def test_an_overlap_is_as_long_as_it_is_said(recorded, keys):
    assert keys("keys", "rotate", "recorder", "recorder-2", "--overlap", "0").exit == 0
    assert keys("keys", "rotate", "witness", "witness-2", "--at", "10", "--overlap", "3").exit == 0
    found = said_in(recorded)
    assert (found["signers"][0]["to"], found["signers"][1]["from"]) == (2, 3)
    assert (found["witnesses"][0]["to"], found["witnesses"][1]["from"]) == (12, 10)


REFUSED_ROTATIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "an unknown key": (("recordre", "b"), "has no key `recordre`; did you mean `recorder`?"),
    "a new name that is there": (("recorder", "witness"), "there is a key `witness` already"),
    "itself": (("recorder", "recorder"), "there is a key `recorder` already"),
    "a record that is written": (("recorder", "b", "--at", "2"), "record 2 is written already"),
    "a hostile name": (("recorder", "../b"), "can not be the name of a key"),
    "a revoked key": (("gone", "b"), "`gone` is revoked from record 9 on"),
    "a key that ended": (("ended", "b"), "`ended` ends at record 7 already"),
    "a key that has not begun": (("later", "b", "--at", "90"), "`later` counts from record 90 on"),
}


@pytest.mark.parametrize("case", REFUSED_ROTATIONS)
def test_a_rotation_that_can_not_be_is_refused(case, recorded, keys, tmp_path):
    words, reason = REFUSED_ROTATIONS[case]
    for name in ("gone", "ended", "later"):
        assert keys("keys", "create", name, "--from", "90" if name == "later" else "3").exit == 0
    assert keys("keys", "rotate", "ended", "after", "--at", "8").exit == 0
    assert keys("keys", "revoke", "gone", "--from", "9", "--reason", "the disk was copied").exit == 0
    before = (recorded.root / FILE).read_bytes()
    files = sorted((tmp_path / ".ssh").iterdir())
    said = keys("keys", "rotate", *words)
    assert (said.exit, reason in " ".join(said.err.split())) == (2, True), said.err
    assert (recorded.root / FILE).read_bytes() == before
    assert sorted((tmp_path / ".ssh").iterdir()) == files


def test_where_the_history_is_not_here_the_place_must_be_said(world, rampgate):
    rampgate("keys", "create", "recorder")
    said = rampgate("keys", "rotate", "recorder", "b")
    assert (said.exit, "git fetch origin decisions" in said.err) == (2, True)
    assert rampgate("keys", "rotate", "recorder", "b", "--at", "40").exit == 0


def test_without_a_file_nothing_can_be_rotated_revoked_or_listed(rampgate, tmp_path):
    for words in (
        ("rotate", "a", "b"),
        ("revoke", "a", "--from", "1", "--reason", "lost"),
        ("list",),
        ("export", "--allowed-signers", str(tmp_path / "x")),
    ):
        said = rampgate("keys", *words)
        assert (said.exit, "`rampgate keys create NAME` writes it" in said.err) == (2, True)


# revoke


def test_G9_a_revoked_key_is_not_believed_from_a_record_on(recorded, keys):
    said = keys("keys", "revoke", "recorder", "--from", "3", "--reason", "  the runner's disk:\n was copied ")
    assert said.exit == 0, said.err
    gone = said_in(recorded)["signers"][0]["revoked"]
    assert (gone["from"], gone["reason"]) == (3, "the runner's disk: was copied")
    assert len(str(gone["on"])) == 10
    assert "no key may sign record 3 then" in " ".join(said.out.split())


def test_records_that_lose_their_word_are_counted(recorded, keys):
    """Records 1 and 2 are the recorder's; another key's would not be counted."""
    said = keys("keys", "revoke", "recorder", "--from", "1", "--reason", "forged")
    words = " ".join(said.out.split())
    assert "2 records, from 1 on, are signed with it, and believed no more" in words
    assert "`rampgate keys create NAME --from 1`" in words


def test_a_witness_can_be_revoked(recorded, keys):
    said = keys("keys", "revoke", "witness", "--from", "0", "--reason", "lost")
    assert (said.exit, "note:" in said.out) == (0, False)
    assert said_in(recorded)["witnesses"][0]["revoked"]["from"] == 0


REFUSED_REVOCATIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "an unknown key": (("recordr", "--from", "1", "--reason", "lost"), "did you mean `recorder`?"),
    "no reason": (("recorder", "--from", "1", "--reason", " x "), "in at least three characters"),
    "a negative record": (("recorder", "--from", "-1", "--reason", "lost"), "--from"),
    "a record beyond all": (("recorder", "--from", "1000000", "--reason", "lost"), "--from"),
    "no record": (("recorder", "--reason", "lost"), "--from"),
    "before it counts": (("second", "--from", "2", "--reason", "lost"), "`second` counts from record 3 on"),
    "after it ended": (("second", "--from", "9", "--reason", "lost"), "`second` ends at record 7"),
    "for the second time": (("third", "--from", "20", "--reason", "lost"), "is revoked from record 9 on already"),
    "a reason that nobody sees": (("recorder", "--from", "3", "--reason", "a\u202eb"), "is not to be seen"),
    "a reason without end": (("recorder", "--from", "3", "--reason", "x" * 5000), "can not be written"),
}


@pytest.mark.parametrize("case", REFUSED_REVOCATIONS)
def test_a_revocation_that_can_not_be_is_refused(case, recorded, keys):
    words, reason = REFUSED_REVOCATIONS[case]
    assert keys("keys", "create", "second").exit == 0
    assert keys("keys", "rotate", "second", "third", "--at", "8").exit == 0
    assert keys("keys", "revoke", "third", "--from", "9", "--reason", "lost").exit == 0
    before = (recorded.root / FILE).read_bytes()
    said = keys("keys", "revoke", *words)
    assert (said.exit, reason in " ".join(said.err.split())) == (2, True), said.err
    assert (recorded.root / FILE).read_bytes() == before


# list and export


def test_the_list_tells_who_may_sign_the_next_record(recorded, keys):
    keys("keys", "rotate", "recorder", "second", "--at", "4")
    keys("keys", "create", "gone")
    keys("keys", "revoke", "gone", "--from", "3", "--reason", "lost on a train")
    said = keys("keys", "list")
    rows = [" ".join(line.split()) for line in said.out.splitlines()]
    second = fingerprint(Path(os.environ["HOME"], ".ssh/rampgate-second"))
    assert f"recorder signer 0-3 yes {SIGNER.fingerprint}" in rows
    assert f"second signer 4- no {second}" in rows
    assert f"witness witness 0- yes {WITNESS.fingerprint}" in rows
    assert any(row.startswith("gone signer 3-, not 3- no") for row in rows)
    assert any(row.startswith("gone: revoked from record 3 on, on 20") and "lost on a train" in row for row in rows)
    assert "the next record of github.com/acme/models is 3, on branch `decisions`" in said.out
    assert "warning" not in said.out


def test_the_list_as_json(recorded, keys):
    found = json.loads(keys("keys", "list", "--format", "json").out)
    assert (found["repository"], found["branch"], found["next"]) == ("github.com/acme/models", "decisions", 3)
    (signer, witness) = found["keys"]
    assert (signer["name"], signer["role"], signer["from"], signer["may_sign_next"], signer["why_not"]) == (
        "recorder", "signer", 0, True, None,
    )  # fmt: skip
    assert (witness["role"], witness["fingerprint"]) == ("witness", WITNESS.fingerprint)


def test_a_history_that_nobody_may_continue_is_warned_of(recorded, keys):
    keys("keys", "revoke", "recorder", "--from", "3", "--reason", "lost")
    assert "warning: no key may sign the next record" in keys("keys", "list").out


def test_the_export_says_less_than_the_file_and_says_so(recorded, keys, tmp_path):
    keys("keys", "rotate", "recorder", "second", "--at", "4")
    keys("keys", "revoke", "second", "--from", "9", "--reason", "lost")
    signers, gone = tmp_path / "signers", tmp_path / "gone"
    said = keys("keys", "export", "--allowed-signers", str(signers), "--revoked", str(gone))
    assert said.exit == 0, said.err
    lines = [line.split(" ", 2) for line in signers.read_text().splitlines() if not line.startswith("#")]
    assert [(name, namespaces) for name, namespaces, _ in lines] == [
        ("recorder", 'namespaces="rampgate-decision"'),
        ("second", 'namespaces="rampgate-decision"'),
        ("witness", 'namespaces="rampgate-checkpoint"'),
    ]
    assert lines[0][2] == SIGNER.public
    assert [line for line in gone.read_text().splitlines() if not line.startswith("#")] == [lines[1][2]]
    words = " ".join(said.out.split())
    assert "which records they may sign can not be said there: `recorder`, `second`" in words


def test_the_two_lists_are_two_files(keys, tmp_path):
    same = str(tmp_path / "same")
    said = keys("keys", "export", "--allowed-signers", same, "--revoked", same)
    assert (said.exit, Path(same).exists()) == (2, False)


# check


BROKEN: dict[str, tuple[str, str]] = {
    "bytes of another type": ("ssh-rsa " + SIGNER.public.split()[1], "the bytes are not a key of the type"),
    "no base64": ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", "the key is not base64"),
    "cut short": (SIGNER.public[:-8], "the bytes are not a key of the type"),
    "a certificate": ("ssh-ed25519-cert-v01@openssh.com " + SIGNER.public.split()[1], "is not a type of key that is taken"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_check_tells_a_key_that_can_not_be_read_with_its_place(case, world, rampgate):
    key, reason = BROKEN[case]
    world.write(FILE, f"schema: rampgate/history/v1\nrepository: r\nsigners:\n  - name: a\n    key: {key}\n")
    said: Said = rampgate("check")
    assert said.exit == 3
    assert f"{FILE}:5:10: the key of `a` can not be used: " in said.out + said.err
    assert reason in said.out + said.err


def test_check_tells_one_key_of_two_names(world, rampgate):
    kind, text = ssh_key(kind="ecdsa", bits=256).public.split()
    # The last character before the padding has spare bits: another letter there gives the same bytes.
    other = text.rstrip("=")
    assert other != text
    twin = other[:-1] + chr(ord(other[-1]) + 1) + "=" * (len(text) - len(other))
    world.write(
        FILE,
        f"schema: rampgate/history/v1\nrepository: r\nsigners:\n  - {{name: a, key: {kind} {text}}}\n"
        f"  - {{name: b, key: {kind} {twin}}}\n",
    )
    said = rampgate("check")
    assert (said.exit, "`b` has the key of `a`, written in another way" in said.out + said.err) == (3, True)
