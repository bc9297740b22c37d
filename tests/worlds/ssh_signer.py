"""Makes SSH signatures and DSSE envelopes without any code under test: `cryptography` signs, the layout is written here.

A signature by `ssh-keygen` takes 8 ms, one of these a tenth of one. Source: OpenSSH PROTOCOL.sshsig, DSSE protocol v1.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

DECISION = "rampgate-decision"
CHECKPOINT = "rampgate-checkpoint"
PAYLOAD_TYPE = "application/vnd.in-toto+json"


def field(data: bytes) -> bytes:
    """A string as SSH writes it: its length in four bytes, then itself."""
    return len(data).to_bytes(4, "big") + data


@dataclass(frozen=True)
class Signer:
    """A person or a machine with an Ed25519 key, which follows from the name."""

    name: str

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"rampgate test key " + self.name.encode()).digest())

    @cached_property
    def blob(self) -> bytes:
        """The public key as SSH writes it."""
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return field(b"ssh-ed25519") + field(raw)

    @property
    def public(self) -> str:
        """The public key as in a `.pub` file, without comment."""
        return f"ssh-ed25519 {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """What `ssh-keygen -l` shows."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def private_file(self) -> bytes:
        """The private key as a file that `ssh-keygen` takes."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())

    def sign(self, data: bytes, namespace: str) -> str:
        """An armored signature of the data, as `ssh-keygen -Y sign` writes it."""
        text = base64.b64encode(self.signature(data, namespace)).decode()
        lines = [text[start : start + 70] for start in range(0, len(text), 70)]
        return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])

    def signature(self, data: bytes, namespace: str) -> bytes:
        """What the armor holds."""
        parts = field(namespace.encode()) + field(b"") + field(b"sha512")
        made = self._private.sign(b"SSHSIG" + parts + field(hashlib.sha512(data).digest()))
        inner = field(b"ssh-ed25519") + field(made)
        return b"SSHSIG" + (1).to_bytes(4, "big") + field(self.blob) + parts + field(inner)

    def note(self, text: str, name: str, *, namespace: str = CHECKPOINT) -> bytes:
        """A signed note (C2SP) with this one signature. name: of the key, as the line says it."""
        kind = b"\xffsshsig/rampgate-checkpoint\n"
        key_id = hashlib.sha256(name.encode() + b"\n" + kind + self.blob).digest()[:4]
        made = base64.b64encode(key_id + self.signature(text.encode(), namespace)).decode()
        return f"{text}\n\u2014 {name} {made}\n".encode()

    def envelope(self, payload: bytes, *, namespace: str = DECISION, payload_type: str = PAYLOAD_TYPE) -> bytes:
        """A DSSE envelope around the payload, as canonical JSON."""
        kind = payload_type.encode()
        signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        signature = self.sign(signed, namespace)
        return canonical(
            {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": payload_type,
                "signatures": [{"keyid": self.fingerprint, "sig": base64.b64encode(signature.encode()).decode()}],
            }
        )


def canonical(value: Any) -> bytes:
    """Canonical JSON of values that hold ASCII keys, texts and whole numbers alone."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


SIGNER = Signer("recorder")
"""Signs records."""
SECOND = Signer("recorder-2")
"""Signs records after a change of keys."""
WITNESS = Signer("witness")
"""Signs checkpoints."""
INTRUDER = Signer("intruder")
"""Is listed nowhere."""
