"""The sentences that every report says alike: the verdict in words, who is awaited, the change in a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rampgate.model.approval import SlotState
from rampgate.model.decision import Decision
from rampgate.model.finding import Finding
from rampgate.model.vocabulary import ChangeKind, Effect, Outcome, Verdict
from rampgate.reports.escape import clipped

MEANING: Final = {
    Verdict.ALLOW: "every blocking rule is met",
    Verdict.HOLD: "nothing is wrong; the change waits for a person or a day",
    Verdict.UNDECIDED: "something that blocks could not be decided",
    Verdict.DENY: "a blocking rule is not met",
}

ORDER: Final = (
    Outcome.ERROR,
    Outcome.FAIL,
    Outcome.INSUFFICIENT,
    Outcome.WAITING,
    Outcome.WAIVED,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)
"""The order in which findings are shown: what needs a hand first."""

LONGEST_REASON: Final = 300
"""The most characters of the reason of an exception; the rest is in its file."""

NOT_CHECKED: Final = (
    "that the business owner really holds the budget",
    "that the metric is the right one for the decision",
    "that the data may lawfully be used",
    "that the model is used only as intended",
    "that whoever measured was honest (only who measured, and that nothing changed since)",
)
"""What no file proves."""


def not_checked(decision: Decision) -> tuple[str, ...]:
    """Return what a reader of this decision is reminded of, because no file proves it.

    A way down asks nobody to believe in the model, and what moves no model says nothing about one.
    """
    if not decision.findings or decision.transition is None:
        return ()
    return () if decision.change in (ChangeKind.ROLLBACK, ChangeKind.RETIRE) else NOT_CHECKED


def headline(decision: Decision) -> str:
    """Return the verdict and, where people are awaited, whom, in one line."""
    if decision.problems:
        count = len(decision.problems)
        return f"undecided: {count} {'problem' if count == 1 else 'problems'} in the files to judge"
    if decision.verdict is None:
        return "nothing to judge: no governed path differs"
    awaited = who_is_awaited(decision.required) if decision.verdict is Verdict.HOLD else ""
    if decision.verdict is Verdict.UNDECIDED and not any(_decides(each) for each in decision.findings):
        return "undecided: no rule applies to this change, so nothing was evaluated"
    bypassed = [each for each in decision.findings if each.is_bypassed]
    if not bypassed or decision.verdict not in (Verdict.ALLOW, Verdict.HOLD):
        return f"{decision.verdict}: {awaited or _with_waivers(decision) or MEANING[decision.verdict]}"
    rules = ", ".join(dict.fromkeys(f"`{each.rule}`" for each in bypassed))
    told = f"{rules} bypassed, to be reviewed by {bypassed[0].valid_until}"
    return f"{decision.verdict} by break-glass: {'; '.join(each for each in (awaited, told) if each)}"


def _with_waivers(decision: Decision) -> str:
    """Return how many blocking rules a waiver excuses in an allowed change, "" where none does."""
    waived = {each.rule for each in decision.findings if each.outcome is Outcome.WAIVED and each.effect is Effect.BLOCK}
    if decision.verdict is not Verdict.ALLOW or not waived:
        return ""
    return f"every blocking rule is met, but for {len(waived)} that {'is' if len(waived) == 1 else 'are'} waived"


def excuse(finding: Finding) -> str:
    """Return what excuses a finding, and until when."""
    if finding.is_bypassed:
        return f"bypassed by {finding.waiver}, to be reviewed by {finding.valid_until}"
    return f"waived by {finding.waiver} until {finding.valid_until}"


def terms(decision: Decision) -> tuple[str, ...]:
    """Return who granted what is excused, why and until when: what opens the gate by force first."""
    bypasses = (
        f"break-glass {each.id}, by {each.by} and {each.second} ({each.ticket}), to be reviewed by {each.review_by}: "
        f"{clipped(each.reason, LONGEST_REASON)}"
        for each in decision.break_glass
    )
    waivers = (
        f"waiver {each.id}, granted by {each.approved_by}, owner {each.owner}, ends {each.ends}: "
        f"{clipped(each.reason, LONGEST_REASON)}"
        for each in decision.waivers
    )
    return (*bypasses, *waivers)


def opening(decision: Decision) -> str:
    """Return the first line of a page: the verdict, how much is against it, and who is awaited whatever it is."""
    if decision.problems or decision.verdict not in (Verdict.DENY, Verdict.UNDECIDED):
        return headline(decision)
    blocking = [each for each in decision.findings if each.effect is Effect.BLOCK]
    bad = {
        Verdict.DENY: ((Outcome.FAIL,), "not met"),
        Verdict.UNDECIDED: ((Outcome.INSUFFICIENT, Outcome.ERROR), "open"),
    }
    outcomes, words = bad[decision.verdict]
    count = len({each.rule for each in blocking if each.outcome in outcomes})
    if not count:
        return headline(decision)
    awaited = who_is_awaited(decision.required)
    rules = f"{count} blocking rule{' is' if count == 1 else 's are'} {words}"
    return f"{decision.verdict}: {rules}{f'; also {awaited}' if awaited else ''}"


def _decides(finding: Finding) -> bool:
    applies = finding.outcome is not Outcome.NOT_APPLICABLE
    return finding.effect is Effect.BLOCK and applies and (finding.settles or finding.outcome is not Outcome.PASS)


def who_is_awaited(slots: Sequence[SlotState]) -> str:
    """Return whose approvals are missing, in words, "" for nobody's."""
    parts = []
    for slot in slots:
        if not slot.missing:
            continue
        if slot.person:
            parts.append(f"`{slot.person}`")
            continue
        names = " or ".join(f"`{name}`" for name in slot.candidates[:4])
        number = f"{slot.missing} x " if slot.missing > 1 else ""
        parts.append(f"{number}{slot.role}" + (f" ({names})" if names else ""))
    unique = list(dict.fromkeys(parts))
    return f"waiting for {', '.join(unique)}" if unique else ""


