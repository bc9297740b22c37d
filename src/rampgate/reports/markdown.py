"""A decision as Markdown, for a step summary or a comment; nothing that a card says can become mark-up."""

from __future__ import annotations

from rampgate.errors import Problem
from rampgate.model.decision import Decision
from rampgate.model.finding import Finding
from rampgate.model.vocabulary import Outcome
from rampgate.reports.escape import cell, code, markdown
from rampgate.reports.summary import summary
from rampgate.reports.words import NOT_CHECKED, change_line, compared_in_words, headline, sorted_findings, totals

WORD = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "**fail**",
    Outcome.INSUFFICIENT: "**insufficient**",
    Outcome.WAITING: "**waiting**",
    Outcome.ERROR: "**error**",
    Outcome.NOT_APPLICABLE: "does not apply",
    Outcome.WAIVED: "waived",
}


def render(decision: Decision) -> str:
    """Return the decision as GitHub-flavoured Markdown, ending in a newline."""
    lines = [f"### {markdown(headline(decision))}", "", markdown(change_line(decision)), ""]
    lines += [_problem(problem) for problem in decision.problems]
    lines += [""] if decision.problems else []
    settled = (Outcome.PASS, Outcome.NOT_APPLICABLE)
    open_ones = [each for each in sorted_findings(decision.findings) if each.outcome not in settled]
    if open_ones:
        lines += ["| outcome | effect | rule | what was found | next step |", "|---|---|---|---|---|"]
        lines += [_row(each) for each in open_ones]
        lines.append("")
    lines += _approvals(decision)
    others = [each for each in sorted_findings(decision.findings) if each.outcome in settled]
    if others:
        lines += [f"<details><summary>{len(others)} rules that pass or do not apply</summary>", ""]
        lines += [f"- {WORD[each.outcome]}: {code(each.rule)} {markdown(each.message)}" for each in others]
        lines += ["", "</details>", ""]
    if decision.findings:
        lines += [markdown(totals(summary(decision.findings))), "", "Not checked by any file:", ""]
        lines += [f"- {markdown(each)}" for each in NOT_CHECKED]
        lines.append("")
    ends = f", stands until {decision.valid_until}" if decision.valid_until else ""
    lines.append(
        f"<sub>rampgate {markdown(decision.engine_version)}, {code(decision.base[:12])} to {code(decision.head[:12])}, "
        f"judged {markdown(decision.evaluated_at)}{ends}</sub>"
    )
    return "\n".join(lines).rstrip() + "\n"


def _problem(problem: Problem) -> str:
    place = f"{code(problem.place)}: " if problem.place else ""
    words = compared_in_words(problem.found, problem.expected)
    compared = f" ({markdown(words)})" if words else ""
    fix = f" Fix: {markdown(problem.fix)}." if problem.fix else ""
    return f"- {place}{markdown(problem.message)}{compared}.{fix}"


def _row(finding: Finding) -> str:
    place = f"<br>{cell(str(finding.location))}" if finding.location else ""
    compared = f"<br>{markdown(words)}" if (words := compared_in_words(finding.found, finding.expected)) else ""
    waiver = f"<br>waived by {cell(finding.waiver)} until {finding.valid_until}" if finding.waiver else ""
    cells = (
        WORD[finding.outcome],
        finding.effect.value,
        cell(finding.rule),
        markdown(finding.message) + compared + place + waiver,
    )
    return "| " + " | ".join((*cells, markdown(finding.fix))) + " |"


def _approvals(decision: Decision) -> list[str]:
    lines = []
    if decision.counted:
        lines.append("Approved by " + ", ".join(code(each.person) for each in decision.counted) + ".")
    for slot in decision.required:
        who = code(slot.person) if slot.person else f"{slot.count} x {code(slot.role)}"
        state = "filled" if not slot.missing else f"{slot.missing} missing"
        names = ", ".join(code(name) for name in slot.filled)
        lines.append(f"- {who}: {state}{f' ({names})' if names else ''}")
    lines += [f"- not counted: {code(each.login)}: {markdown(each.reason)}" for each in decision.ignored]
    return [*lines, ""] if lines else []
