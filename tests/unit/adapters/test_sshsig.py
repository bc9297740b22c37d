"""A signature counts where a listed key made it, for this purpose, over these bytes; `ssh-keygen` says the same."""

from __future__ import annotations

import base64
import hashlib
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from rampgate.adapters.signing import armored, sign, signature_blob, verify
from rampgate.adapters.sshsig import fingerprint, key_blob, signer_blob, signing_key
from rampgate.errors import UsageProblem
from worlds.ssh_keys import ssh_key
from worlds.ssh_signer import INTRUDER, SECOND, SIGNER, field

DATA = b"DSSEv1 28 application/vnd.in-toto+json 2 {}"
SPACE = "rampgate-decision"
ALLOWED = {SIGNER.blob, SECOND.blob}
WELL = SIGNER.sign(DATA, SPACE)


def blob_of(signature: str) -> bytes:
    blob = signature_blob(signature)
    assert blob is not None
    return blob


def test_the_key_that_signed_is_told_among_those_that_are_allowed():
    assert signing_key(DATA, WELL, SPACE, ALLOWED) == SIGNER.blob
    assert signing_key(DATA, SECOND.sign(DATA, SPACE), SPACE, ALLOWED) == SECOND.blob


def test_what_ssh_keygen_signs_counts():
    key = ssh_key()
    assert signing_key(DATA, sign(DATA, key.path, SPACE), SPACE, {key_blob(key.public)}) == key_blob(key.public)


OTHER_KINDS = {"ecdsa of 256 bits": ("ecdsa", 256), "ecdsa of 521 bits": ("ecdsa", 521), "rsa": ("rsa", 2048)}


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_other_types_of_key_are_checked_by_ssh_keygen(kind):
    name, bits = OTHER_KINDS[kind]
    key = ssh_key(kind=name, bits=bits)
    blob = key_blob(key.public)
    signature = sign(DATA, key.path, SPACE)
    assert signing_key(DATA, signature, SPACE, {blob}) == blob
    assert signing_key(DATA + b" ", signature, SPACE, {blob}) is None
    assert signing_key(DATA, signature, "rampgate-checkpoint", {blob}) is None


def test_G8_rsa_with_sha1_is_refused():
    """The same key with SHA-512 counts: it is the broken hash that does not."""
    key = ssh_key(kind="rsa", bits=2048)
    private = load_ssh_private_key(key.path.read_bytes(), None)
    assert isinstance(private, RSAPrivateKey)
    blob = key_blob(key.public)
    parts = field(SPACE.encode()) + field(b"") + field(b"sha512")
    signed = b"SSHSIG" + parts + field(hashlib.sha512(DATA).digest())
    for name, algorithm, counts in ((b"ssh-rsa", hashes.SHA1(), False), (b"rsa-sha2-512", hashes.SHA512(), True)):
        made = field(name) + field(private.sign(signed, padding.PKCS1v15(), algorithm))
        signature = armored(b"SSHSIG\0\0\0\1" + field(blob) + parts + field(made))
        assert (signing_key(DATA, signature, SPACE, {blob}) == blob) == counts, name


NOT_COUNTED: dict[str, tuple[bytes, str, str]] = {
    "other bytes": (DATA + b" ", WELL, SPACE),
    "another purpose": (DATA, SIGNER.sign(DATA, "rampgate-evidence"), SPACE),
    "asked for another purpose": (DATA, WELL, "rampgate-checkpoint"),
    "a purpose that begins alike": (DATA, SIGNER.sign(DATA, "rampgate-decision2"), SPACE),
    "no purpose": (DATA, SIGNER.sign(DATA, ""), SPACE),
    "the key of another person": (DATA, INTRUDER.sign(DATA, SPACE), SPACE),
    "no signature": (DATA, "", SPACE),
    "no armor": (DATA, base64.b64encode(blob_of(WELL)).decode(), SPACE),
    "another armor": (DATA, WELL.replace("SSH SIGNATURE", "PGP SIGNATURE"), SPACE),
    "a line in front": (DATA, "\n" + WELL, SPACE),
    "a line behind": (DATA, WELL + "x\n", SPACE),
    "two signatures": (DATA, WELL + WELL, SPACE),
    "Windows line ends": (DATA, WELL.replace("\n", "\r\n"), SPACE),
    "a signature of 100,000 characters": (DATA, WELL + "A" * 100_000, SPACE),
}


