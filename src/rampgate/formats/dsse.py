"""DSSE envelopes with one SSH signature over an in-toto statement, strictly read.

An envelope is one canonical JSON text (RFC 8785) of exactly `payload`, `payloadType` and one signature of exactly
`keyid` and `sig`: what reads otherwise is refused, for a log in which one record can be written in two ways can not be
held against a digest. Deliberately not here: writing them (`rampgate.app.history.seal`). Source: DSSE envelope v1 and
protocol v1, in-toto attestation framework v1.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from pydantic import ConfigDict, TypeAdapter

from rampgate.errors import InvalidInput, Problem

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
MAX_ENVELOPE_BYTES: Final = 4 << 20
_OPENS: Final = b'{"payload":'
_NAMES: Final = b',"payloadType":"%s","signatures":[{"keyid":"' % PAYLOAD_TYPE.encode()
_SIGNS: Final = b'","sig":'
_CLOSES: Final = b"}]}"
_KEYID: Final = re.compile(rb"[A-Za-z0-9+/=:]*")
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False)
_BASE64: Final = TypeAdapter(bytes, config=ConfigDict(val_json_bytes="base64", defer_build=True))


@dataclass(frozen=True, slots=True)
class Envelope:
    """A read envelope. payload: exact bytes; signature: armored, as `ssh-keygen -Y verify` takes it."""

    payload: bytes
    keyid: str
    signature: str

    @property
    def signed(self) -> bytes:
        """Return the bytes that the signature covers."""
        return pre_authentication_encoding(PAYLOAD_TYPE, self.payload)


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that a DSSE signature covers.

    Source: DSSE protocol v1, "PAE": `DSSEv1 SP LEN(type) SP type SP LEN(body) SP body`.
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def read_envelope(data: bytes, path: str) -> Envelope:
    """Return an envelope. Raises InvalidInput where it is not written in its one form; see `app.history.seal`."""
    usual = _usual(data)
    if usual is not None:
        return usual
    value = read_canonical(data, path)
    if set(value) != {"payload", "payloadType", "signatures"}:
        raise _refused(path, "an envelope holds exactly `payload`, `payloadType` and `signatures`")
    if value["payloadType"] != PAYLOAD_TYPE:
        raise _refused(path, f"the payload type is not `{PAYLOAD_TYPE}`")
    signatures = value["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise _refused(path, "an envelope holds exactly one signature")
    one = signatures[0]
    if not isinstance(one, dict) or set(one) != {"keyid", "sig"} or not isinstance(one["keyid"], str):
        raise _refused(path, "a signature holds exactly `keyid` and `sig`")
    return _envelope(value["payload"], one["keyid"], one["sig"], path)


def _usual(data: bytes) -> Envelope | None:
    """Return an envelope in its one form, None for what must be looked at closely before it is taken or refused.

    To take it apart as JSON would take a quarter of all reading. Between the fixed parts stand two texts that are the
    base64 of what they give, and a key id without anything to escape; so the whole is canonical.
    """
    if len(data) > MAX_ENVELOPE_BYTES or not (data.startswith(_OPENS) and data.endswith(_CLOSES)):
        return None
    payload, names, rest = data[len(_OPENS) : -len(_CLOSES)].partition(_NAMES)
    keyid, signs, made = rest.partition(_SIGNS)
    if not (names and signs and _KEYID.fullmatch(keyid)):
        return None
    body, signature = _decoded(payload), _decoded(made)
    if not body or not signature or not signature.isascii():
        return None
    return Envelope(body, keyid.decode("ascii"), signature.decode("ascii"))


def _decoded(text: bytes) -> bytes:
    """Return what a base64 text of JSON gives, with its quotation marks; nothing where it is not in its one form."""
    try:
        # Four times as fast as `binascii` is, for texts of this length.
        data = _BASE64.validate_json(text)
    except ValueError:
        return b""
    # Escapes, other alphabets and spare bits of the last letter: another text can give the same bytes.
    return data if b'"%s"' % binascii.b2a_base64(data, newline=False) == text else b""


def _envelope(payload: Any, keyid: str, made: Any, path: str) -> Envelope:
    body, signature = _of_value(payload, path, "the payload"), _of_value(made, path, "the signature")
    if not signature.isascii():
        raise _refused(path, "the signature is no armored SSH signature")
    return Envelope(body, keyid, signature.decode("ascii"))


def _of_value(text: Any, path: str, what: str) -> bytes:
    data = _decoded(b'"%s"' % text.encode()) if isinstance(text, str) else b""
    if not data:
        raise _refused(path, f"{what} is not base64 in its one form")
    return data


def read_canonical(data: bytes, path: str) -> dict[str, Any]:
    """Return the object that canonical JSON holds. Raises InvalidInput where the bytes are not canonical.

    Whole numbers only: what is decided by is never rounded. To write the value again and to compare finds repeated
    keys, other orders, spaces and escapes at once; the keys of records are ASCII, for which the orders agree.
    """
    if len(data) > MAX_ENVELOPE_BYTES:
        raise _refused(path, f"it has {len(data):,} bytes; at most {MAX_ENVELOPE_BYTES:,} are read")
    try:
        value = json.loads(data, parse_float=_refuse_number, parse_constant=_refuse_number)
        again = canonical_text(value)
    except (ValueError, RecursionError) as error:
        raise _refused(path, f"it can not be read as JSON ({type(error).__name__})") from None
    if not isinstance(value, dict):
        raise _refused(path, "it holds no object")
    if again != data:
        raise _refused(path, "it is not canonical JSON")
    return value


def canonical_text(value: Any) -> bytes:
    """Return the canonical JSON (RFC 8785) of values whose keys are ASCII and whose numbers are whole.

    So it is held against what was read, without the time that loading `rfc8785` takes at every gate.
    """
    return _CANONICAL.encode(value).encode()


def statement(
    subject: Sequence[Mapping[str, Any]], predicate_type: str, predicate: Mapping[str, Any]
) -> dict[str, Any]:
    """Return an in-toto statement as plain values."""
    return {"_type": STATEMENT_TYPE, "subject": list(subject), "predicateType": predicate_type, "predicate": predicate}


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"`{text}` is no whole number")


def _refused(path: str, message: str) -> InvalidInput:
    return InvalidInput([Problem(path, message, fix="restore the branch from a clone that verifies")])
