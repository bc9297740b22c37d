"""Whose listed key signed these bytes: nothing that the signature or the key text says about itself counts."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from rampgate.adapters.signing import sign, verify
from rampgate.errors import InvalidInput, Unreachable

DATA = b"counts: 12 of 40\n"
SPACE = "rampgate-evidence"

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


def make_key(folder, name, *words, passphrase=""):
    key = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-N", passphrase, "-C", name, "-f", str(key), *(words or ("-t", "ed25519"))], check=True
    )
    return key, (folder / f"{name}.pub").read_text().strip()


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return {name: make_key(folder, name) for name in ("alice", "bob", "mallory")}


@pytest.fixture
def allowed(keys):
    return {name: [keys[name][1]] for name in ("alice", "bob")}


@pytest.fixture(autouse=True)
def no_agent(monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_the_person_whose_key_signed_is_named(keys, allowed, name):
    assert verify(DATA, sign(DATA, keys[name][0], SPACE), SPACE, allowed) == name


@pytest.mark.parametrize(
    "words", [("-t", "ecdsa", "-b", "256"), ("-t", "ecdsa", "-b", "521"), ("-t", "rsa", "-b", "2048")]
)
def test_other_types_of_key_work_as_well(tmp_path, words):
    key, public = make_key(tmp_path, "k", *words)
    assert verify(DATA, sign(DATA, key, SPACE), SPACE, {"alice": [public]}) == "alice"


def test_a_key_that_is_not_listed_is_nobody(keys, allowed):
    assert verify(DATA, sign(DATA, keys["mallory"][0], SPACE), SPACE, allowed) is None
    assert verify(DATA, sign(DATA, keys["alice"][0], SPACE), SPACE, {}) is None


def test_changed_bytes_are_not_signed(keys, allowed):
    assert verify(DATA + b" ", sign(DATA, keys["alice"][0], SPACE), SPACE, allowed) is None


def test_a_signature_for_another_purpose_does_not_count(keys, allowed):
    assert verify(DATA, sign(DATA, keys["alice"][0], "git"), SPACE, allowed) is None


def test_another_public_key_put_into_a_signature_does_not_count(keys, allowed):
    """The looked-up key is Bob's, the signature is Alice's: verification is with Bob's key and fails."""
    signature = sign(DATA, keys["alice"][0], SPACE)
    blob = base64.b64decode("".join(signature.splitlines()[1:-1]))
    alice, bob = (base64.b64decode(keys[name][1].split()[1]) for name in ("alice", "bob"))
    assert alice in blob
    swapped = base64.encodebytes(blob.replace(alice, bob)).decode()
    text = f"-----BEGIN SSH SIGNATURE-----\n{swapped.strip()}\n-----END SSH SIGNATURE-----\n"
    assert verify(DATA, text, SPACE, allowed) is None


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "x",
        "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n",
        "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n",
        "-----BEGIN SSH SIGNATURE-----\n=\n-----END SSH SIGNATURE-----\n",
        "A" * 70_000,
        "\u00e9",
        "\udc80",
    ],
)
def test_what_is_no_signature_is_nobody(allowed, signature):
    assert verify(DATA, signature, SPACE, allowed) is None


BAD_KEYS = {
    "a second line": "{key}\nalice {mallory}",
    "a carriage return": "{key}\ralice {mallory}",
    "a principal before the key": "mallory {mallory}",
    "an option before the key": "cert-authority {mallory}",
    "an option and principals": '* cert-authority,namespaces="*" {mallory}',
    "no key": "ssh-ed25519",
    "not base64": "ssh-ed25519 not*base64",
    "another type's bytes": "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIPOsYcm9GkDXyPQ2PQ1zQpX1vGsaHmGsEY1XUGCgGvPB",
    "a certificate": "ssh-ed25519-cert-v01@openssh.com AAAA",
    "a retired type": "ssh-dss AAAAB3NzaC1kc3M=",
    "nothing": "",
    "a line separator": "{key}\u2028x",
}


