"""An envelope of the log has one form: every other one that says the same is refused, each for its own reason."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from rampgate.errors import InvalidInput
from rampgate.formats.dsse import MAX_ENVELOPE_BYTES, pre_authentication_encoding, read_canonical, read_envelope
from worlds.record_shapes import ARMOR, envelope, envelope_values
from worlds.ssh_signer import canonical

PAYLOAD = b'{"a":1}'
WELL = envelope(PAYLOAD)


def values(**changes: Any) -> bytes:
    return canonical(envelope_values(PAYLOAD) | changes)


def signatures(*more: Any, **changes: Any) -> bytes:
    return values(signatures=[envelope_values(PAYLOAD)["signatures"][0] | changes, *more])


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


NOT_CANONICAL = "it is not canonical JSON"
JSON = r"it can not be read as JSON"
EXACTLY = "an envelope holds exactly `payload`, `payloadType` and `signatures`"
ONE = "an envelope holds exactly one signature"
OF_A_SIGNATURE = "a signature holds exactly `keyid` and `sig`"
BASE64 = "the payload is not base64 in its one form"
SIGNATURE_BASE64 = "the signature is not base64 in its one form"

MALFORMED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", JSON),
    "no JSON": (b"DSSE", JSON),
    "cut short": (WELL[:-1], JSON),
    "two values": (WELL + WELL, JSON),
    "a byte order mark": (b"\xef\xbb\xbf" + WELL, NOT_CANONICAL),
    "UTF-16": (WELL.decode().encode("utf-16"), NOT_CANONICAL),
    "bytes that are no UTF-8": (WELL.replace(b"SHA256:x", b"SHA256:\xff"), JSON),
    "a lone surrogate": (WELL.replace(b"SHA256:x", b"\\ud800"), JSON),
    "a list": (b"[" + WELL + b"]", "it holds no object"),
    "a line break at the end": (WELL + b"\n", NOT_CANONICAL),
    "Windows line ends": (json.dumps(json.loads(WELL), indent=1, sort_keys=True).replace("\n", "\r\n").encode(), NOT_CANONICAL),
    "spaces": (json.dumps(json.loads(WELL), sort_keys=True).encode(), NOT_CANONICAL),
    "a space in front": (b" " + WELL, NOT_CANONICAL),
    "keys in another order": (json.dumps(dict(reversed(json.loads(WELL).items())), separators=(",", ":")).encode(), NOT_CANONICAL),
    "a key twice, the same": (WELL[:-1] + b',"signatures":' + json.dumps(json.loads(WELL)["signatures"], separators=(",", ":")).encode() + b"}", NOT_CANONICAL),
    "a key twice, the first another": (b'{"payload":"QQ==",' + WELL[1:], NOT_CANONICAL),
    "an escape that is not needed": (WELL.replace(b"SHA256:x", b"SHA256:\\u0078"), NOT_CANONICAL),
    "an escaped slash": (WELL.replace(b"application/vnd", b"application\\/vnd"), NOT_CANONICAL),
    "letters as escapes": (WELL.replace(b"SHA256:x", b"SHA256:\\u00e9"), NOT_CANONICAL),
    "NaN": (WELL.replace(b'"SHA256:x"', b"NaN"), JSON),
    "infinity": (WELL.replace(b'"SHA256:x"', b"-Infinity"), JSON),
    "a decimal number": (WELL.replace(b'"SHA256:x"', b"1.5"), JSON),
    "a number with an exponent": (WELL.replace(b'"SHA256:x"', b"1e3"), JSON),
    "a number of 5000 digits": (WELL.replace(b'"SHA256:x"', b"9" * 5000), JSON),
    "nested without end": (b'{"payload":' + b"[" * 100_000 + b"]" * 100_000 + b"}", JSON),
    "nested keys without end": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, JSON),
    "too many bytes": (b" " * (MAX_ENVELOPE_BYTES + 1), r"it has 4,194,305 bytes; at most 4,194,304 are read"),
    "another key": (values(more=1), EXACTLY),
    "no payload": (canonical({k: v for k, v in envelope_values(PAYLOAD).items() if k != "payload"}), EXACTLY),
    "no signatures": (canonical({k: v for k, v in envelope_values(PAYLOAD).items() if k != "signatures"}), EXACTLY),
    "another case of a key": (WELL.replace(b"payloadType", b"payloadtype"), EXACTLY),
    "another type of payload": (values(payloadType="application/json"), "the payload type is not"),
    "a payload type with parameters": (values(payloadType="application/vnd.in-toto+json; v=1"), "the payload type is not"),
    "a payload type that is null": (values(payloadType=None), "the payload type is not"),
    "signatures that are none": (values(signatures=[]), ONE),
    "two signatures": (signatures(envelope_values(PAYLOAD)["signatures"][0]), ONE),
    "signatures by name": (values(signatures={"0": {}}), ONE),
    "a signature that is a text": (values(signatures=["sig"]), OF_A_SIGNATURE),
    "a signature with a certificate": (signatures(cert="x"), OF_A_SIGNATURE),
    "a signature without a key id": (values(signatures=[{"sig": encoded(ARMOR)}]), OF_A_SIGNATURE),
    "a key id that is a number": (signatures(keyid=1), OF_A_SIGNATURE),
    "a payload that is a number": (values(payload=1), BASE64),
    "an empty payload": (values(payload=""), BASE64),
    "a payload without padding": (values(payload="eyJhIjoxfQ"), BASE64),
    "a payload with spare bits": (values(payload="eyJhIjoxfR=="), BASE64),
    "a payload in URL-safe base64": (values(payload="_-8="), BASE64),
    "a payload with a line break": (values(payload="eyJhI\njoxfQ=="), BASE64),
    "a payload with text behind its padding": (values(payload="eyJhIjoxfQ==eyJh"), BASE64),
    "a payload beyond ASCII": (values(payload="é"), BASE64),
    "a signature with spare bits": (signatures(sig=encoded(ARMOR + "x")[:-2] + "B="), SIGNATURE_BASE64),
    "an empty signature": (signatures(sig=""), SIGNATURE_BASE64),
    "a signature beyond ASCII": (signatures(sig=encoded("é")), "the signature is no armored SSH signature"),
}  # fmt: skip


@pytest.mark.parametrize("shape", MALFORMED)
def test_G12_a_malformed_envelope_is_refused_for_its_reason(shape):
    data, reason = MALFORMED[shape]
    with pytest.raises(InvalidInput, match=reason) as caught:
        read_envelope(data, "log/x.json")
    assert [problem.path for problem in caught.value.problems] == ["log/x.json"]


def test_the_one_form_is_read_as_it_was_written():
    read = read_envelope(WELL, "log/x.json")
    assert (read.payload, read.keyid, read.signature) == (PAYLOAD, "SHA256:x", ARMOR)


def test_what_is_signed_is_the_encoding_of_the_specification():
    """The example of the DSSE protocol, and one whose lengths are of bytes, not of letters."""
    assert pre_authentication_encoding("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pre_authentication_encoding("é", "é".encode()) == "DSSEv1 2 é 2 é".encode()


WRITERS: dict[str, Callable[[Any], bytes]] = {
    "spaces": lambda value: json.dumps(value, sort_keys=True, ensure_ascii=False).encode(),
    "escapes": lambda value: json.dumps(value, sort_keys=True, separators=(",", ":")).encode(),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_only_the_canonical_text_of_a_value_is_read(writer):
    value = {"name": "é", "list": [1, None, True]}
    assert read_canonical(canonical(value), "x") == value
    with pytest.raises(InvalidInput, match=NOT_CANONICAL):
        read_canonical(WRITERS[writer](value), "x")
