"""Waivers and break-glass as rows for a table, as Markdown, and as JSON (`rampgate/waivers/v1`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rampgate.model.exceptions import BreakGlassRow, Exceptions, ReviewState, WaiverRow, WaiverState
from rampgate.reports.escape import cell, markdown

SCHEMA: Final = "rampgate/waivers/v1"

WAIVER_HEADER: Final = ("waiver", "state", "rule", "version", "entering", "days left", "owner", "approver")
BREAK_GLASS_HEADER: Final = ("break-glass", "review", "version", "move", "review by", "by", "second", "ticket", "rules")


def waiver_cells(row: WaiverRow) -> tuple[str, ...]:
    """Return a waiver as the cells of `WAIVER_HEADER`, not yet made harmless."""
    waiver = row.waiver
    states = ", ".join(row.states)
    about = f"{waiver.model} {waiver.version}"
    people = (waiver.owner, waiver.approved_by)
    return (waiver.id, states, waiver.rule, about, waiver.entering, days_left(row), *people)


def days_left(row: WaiverRow) -> str:
    """Return how many days a waiver has left, today and its last day counted, or when it begins or ended."""
    if WaiverState.EXPIRED in row.states:
        return f"ended {row.waiver.ends}"
    if WaiverState.NOT_STARTED in row.states:
        return f"from {row.waiver.starts}"
    return str(row.days_left)


def break_glass_cells(row: BreakGlassRow) -> tuple[str, ...]:
    """Return a break-glass as the cells of `BREAK_GLASS_HEADER`, not yet made harmless."""
    event = row.event
    move = f"{event.from_} -> {event.to}"
    rules = ", ".join(event.rules)
    who = (event.by, event.second)
    return (row.id, review_words(row), f"{row.model} {row.version}", move, event.review_by, *who, event.ticket, rules)


def review_words(row: BreakGlassRow) -> str:
    """Return whether a break-glass has been reviewed, by whom and with what conclusion, or how long there is."""
    if row.review is not None:
        conclusion = row.review.conclusion.replace("_", " ")
        return f"{conclusion} by {row.review.by} on {row.review.date}"
    if row.state is ReviewState.OVERDUE:
        return f"overdue since {row.event.review_by}"
    return f"open, {row.days_left} {'day' if row.days_left == 1 else 'days'} left"


def notes(found: Exceptions) -> Iterator[tuple[str, str, str]]:
    """Yield (name, why it is in its state, what to do) of everything that has something to be told."""
    for row in found.waivers:
        if row.reasons or row.next_step:
            ended = f"it ended on {row.waiver.ends}" if WaiverState.EXPIRED in row.states else ""
            yield f"waiver {row.waiver.id}", "; ".join(row.reasons) or ended, row.next_step
    for each in found.break_glass:
        if each.next_step:
            yield f"break-glass {each.id}", "", each.next_step


def render_markdown(found: Exceptions) -> str:
    """Return two tables and what needs a hand as GitHub-flavoured Markdown, ending in a newline."""
    lines = [f"### Waivers and break-glass on {found.day}", ""]
    lines += _table(WAIVER_HEADER, [waiver_cells(row) for row in found.waivers]) or ["No waivers.", ""]
    lines += _table(BREAK_GLASS_HEADER, [break_glass_cells(row) for row in found.break_glass]) or [
        "No break-glass.",
        "",
    ]
    for name, why, step in notes(found):
        words = "; ".join(markdown(each) for each in (why, f"next: {step}" if step else "") if each)
        lines.append(f"- {markdown(name)}: {words}")
    return "\n".join(lines).rstrip() + "\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    lines += [f"| {' | '.join(cell(each) for each in row)} |" for row in rows]
    return [*lines, ""]


def render_json(found: Exceptions) -> str:
    """Return everything as JSON text of a stable order, ending in a newline."""
    value = {
        "schema": SCHEMA,
        "source": "work_tree",
        "day": found.day,
        "expiring_within_days": found.horizon_days,
        "needs_a_hand": found.need_a_hand,
        "waivers": [_waiver_json(row) for row in found.waivers],
        "break_glass": [break_glass_json(row) for row in found.break_glass],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _waiver_json(row: WaiverRow) -> dict[str, Any]:
    waiver = row.waiver
    return {
        "id": waiver.id,
        "path": row.path,
        "states": [state.value.replace(" ", "_") for state in row.states],
        "rule": waiver.rule,
        "model": waiver.model,
        "version": waiver.version,
        "entering": waiver.entering,
        "starts": waiver.starts,
        "ends": waiver.ends,
        "days_left": max(row.days_left, 0),
        "owner": waiver.owner,
        "approved_by": waiver.approved_by,
        "reasons": list(row.reasons),
        "next_step": row.next_step or None,
    }


def break_glass_json(row: BreakGlassRow) -> dict[str, Any]:
    """Return one break-glass as plain values."""
    event, review = row.event, row.review
    told = None if review is None else {"by": review.by, "conclusion": review.conclusion, "date": review.date}
    return {
        "id": row.id,
        "model": row.model,
        "version": row.version,
        "from": event.from_,
        "to": event.to,
        "rules": list(event.rules),
        "ticket": event.ticket,
        "by": event.by,
        "second": event.second,
        "date": event.date,
        "review_by": event.review_by,
        "state": row.state.value,
        "review": told,
        "next_step": row.next_step or None,
    }
