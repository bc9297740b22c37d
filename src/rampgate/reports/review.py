"""What a reviewer reads in a terminal beside the decision: blocks of lines and tables, in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rampgate.model.brief import Brief, Figure, GroupTable


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the page: lines of text, then a table where it has a header; columns in `right` are numbers."""

    title: str
    lines: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    right: tuple[int, ...] = ()


def changes(brief: Brief) -> Iterator[Block]:
    """Yield what the change does, in words."""
    lines = list(brief.changes)
    if brief.exposure_to is not None and brief.exposure_from != brief.exposure_to:
        start = "" if brief.exposure_from is None else f"{brief.exposure_from}% -> "
        lines.insert(0, f"traffic: {start}{brief.exposure_to}%")
    if brief.more_changes:
        lines.append(f"and {brief.more_changes} more, in the diff")
    if lines:
        yield Block("what changes", tuple(lines))


def numbers(brief: Brief) -> Iterator[Block]:
    """Yield the metrics, then one table for each rule that looks at groups, then what rests on somebody's word."""
    if brief.metrics:
        rows = tuple(
            (
                f"{row.metric}{' *' if row.asked else ''}",
                row.about,
                _figure(row.old) if row.old else row.no_old or "-",
                _figure(row.new),
                f"{row.difference} ({row.difference_interval})" if row.difference_interval else row.difference or "-",
            )
            for row in brief.metrics
        )
        note = ("a * marks what a rule looks at",) if any(row.asked for row in brief.metrics) else ()
        yield Block("numbers, computed again from counts", note, ("metric", "on", "old", "new", "difference"), rows)
    if brief.metrics_left_out:
        yield Block("numbers not shown", brief.metrics_left_out[:10])
    yield from (_groups(table) for table in brief.groups)
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


def _groups(table: GroupTable) -> Block:
    rows = tuple(
        (
            row.group,
            f"under {table.least_cell}" if row.figure is None and row.note == "suppressed" else str(row.rows),
            _figure(row.figure) if row.figure else "-",
            ", ".join(part for part in (row.against, row.note) if part),
        )
        for row in table.rows
    )
    asked = f"{table.rule} asks for {table.asked}, in {table.file}"
    more = (f"{table.more} more groups are in the evidence",) if table.more else ()
    header = ("group", "rows", "value", table.against_what or "note")
    return Block(f"{table.metric} by {', '.join(table.by)}", (asked, *more), header, rows, (1,))


def _figure(figure: Figure) -> str:
    interval = f" ({figure.interval})" if figure.interval else ""
    hidden = f", up to {figure.hidden} rows suppressed" if figure.hidden else ""
    return f"{figure.value}{interval} n={figure.n}{hidden}"
