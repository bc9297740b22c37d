"""Writes a record as it lies in the log: its statement in a DSSE envelope, signed with an SSH key.

The envelope is built with `securesystemslib`, and read back with our own strict reader before it is handed out, so
that nothing is ever written that a later reader refuses. Example::

    data = seal(record, Path("history-key"))  # the bytes of `log/0000/000042-credit-risk-2.0.0-canary.json`
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rampgate.adapters.signing import sign
from rampgate.adapters.sshsig import fingerprint, signer_blob, signing_key
from rampgate.errors import Unreachable
from rampgate.formats.dsse import PAYLOAD_TYPE
from rampgate.formats.record import NAMESPACE, log_path, payload_of, read_record
from rampgate.model.record import Record

if TYPE_CHECKING:
    from securesystemslib.signer import Key, SecretsHandler, Signer


def seal(record: Record, key: Path) -> bytes:
    """Return the signed envelope of a record, as canonical bytes; `keyid` is the fingerprint of the key.

    key: a private SSH key without a passphrase, or one that the agent holds.
    Raises Unreachable where the key can not sign, InvalidInput for a record that could not be read back.
    """
    import rfc8785  # noqa: PLC0415 - only what writes pays for it
    from securesystemslib.dsse import Envelope  # noqa: PLC0415 - slow to import

    envelope = Envelope(payload_of(record), PAYLOAD_TYPE, {})
    envelope.sign(_signer(key))
    data = rfc8785.dumps(envelope.to_dict())
    read = read_record(data, log_path(record)).envelope
    if signing_key(read.signed, read.signature, NAMESPACE, {signer_blob(read.signature) or b""}) is None:
        raise Unreachable(f"`{key}` made a signature that does not verify; is it an SSH key of a type that is taken?")
    return data


def _signer(key: Path) -> Signer:
    """Return what signs for `securesystemslib` with an SSH key, in the namespace of records."""
    from securesystemslib.signer import Signature, Signer  # noqa: PLC0415 - slow to import

    class SshSigner(Signer):
        """Signs with `ssh-keygen`; it knows its key by the signature alone."""

        @classmethod
        def from_priv_key_uri(
            cls, priv_key_uri: str, public_key: Key, secrets_handler: SecretsHandler | None = None
        ) -> Signer:
            raise NotImplementedError("a key is given as a file, not as an address")

        @property
        def public_key(self) -> Key:
            raise NotImplementedError("a public key comes from `policies/history.yaml`, never from who signs")

        def sign(self, payload: bytes) -> Signature:
            armored = sign(payload, key, NAMESPACE)
            return Signature(fingerprint(signer_blob(armored) or b""), armored.encode().hex())

    return SshSigner()
