"""A simulation as text, Markdown and JSON; each says first that it is one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from rampgate.model.decision import Decision
from rampgate.model.simulated import Simulated
from rampgate.reports import json_v1, text
from rampgate.reports import markdown as markdown_report
from rampgate.reports.escape import markdown, prose
from rampgate.reports.text import VERDICT_COLOUR, Paint, no_paint, wrapped
from rampgate.reports.words import who_is_awaited

SCHEMA: Final = "rampgate/simulation/v1"
FIRST: Final = "simulated: what the gate would say; nothing is decided and nothing is written"


def render_text(answer: Simulated, *, width: int = 100, paint: Paint = no_paint) -> str:
    """Return the simulation as text: that it is one, what changes, and then the simulated decision."""
    width = max(width, 40)
    lines = wrapped(FIRST, width, "")
    lines += [paint(line, VERDICT_COLOUR[answer.after.verdict]) for line in wrapped(_verdicts(answer), width, "")]
    lines += [line for each in _notes(answer) for line in wrapped(each, width, "")]
    return "\n".join(lines) + "\n\n" + text.render(answer.after, width=width, paint=paint)


def render_markdown(answer: Simulated) -> str:
    """Return the simulation as Markdown, with the simulated decision below it."""
    notes = "".join(f"- {prose(each)}\n" for each in _notes(answer))
    return (
        f"**{markdown(FIRST)}**\n\n**{markdown(_verdicts(answer))}**\n\n{notes}\n{markdown_report.render(answer.after)}"
    )


def render_json(answer: Simulated) -> str:
    """Return the simulation as JSON, `rampgate/simulation/v1`, with both decisions whole."""
    value: dict[str, Any] = {
        "schema": SCHEMA,
        "simulated": True,
        "verdict": {"before": _word(answer.before), "after": _word(answer.after)},
        "assumed": answer.assumed or None,
        "awaited": who_is_awaited(answer.after.required) or None,
        "approvals": [
            {"person": each.person, "login": each.login, "review": each.review, "ignored": answer.why_not(each) or None}
            for each in answer.approvals
        ],
        "left_out": [{"login": e.login, "review": e.review, "reason": e.reason} for e in answer.left_out],
        "before": json_v1.as_json(answer.before),
        "after": json_v1.as_json(answer.after),
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


FORMATS: Final[dict[str, Callable[[Simulated], str]]] = {
    "text": render_text,
    "markdown": render_markdown,
    "json": render_json,
}
"""Name of a format -> how a simulation is rendered."""


def _verdicts(answer: Simulated) -> str:
    before, after = (_word(each) or "nothing to judge" for each in (answer.before, answer.after))
    return f"{before} -> {after}"


def _word(decision: Decision) -> str | None:
    return decision.verdict.value if decision.verdict else None


def _notes(answer: Simulated) -> Iterator[str]:
    """Yield what was supposed, what would not count and why, and who is awaited still."""
    if answer.assumed:
        yield answer.assumed
    for each in answer.approvals:
        reason = answer.why_not(each)
        who = each.person if each.person == each.login else f"{each.person} ({each.login})"
        yield f"{who} approves: it would not count: {reason}" if reason else f"{who} approves: it would count"
    for left in answer.left_out:
        yield f"{left.login}: review {left.review} is {left.reason}"
    awaited = who_is_awaited(answer.after.required)
    if answer.approvals or answer.left_out:
        yield f"still {awaited}" if awaited else "nobody's approval is awaited then"
