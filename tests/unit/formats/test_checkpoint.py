"""A checkpoint has one form, and counts by the signature of a witness over its text alone."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest

from rampgate.adapters.signing import signature_blob
from rampgate.app.history.checkpoint import witness_of
from rampgate.errors import InvalidInput
from rampgate.formats.checkpoint import MAX_BYTES, checkpoint_bytes, key_id, read_checkpoint, text_of
from rampgate.model.checkpoint import Checkpoint, NoteSignature, origin_of, witness_name
from rampgate.model.history import HistorySettings
from rampgate.model.sourced import Missing
from worlds.ssh_signer import INTRUDER, SIGNER, WITNESS, Signer

HEAD = hashlib.sha256(b"the newest record").hexdigest()
ORIGIN = "github.com/acme/models/decisions"
NAME = f"{ORIGIN}/witness/auditor"
PLAIN = Checkpoint(ORIGIN, 43, HEAD, "5" * 40, "0" * 40)


def settings(**fields: Any) -> HistorySettings:
    auditor = {"name": "auditor", "key": WITNESS.public, **fields}
    value = {
        "schema": "rampgate/history/v1",
        "repository": "github.com/acme/models",
        "signers": [{"name": "recorder", "key": SIGNER.public}],
        "witnesses": [auditor],
    }
    return HistorySettings.model_validate(value)


def signed(
    checkpoint: Checkpoint = PLAIN,
    signer: Signer = WITNESS,
    *,
    name: str = NAME,
    namespace: str = "rampgate-checkpoint",
    over: Checkpoint | None = None,
    id_: bytes | None = None,
) -> Checkpoint:
    """A checkpoint with one more signature; `over` is what was really signed, `id_` the key id that its line gives."""
    made = signature_blob(signer.sign(text_of(over or checkpoint), namespace))
    assert made is not None
    line = NoteSignature(name, id_ or key_id(name, signer.blob), made)
    return replace(checkpoint, signatures=(*checkpoint.signatures, line))


WELL = checkpoint_bytes(signed())
TEXT, _, LINES = WELL.partition(b"\n\n")
HASH = base64.b64encode(bytes.fromhex(HEAD))


def test_the_text_is_that_of_the_specification():
    """Source: c2sp.org/tlog-checkpoint; the lines are written out here."""
    origin, size, root, kind, commit, covered, *more = text_of(PLAIN).decode().split("\n")
    assert (origin, size, root) == (ORIGIN, "43", HASH.decode())
    assert kind == (
        "rampgate/checkpoint/v1 hash chain: the hash is the SHA-256 of the newest record, not the root of a Merkle tree"
    )
    assert (commit, covered, more) == ("decisions " + "5" * 40, "covered " + "0" * 40, [""])


def test_the_line_of_a_signature_is_a_signed_note():
    """Source: c2sp.org/signed-note: em dash, name, base64 of the key id and the signature; type 0xff has a longer name."""
    found = re.fullmatch(r"\u2014 (\S+) (\S+)\n", LINES.decode())
    assert found
    made = base64.b64decode(found[2])
    key = NAME.encode() + b"\n\xff" + b"sshsig/rampgate-checkpoint\n" + WITNESS.blob
    assert (found[1], made[:4], made[4:10]) == (NAME, hashlib.sha256(key).digest()[:4], b"SSHSIG")


def test_what_is_written_is_read_back_equal():
    made = signed(signed())
    assert read_checkpoint(checkpoint_bytes(made), "x") == made


MALFORMED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "its text is not that of a checkpoint"),
    "a byte order mark": (b"\xef\xbb\xbf" + WELL, "its text is not"),
    "bytes that are no UTF-8": (b"\xff" + WELL, "it is no UTF-8 text"),
    "Windows line ends": (WELL.replace(b"\n", b"\r\n"), "its text is not"),
    "no origin": (WELL.replace(ORIGIN.encode() + b"\n", b"\n", 1), "its text is not"),
    "an origin with a space": (b"a " + WELL, "its text is not"),
    "an origin with a plus": (b"a+" + WELL, "its text is not"),
    "an origin with a control character": (b"a\x00" + WELL, "its text is not"),
    "a size of none": (WELL.replace(b"\n43\n", b"\n0\n"), "its text is not"),
    "a size with a leading zero": (WELL.replace(b"\n43\n", b"\n043\n"), "its text is not"),
    "a size below none": (WELL.replace(b"\n43\n", b"\n-43\n"), "its text is not"),
    "a size in other digits": (WELL.replace(b"\n43\n", "\n４３\n".encode()), "its text is not"),
    "a size beyond all places": (WELL.replace(b"\n43\n", b"\n1000001\n"), "its text is not"),
    "a hash without padding": (WELL.replace(HASH, HASH.rstrip(b"=")), "its text is not"),
    "a hash that is too short": (WELL.replace(HASH, b"QUJD"), "its text is not"),
    "a hash with spare bits": (WELL.replace(HASH[-2:] + b"\n", bytes([HASH[-2] + 1]) + b"=\n", 1), "base64 is not in its one form"),
    "a hash in hexadecimal": (WELL.replace(HASH, HEAD.encode()), "its text is not"),
    "a checkpoint of a Merkle tree": (b"example.com/log\n43\n" + HASH + b"\n\n" + LINES, "its text is not"),
    "a later version": (WELL.replace(b"checkpoint/v1", b"checkpoint/v2", 1), "its text is not"),
    "one extension line more": (TEXT + b"\nmore\n\n" + LINES, "its text is not"),
    "an empty line in the text": (WELL.replace(b"\n43\n", b"\n\n43\n"), "its text is not"),
    "a commit by its short name": (WELL.replace(b"5" * 40, b"5" * 7), "its text is not"),
    "a commit in capitals": (WELL.replace(b"5" * 40, b"A" * 40), "its text is not"),
    "extension lines in another order": (b"\n".join([*TEXT.split(b"\n")[:4], *reversed(TEXT.split(b"\n")[4:])]) + b"\n\n" + LINES, "its text is not"),
    "no signature": (TEXT + b"\n", "after the text come an empty line and lines with signatures"),
    "an empty line and no signature": (TEXT + b"\n\n", "after the text come"),
    "no line break at the end": (WELL[:-1], "after the text come"),
    "an empty line at the end": (WELL + b"\n", "a line with a signature is"),
    "a hyphen for the dash": (TEXT + b"\n\n" + LINES.replace("\u2014".encode(), b"-"), "a line with a signature is"),
    "a name with a space": (TEXT + b"\n\n" + LINES.replace(b"/witness", b" witness"), "a line with a signature is"),
    "a name with a plus": (TEXT + b"\n\n" + LINES.replace(b"/witness", b"+witness"), "a line with a signature is"),
    "a tab between": (TEXT + b"\n\n" + LINES.replace(b" ", b"\t"), "a line with a signature is"),
    "text behind a signature": (WELL[:-1] + b" x\n", "a line with a signature is"),
    "a signature that is no base64": (TEXT + b"\n\n\xe2\x80\x94 a AAAAA\n", "a signature is not base64"),
    "a signature with spare bits": (TEXT + b"\n\n\xe2\x80\x94 a QUJDREVGR1=\n".replace(b"R1=", b"RH=="), "base64 is not in its one form"),
    "a signature of a key id alone": (TEXT + b"\n\n\xe2\x80\x94 a AAAAAA==\n", "a signature is four bytes"),
    "17 signatures": (TEXT + b"\n\n" + LINES * 17, "it has 17 signatures; at most 16"),
    "too many bytes": (WELL + b"x" * MAX_BYTES, "at most 262,144 are read"),
}  # fmt: skip


@pytest.mark.parametrize("shape", MALFORMED)
def test_G12_a_malformed_checkpoint_is_refused_for_its_reason(shape):
    data, reason = MALFORMED[shape]
    assert data != WELL
    with pytest.raises(InvalidInput, match=reason) as caught:
        read_checkpoint(data, "kept.txt")
    assert [problem.path for problem in caught.value.problems] == ["kept.txt"]


def test_sixteen_signatures_are_read():
    """Source: c2sp.org/signed-note: verifiers accept at least 16."""
    assert len(read_checkpoint(TEXT + b"\n\n" + LINES * 16, "x").signatures) == 16


def test_the_witness_who_signed_is_named():
    found = witness_of(signed(), settings())
    assert not isinstance(found, Missing)
    assert found.name == "auditor"


def test_signatures_of_others_are_passed_over():
    """Somebody else may have signed as well; that says nothing, and takes nothing away."""
    found = witness_of(signed(signed(PLAIN, INTRUDER, name="example.com/other")), settings())
    assert not isinstance(found, Missing)


NOT_COUNTED: dict[str, tuple[Checkpoint, str]] = {
    "no signature": (PLAIN, "signed by no witness"),
    "a stranger": (signed(PLAIN, INTRUDER), "signed by no witness"),
    "who signs records": (signed(PLAIN, SIGNER), "signed by no witness"),
    "the witness under another name": (signed(name=f"{ORIGIN}/witness/other"), "signed by no witness"),
    "the witness with another key id": (signed(id_=b"\0\0\0\0"), "signed by no witness"),
    "a stranger who names the witness": (
        signed(PLAIN, INTRUDER, id_=key_id(NAME, WITNESS.blob)), "is not of that key and this text",
    ),
    "a larger history": (signed(over=replace(PLAIN, size=42)), "is not of that key and this text"),
    "another newest record": (signed(over=replace(PLAIN, head="0" * 64)), "is not of that key and this text"),
    "another commit": (signed(over=replace(PLAIN, covered="9" * 40)), "is not of that key and this text"),
    "the namespace of records": (signed(namespace="rampgate-decision"), "is not of that key and this text"),
    "a good and a forged signature": (
        signed(signed(), INTRUDER, id_=key_id(NAME, WITNESS.blob)), "is not of that key and this text",
    ),
    "another history": (signed(replace(PLAIN, origin="github.com/acme/other/decisions")), "is of another history"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_COUNTED)
def test_G8_what_no_witness_signed_does_not_count(case):
    checkpoint, reason = NOT_COUNTED[case]
    found = witness_of(checkpoint, settings())
    assert isinstance(found, Missing)
    assert reason in found.why


RANGES: dict[str, tuple[dict[str, Any], str]] = {
    "from the newest record on": ({"from": 42}, ""),
    "from the next record on": ({"from": 43}, "counts from record 43 on"),
    "up to the newest record": ({"to": 42}, ""),
    "up to the record before": ({"to": 41}, "counts up to record 41"),
    "revoked from the next record on": ({"revoked": {"from": 43, "on": "2026-11-20", "reason": "lost"}}, ""),
    "revoked from the newest record on": (
        {"revoked": {"from": 42, "on": "2026-11-20", "reason": "lost"}},
        "is revoked",
    ),
}


@pytest.mark.parametrize("case", RANGES)
def test_G9_a_witness_counts_for_a_range_of_records(case):
    fields, reason = RANGES[case]
    found = witness_of(signed(), settings(**fields))
    assert isinstance(found, Missing) == bool(reason)
    assert reason in getattr(found, "why", "")


def test_the_names_follow_from_the_settings():
    assert origin_of(settings()) == ORIGIN
    assert witness_name(ORIGIN, "auditor") == NAME
