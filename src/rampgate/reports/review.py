"""What a reviewer reads in a terminal beside the decision: blocks of lines and tables, in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rampgate.model.brief import Brief, Figure, GroupRow, GroupTable, MetricRow
from rampgate.model.decision import Decision
from rampgate.model.vocabulary import Verdict
from rampgate.reports.words import terms, who_is_awaited


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the page: lines of text, then a table where it has a header; columns in `right` are numbers.

    narrow: the rows of the table as sentences, for a window that it does not fit.
    """

    title: str
    lines: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    right: tuple[int, ...] = ()
    narrow: tuple[str, ...] = ()


NEXT: Final = {
    Verdict.ALLOW: "it may be merged",
    Verdict.HOLD: "it waits for a day to pass, and not for a person",
    Verdict.UNDECIDED: "what is open has to be settled first; an approval holds only while the content stays as it is",
    Verdict.DENY: "what is not met has to change first; an approval holds only while the content stays as it is",
    None: "rampgate has no part in this one: nothing that it governs changes",
}
"""What there is to do, by the verdict; told of an open pull request alone."""


def next_step(decision: Decision, number: int, state: str) -> str:
    """Return what the reader can do now. state: `open`, `draft`, `closed` or `merged`."""
    if state in ("closed", "merged"):
        return f"nothing: it is {state}"
    asked = NEXT[decision.verdict]
    if decision.verdict is Verdict.HOLD and who_is_awaited(decision.required):
        asked = f"whoever is awaited approves, or asks for changes: `gh pr review {number}`"
    return f"{asked}; it is a draft, and can not be merged before it is ready" if state == "draft" else asked


def changes(decision: Decision, brief: Brief) -> Iterator[Block]:
    """Yield what is excused and by whom, then what the change does, in words."""
    if decision.break_glass or decision.waivers:
        yield Block("excused", terms(decision))
    lines = list(brief.changes)
    if brief.exposure_to is not None and brief.exposure_from != brief.exposure_to:
        start = "" if brief.exposure_from is None else f"{brief.exposure_from}% -> "
        lines.insert(0, f"traffic: {start}{brief.exposure_to}%")
    if brief.more_changes:
        lines.append(f"and {brief.more_changes} more, in the diff")
    if lines:
        yield Block("what changes", tuple(lines))
    if brief.effects is not None:
        yield Block("what these rules would have changed", (brief.effects.looked_at, *brief.effects.flips))


def numbers(brief: Brief) -> Iterator[Block]:
    """Yield the metrics, then one table for each rule that looks at groups, then what rests on somebody's word."""
    for about, rows in groupby(brief.metrics, key=lambda row: row.about):
        yield _metrics(about, tuple(rows))
    more = [f"{brief.more_metrics} more metrics are in the evidence"] if brief.more_metrics else []
    if brief.metrics_left_out or more:
        yield Block("numbers not shown", (*brief.metrics_left_out[:10], *more))
    yield from (_groups(table) for table in brief.groups)
    if brief.more_groups:
        yield Block("groups not shown", (f"{brief.more_groups} more tables are in the comment on the pull request",))
    word = [
        f"{each.person} vouches as {each.role} until {each.until}{' (new in this change)' if each.is_new else ''}: "
        f"{each.statement}"
        for each in brief.vouched
    ]
    word += [
        f"{each.path}: measured by {each.by} on {each.on}, "
        + (f"signed by {each.signed_by}" if each.signed_by else "claimed, nobody signed it")
        for each in brief.evidence
    ]
    if word:
        yield Block("on somebody's word", tuple(word))


def _metrics(about: str, rows: tuple[MetricRow, ...]) -> Block:
    """Return the metrics of one population: now, and before where there is something to compare with."""
    notes = ["a * marks what a rule looks at"] if any(row.asked for row in rows) else []
    alone = list(dict.fromkeys(row.no_old for row in rows if row.old is None))
    if len(alone) == 1 and not any(row.old for row in rows):
        notes.append(f"no older value to compare with: {alone[0] or 'none is known'}")
    listed = tuple(line for row in rows for line in _lines_of(row))
    header = ("metric", "", "value", "95% interval", "rows")
    narrow = tuple(_sentence(row) for row in rows)
    return Block(f"numbers, computed again from counts: {about}", tuple(notes), header, listed, (2, 4), narrow)


def _lines_of(row: MetricRow) -> Iterator[tuple[str, ...]]:
    name = _name(row)
    if row.old is None:
        yield (name, row.no_old and "new", *_cells(row.new))
        return
    yield (name, row.old_name or "old", *_cells(row.old))
    yield ("", "new", *_cells(row.new))
    if row.difference:
        yield ("", "difference", row.difference, row.difference_interval, "")


def _sentence(row: MetricRow) -> str:
    words = f"{_name(row)}: {_figure(row.new)}"
    if row.old is None:
        return words
    words += f"; {row.old_name or 'old'} {_figure(row.old)}"
    interval = f" ({row.difference_interval})" if row.difference_interval else ""
    return f"{words}; difference {row.difference}{interval}" if row.difference else words


def _name(row: MetricRow) -> str:
    return f"{row.metric}{' *' if row.asked else ''}"


def _groups(table: GroupTable) -> Block:
    asked = f"{table.rule} asks for {table.asked}, in {table.file}"
    more = (f"{table.more} more groups are in the evidence",) if table.more else ()
    header = ("group", "rows", "value", "95% interval", "of", table.against_what or "note")
    rows = tuple(
        (row.group, _size(row, table), *(_cells(row.figure) if row.figure else ("-", "", "")), _stands(row))
        for row in table.rows
    )
    narrow = tuple(
        f"{row.group}: {_figure(row.figure) if row.figure else f'{_size(row, table)} rows'}"
        + (f"; {table.against_what} {row.against}" if row.against else "")
        + (f"; {row.note}" if row.note else "")
        for row in table.rows
    )
    return Block(f"{table.metric} by {', '.join(table.by)}", (asked, *more), header, rows, (1, 2, 4), narrow)


def _size(row: GroupRow, table: GroupTable) -> str:
    return f"under {table.least_cell}" if row.figure is None and row.note == "suppressed" else str(row.rows)


def _stands(row: GroupRow) -> str:
    return ", ".join(part for part in (row.against, row.note) if part)


def _cells(figure: Figure) -> tuple[str, str, str]:
    hidden = f" (up to {figure.hidden} suppressed)" if figure.hidden else ""
    return figure.value, figure.interval, f"{figure.n}{hidden}"


def _figure(figure: Figure) -> str:
    interval = f" ({figure.interval})" if figure.interval else ""
    hidden = f", up to {figure.hidden} rows suppressed" if figure.hidden else ""
    return f"{figure.value}{interval} n={figure.n}{hidden}"