@pytest.mark.parametrize("case", NOT_COUNTED)
def test_G8_what_does_not_count(case):
    data, signature, namespace = NOT_COUNTED[case]
    assert signing_key(data, signature, namespace, ALLOWED) is None


def parts_of(blob: bytes) -> list[bytes]:
    found, rest = [], blob[10:]
    while rest:
        size = int.from_bytes(rest[:4], "big")
        found.append(rest[4 : 4 + size])
        rest = rest[4 + size :]
    return found


def bent(change: Callable[[list[bytes]], None], *, version: int = 1, tail: bytes = b"") -> str:
    """The good signature with other parts: key, purpose, reserved, hash, signature."""
    parts = parts_of(blob_of(WELL))
    change(parts)
    return armored(b"SSHSIG" + version.to_bytes(4, "big") + b"".join(field(each) for each in parts) + tail)


def put(index: int, value: bytes) -> Callable[[list[bytes]], None]:
    return lambda parts: parts.__setitem__(index, value)


RAW = parts_of(b"\0" * 10 + parts_of(blob_of(WELL))[4])[1]
BENT = {
    "the key of another": bent(put(0, SECOND.blob)),
    "a key that is too short": bent(put(0, field(b"ssh-ed25519") + field(b"\1" * 31))),
    "a certificate in place of the key": bent(put(0, field(b"ssh-ed25519-cert-v01@openssh.com") + SIGNER.blob[15:])),
    "something reserved": bent(put(2, b"x")),
    "a hash that is broken": bent(put(3, b"sha1")),
    "a hash that nobody knows": bent(put(3, b"md5")),
    "the other hash": bent(put(3, b"sha256")),
    "no signature": bent(put(4, b"")),
    "a signature of another algorithm": bent(put(4, field(b"ssh-rsa") + field(RAW))),
    "a signature that is too short": bent(put(4, field(b"ssh-ed25519") + field(RAW[:63]))),
    "a signature that is too long": bent(put(4, field(b"ssh-ed25519") + field(RAW + b"\0"))),
    "a signature of zeros": bent(put(4, field(b"ssh-ed25519") + field(bytes(64)))),
    "a signature with more behind it": bent(put(4, field(b"ssh-ed25519") + field(RAW) + field(b""))),
    "a part more": bent(lambda parts: parts.append(b"")),
    "a part less": bent(lambda parts: parts.pop(2) and None),
    "another version": bent(lambda parts: None, version=2),
    "bytes behind": bent(lambda parts: None, tail=b"\0"),
    "a length beyond the end": bent(lambda parts: None, tail=b"\xff\xff\xff\xff"),
}


@pytest.mark.parametrize("shape", BENT)
def test_G12_a_bent_signature_does_not_count(shape):
    named = {parts_of(blob_of(BENT[shape]))[0]} if shape == "a key that is too short" else set()
    assert signing_key(DATA, BENT[shape], SPACE, ALLOWED | named) is None


@pytest.mark.parametrize("shape", BENT)
def test_ssh_keygen_refuses_a_bent_signature_too(shape):
    """It passes over what is reserved, which nobody signs; here one signature has one form."""
    found = verify(DATA, BENT[shape], SPACE, {"a": [SIGNER.public], "b": [SECOND.public]})
    assert found == ("a" if shape == "something reserved" else None)


