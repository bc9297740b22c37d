"""What came of replaying recorded decisions, as text and as JSON (`rampgate/replay/v1`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from rampgate.model.replay import Difference, Replayed, ReplayReport, ReplayState
from rampgate.reports.text import Paint, no_paint, wrapped

SCHEMA: Final = "rampgate/replay/v1"
LISTED: Final = 20
"""So many records are listed one by one; of more, only those that need a look."""

_COLOUR: Final = {
    ReplayState.SAME: "green",
    ReplayState.DIFFERS: "red",
    ReplayState.NOT_REPLAYABLE: "yellow",
    ReplayState.NOTHING_JUDGED: "",
}
_BAD: Final = (ReplayState.DIFFERS, ReplayState.NOT_REPLAYABLE)


def render_text(report: ReplayReport, *, width: int = 100, paint: Paint = no_paint) -> str:
    """Return what differs and what can not be replayed, then the counts, ending in a newline."""
    width = max(width, 40)
    lines: list[str] = []
    for row in report.rows:
        if row.state in _BAD or len(report.rows) <= LISTED:
            lines += _row(report, row, width, paint)
    if lines:
        lines.append("")
    lines += wrapped(_totals(report), width, "")
    if not report.is_strict:
        words = f"rampgate {report.version} made them again, whatever had made them; a difference is one of the engine"
        lines += wrapped(words, width, "")
    return "\n".join(lines) + "\n"


def _row(report: ReplayReport, row: Replayed, width: int, paint: Paint) -> Iterator[str]:
    head = f"{row.seq}  {row.at[:10]}  {row.about}"
    yield from wrapped(head, width, "")
    verdict = f", {row.verdict}" if row.verdict else ""
    state = paint(str(row.state), _COLOUR[row.state])
    if row.state is ReplayState.NOTHING_JUDGED:
        yield from wrapped(f"{state}: {row.why}", width, "    ")
        return
    yield f"    {state}{verdict}"
    if row.why:
        yield from wrapped(row.why, width, "    ")
    if row.difference is not None:
        yield from _difference(row.difference, width)
    if row.difference is not None and not report.is_strict:
        yield from wrapped(f"a regression of the engine: {row.engine} had made it", width, "    ")


def _difference(found: Difference, width: int) -> Iterator[str]:
    where = f"{found.rule} ({found.outcome or 'no answer on record'}), {found.field}" if found.rule else found.field
    yield from wrapped(f"first difference: {where}", width, "    ")
    yield from wrapped(f"on record: {found.old}", width, "      ")
    yield from wrapped(f"now:       {found.new}", width, "      ")


def _totals(report: ReplayReport) -> str:
    counts = ", ".join(f"{number} {state}" for state, number in report.counts.items())
    return f"{_count(len(report.rows))} of {report.size} replayed: {counts}"


def _count(number: int) -> str:
    return f"{number} record{'' if number == 1 else 's'}"


def render_json(report: ReplayReport) -> str:
    """Return every record as JSON text of a stable order, ending in a newline."""
    value = {
        "schema": SCHEMA,
        "repository": report.repository,
        "engine": {"name": "rampgate", "version": report.version, "sha256": report.sha256},
        "by": "recorded" if report.is_strict else "current",
        "size": report.size,
        "counts": {str(state).replace(" ", "_"): number for state, number in report.counts.items()},
        "records": [_row_json(row) for row in report.rows],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _row_json(row: Replayed) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "about": row.about,
        "at": row.at,
        "state": str(row.state),
        "verdict": row.verdict or None,
        "engine": row.engine,
        "why": row.why or None,
        "difference": asdict(row.difference) if row.difference else None,
    }
