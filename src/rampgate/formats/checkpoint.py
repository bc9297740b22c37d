r"""Checkpoints to bytes and back: a C2SP tlog-checkpoint, which is a C2SP signed note.

The text is six lines: origin, size, base64 of the digest of the newest record, and three extension lines. The first of
these says what the format leaves open and what readers of Merkle trees must know: the digest is no root of a tree.
Then an empty line, and 1 to 16 signature lines::

    github.com/acme/models/decisions
    43
    uU0nuZNNePgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzk=
    rampgate/checkpoint/v1 hash chain: the hash is the SHA-256 of the newest record, not the root of a Merkle tree
    decisions 5f1d3c0c3f0b2a7f9f0a8a1e6f7f0b3f6d4c2e10
    covered 0a9e4f1d7c3b2a1908f7e6d5c4b3a29181706f5e

    — github.com/acme/models/decisions/witness/auditor JmnHblNTSFNJRwAAAAE...

An SSH signature has no type of its own in signed notes, so it is of type 0xff with the name `ALGORITHM` behind it: the
key id is the first four bytes of SHA-256(key name, newline, 0xff, `ALGORITHM`, newline, public key as in a `.pub` file,
decoded), and the signature is the SSHSIG blob, over the text, that `ssh-keygen -Y sign` armors. Source:
c2sp.org/tlog-checkpoint, c2sp.org/signed-note, OpenSSH PROTOCOL.sshsig.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Final

from rampgate.errors import InvalidInput, Problem
from rampgate.model.checkpoint import Checkpoint, NoteSignature

NAMESPACE: Final = "rampgate-checkpoint"
"""The SSH signature namespace of checkpoints: a signature made for anything else is refused."""

ALGORITHM: Final = "sshsig/rampgate-checkpoint"
MAX_BYTES: Final = 1 << 18
MAX_SIGNATURES: Final = 16
_KIND: Final = (
    "rampgate/checkpoint/v1 hash chain: the hash is the SHA-256 of the newest record, not the root of a Merkle tree"
)
_NAME: Final = r"[!-*,-~]{1,300}"  # visible ASCII without `+`
_TEXT: Final = re.compile(
    rf"(?P<origin>{_NAME})\n(?P<size>[1-9][0-9]{{0,5}}|1000000)\n(?P<hash>[A-Za-z0-9+/]{{43}}=)\n{re.escape(_KIND)}\n"
    r"decisions (?P<commit>[0-9a-f]{40}|[0-9a-f]{64})\ncovered (?P<covered>[0-9a-f]{40}|[0-9a-f]{64})\n"
)
_LINE: Final = re.compile(rf"\u2014 (?P<name>{_NAME}) (?P<signature>[A-Za-z0-9+/]+={{0,2}})")


def text_of(checkpoint: Checkpoint) -> bytes:
    """Return the text of a checkpoint, which is what its signatures cover."""
    return (
        f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(bytes.fromhex(checkpoint.head)).decode()}\n{_KIND}\n"
        f"decisions {checkpoint.commit}\ncovered {checkpoint.covered}\n"
    ).encode()


def checkpoint_bytes(checkpoint: Checkpoint) -> bytes:
    """Return a checkpoint with its signatures, as it is kept."""
    lines = "".join(
        f"\u2014 {each.name} {base64.b64encode(each.key_id + each.signature).decode()}\n"
        for each in checkpoint.signatures
    )
    return text_of(checkpoint) + b"\n" + lines.encode()


def key_id(name: str, key: bytes) -> bytes:
    """Return the four bytes by which signature lines name an SSH key. key: as in a `.pub` file, decoded."""
    return hashlib.sha256(b"%s\n\xff%s\n%s" % (name.encode(), ALGORITHM.encode(), key)).digest()[:4]


def read_checkpoint(data: bytes, path: str) -> Checkpoint:
    """Return the checkpoint that a file holds; its signatures are not looked at here.

    Raises InvalidInput where it is not exactly what `checkpoint_bytes` writes.
    """
    if len(data) > MAX_BYTES:
        raise _refused(path, f"it has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        text, gap, lines = data.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise _refused(path, "it is no UTF-8 text") from None
    found = _TEXT.fullmatch(f"{text}\n" if gap else text)
    if found is None:
        raise _refused(path, "its text is not that of a checkpoint of a decision history", found=text[:80])
    if not gap or not lines.endswith("\n"):
        raise _refused(path, "after the text come an empty line and lines with signatures, each ended by a line break")
    signatures = tuple(_signature(line, path) for line in lines[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise _refused(path, f"it has {len(signatures)} signatures; at most {MAX_SIGNATURES} are read")
    head = base64.b64decode(found["hash"]).hex()
    made = Checkpoint(found["origin"], int(found["size"]), head, found["commit"], found["covered"], signatures)
    # Base64 has spare bits in its last character: another text can give the same bytes.
    if checkpoint_bytes(made) != data:
        raise _refused(path, "its base64 is not in its one form")
    return made


def _signature(line: str, path: str) -> NoteSignature:
    found = _LINE.fullmatch(line)
    if found is None:
        raise _refused(path, "a line with a signature is `\u2014 NAME BASE64`", found=line[:80])
    try:
        made = base64.b64decode(found["signature"], validate=True)
    except binascii.Error:
        raise _refused(path, "a signature is not base64", found=line[:80]) from None
    if len(made) <= 4:
        raise _refused(path, "a signature is four bytes that name the key, and more behind them", found=line[:80])
    return NoteSignature(found["name"], made[:4], made[4:])


def _refused(path: str, message: str, found: str = "") -> InvalidInput:
    fix = "take the file as `rampgate audit checkpoint` wrote it"
    return InvalidInput([Problem(path, message, found=ascii(found) if found else "", fix=fix)])
