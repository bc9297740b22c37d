"""A decision for a terminal: the verdict first, then what needs a hand, each with its place and next step."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Final

from rampgate.errors import Problem
from rampgate.model.decision import Decision
from rampgate.model.finding import Finding
from rampgate.model.vocabulary import Effect, Outcome, Verdict
from rampgate.reports.escape import log_line, plain
from rampgate.reports.summary import summary
from rampgate.reports.words import (
    change_line,
    compared_in_words,
    excuse,
    headline,
    not_checked,
    sorted_findings,
    terms,
    totals,
)

Paint = Callable[[str, str], str]
"""Takes a text and a colour name, and returns the text, coloured or not."""

LABEL: Final = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "FAIL",
    Outcome.INSUFFICIENT: "?",
    Outcome.WAITING: "wait",
    Outcome.ERROR: "ERROR",
    Outcome.NOT_APPLICABLE: "-",
    Outcome.WAIVED: "waived",
}
COLOUR: Final = {
    Outcome.PASS: "green",
    Outcome.FAIL: "red",
    Outcome.INSUFFICIENT: "yellow",
    Outcome.WAITING: "cyan",
    Outcome.ERROR: "red",
    Outcome.NOT_APPLICABLE: "",
    Outcome.WAIVED: "magenta",
}
VERDICT_COLOUR: Final = {
    Verdict.ALLOW: "green",
    Verdict.HOLD: "cyan",
    Verdict.UNDECIDED: "yellow",
    Verdict.DENY: "red",
    None: "",
}


def no_paint(text: str, colour: str) -> str:  # noqa: ARG001 - it has the shape of a paint
    """Return the text as it is."""
    return text


def render(decision: Decision, *, width: int = 100, paint: Paint = no_paint, full: bool = False) -> str:
    """Return the decision as text, ending in a newline.

    width: columns of the terminal, at least 40 are used. full: passes and rules that do not apply are listed too.
    """
    width = max(width, 40)
    colour = VERDICT_COLOUR[decision.verdict]
    lines = [paint(line, colour) for line in wrapped(headline(decision), width, "")]
    if decision.transition is not None or decision.verdict is not None:
        lines += wrapped(change_line(decision), width, "")
    lines += [line for each in terms(decision) for line in wrapped(each, width, "")]
    return "\n".join([*lines, "", *body_lines(decision, width, paint, full=full)]).rstrip() + "\n"


def body_lines(decision: Decision, width: int, paint: Paint, *, full: bool = False) -> list[str]:
    """Return what follows the verdict: problems, findings, approvals, the totals, and until when it stands."""
    lines = [line for problem in decision.problems for line in _problem(problem, width)]
    shown = [each for each in sorted_findings(decision.findings) if full or _needs_a_look(each)]
    for finding in shown:
        lines += finding_lines(finding, width, paint)
    lines += _approvals(decision, width)
    if decision.findings:
        lines += wrapped(totals(summary(decision.findings)), width, "")
        lines += [line for each in _not_shown(decision, shown, full=full) for line in wrapped(each, width, "")]
    if decision.valid_until:
        lines.append(f"stands until {decision.valid_until}")
    return lines


def _needs_a_look(finding: Finding) -> bool:
    return finding.outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE)


def _not_shown(decision: Decision, shown: list[Finding], *, full: bool) -> list[str]:
    if full:
        return ["not checked: " + each for each in not_checked(decision)]
    hidden = len(decision.findings) - len(shown)
    return [f"({hidden} more that pass or do not apply: --full lists them)"] if hidden else []


def wrapped(text: str, width: int, indent: str) -> list[str]:
    """Return a text as lines of at most so many columns, each indented; words are never broken.

    A line that a runner would obey is longer than that by five characters.
    """
    lines = textwrap.wrap(
        plain(text),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [log_line(line) for line in lines]


def _problem(problem: Problem, width: int) -> list[str]:
    lines = wrapped(str(problem), width, "")
    lines += wrapped(compared_in_words(problem.found, problem.expected), width, "    ")
    if problem.fix:
        lines += wrapped(f"fix: {problem.fix}", width, "    ")
    return [*lines, ""]


def finding_lines(finding: Finding, width: int, paint: Paint) -> list[str]:
    """Return one finding as lines, the last one empty: rule and place, what was found, why, and the next step."""
    label = LABEL[finding.outcome]
    if finding.effect is not Effect.BLOCK and _needs_a_look(finding):
        label = f"{label} ({finding.effect})"
    head = f"{paint(f'{label:<7}', COLOUR[finding.outcome])} {plain(finding.rule)}"
    lines = [head]
    if finding.location:
        place = plain(str(finding.location))
        fits = len(f"{label:<7} {plain(finding.rule)}  {place}") <= width
        lines = [f"{head}  {place}"] if fits else [head, log_line(f"        {place}")]
    lines += wrapped(finding.message, width, "        ")
    if finding.waiver:
        lines += wrapped(excuse(finding), width, "        ")
    lines += wrapped(compared_in_words(finding.found, finding.expected), width, "        ")
    if _needs_a_look(finding) and finding.why:
        lines += wrapped(f"why: {finding.why}", width, "        ")
    if _needs_a_look(finding) and finding.fix:
        lines += wrapped(f"fix: {finding.fix}", width, "        ")
    return [*lines, ""]


def _approvals(decision: Decision, width: int) -> list[str]:
    lines = []
    if decision.counted:
        names = ", ".join(f"{approval.person} ({approval.login})" for approval in decision.counted)
        lines += wrapped(f"approved by {names}", width, "")
    for ignored in decision.ignored:
        lines += wrapped(f"not counted: {ignored.login}: {ignored.reason}", width, "")
    if decision.required and not decision.reviews_given:
        lines += wrapped("approvals: none yet (no reviews were given)", width, "")
    return [*lines, ""] if lines else []
