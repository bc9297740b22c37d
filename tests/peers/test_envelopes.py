"""Envelopes of the history, read and verified by others' code: securesystemslib, `ssh-keygen`, in-toto-attestation.

Nothing of ours is asked whether a signature is good: the key class below knows SSH signatures by their specification.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from google.protobuf.json_format import Parse
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Key, Signature

from rampgate.app.history.seal import seal
from rampgate.errors import Unreachable
from rampgate.formats.dsse import pre_authentication_encoding
from rampgate.formats.record import log_path, read_record
from rampgate.model.record import Record
from worlds.command_line import CommandLine
from worlds.history_world import HistoryWorld, settings
from worlds.record_shapes import OPENING, PROMOTION
from worlds.ssh_keys import ssh_key
from worlds.ssh_signer import INTRUDER, SIGNER

RECORDS = {"an opening": OPENING, "a promotion": PROMOTION}
DECISION = b"rampgate-decision"


class SshKey(Key):
    """An ed25519 key as others would write it: SSH's own layout, `cryptography` for the mathematics."""

    def __init__(self, keyid: str, text: str) -> None:
        super().__init__(keyid, "ssh", "sshsig", {"public": text})
        loaded = load_ssh_public_key(text.encode())
        assert isinstance(loaded, Ed25519PublicKey)
        self.key = loaded

    @classmethod
    def from_dict(cls, keyid: str, key_dict: dict[str, Any]) -> Key:
        return cls(keyid, key_dict["keyval"]["public"])

    def to_dict(self) -> dict[str, Any]:
        return self._to_dict()

    def verify_signature(self, signature: Signature, data: bytes) -> None:
        """Source: OpenSSH PROTOCOL.sshsig; what is signed is magic, namespace, reserved, hash name and digest."""
        armor = bytes.fromhex(signature.signature).decode("ascii").strip().split("\n")
        if (armor[0], armor[-1]) != ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"):
            raise UnverifiedSignatureError("no armor")
        blob = base64.b64decode("".join(armor[1:-1]))
        if blob[:10] != b"SSHSIG" + bytes([0, 0, 0, 1]):
            raise UnverifiedSignatureError("no SSH signature")
        _, namespace, _, hash_name, inner = strings(blob[10:])
        if (namespace, hash_name) != (DECISION, b"sha512"):
            raise UnverifiedSignatureError(f"made for {namespace!r}")
        digest = hashlib.sha512(data).digest()
        signed = b"SSHSIG" + b"".join(string(each) for each in (DECISION, b"", b"sha512", digest))
        try:
            self.key.verify(strings(inner)[1], signed)
        except InvalidSignature:
            raise UnverifiedSignatureError("another key, or other bytes") from None


def strings(blob: bytes) -> list[bytes]:
    found = []
    while blob:
        size = int.from_bytes(blob[:4], "big")
        found.append(blob[4 : 4 + size])
        blob = blob[4 + size :]
    return found


def string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def fingerprint_by_ssh_keygen(path: Path) -> str:
    told = subprocess.run(["ssh-keygen", "-l", "-f", str(path)], capture_output=True, check=True, text=True)
    return told.stdout.split()[1]


@pytest.mark.parametrize("case", RECORDS)
def test_securesystemslib_verifies_what_is_sealed(case):
    """Signed with a real key by `ssh-keygen`; the key id is the fingerprint that `ssh-keygen -l` shows."""
    key = ssh_key()
    data = seal(Record.model_validate(RECORDS[case]), key.path)
    envelope = Envelope.from_dict(json.loads(data))
    keyid = fingerprint_by_ssh_keygen(key.path)
    assert list(envelope.verify([SshKey(keyid, key.public)], 1)) == [keyid]
    assert envelope.pae() == pre_authentication_encoding("application/vnd.in-toto+json", envelope.payload)


def test_securesystemslib_refuses_what_is_not_so():
    key, other = ssh_key(), ssh_key("other")
    keyid = fingerprint_by_ssh_keygen(key.path)
    data = json.loads(seal(Record.model_validate(PROMOTION), key.path))
    wrong_key = SshKey(keyid, other.public)
    with pytest.raises(VerificationError):
        Envelope.from_dict(json.loads(json.dumps(data))).verify([wrong_key], 1)
    changed = Envelope.from_dict(json.loads(json.dumps(data)))
    changed.payload = changed.payload.replace(b'"allow"', b'"deny"')
    with pytest.raises(VerificationError):
        changed.verify([SshKey(keyid, key.public)], 1)
    for_another_purpose = SIGNER.envelope(b"{}", namespace="rampgate-evidence")
    with pytest.raises(VerificationError):
        Envelope.from_dict(json.loads(for_another_purpose)).verify([SshKey(SIGNER.fingerprint, SIGNER.public)], 1)


def test_both_write_the_same_envelope():
    """Built by securesystemslib around a signature of `cryptography`'s, it is read as one of ours, byte for byte."""
    record = Record.model_validate(PROMOTION)
    sealed = read_record(seal(record, ssh_key().path), log_path(record))
    theirs = Envelope.from_dict(json.loads(SIGNER.envelope(sealed.envelope.payload)))
    again = json.dumps(theirs.to_dict(), sort_keys=True, separators=(",", ":")).encode()
    assert again == SIGNER.envelope(sealed.envelope.payload)
    assert read_record(again, log_path(record)).record == record


