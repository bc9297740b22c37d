"""Sign bytes with a person's SSH key and tell whose listed key made a signature, through `ssh-keygen`.

The public keys come from the people file of the base commit. Who a signature says it is from is never read: its key is
looked up among the listed ones, and `ssh-keygen` then verifies with exactly that key. Certificates are not taken, and
times inside keys or commits have no part in the answer. Source: OpenSSH PROTOCOL.sshsig, ssh-keygen(1).

Example::

    signature = sign(data, Path("~/.ssh/id_ed25519").expanduser(), "rampgate-evidence")
    verify(data, signature, "rampgate-evidence", {"alice": ["ssh-ed25519 AAAA..."]})  # "alice" or None
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rampgate.errors import InvalidInput, Problem, Unreachable

MAX_SIGNATURE_CHARACTERS = 64_000
ARMOR_COLUMNS = 70
MIN_RSA_BYTES = 256
TIMEOUT_SECONDS = 60

KEY_TYPES = frozenset(
    {
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "ssh-rsa",
    }
)

_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9@._-]{0,63}")
_ARMOR = re.compile(
    r"-----BEGIN SSH SIGNATURE-----\n(?P<body>[A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n?",
)
_SIGNER = "signer"


def sign(data: bytes, key: Path, namespace: str) -> str:
    """Return the armored SSH signature of the bytes.

    key: a private key, or a public one whose private half is in the agent. namespace: what the signature is for; a
    signature made for one purpose does not verify for another.
    Raises Unreachable where the key is absent, or needs a passphrase and is not in the agent.
    """
    check_namespace(namespace)
    if not key.is_file():
        raise Unreachable(f"`{key}` is not there; give an SSH key, as in `~/.ssh/id_ed25519`")
    done = ssh_keygen(["-Y", "sign", "-f", str(key.absolute()), "-n", namespace], data)
    if done.returncode != 0 or not done.stdout:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise Unreachable(f"`{key}` could not sign: {lines[-1].strip()}; load it with `ssh-add {key}` and try again")
    return done.stdout.decode("ascii")


def verify(data: bytes, signature: str, namespace: str, allowed: Mapping[str, Sequence[str]]) -> str | None:
    """Return the name of the person whose listed key made this signature of these bytes, or None if nobody's did.

    allowed: person -> public keys as in an `.pub` file (`ssh-ed25519 AAAA... comment`; the comment is not used).
    Raises InvalidInput where a listed key is malformed or listed for two persons, Unreachable without `ssh-keygen`.
    """
    check_namespace(namespace)
    owners = _owners(allowed)
    blob = _signing_key(signature)
    if blob is None or blob not in owners:
        return None
    # INVARIANT: this line is built from a checked type and re-encoded bytes, so no listed text can add words to it.
    line = f'{_SIGNER} namespaces="{namespace}" {key_text(blob)}\n'
    with tempfile.TemporaryDirectory(prefix="rampgate-ssh-") as folder:
        signers, armored = Path(folder, "signers"), Path(folder, "signature")
        signers.write_text(line, encoding="ascii")
        armored.write_text(signature, encoding="ascii")
        words = ["-Y", "verify", "-f", str(signers), "-I", _SIGNER, "-n", namespace, "-s", str(armored)]
        done = ssh_keygen(words, data)
    return owners[blob] if done.returncode == 0 else None


def ssh_keygen(arguments: Sequence[str], data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run `ssh-keygen` on standard input; it asks nobody. Raises Unreachable where it can not run."""
    # A new session has no terminal, and `false` answers every question: nobody is asked, nothing waits.
    environment = dict(os.environ) | {"SSH_ASKPASS": "false", "SSH_ASKPASS_REQUIRE": "force", "LC_ALL": "C"}
    try:
        return subprocess.run(
            ["ssh-keygen", *arguments],
            input=data,
            env=environment,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"`ssh-keygen` gave no answer within {TIMEOUT_SECONDS} seconds") from None
    except OSError as error:
        raise Unreachable(f"ssh-keygen can not be started ({error.strerror}); install OpenSSH 8.2 or later") from error


