"""Records as plain values, and envelopes around any payload: to be bent out of shape by tests."""

from __future__ import annotations

import base64
import copy
from typing import Any

from rampgate.formats.record import statement_of
from rampgate.model.record import Record
from worlds.ssh_signer import PAYLOAD_TYPE, canonical

ARMOR = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"
PATH = "log/0000/000007-credit-risk-2.0.0-canary.json"

OPENING: dict[str, Any] = {
    "schema": "rampgate/record/v1",
    "seq": 0,
    "prev": None,
    "log": None,
    "model_prev": {},
    "repository": "github.com/acme/models",
    "kind": "opening",
    "at": "2026-11-20T10:00:00Z",
    "time_source": "forge",
    "recorded_at": "2026-11-20T10:00:05Z",
    "git": {
        "branch": "main", "base": None, "base_tree": None, "head": None, "landing_tree": None, "landed": None,
        "landed_tree": None, "covered": "c" * 40, "objects": None, "unread": [],
    },
    "pull": None,
    "decision": None,
    "moves": [],
    "past_the_gate": [],
    "statements": [],
    "corrects": [],
    "engine": {"name": "rampgate", "version": "0.1.0", "sha256": "e" * 64},
}  # fmt: skip

PROMOTION: dict[str, Any] = {
    **OPENING,
    "seq": 7,
    "prev": "1" * 64,
    "log": "8" * 40,
    "model_prev": {"credit-risk": "2" * 64},
    "kind": "promote",
    "git": {
        **OPENING["git"], "base": "b" * 40, "base_tree": "b1" * 20, "head": "d" * 40, "landing_tree": "d1" * 20,
        "landed": "f" * 40, "landed_tree": "d1" * 20, "covered": "f" * 40, "objects": "0" * 64,
    },
    "pull": {"number": 12, "state": "merged", "author": "alice"},
    "decision": {
        "verdict": "allow",
        "transition": {
            "model": "credit-risk", "version": "2.0.0", "artifact": "sha256:" + "a" * 64, "from": "pilot",
            "to": "canary", "supersedes": None,
        },
        "evaluated_at": "2026-11-20T10:00:00Z",
        "valid_until": "2026-12-01",
        "content": "sha256:" + "3" * 64,
        "findings": [
            {
                "rule": "fairness.by-sex", "outcome": "pass", "effect": "block", "message": "größer als 0.80 – 🙂",
                "found": "0.91", "expected": "at least 0.80", "waiver": None, "attested": False,
            }
        ],
        "not_applicable": ["lineage.is-pinned"],
        "counted": [{"person": "rita", "login": "rita", "review": 31, "roles": ["risk"]}],
        "ignored": [{"login": "alice-b", "review": 30, "reason": "the author"}],
        "waivers": [],
        "break_glass": [],
        "inputs": [
            {"path": "base:policies/ladder.yaml", "sha256": "4" * 64},
            {"path": "landing:model_cards/credit-risk/2.0.0/card.yaml", "sha256": "5" * 64},
        ],
        "history_size": 7,
        "document": "6" * 64,
    },
    "moves": [
        {"model": "credit-risk", "version": "2.0.0", "artifact": "sha256:" + "a" * 64, "from": "pilot", "to": "canary"}
    ],
}  # fmt: skip


def promotion() -> dict[str, Any]:
    """The statement of a promotion's record as plain values, to be changed at will."""
    return copy.deepcopy(statement_of(Record.model_validate(PROMOTION)))


def envelope(payload: bytes, **changes: Any) -> bytes:
    """An envelope around the payload, whose signature is only one in form."""
    return canonical(envelope_values(payload) | changes)


def envelope_values(payload: bytes) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": "SHA256:x", "sig": base64.b64encode(ARMOR.encode()).decode()}],
    }
