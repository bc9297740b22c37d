"""Findings as SARIF 2.1.0, for a code scanning service: rules with the policy's ids, results that stay the same.

What passes, does not apply or is waived is left out: services show a suppressed result as an open alert. A result
lasts while its rule, version and file do, for its fingerprint knows neither lines nor numbers.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, and GitHub's "SARIF support for code
scanning" for what it reads of it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from rampgate.model.decision import Decision
from rampgate.model.sourced import Location
from rampgate.model.vocabulary import Effect
from rampgate.reports.escape import clipped, plain
from rampgate.reports.open_points import Point, is_in_repository, open_points

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINTS: Final = ("rampgate/v1", "primaryLocationLineHash")
"""Our own, and the one that GitHub reads; where that is absent it is made from lines of a checked out file."""

_ROOT: Final = "SRCROOT"
_MOST: Final = 4_000
_LEVEL: Final = {Effect.BLOCK: "error", Effect.WARN: "warning", Effect.AUDIT: "note"}


def render(decision: Decision, *, repository: str = "") -> str:
    """Return the open findings as SARIF text of a stable order, ending in a newline.

    repository: the address of the repository, such as `https://github.com/acme/models`; without it the log does not
    say from where the files come.
    """
    text = json.dumps(as_sarif(decision, repository=repository), indent=2, ensure_ascii=False) + "\n"
    # The same JSON, in which a runner that reads it in a log finds no `##[command]`.
    return text.replace("##[", "##\\u005b")


def as_sarif(decision: Decision, *, repository: str = "") -> dict[str, Any]:
    """Return the log as plain values."""
    points = open_points(decision)
    run: dict[str, Any] = {
        "tool": {"driver": _driver(decision, points)},
        "automationDetails": {"id": f"rampgate/{_subject(decision)}/"},
        "invocations": [{"executionSuccessful": not decision.problems, "endTimeUtc": decision.evaluated_at}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the governed repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": _results(decision, points),
        "properties": {
            "verdict": decision.verdict.value if decision.verdict else None,
            "base": decision.base,
            "head": decision.head,
        },
    }
    if repository:
        run["versionControlProvenance"] = [
            {
                "repositoryUri": repository,
                "revisionId": decision.head,
                "mappedTo": {"uriBaseId": _ROOT},
            }
        ]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _subject(decision: Decision) -> str:
    return decision.transition.model if decision.transition else str(decision.change)


def _driver(decision: Decision, points: Sequence[Point]) -> dict[str, Any]:
    rules: dict[str, Point] = {}
    for each in points:
        rules.setdefault(each.rule, each)
    return {
        "name": "rampgate",
        "version": decision.engine_version,
        "rules": [_rule(each) for each in rules.values()],
    }


def _rule(point: Point) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": point.rule, "shortDescription": {"text": _text(point.title) or point.rule}}
    finding = point.finding
    if finding is None:
        return rule | {"defaultConfiguration": {"level": point.level.value}}
    if finding.why:
        rule["fullDescription"] = {"text": _text(finding.why)}
    return rule | {
        "help": {"text": f"`rampgate explain {finding.kind}` tells what is checked, and how to satisfy it."},
        "defaultConfiguration": {"level": _LEVEL[finding.effect]},
        "properties": {"kind": finding.kind, "tags": [_text(each) for each in finding.controls]},
    }


def _results(decision: Decision, points: Sequence[Point]) -> list[dict[str, Any]]:
    index = {rule: place for place, rule in enumerate(dict.fromkeys(each.rule for each in points))}
    seen: Counter[str] = Counter()
    results = []
    for point in points:
        place = _place(point, decision)
        mark = _mark(point, decision, place)
        seen[mark] += 1
        result: dict[str, Any] = {
            "ruleId": point.rule,
            "ruleIndex": index[point.rule],
            "level": point.level.value,
            "message": {"text": _message(point)},
            "locations": [_location(place)],
            "partialFingerprints": dict.fromkeys(FINGERPRINTS, f"{mark}:{seen[mark]}"),
        }
        if point.finding is not None:
            result["properties"] = {"outcome": point.finding.outcome.value, "effect": point.finding.effect.value}
        results.append(result)
    return results


def _place(point: Point, decision: Decision) -> Location:
    """Return the file to show a point at: its own, else the card of the version, else where the rules begin.

    A service that meets one result without a place refuses the whole log.
    """
    if point.location is not None and is_in_repository(point.location, decision):
        return point.location
    transition = decision.transition
    if transition is None:
        return Location("policies/governance.yaml")
    return Location(f"model_cards/{transition.model}/{transition.version}/card.yaml")


def _location(place: Location) -> dict[str, Any]:
    region = {"startLine": place.line or 1, **({"startColumn": place.column} if place.column else {})}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.path, errors="surrogatepass"), "uriBaseId": _ROOT},
            "region": region,
        }
    }


def _mark(point: Point, decision: Decision, place: Location) -> str:
    """Return what tells a result from others and stays when lines move, numbers differ or the stage is another."""
    transition = decision.transition
    version = f"{transition.model}@{transition.version}" if transition else ""
    known = f"{point.rule}\0{version}\0{place.path}"
    return hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _message(point: Point) -> str:
    parts = [_text(point.message), _text(point.compared), f"Next: {_text(point.fix)}" if point.fix else ""]
    return "\n".join(part for part in parts if part) or point.rule


def _text(text: str) -> str:
    """Return a text that holds no link: `[words](address)` would be one in a message (SARIF 2.1.0, 3.11.6)."""
    return plain(clipped(text, _MOST)).replace("](", "] (")
