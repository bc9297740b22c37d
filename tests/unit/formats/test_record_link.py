"""What ties records together is read from their bytes quickly, and is what reading them whole gives."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from rampgate.errors import InvalidInput
from rampgate.formats.record import log_path, payload_of, read_record
from rampgate.formats.record_link import Link, link_of
from rampgate.model.record import Record
from worlds.record_shapes import OPENING, PROMOTION, envelope

FINDING = PROMOTION["decision"]["findings"][0]
LIE = '"kind":"policy","model_prev":{},"moves":[],"past_the_gate":[],"prev":null,"pull":null'
RECORDS: dict[str, dict[str, Any]] = {
    "the first": OPENING,
    "one of a model": PROMOTION,
    "one of two models, one of them new": {**PROMOTION, "model_prev": {"credit-risk": "2" * 64, "fraud": None}},
    "one of no model": {**PROMOTION, "model_prev": {}, "kind": "waiver"},
    "one with many findings": {**PROMOTION, "decision": {**PROMOTION["decision"], "findings": [FINDING] * 90}},
    "one that moves many versions": {**PROMOTION, "moves": PROMOTION["moves"] * 90},
    "one whose words look like another": {**PROMOTION, "past_the_gate": [LIE, f"]{LIE}", f'\\"{LIE}']},
    "one with statements": {
        **PROMOTION, "statements": [{"kind": "waiver", "path": "policies/waivers/W-1.yaml", "sha256": "7" * 64}],
    },
}  # fmt: skip


@pytest.mark.parametrize("case", RECORDS)
def test_a_link_is_what_the_whole_record_says(case: str) -> None:
    record = Record.model_validate(RECORDS[case])
    data = envelope(payload_of(record))
    assert read_record(data, log_path(record)).record == record
    expected = Link(sha256(data).hexdigest(), record.prev, str(record.kind), frozenset(record.model_prev))
    assert link_of(data, "log/x") == expected


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"payload":"', b'{"payload":"}', b'{"payload":"e30="}', b'{"payload":"***"}', envelope(b"{}"),
     envelope(b'{"predicate":{"kind":"policy","prev":null}}')],
)  # fmt: skip
def test_what_is_no_record_has_no_link(data: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"log/x: it is no record"):
        link_of(data, "log/x")
