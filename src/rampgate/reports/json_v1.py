"""A decision as JSON, `rampgate/decision/v1`: a frozen contract. Numbers that decide are strings or integers."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from rampgate.errors import Problem
from rampgate.model.approval import SlotState
from rampgate.model.decision import Decision
from rampgate.model.finding import Finding
from rampgate.model.sourced import Location
from rampgate.reports.summary import summary

SCHEMA: Final = "rampgate/decision/v1"


def render(decision: Decision) -> str:
    """Return the decision as JSON text of a stable order, ending in a newline."""
    text = json.dumps(as_json(decision), indent=2, ensure_ascii=False) + "\n"
    # The same JSON, in which a runner that reads it in a log finds no `##[command]`.
    return text.replace("##[", "##\\u005b")


def as_json(decision: Decision) -> dict[str, Any]:
    """Return the decision as plain values."""
    return {
        "schema": SCHEMA,
        "verdict": decision.verdict.value if decision.verdict else None,
        "change": decision.change.value,
        "transition": _transition(decision),
        "summary": summary(decision.findings),
        "findings": [finding_json(each) for each in decision.findings],
        "approvals": {
            "given": decision.reviews_given,
            "required": [slot_json(each) for each in decision.required],
            "counted": [{"person": a.person, "login": a.login, "review": a.review} for a in decision.counted],
            "ignored": [{"login": i.login, "review": i.review, "reason": i.reason} for i in decision.ignored],
        },
        "excused_by": {
            "waivers": [asdict(each) for each in decision.waivers],
            "break_glass": [asdict(each) for each in decision.break_glass],
        },
        "problems": [_problem(each) for each in decision.problems],
        "inputs": [{"path": each.path, "sha256": each.sha256} for each in decision.inputs],
        "engine": {"name": "rampgate", "version": decision.engine_version},
        "evaluated_at": decision.evaluated_at,
        "valid_until": decision.valid_until or None,
        "base": decision.base,
        "head": decision.head,
    }


def _transition(decision: Decision) -> dict[str, Any] | None:
    transition = decision.transition
    if transition is None:
        return None
    return {
        "model": transition.model,
        "version": transition.version,
        "artifact": transition.artifact,
        "from": transition.from_stage or None,
        "to": transition.to_stage,
        "supersedes": transition.supersedes or None,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return one finding as plain values."""
    return {
        "rule": finding.rule,
        "kind": finding.kind,
        "outcome": finding.outcome.value,
        "effect": finding.effect.value,
        "title": finding.title,
        "message": finding.message,
        "found": finding.found,
        "expected": finding.expected,
        "location": _location(finding.location),
        "why": finding.why,
        "fix": finding.fix,
        "controls": list(finding.controls),
        "attested": finding.attested,
        "waiver": finding.waiver or None,
        "valid_until": finding.valid_until or None,
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {"path": location.path, "line": location.line, "column": location.column}


def slot_json(slot: SlotState) -> dict[str, Any]:
    """Return one place of a quorum as plain values."""
    return {
        "rule": slot.rule,
        "role": slot.role,
        "person": slot.person or None,
        "count": slot.count,
        "filled": list(slot.filled),
        "missing": slot.missing,
        "candidates": list(slot.candidates),
        "independent_of": slot.independent_of or None,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "location": {"path": problem.path, "line": problem.line, "column": problem.column},
        "message": problem.message,
        "found": problem.found,
        "expected": problem.expected,
        "fix": problem.fix,
    }