@pytest.mark.parametrize("case", BAD_KEYS)
def test_a_hostile_key_text_is_refused_and_adds_no_signer(keys, case):
    text = BAD_KEYS[case].format(key=keys["alice"][1], mallory=keys["mallory"][1])
    signature = sign(DATA, keys["mallory"][0], SPACE)
    with pytest.raises(InvalidInput, match="a key of `alice` can not be used"):
        verify(DATA, signature, SPACE, {"alice": [text]})


def test_the_comment_of_a_key_says_nothing(keys):
    text = f'{keys["alice"][1]} cert-authority namespaces="*" {keys["mallory"][1]}'
    assert verify(DATA, sign(DATA, keys["mallory"][0], SPACE), SPACE, {"alice": [text]}) is None
    assert verify(DATA, sign(DATA, keys["alice"][0], SPACE), SPACE, {"alice": [text]}) == "alice"


def test_the_name_of_a_person_is_never_given_to_ssh_keygen(keys):
    person = 'x namespaces="*" \n*'
    assert verify(DATA, sign(DATA, keys["alice"][0], SPACE), SPACE, {person: [keys["alice"][1]]}) == person


def test_A9_a_key_of_two_persons_is_refused(keys):
    with pytest.raises(InvalidInput, match="`alice` has the same key"):
        verify(DATA, "", SPACE, {"alice": [keys["alice"][1]], "bob": [keys["alice"][1]]})


def test_A9_two_keys_of_one_person_are_one_person(keys):
    allowed = {"alice": [keys["alice"][1], keys["bob"][1], keys["bob"][1]]}
    assert verify(DATA, sign(DATA, keys["bob"][0], SPACE), SPACE, allowed) == "alice"


def test_a_short_rsa_key_is_refused(tmp_path):
    _, public = make_key(tmp_path, "k", "-t", "rsa", "-b", "1024")
    with pytest.raises(InvalidInput, match="at least 2048 bits"):
        verify(DATA, "", SPACE, {"alice": [public]})


def test_C10_a_certificate_that_a_listed_key_issued_is_not_that_key(keys, tmp_path):
    """Certificates carry names and times of their own, checked against a date that a commit's author chooses."""
    make_key(tmp_path, "k")
    subprocess.run(
        ["ssh-keygen", "-q", "-s", str(keys["alice"][0]), "-I", "alice", "-n", "alice", str(tmp_path / "k.pub")],
        check=True,
    )
    (tmp_path / "k.pub").write_bytes((tmp_path / "k-cert.pub").read_bytes())
    signature = sign(DATA, tmp_path / "k", SPACE)
    assert verify(DATA, signature, SPACE, {"alice": [keys["alice"][1]]}) is None


def test_a_key_that_is_absent_is_unreachable(tmp_path):
    with pytest.raises(Unreachable, match="is not there"):
        sign(DATA, tmp_path / "absent", SPACE)


def test_a_key_with_a_passphrase_and_no_agent_says_ssh_add_and_asks_nobody(tmp_path):
    key, _ = make_key(tmp_path, "k", passphrase="twelve words")
    with pytest.raises(Unreachable, match="ssh-add"):
        sign(DATA, key, SPACE)


def test_a_key_whose_name_begins_with_a_dash_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    key, public = make_key(tmp_path, "k")
    key.rename(tmp_path / "-k")
    assert verify(DATA, sign(DATA, Path("-k"), SPACE), SPACE, {"alice": [public]}) == "alice"


@pytest.mark.parametrize("namespace", ["", '"', "a b", "a\nb", "-x", "*"])
def test_a_namespace_that_could_be_more_is_a_mistake_of_the_program(allowed, namespace):
    with pytest.raises(ValueError, match="can not be the namespace"):
        verify(DATA, "", namespace, allowed)