def test_a_signature_over_the_other_hash_counts():
    """OpenSSH signs over SHA-512, and takes SHA-256 as well."""
    assert signing_key(DATA, bent(lambda parts: None), SPACE, ALLOWED) == SIGNER.blob
    key = ssh_key()
    words = ["ssh-keygen", "-Y", "sign", "-O", "hashalg=sha256", "-n", SPACE, "-f", str(key.path)]
    made = subprocess.run(words, input=DATA, capture_output=True, check=True).stdout.decode()
    assert signing_key(DATA, made, SPACE, {key_blob(key.public)}) == key_blob(key.public)


def test_any_changed_bit_makes_a_signature_that_nobody_takes():
    """Here as with `ssh-keygen`; where a bit of the armor alone is changed there is no signature at all."""
    rng = random.Random(7)
    blob = blob_of(WELL)
    for number in range(200):
        place = rng.randrange(8 * len(blob))
        changed = bytearray(blob)
        changed[place // 8] ^= 1 << place % 8
        signature = armored(bytes(changed))
        assert signing_key(DATA, signature, SPACE, ALLOWED) is None, place
        if number % 20 == 0:
            assert verify(DATA, signature, SPACE, {"a": [SIGNER.public]}) is None, place


def test_the_end_of_another_key_is_no_ed25519_key():
    """A key that counts may be longer, and end with the 32 bytes of somebody's own key; it is read for what it is."""
    long = field(b"ssh-rsa") + field(b"\1\0\1") + field(b"\1" * 300 + INTRUDER.blob[-32:])
    odd = field(b"ssh-ed25519") + field(b"\0" * 4) + field(INTRUDER.blob[-24:])
    made = parts_of(blob_of(INTRUDER.sign(DATA, SPACE)))
    for key in (long, odd, INTRUDER.blob[:-32] + bytes(32)):
        for size in (len(key), len(INTRUDER.blob)):
            blob = b"SSHSIG\0\0\0\1" + size.to_bytes(4, "big") + key + b"".join(map(field, made[1:]))
            assert signing_key(DATA, armored(blob), SPACE, {key}) is None, key


@pytest.mark.parametrize("namespace", ["", "A", "x" * 65, "a b", "a\n"])
def test_a_purpose_that_can_be_none_is_a_mistake_of_the_program(namespace):
    for signature in (WELL, "no signature"):
        with pytest.raises(ValueError, match="can not be the namespace"):
            signing_key(DATA, signature, namespace, ALLOWED)


REFUSED_KEYS = {
    "a certificate": f"ssh-ed25519-cert-v01@openssh.com {base64.b64encode(field(b'ssh-ed25519-cert-v01@openssh.com')).decode()}",
    "a retired type": "ssh-dss AAAAB3NzaC1kc3M=",
    "another type's bytes": f"ecdsa-sha2-nistp256 {SIGNER.public.split()[1]}",
    "no bytes": "ssh-ed25519 ",
    "no type": SIGNER.public.split()[1],
    "two lines": f"{SIGNER.public}\n{SECOND.public}",
}


@pytest.mark.parametrize("case", REFUSED_KEYS)
def test_a_key_that_is_not_taken_is_refused(case):
    with pytest.raises(UsageProblem, match="can not be used as a key"):
        key_blob(REFUSED_KEYS[case])


def test_a_short_rsa_key_is_refused(tmp_path: Path):
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", str(tmp_path / "k")],
        check=True,
        capture_output=True,
    )
    with pytest.raises(UsageProblem, match="at least 2048 bits"):
        key_blob((tmp_path / "k.pub").read_text().strip())


def test_the_fingerprint_is_the_one_of_ssh_keygen():
    key = ssh_key()
    told = subprocess.run(["ssh-keygen", "-l", "-f", str(key.path)], capture_output=True, check=True, text=True).stdout
    assert fingerprint(key_blob(key.public)) == told.split()[1]


def test_the_key_that_a_signature_names_is_read_whoever_made_it():
    assert signer_blob(INTRUDER.sign(DATA, SPACE)) == INTRUDER.blob
    assert signer_blob("no signature") is None


def test_the_armor_is_that_of_ssh_keygen():
    made = sign(DATA, ssh_key().path, SPACE)
    assert armored(blob_of(made)) == made