def test_a_key_that_is_not_there_seals_nothing(tmp_path):
    with pytest.raises(Unreachable):
        seal(Record.model_validate(PROMOTION), tmp_path / "none")


def test_a_key_with_a_passphrase_seals_nothing_without_the_agent(tmp_path, monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(tmp_path / "k")], check=True)
    with pytest.raises(Unreachable, match="ssh-add"):
        seal(Record.model_validate(PROMOTION), tmp_path / "k")


# A whole history


@pytest.fixture(scope="module")
def history(tmp_path_factory) -> HistoryWorld:
    """Four records: an opening, what stood there, a promotion, and a denial of the next one."""
    world = HistoryWorld(tmp_path_factory.mktemp("history"))
    world.begin()
    world.land(at="2026-11-02T09:00:00Z", stage="canary")
    world.deny(at="2026-11-03T09:00:00Z", stage="ramp")
    assert len(world.steps) == 4
    return world


def test_every_statement_is_valid_to_in_toto(history):
    """Parsed into their protobuf message, where a key that a statement does not have is an error, then validated."""
    for step in history.steps:
        payload = base64.b64decode(json.loads(step.data)["payload"])
        Statement.copy_from_pb(Parse(payload, StatementMessage())).validate()
        value = json.loads(payload)
        subjects = [ResourceDescriptor(each["name"], digest=each["digest"]).pb for each in value["subject"]]
        Statement(subjects, value["predicateType"], value["predicate"]).validate()


def test_securesystemslib_verifies_a_whole_history(history):
    key = SshKey(SIGNER.fingerprint, SIGNER.public)
    for step in history.steps:
        assert list(Envelope.from_dict(json.loads(step.data)).verify([key], 1)) == [SIGNER.fingerprint]


@pytest.fixture
def by_hand(history, capsys, tmp_path):
    """What an auditor has who has Git and OpenSSH alone: the exported keys, and each record's two parts as files."""
    return ByHand(CommandLine(capsys, history.root), tmp_path)


class ByHand:
    def __init__(self, rampgate: CommandLine, folder: Path) -> None:
        self.rampgate, self.folder = rampgate, folder

    def export(self) -> None:
        words = ("--allowed-signers", str(self.folder / "signers"), "--revoked", str(self.folder / "revoked"))
        assert self.rampgate("keys", "export", *words).exit == 0

    def verifies(
        self, data: bytes, *, name: str = "recorder", namespace: str = "rampgate-decision", revoked: bool = False
    ) -> bool:
        """Take an envelope apart with the standard library, and ask `ssh-keygen`."""
        value = json.loads(data)
        payload = base64.b64decode(value["payload"])
        kind = value["payloadType"].encode()
        signed = b" ".join([b"DSSEv1", b"%d" % len(kind), kind, b"%d" % len(payload), payload])
        (self.folder / "sig").write_bytes(base64.b64decode(value["signatures"][0]["sig"]))
        words = ["-f", self.folder / "signers", "-I", name, "-n", namespace, "-s", self.folder / "sig"]
        words += ["-r", self.folder / "revoked"] if revoked else []
        done = subprocess.run(["ssh-keygen", "-Y", "verify", *words], input=signed, capture_output=True, check=False)
        return done.returncode == 0  # fmt: skip


def test_ssh_keygen_verifies_a_whole_history(history, by_hand):
    by_hand.export()
    for step in history.steps:
        assert by_hand.verifies(step.data)
        assert by_hand.verifies(step.data, revoked=True), "the list of revoked keys is empty, and read all the same"


def test_G8_ssh_keygen_refuses_other_bytes_names_purposes_and_keys(history, by_hand):
    by_hand.export()
    last = history.steps[-1]
    payload = base64.b64decode(json.loads(last.data)["payload"])
    assert not by_hand.verifies(last.data.replace(b"vnd.in-toto+json", b"vnd.in-toto+jsom"))
    assert not by_hand.verifies(last.data, name="witness")
    assert not by_hand.verifies(last.data, namespace="rampgate-checkpoint")
    assert not by_hand.verifies(SIGNER.envelope(payload, namespace="rampgate-evidence"))
    assert not by_hand.verifies(INTRUDER.envelope(payload))


def test_G9_ssh_keygen_refuses_a_revoked_key_by_the_exported_list(history, by_hand):
    """OpenSSH knows no ranges: with the list it believes nothing of that key, without it everything."""
    gone = {"from": 2, "on": "2026-11-20", "reason": "the disk was copied"}
    before = history.settings
    history.declare(settings({"name": "recorder", "key": SIGNER.public, "revoked": gone}))
    by_hand.export()
    assert by_hand.verifies(history.steps[0].data)
    assert not by_hand.verifies(history.steps[0].data, revoked=True)
    history.declare(json.loads(before.model_dump_json(by_alias=True)))