def check_namespace(namespace: str) -> None:
    """Raise ValueError for a name that can not be the namespace of a signature: the caller's own mistake."""
    if _NAMESPACE.fullmatch(namespace) is None:
        raise ValueError(f"`{namespace}` can not be the namespace of a signature")


def _owners(allowed: Mapping[str, Sequence[str]]) -> dict[bytes, str]:
    owners: dict[bytes, str] = {}
    problems: list[Problem] = []
    for person, keys in allowed.items():
        for key in keys:
            blob, reason = public_key_blob(key)
            if blob is None:
                problems.append(_bad_key(person, key, reason))
            elif owners.setdefault(blob, person) != person:
                problems.append(_bad_key(person, key, f"`{owners[blob]}` has the same key, so it tells nobody apart"))
    if problems:
        raise InvalidInput(problems)
    return owners


def _bad_key(person: str, key: str, reason: str) -> Problem:
    fix = "write type and key as in the `.pub` file"
    message = f"a key of `{person}` can not be used: {reason}; {fix}"
    return Problem("", message, found=ascii(key[:80]), expected="`ssh-ed25519 AAAA...`", fix=fix)


def public_key_blob(text: str) -> tuple[bytes | None, str]:
    """Return the key's bytes, or None and what is wrong with the text."""
    if not text.isprintable():
        return None, "it has a line break or a control character"
    words = text.split(" ", 2)
    if words[0] not in KEY_TYPES:
        return None, f"`{words[0]}` is not a type of key that is taken here"
    try:
        blob = base64.b64decode(words[1] if len(words) > 1 else "", validate=True)
    except (binascii.Error, ValueError):
        return None, "the key is not base64"
    fields = fields_of(blob)
    if not fields or fields[0] != words[0].encode("ascii"):
        return None, "the bytes are not a key of the type that stands before them"
    if words[0] == "ssh-rsa" and (len(fields) != 3 or len(fields[2].lstrip(b"\0")) < MIN_RSA_BYTES):
        return None, f"an RSA key needs at least {MIN_RSA_BYTES * 8} bits"
    return blob, ""


def signature_blob(signature: str) -> bytes | None:
    """Return the bytes of an armored signature, or None where it is not one.

    The layout is `SSHSIG`, a 32-bit version, then the fields public key, namespace, reserved, hash and signature.
    """
    match = _ARMOR.fullmatch(signature) if len(signature) <= MAX_SIGNATURE_CHARACTERS else None
    if match is None:
        return None
    try:
        blob = base64.b64decode(match["body"].replace("\n", ""), validate=True)
    except binascii.Error:
        return None
    return blob if blob.startswith(b"SSHSIG\0\0\0\1") else None


def armored(blob: bytes) -> str:
    """Return the bytes of a signature in the armor of `ssh-keygen`: lines of 70 characters between two marks."""
    text = base64.b64encode(blob).decode("ascii")
    lines = [text[at : at + ARMOR_COLUMNS] for at in range(0, len(text), ARMOR_COLUMNS)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def _signing_key(signature: str) -> bytes | None:
    """Return the public key that an armored signature carries, or None where it is not one."""
    blob = signature_blob(signature)
    fields = fields_of(blob[10:]) if blob is not None else None
    return fields[0] if fields else None


def _type_of(blob: bytes) -> str:
    fields = fields_of(blob)
    assert fields, "the key was read before"
    return fields[0].decode("ascii")


def key_text(blob: bytes) -> str:
    """Return a key as in a `.pub` file, without comment."""
    return f"{_type_of(blob)} {base64.b64encode(blob).decode('ascii')}"


def fields_of(blob: bytes) -> list[bytes] | None:
    """Return the parts of a blob, each preceded by its length in 4 bytes; None where the lengths do not add up."""
    fields: list[bytes] = []
    while blob:
        size = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + size:
            return None
        fields.append(blob[4 : 4 + size])
        blob = blob[4 + size :]
    return fields
