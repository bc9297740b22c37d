"""Tell which listed key made an SSH signature, inside this process: `ssh-keygen` takes milliseconds for each.

Ed25519 signatures, which nearly all are, are checked with `cryptography`; any other type is left to `ssh-keygen`.
Deliberately not here: signing, and who a key belongs to. Source: OpenSSH PROTOCOL.sshsig.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from functools import cache
from typing import Any, Final

from rampgate.adapters.signing import check_namespace, fields_of, key_text, public_key_blob, signature_blob, verify
from rampgate.errors import UsageProblem

_MAGIC: Final = b"SSHSIG"
_HASHES: Final = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}
_ED25519: Final = b"ssh-ed25519"
_KEY: Final = 32
_RAW: Final = 64
"""Bytes of an Ed25519 key, and of what it makes."""
_KEY_BEGINS: Final = len(_MAGIC) + 4 + 4
_OPENS: Final = (
    _MAGIC
    + (1).to_bytes(4, "big")
    + (4 + len(_ED25519) + 4 + _KEY).to_bytes(4, "big")
    + len(_ED25519).to_bytes(4, "big")
    + _ED25519
    + _KEY.to_bytes(4, "big")
)
"""How a signature by an Ed25519 key begins, up to the bytes of the key: version, length of the whole key, its type."""
_KEY_ENDS: Final = len(_OPENS) + _KEY


def key_blob(text: str) -> bytes:
    """Return the bytes of a public key as in a `.pub` file. Raises UsageProblem where it is none that is taken."""
    blob, reason = public_key_blob(text)
    if blob is None:
        raise UsageProblem(f"`{text[:60]}` can not be used as a key: {reason}")
    return blob


def fingerprint(blob: bytes) -> str:
    """Return the fingerprint of a key as `ssh-keygen -l` shows it, `SHA256:...`."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def signer_blob(signature: str) -> bytes | None:
    """Return the public key that an armored signature names, whoever made it; None where it is no signature."""
    blob = signature_blob(signature)
    parts = _parts(blob) if blob is not None else None
    return parts[0] if parts is not None else None


def signing_key(data: bytes, signature: str, namespace: str, allowed: Collection[bytes]) -> bytes | None:
    """Return the key, one of those allowed, that made this armored signature of the data; None if none did."""
    begins, over = _usual(namespace)
    blob = signature_blob(signature)
    if blob is None:
        return None
    is_usual = len(blob) == _KEY_ENDS + len(begins) + _RAW and blob.startswith(_OPENS)
    if not (is_usual and blob.startswith(begins, _KEY_ENDS)):
        return _unusual(blob, data, signature, namespace, allowed)
    key = blob[_KEY_BEGINS:_KEY_ENDS]
    if key not in allowed:
        return None
    return key if _is_made(key[-_KEY:], blob[-_RAW:], over + hashlib.sha512(data).digest()) else None


@cache
def _usual(namespace: str) -> tuple[bytes, bytes]:
    """Return what stands between key and signature, and before the digest in what is signed: Ed25519 over SHA-512.

    Raises ValueError for a name that can be no namespace.
    """
    check_namespace(namespace)
    over = b"".join(map(_field, (namespace.encode(), b"", b"sha512")))
    algorithm = _field(_ED25519)
    begins = over + (len(algorithm) + 4 + _RAW).to_bytes(4, "big") + algorithm + _RAW.to_bytes(4, "big")
    return begins, _MAGIC + over + hashlib.sha512().digest_size.to_bytes(4, "big")


def _field(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _unusual(blob: bytes, data: bytes, signature: str, namespace: str, allowed: Collection[bytes]) -> bytes | None:
    parts = _parts(blob)
    if parts is None or parts[0] not in allowed:
        return None
    key, made_for, reserved, algorithm, made = parts
    if made_for != namespace.encode() or reserved or algorithm not in _HASHES:
        return None
    kind = fields_of(key)
    if not kind or kind[0] != _ED25519:
        return key if verify(data, signature, namespace, {"": [key_text(key)]}) == "" else None
    signed = _MAGIC + b"".join(map(_field, (made_for, reserved, algorithm, _HASHES[algorithm](data).digest())))
    inner = fields_of(made)
    if inner is None or len(inner) != 2 or inner[0] != _ED25519:
        return None
    return key if _is_made(kind[1], inner[1], signed) else None


def _parts(blob: bytes) -> list[bytes] | None:
    found = fields_of(blob[10:])
    return found if found is not None and len(found) == 5 else None


def _is_made(key: bytes, signature: bytes, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - slow to import

    try:
        _ed25519(key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


@cache
def _ed25519(key: bytes) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - slow to import

    return Ed25519PublicKey.from_public_bytes(key)
