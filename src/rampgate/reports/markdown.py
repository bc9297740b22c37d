"""A decision as Markdown, for a step summary or a comment; nothing that a card says can become mark-up.

The sections of the page stand in the order in which a reviewer asks: what is the verdict and who is awaited, what
changes, what is open and what is its next step, what is excused, the numbers, who approved, what nobody checked.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlsplit

from rampgate.errors import Problem
from rampgate.model.approval import SlotState
from rampgate.model.brief import Brief
from rampgate.model.decision import Decision
from rampgate.model.finding import Finding
from rampgate.model.vocabulary import Effect, Outcome, Verdict
from rampgate.reports.brief_markdown import changes, effects, exposure, groups, metrics, on_their_word
from rampgate.reports.escape import clipped, code, markdown, prose
from rampgate.reports.sections import Section, page
from rampgate.reports.summary import summary
from rampgate.reports.words import (
    LONGEST_REASON,
    change_line,
    compared_beyond,
    excuse,
    not_checked,
    opening,
    sorted_findings,
    totals,
)

WORD: Final = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "**fail**",
    Outcome.INSUFFICIENT: "**insufficient**",
    Outcome.WAITING: "**waiting**",
    Outcome.ERROR: "**error**",
    Outcome.NOT_APPLICABLE: "does not apply",
    Outcome.WAIVED: "waived",
}
_SETTLED: Final = (Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.WAIVED)
_LONGEST_NAME: Final = 100
LONGEST: Final = 1_500
"""The most characters of one text that somebody else wrote; the rest is in the files."""


def render(decision: Decision) -> str:
    """Return the decision as GitHub-flavoured Markdown, ending in a newline."""
    return page(sections(decision, Brief()))


def sections(decision: Decision, brief: Brief, *, simulated: bool = False, url: str = "") -> list[Section]:
    """Return everything that a reviewer reads, in order.

    simulated: nothing is published, and the approvals are assumed. url: where the run can be looked at, "" for nowhere.
    """
    parts = [
        _head(decision, brief, simulated=simulated),
        _problems(decision),
        changes(brief),
        effects(brief),
        _open(decision),
        _waivers(decision),
        metrics(brief),
        *groups(brief),
        _approvals(decision),
        on_their_word(brief, decision.required),
        _not_checked(decision),
        _settled(decision),
        _foot(decision, url),
    ]
    return [each for each in parts if each.lead or each.items]


def text_of(value: str) -> str:
    """Return a text that somebody else wrote, short enough and without effect but for code between backticks."""
    return prose(clipped(value, LONGEST))


def _head(decision: Decision, brief: Brief, *, simulated: bool) -> Section:
    first = f"{'simulated: ' if simulated else ''}{opening(decision)}"
    lead = [f"### {text_of(first)}", ""]
    if simulated:
        lead += ["The approvals are assumed. Nothing is published, and nobody was asked.", ""]
    return Section("", lead=(*lead, f"**{text_of(change_line(decision))}**{markdown(exposure(brief))}"))


def _problems(decision: Decision) -> Section:
    items = tuple(_problem(problem) for problem in decision.problems)
    return Section("To be corrected in the files", items, of="problems", rank=1)


def _problem(problem: Problem) -> str:
    place = f"{code(clipped(problem.place, 300))}: " if problem.place else ""
    words = compared_beyond(problem.message, problem.found, problem.expected)
    compared = f" ({text_of(words)})" if words else ""
    fix = f"<br>**Next:** {text_of(problem.fix)}" if problem.fix else ""
    return f"- {place}{text_of(problem.message)}{compared}{fix}"


def _open(decision: Decision) -> Section:
    ordered = [each for each in sorted_findings(decision.findings) if each.outcome not in _SETTLED]
    items = tuple(_finding(each) for each in ordered)
    return Section(f"Open ({len(items)})", items, of="findings", rank=2)


def _finding(finding: Finding) -> str:
    effect = "" if finding.effect is Effect.BLOCK else f" ({finding.effect}, does not block)"
    compared = compared_beyond(finding.message, finding.found, finding.expected)
    lines = [f"- {WORD[finding.outcome]}{effect} {code(finding.rule)}: {text_of(finding.message)}"]
    lines += [text_of(compared)] if compared else []
    lines += [f"at {code(clipped(str(finding.location), 300))}"] if finding.location else []
    lines += [f"**Next:** {text_of(finding.fix)}"] if finding.fix else []
    return "<br>".join(lines)


def _approvals(decision: Decision) -> Section:
    lead = ["No pull request was given, so nobody has approved yet.", ""] if not decision.reviews_given else []
    # The same place may be asked for by several rules; a reader needs it once.
    items = list(dict.fromkeys(_slot(slot) for slot in decision.required))
    placed = {name for slot in decision.required for name in slot.filled}
    others = [each for each in decision.counted if each.person not in placed]
    items += [f"- approved by {code(each.person)} ({code(each.login)}), who fills no place" for each in others]
    items += [f"- not counted: {code(each.login)}: {text_of(each.reason)}" for each in decision.ignored]
    return Section("Approvals", tuple(items), tuple(lead) if items else (), of="lines on approvals", rank=4)


def _slot(slot: SlotState) -> str:
    names = ", ".join(code(name) for name in slot.filled)
    if slot.person:
        who = f"{code(slot.person)} as {code(slot.role)}"
        return f"- {who}: {'awaited' if slot.missing else 'approved'}"
    apart = f", independent of {code(slot.independent_of)}" if slot.independent_of else ""
    state = f"{len(slot.filled)} of {slot.count}{f' ({names})' if names else ''}"
    some = " or ".join(code(name) for name in slot.candidates[:6]) + (" or others" if len(slot.candidates) > 6 else "")
    awaited = f"; waiting for {some or 'somebody who holds the role'}" if slot.missing else ""
    return f"- {code(slot.role)}{apart}: {state}{awaited}"


def _waivers(decision: Decision) -> Section:
    items = [
        f"- **break-glass** {_name(each.id)} by {_name(each.by)} and {_name(each.second)} "
        f"({prose(clipped(each.ticket, _LONGEST_NAME))}), to be reviewed by {markdown(each.review_by)}: "
        f"{prose(clipped(each.reason, LONGEST_REASON))}"
        for each in decision.break_glass
    ]
    items += [
        f"- **waiver** {_name(each.id)}, granted by {_name(each.approved_by)}, owner {_name(each.owner)}, "
        f"ends {markdown(each.ends)}: {prose(clipped(each.reason, LONGEST_REASON))}"
        for each in decision.waivers
    ]
    waived = [each for each in decision.findings if each.outcome is Outcome.WAIVED]
    items += [f"- {code(each.rule)} is {text_of(excuse(each))}: {text_of(each.message)}" for each in waived]
    return Section("Excused", tuple(items), of="exceptions", rank=3)


def _name(value: str) -> str:
    return code(clipped(value, _LONGEST_NAME))


def _not_checked(decision: Decision) -> Section:
    return Section("Not checked by any file", lead=tuple(f"- {markdown(each)}" for each in not_checked(decision)))


def _settled(decision: Decision) -> Section:
    if not decision.findings:
        return Section("")
    ordered = sorted_findings(decision.findings)
    others = [each for each in ordered if each.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)]
    counted = markdown(totals(summary(decision.findings)))
    items = tuple(f"- {WORD[each.outcome]}: {code(each.rule)} {text_of(each.message)}" for each in others)
    if not others:
        return Section("", lead=(f"Counted: {counted}.",))
    lead = (f"Counted: {counted}.", "", f"<details><summary>{len(others)} that pass or do not apply</summary>", "")
    return Section("", items, lead, ("", "</details>"), of="answers", rank=9)


def _foot(decision: Decision, url: str) -> Section:
    ends = ""
    if decision.valid_until:
        what = "the verdict stands" if decision.verdict is Verdict.ALLOW else "what passes stands"
        ends = f"; {what} until {markdown(decision.valid_until)}"
    link = f"; [the run]({address(url)})" if address(url) else ""
    words = (
        f"rampgate {markdown(decision.engine_version)}, {code(decision.base[:12])} to {code(decision.head[:12])}, "
        f"judged {markdown(decision.evaluated_at)}{ends}{link}"
    )
    return Section("", lead=(f"<sub>{words}</sub>",))


def address(url: str) -> str:
    """Return an address that can not end its link, "" for one that is not of the web."""
    if urlsplit(url).scheme not in ("https", "http"):
        return ""
    return quote(url, safe=":/?#@!$&*+,;=%~-._")
