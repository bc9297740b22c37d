"""What other policies would have said of recorded decisions, as text and as JSON (`rampgate/past/v1`)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from rampgate.model.replay import Past, PastRow
from rampgate.model.rule_shift import RuleShift
from rampgate.reports.text import VERDICT_COLOUR, Paint, no_paint, wrapped

SCHEMA: Final = "rampgate/past/v1"
LISTED: Final = 20
"""So many decisions are listed one by one; of more, only those that flip or can not be judged again."""

WOULD: Final = {
    "allow": "would have been allowed",
    "hold": "would have waited",
    "undecided": "would have been undecided",
    "deny": "would have been denied",
}
_COLOUR: Final = {str(verdict): colour for verdict, colour in VERDICT_COLOUR.items() if verdict}

Group = tuple[str, str, tuple[tuple[str, str, str], ...]]
"""The verdict before and after, and what the rules said and say: (rule, before, after)."""


def render_text(past: Past, *, width: int = 100, paint: Paint = no_paint) -> str:
    """Return each decision with its verdict on record and under the other policies, ending in a newline."""
    width = max(width, 40)
    lines = [*wrapped(f"recorded decisions under {past.policies}, {moment_words(past)}", width, ""), ""]
    shown = [row for row in past.rows if row.flips or not row.after or len(past.rows) <= LISTED]
    for row in shown:
        lines += wrapped(_head(row), width, "")
        lines += wrapped(row.why, width, "    ") if not row.after else [_verdicts(row, paint)]
        lines += [line for each in row.problems for line in wrapped(each, width, "    ")]
        for each in row.shifts:
            lines += wrapped(shift_words(each), width, "    ")
    lines += ["", *wrapped(totals(past), width, "")] if shown else wrapped(totals(past), width, "")
    return "\n".join(lines) + "\n"


def _verdicts(row: PastRow, paint: Paint) -> str:
    after = paint(row.after, _COLOUR.get(row.after, ""))
    return f"    {row.before} -> {after}" if row.flips else f"    {after}, as it was"


def moment_words(past: Past) -> str:
    """Return as of when decisions were judged again."""
    return f"as of {past.moment[:10]}" if past.moment else "each at its own moment"


def shift_words(shift: RuleShift) -> str:
    """Return how a rule answers now, and how it answered; why, where that needs a hand."""
    is_met = shift.after.partition(" ")[0] in ("pass", "waived")
    said = f": {shift.reason}" if shift.reason and not is_met else ""
    if shift.after == "-":
        return f"{shift.rule}: does not speak (was {shift.before})"
    was = f" (was {shift.before})" if shift.before != "-" else " (new)"
    return f"{shift.rule}: {shift.after}{was}{said}"


def totals(past: Past) -> str:
    """Return how many decisions there are of each sort, in one sentence."""
    if past.missing:
        return f"no past decisions were judged: {past.missing}"
    number, flips, gone = len(past.rows), past.flips, past.not_replayable
    kinds = Counter((row.before, row.after) for row in flips)
    told = ", ".join(f"{count} {before} -> {after}" for (before, after), count in sorted(kinds.items()))
    parts = [f"{_count(number, 'past decision')} judged again: {len(flips)} flip{f' ({told})' if told else ''}"]
    parts.append(f"{number - len(flips) - len(gone)} unchanged")
    if gone:
        named = ", ".join(str(row.seq) for row in gone[:10]) + (", ..." if len(gone) > 10 else "")
        parts.append(f"{len(gone)} can not be judged again (record{'' if len(gone) == 1 else 's'} {named})")
    if past.left_out:
        parts.append(f"{past.left_out} older not looked at")
    if past.not_judged:
        parts.append(f"{_count(past.not_judged, 'record')} without a decision")
    return "; ".join(parts)


def grouped(rows: tuple[PastRow, ...]) -> dict[Group, list[PastRow]]:
    """Return the decisions that flip for the same reason together, the largest group first."""
    found: dict[Group, list[PastRow]] = {}
    for row in rows:
        rules = tuple((each.rule, each.before, each.after) for each in row.shifts)
        found.setdefault((row.before, row.after, rules), []).append(row)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[1][0].seq)))


def group_lines(past: Past, *, width: int, paint: Paint = no_paint, most: int = 5) -> Iterator[str]:
    """Yield the flips by what they have in common, counted, at most so many decisions of each listed."""
    for (before, after, rules), rows in grouped(past.flips).items():
        would = paint(WOULD.get(after, after), _COLOUR.get(after, ""))
        yield f"{len(rows)} {would} (was {before})"
        for rule, was, now in rules:
            yield from wrapped(shift_words(RuleShift(rule, was, now)), width, "  ")
        for row in rows[:most]:
            yield from wrapped(_head(row), width, "    ")
            for words in (*row.problems[:2], *(each.reason for each in row.shifts[:2] if each.reason)):
                yield from wrapped(words, width, "      ")
        if len(rows) > most:
            yield f"    and {len(rows) - most} more"


def _head(row: PastRow) -> str:
    return f"{row.seq}  {row.at[:10]}  {row.about}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def render_json(past: Past) -> str:
    """Return every decision as JSON text of a stable order, ending in a newline."""
    return json.dumps({"schema": SCHEMA, **as_json(past)}, indent=2, ensure_ascii=False) + "\n"


def as_json(past: Past) -> dict[str, Any]:
    """Return the decisions as plain values."""
    return {
        "policies": past.policies,
        "evaluated_at": past.moment or None,
        "size": past.size,
        "summary": {
            "decisions": len(past.rows),
            "flips": len(past.flips),
            "not_replayable": len(past.not_replayable),
            "left_out": past.left_out,
            "not_judged": past.not_judged,
        },
        "missing": past.missing or None,
        "decisions": [_row_json(row) for row in past.rows],
    }


def _row_json(row: PastRow) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "about": row.about,
        "at": row.at,
        "was": row.before,
        "would_be": row.after or None,
        "flips": row.flips,
        "rules": [
            {"rule": each.rule, "was": each.before, "would_be": each.after, "reason": each.reason}
            for each in row.shifts
        ],
        "problems": list(row.problems),
        "why": row.why or None,
    }
