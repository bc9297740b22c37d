"""Decisions made by hand, for the reports."""

from __future__ import annotations

from typing import Any

from rampgate.errors import Problem
from rampgate.model.approval import CountedApproval, IgnoredReview, SlotState
from rampgate.model.change import Transition
from rampgate.model.decision import Decision
from rampgate.model.finding import Finding
from rampgate.model.sourced import Location
from rampgate.model.vocabulary import ChangeKind, Effect, Outcome, Verdict

HOSTILE = "`x` | <img src=x onerror=alert(1)> [a](javascript:b) ![c](d) @rita #12 **bold** \u202eevil\u202c \x1b[31mred\x07\nnew line\r\n# head"


def a_finding(outcome: str = "pass", effect: str = "block", **fields: Any) -> Finding:
    given = {
        "rule": "evidence.floor",
        "kind": "evidence.metric_within",
        "title": "t",
        "message": "the accuracy is 0.90",
    }
    return Finding(outcome=Outcome(outcome), effect=Effect(effect), **(given | fields))


def a_decision(*findings: Finding, verdict: str | None = "allow", **fields: Any) -> Decision:
    given: dict[str, Any] = {
        "change": ChangeKind.PROMOTE,
        "transition": Transition("credit-risk", "2.0.0", "sha256:" + "a" * 64, "pilot", "canary"),
        "required": (),
        "counted": (),
        "ignored": (),
        "inputs": (),
        "engine_version": "0.1.0",
        "evaluated_at": "2026-11-20T10:00:00Z",
        "base": "b" * 40,
        "head": "c" * 40,
    }
    return Decision(verdict=Verdict(verdict) if verdict else None, findings=findings, **(given | fields))


def a_hostile_decision() -> Decision:
    """Every text that somebody else can write holds mark-up, a mention, colours, bidi marks and line breaks."""
    place = Location(HOSTILE, 3, 4)
    finding = a_finding(
        "fail", message=HOSTILE, found=HOSTILE, expected=HOSTILE, location=place, fix=HOSTILE, why=HOSTILE
    )
    return a_decision(
        finding,
        a_finding("pass", message=HOSTILE),
        a_finding("waived", message=HOSTILE, waiver=HOSTILE, valid_until="2026-12-01"),
        verdict="deny",
        counted=(CountedApproval(HOSTILE, HOSTILE, 1),),
        ignored=(IgnoredReview(HOSTILE, 2, HOSTILE),),
        required=(SlotState("r", HOSTILE, 1, missing=1, candidates=(HOSTILE,)),),
        problems=(Problem(HOSTILE, HOSTILE, 1, 2, HOSTILE, HOSTILE, HOSTILE),),
    )
