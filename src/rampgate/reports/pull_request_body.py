"""The text of a pull request that rampgate opens: what moves, why, and what will be judged. Everything is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rampgate.model.decision import Decision
from rampgate.model.finding import Finding
from rampgate.model.ladder import Ladder
from rampgate.model.vocabulary import Effect, Outcome
from rampgate.reports.escape import cell, code, markdown, prose
from rampgate.reports.words import headline, who_is_awaited

LONGEST: Final = 60_000
"""Characters of a body; GitHub refuses one of more than 65,536."""


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage line that the pull request changes."""

    version: str
    before: str
    after: str


def body_of(
    model: str, lines: Sequence[StageLine], decision: Decision | str, ladder: Ladder, *, reason: str = ""
) -> str:
    """Return the body as Markdown, ending in a newline.

    lines: the version that the request is about first. decision: what the gate says before anybody has reviewed it, or
    why it could not be asked.
    """
    parts = [*_moves(model, lines, ladder)]
    if reason.strip():
        first, *more = (markdown(line.strip()) for line in reason.strip().splitlines() if line.strip())
        parts += ["", f"**Reason:** {first}", *(line for part in more for line in ("", part))]
    parts += ["", "### What will be judged", ""]
    parts += (
        [f"- It could not be judged before it was opened: {markdown(decision)}"]
        if isinstance(decision, str)
        else list(_judged(decision))
    )
    parts += [
        "",
        "The verdict is the check `rampgate/verdict` of this pull request; this text is not brought up to date.",
    ]
    body = "\n".join(parts) + "\n"
    return body if len(body) <= LONGEST else body[:LONGEST].rpartition("\n")[0] + "\n\n(cut here)\n"


def _moves(model: str, lines: Sequence[StageLine], ladder: Ladder) -> Iterator[str]:
    yield "| model | version | from | to |"
    yield "|---|---|---|---|"
    for line in lines:
        stages = (_stage(stage, ladder) for stage in (line.before, line.after))
        yield f"| {' | '.join((cell(model), cell(line.version), *stages))} |"


def _stage(name: str, ladder: Ladder) -> str:
    """Return a stage with the share of traffic that a version at it serves."""
    if ladder.canonical(name) is None:
        return cell(name)
    return f"{cell(name)} ({ladder.exposure(name)}% of traffic)"


def _judged(decision: Decision) -> Iterator[str]:
    yield f"As of {decision.evaluated_at}, before any review: **{prose(headline(decision))}**"
    if decision.transition is not None:
        yield f"- kind of change: `{decision.change}`, of artifact {code(decision.transition.artifact)}"
    for problem in decision.problems:
        yield f"- invalid: {code(problem.place)} {prose(problem.message)}"
    blocking = [each for each in decision.findings if each.effect is Effect.BLOCK]
    unmet = [each for each in blocking if each.outcome in (Outcome.FAIL, Outcome.INSUFFICIENT, Outcome.ERROR)]
    yield from (f"- not met: {_told(each)}" for each in unmet)
    waiting = [each for each in blocking if each.outcome is Outcome.WAITING and not each.slots]
    yield from (f"- waits: {_told(each)}" for each in waiting)
    waived = [each for each in blocking if each.outcome is Outcome.WAIVED]
    for each in waived:
        word = "bypassed by break-glass, to be reviewed by" if each.is_bypassed else "waived until"
        yield f"- {code(each.rule)} is {word} {each.valid_until}"
    awaited = who_is_awaited([slot for slot in decision.required if slot.missing])
    yield f"- approvals: {prose(awaited)}" if awaited else "- approvals: none is awaited"
    met = sum(each.outcome is Outcome.PASS for each in blocking)
    yield f"- rules that block and are met: {met}"


def _told(finding: Finding) -> str:
    fix = f" ({prose(finding.fix)})" if finding.fix else ""
    return f"{code(finding.rule)}, {finding.outcome}: {prose(finding.message)}{fix}"
