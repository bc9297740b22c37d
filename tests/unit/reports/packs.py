"""A decision of a pack in which one text stands wherever somebody else can write one."""

from __future__ import annotations

from typing import Any

from rampgate.model.record import Record
from rampgate.reports.packed import FileRole, Pack, PackedDecision, PackedFile, PackedRequest, PackedReview

SHA = "1" * 40
DIGEST = "2" * 64


def a_record(text: str = "x", **fields: Any) -> Record:
    text = text.encode("utf-8", "replace").decode()  # half a character is refused in a record
    shown = " ".join(text.split()) or "x"
    line = "".join(each for each in shown if each.isprintable())[:200] or "x"
    git = dict.fromkeys(("base", "base_tree", "head", "landing_tree", "landed", "landed_tree", "objects"))
    transition = {
        "model": "credit-risk", "version": "2.0.0", "artifact": text[:1000], "from": "pilot", "to": "canary", "supersedes": None,
    }  # fmt: skip
    decision = {
        "verdict": "allow", "transition": transition, "evaluated_at": "2026-11-20T09:00:00Z", "valid_until": "2026-12-01",
        "content": "", "findings": [], "not_applicable": [],
        "counted": [{"person": "rita", "login": line, "review": 1, "roles": [line]}],
        "ignored": [{"login": text[:300], "review": 2, "reason": text}], "waivers": [line], "break_glass": [line],
        "inputs": [], "history_size": None, "document": DIGEST,
    }  # fmt: skip
    value = {
        "schema": "rampgate/record/v1", "seq": 42, "prev": DIGEST, "log": None, "model_prev": {"credit-risk": None},
        "repository": "github.com/acme/models", "kind": "promote", "at": "2026-11-20T09:00:00Z", "time_source": "forge",
        "recorded_at": "2026-11-22T10:00:00Z",
        "git": {**git, "branch": "main", "covered": SHA, "landed": SHA, "landed_tree": SHA, "landing_tree": SHA, "head": SHA},
        "pull": {"number": 7, "state": "merged", "author": text[:300]}, "decision": decision, "moves": [],
        "past_the_gate": [text], "statements": [{"kind": text[:100], "path": text[:1000], "sha256": DIGEST}],
        "corrects": [], "engine": {"name": "rampgate", "version": "0.1.0", "sha256": DIGEST},
    }  # fmt: skip
    return Record.model_validate({**value, **fields})


def a_packed_decision(text: str = "x", record: Record | None = None) -> PackedDecision:
    finding = {
        "rule": text, "kind": "evidence.present", "outcome": "fail", "effect": "block", "title": text, "message": text,
        "found": text, "expected": text, "location": None, "why": text, "fix": text, "controls": [text],
        "attested": True, "waiver": text, "valid_until": None,
    }  # fmt: skip
    slot = {
        "rule": text, "role": text, "person": text, "count": 1, "filled": [text], "missing": 0, "candidates": [],
        "independent_of": text,
    }  # fmt: skip
    waiver = {"id": text, "reason": text, "owner": text, "approved_by": text, "ends": text}
    bypass = {"id": text, "reason": text, "ticket": text, "by": text, "second": text, "review_by": text}
    document = {
        "findings": [finding, {**finding, "outcome": "not_applicable", "kind": "approval.roles"}],
        "approvals": {"required": [slot]},
        "excused_by": {"waivers": [waiver], "break_glass": [bypass]},
        "problems": [{"message": text}],
    }
    files = (
        PackedFile("landing/model_cards/credit-risk/2.0.0/card.yaml", FileRole.CARD, DIGEST, 10, f"landing:{text}"),
        PackedFile("record.signed", FileRole.CHECK, DIGEST, 10),
    )
    review = PackedReview(1, text, text, text, text, text)
    return PackedDecision(
        record=record or a_record(text),
        digest=DIGEST,
        path="log/0000/000042-credit-risk-2.0.0-canary.json",
        signer="recorder",
        fingerprint="SHA256:x",
        fate=text,
        fate_words=text,
        document=document,
        request=PackedRequest(7, text, text, text, text, text, text, (review,)),
        files=files,
    )


def a_pack(text: str = "x") -> Pack:
    return Pack("github.com/acme/models", "decisions", text, 43, DIGEST, "0.1.0", (a_packed_decision(text),))
