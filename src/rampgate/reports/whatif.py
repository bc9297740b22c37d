"""What other policies would change, as text and as JSON (`rampgate/whatif/v1`)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rampgate.model.replay import Past
from rampgate.model.rule_shift import RuleShift
from rampgate.model.whatif import WhatIf, WhatIfRow
from rampgate.reports.escape import plain
from rampgate.reports.past import as_json as past_json
from rampgate.reports.past import group_lines, totals
from rampgate.reports.text import VERDICT_COLOUR, Paint, no_paint, wrapped

SCHEMA: Final = "rampgate/whatif/v1"
_COLOUR: Final = {str(verdict): colour for verdict, colour in VERDICT_COLOUR.items() if verdict}


def render_text(answer: WhatIf, *, width: int = 100, paint: Paint = no_paint) -> str:
    """Return what flips as a table, why, and the totals, ending in a newline; at least 40 columns are used."""
    width = max(width, 40)
    flips = [row for row in answer.rows if row.flips]
    head = f"the cards of your work tree, under its policies (now) and under those of {answer.policies} (then)"
    lines = wrapped(f"{head}, as of {answer.now[:10]}", width, "")
    if answer.borrowed:
        lines += wrapped(f"taken from the repository as well: {', '.join(answer.borrowed)}", width, "")
    lines.append("")
    lines += _table(flips, width, paint) if flips else ["no verdict differs", ""]
    others = [row for row in answer.rows if not row.flips and row.shifts]
    if others:
        lines += wrapped("the same verdict, for other reasons:", width, "")
        for row in others:
            lines += wrapped(f"{_about(row)}: {row.before}", width, "  ")
            lines += _shifts(row.shifts, width, "      ")
        lines.append("")
    for title, problems in (("now", answer.problems_before), ("then", answer.problems_after)):
        if problems:
            lines += [f"invalid {title}:", *(line for each in problems for line in wrapped(each, width, "  ")), ""]
    lines += wrapped(_totals(answer.rows), width, "")
    if answer.past is not None:
        lines += _past(answer.past, width, paint)
    return "\n".join(lines).rstrip() + "\n"


def _past(past: Past, width: int, paint: Paint) -> list[str]:
    """Return which decisions on record would have come out otherwise, by what they have in common."""
    lines = list(group_lines(past, width=width, paint=paint))
    if lines:
        lines = ["", "what was decided before, each at its own moment:", *lines]
    return [*lines, "", *wrapped(totals(past), width, "")]


def _table(rows: Sequence[WhatIfRow], width: int, paint: Paint) -> list[str]:
    """Return the flips, a line for each with its rules under it; blocks in place of columns where it is narrow."""
    cells = [
        ("model", "version", "question", "now", "then"),
        *((row.model, row.version, _question(row), row.before, row.after) for row in rows),
    ]
    widths = [max(len(row[at]) for row in cells) for at in range(5)]
    is_wide = sum(widths) + 8 <= width
    lines: list[str] = []
    if is_wide:
        lines += ["  ".join(c.ljust(w) for c, w in zip(cells[0], widths, strict=True)).rstrip()]
        lines += ["  ".join("-" * w for w in widths)]
    for row, cell in zip(rows, cells[1:], strict=True):
        verdicts = [
            paint(text.ljust(w) if is_wide else text, _COLOUR.get(text, ""))
            for text, w in zip(cell[3:], widths[3:], strict=True)
        ]
        if is_wide:
            named = [plain(c).ljust(w) for c, w in zip(cell[:3], widths[:3], strict=True)]
            lines.append("  ".join([*named, *verdicts]).rstrip())
        else:
            lines += [*wrapped(_about(row), width, ""), f"  {verdicts[0]} -> {verdicts[1]}"]
        lines += _shifts(row.shifts, width, "    ")
    return [*lines, ""]


def _shifts(shifts: Sequence[RuleShift], width: int, indent: str) -> list[str]:
    return [line for each in shifts for line in wrapped(f"{each.rule}: {each.before} -> {each.after}", width, indent)]


def _question(row: WhatIfRow) -> str:
    return f"{row.stage} -> {row.entering}" if row.question == "next" else f"standing at {row.entering}"


def _about(row: WhatIfRow) -> str:
    return f"{row.model} {row.version}, {_question(row)}"


def _totals(rows: Sequence[WhatIfRow]) -> str:
    flips = [row for row in rows if row.flips]
    versions = len({(row.model, row.version) for row in rows})
    return "; ".join(
        [
            f"{_count(len(rows), 'question')} about {_count(versions, 'version')}: {len(flips)} flip",
            *_kinds(flips),
        ]
    )


def _kinds(flips: Sequence[WhatIfRow]) -> Iterator[str]:
    counted = Counter((row.before, row.after) for row in flips)
    for (before, after), number in sorted(counted.items()):
        yield f"{number} {before} -> {after}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def render_json(answer: WhatIf) -> str:
    """Return every question as JSON text of a stable order, ending in a newline."""
    value = {
        "schema": SCHEMA,
        "policies": answer.policies,
        "evaluated_at": answer.now,
        "borrowed": list(answer.borrowed),
        "summary": {
            "questions": len(answer.rows),
            "versions": len({(row.model, row.version) for row in answer.rows}),
            "flips": sum(row.flips for row in answer.rows),
        },
        "rows": [_row_json(row) for row in answer.rows],
        "problems": {"now": list(answer.problems_before), "then": list(answer.problems_after)},
        "past": past_json(answer.past) if answer.past is not None else None,
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _row_json(row: WhatIfRow) -> dict[str, Any]:
    return {
        "model": row.model,
        "version": row.version,
        "stage": row.stage,
        "question": row.question,
        "entering": row.entering,
        "now": row.before,
        "then": row.after,
        "flips": row.flips,
        "rules": [{"rule": each.rule, "now": each.before, "then": each.after} for each in row.shifts],
    }