def compared_in_words(found: str, expected: str) -> str:
    """Return what was found beside what was expected; a side that says nothing is left out."""
    return ", ".join(f"{word} {value}" for word, value in (("found", found), ("expected", expected)) if value)


def compared_beyond(message: str, found: str, expected: str) -> str:
    """Return what was found beside what was expected, "" where the message has told both."""
    return "" if found in message and expected in message else compared_in_words(found, expected)


def change_line(decision: Decision) -> str:
    """Return what the change is, in one line."""
    transition = decision.transition
    if transition is None:
        if decision.change is ChangeKind.NONE and decision.verdict is not None:
            return "what the change is can not be told"
        names = {
            ChangeKind.POLICY: "a change of the rules",
            ChangeKind.WAIVER: "a waiver",
            ChangeKind.NONE: "no governed change",
        }
        return names.get(decision.change, str(decision.change))
    extra = f", in place of {transition.supersedes}" if transition.supersedes else ""
    return f"{decision.change} {transition.title}{extra}"


def sorted_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with what needs a hand first: by effect, then by outcome, then as they came."""
    strength = {Effect.BLOCK: 0, Effect.WARN: 1, Effect.AUDIT: 2}

    def key(finding: Finding) -> tuple[int, int]:
        settled = finding.outcome in (Outcome.PASS, Outcome.WAIVED, Outcome.NOT_APPLICABLE)
        return (3 if settled else strength[finding.effect], ORDER.index(finding.outcome))

    return sorted(findings, key=key)


def totals(counts: dict[str, int]) -> str:
    """Return the summary as one line, without the numbers that are 0."""
    parts = [f"{counts['checked']} checked", f"{counts['attested']} attested"]
    parts += [f"{counts[k]} {k.replace('_', ' ')}" for k in counts if k not in ("checked", "attested") and counts[k]]
    return ", ".join(parts)
