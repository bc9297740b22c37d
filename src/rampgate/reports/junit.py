"""Findings as JUnit XML, which most services for continuous integration show: one test case for each answer.

A rule that blocks: pass is a passed case, fail a `failure`, insufficient and error an `error` (nothing was decided),
waiting and waived are `skipped` with the reason. What only warns or is kept for the record never fails a case, for it
does not close the gate; its case passes and says in `system-out` what was found. A rule that does not apply is skipped.

There is no standard; the elements and attributes are those that Jenkins' xUnit plugin accepts (`junit-10.xsd`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from rampgate.model.decision import Decision
from rampgate.model.finding import Finding
from rampgate.model.vocabulary import Effect, Outcome, Verdict
from rampgate.reports.escape import clipped, plain
from rampgate.reports.open_points import EMPTY, INVALID
from rampgate.reports.words import change_line, compared_beyond, excuse, headline, sorted_findings

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Tag = Literal["failure", "error", "skipped", "system-out", ""]
_MOST: Final = 4_000
_BLOCKING: Final[dict[Outcome, Tag]] = {
    Outcome.PASS: "",
    Outcome.FAIL: "failure",
    Outcome.INSUFFICIENT: "error",
    Outcome.ERROR: "error",
    Outcome.WAITING: "skipped",
    Outcome.WAIVED: "skipped",
    Outcome.NOT_APPLICABLE: "skipped",
}


@dataclass(frozen=True, slots=True)
class _Case:
    """One test case; tag: what it holds, "" for nothing. message: one line. body: what else there is to say."""

    name: str
    kind: str
    tag: Tag
    message: str = ""
    body: str = ""


def render(decision: Decision) -> str:
    """Return the findings as JUnit XML, ending in a newline; never without a case unless there is nothing to judge."""
    from xml.etree.ElementTree import Element, SubElement, indent, tostring  # noqa: PLC0415 -- for this report alone

    cases = list(_cases(decision))
    counted = Counter(case.tag for case in cases)
    numbers = {"tests": str(len(cases)), "failures": str(counted["failure"]), "errors": str(counted["error"])}
    root = Element("testsuites", {"name": "rampgate", **numbers})
    title = f"{change_line(decision)} ({headline(decision)})"
    about = {
        "name": _text(title),
        **numbers,
        "skipped": str(counted["skipped"]),
        "timestamp": decision.evaluated_at[:19],
    }
    suite = SubElement(root, "testsuite", about)
    properties = SubElement(suite, "properties")
    verdict = str(decision.verdict) if decision.verdict else "none"
    values = {"verdict": verdict, "base": decision.base, "head": decision.head, "engine": decision.engine_version}
    for name, value in values.items():
        SubElement(properties, "property", {"name": name, "value": _text(value)})
    for case in cases:
        _write(SubElement(suite, "testcase", {"name": case.name, "classname": case.kind, "time": "0"}), case)
    indent(root)
    body = tostring(root, encoding="unicode")
    # The same XML, in which a runner that reads it in a log finds no `##[command]`.
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.replace("##[", "##&#91;")


def _write(element: Element, case: _Case) -> None:
    from xml.etree.ElementTree import SubElement  # noqa: PLC0415 -- for this report alone

    if not case.tag:
        return
    if case.tag == "system-out":
        SubElement(element, "system-out").text = "\n".join(part for part in (case.message, case.body) if part)
        return
    SubElement(element, case.tag, {"message": case.message}).text = case.body or None


def _cases(decision: Decision) -> Iterator[_Case]:
    """Yield the cases, what needs a hand first; the answers of a rule that gives several are numbered."""
    for place, problem in enumerate(decision.problems, start=1):
        body = _lines(compared_beyond(problem.message, problem.found, problem.expected), problem.place, problem.fix)
        yield _Case(f"{INVALID} {place}", "input", "error", _text(problem.message), body)
    ordered = sorted_findings(decision.findings)
    several = {rule for rule, count in Counter(each.rule for each in ordered).items() if count > 1}
    seen: Counter[str] = Counter()
    for finding in ordered:
        seen[finding.rule] += 1
        number = f" {seen[finding.rule]}" if finding.rule in several else ""
        yield _case(finding, f"{_text(finding.rule)}{number}")
    if decision.verdict is Verdict.UNDECIDED and not decision.problems and not _says_so(ordered):
        yield _Case(EMPTY, "policy", "error", "no rule applies to this change, so nothing was evaluated")


def _says_so(findings: list[Finding]) -> bool:
    return any(each.effect is Effect.BLOCK and _BLOCKING[each.outcome] == "error" for each in findings)


def _case(finding: Finding, name: str) -> _Case:
    message, tag = finding.message, _BLOCKING[finding.outcome]
    if finding.outcome is Outcome.WAIVED:
        message = f"{excuse(finding)}: {message}"
    elif finding.outcome is Outcome.NOT_APPLICABLE:
        message = f"does not apply: {message}"
    elif tag and finding.effect is not Effect.BLOCK:
        tag, message = "system-out", f"{finding.effect}, does not block: {finding.outcome}: {message}"
    if not tag or tag == "skipped":
        return _Case(name, finding.kind, tag, _text(message), _lines("", "", finding.fix) if message else "")
    place = str(finding.location) if finding.location else ""
    body = _lines(compared_beyond(finding.message, finding.found, finding.expected), place, finding.fix)
    return _Case(name, finding.kind, tag, _text(message), body)


def _lines(compared: str, place: str, fix: str) -> str:
    parts = (_text(compared), f"at {_text(place)}" if place else "", f"next: {_text(fix)}" if fix else "")
    return "\n".join(part for part in parts if part)


def _text(text: str) -> str:
    """Return a text of characters that XML 1.0 allows, on one line."""
    return plain(clipped(text, _MOST))
