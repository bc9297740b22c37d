"""The parts of a page that come from the brief: what changes in words, the numbers, and who gave their word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rampgate.model.approval import SlotState
from rampgate.model.brief import Brief, Figure, GroupRow, GroupTable, MetricRow
from rampgate.reports.escape import cell, clipped, code, markdown, prose
from rampgate.reports.sections import Section

_RULER: Final = "|---|"
_MOST: Final = 300


def exposure(brief: Brief) -> str:
    """Return how much traffic the version gets, before and after, "" where none moves."""
    if brief.exposure_to is None or brief.exposure_from == brief.exposure_to:
        return ""
    start = "" if brief.exposure_from is None else f"{brief.exposure_from}% -> "
    return f", {start}{brief.exposure_to}% of traffic"


def changes(brief: Brief) -> Section:
    """Return what the change does, in words."""
    items = [f"- {markdown(clipped(each, _MOST))}" for each in brief.changes]
    if brief.more_changes:
        items.append(f"- and {brief.more_changes} more, in the diff")
    return Section("What changes", tuple(items), of="changes", rank=6)


def effects(brief: Brief) -> Section:
    """Return what the rules that the change brings would have changed."""
    if brief.effects is None:
        return Section("")
    items = tuple(f"- {prose(clipped(each, _MOST))}" for each in brief.effects.flips)
    lead = (prose(clipped(brief.effects.looked_at, 2 * _MOST)), *([""] if items else []))
    return Section("What these rules would have changed", items, lead, of="flips", rank=7)


def metrics(brief: Brief) -> Section:
    """Return the metrics before and now; one column of values where nothing was measured before."""
    if not brief.metrics and not brief.metrics_left_out:
        return Section("")
    notes = [f"Not shown: {markdown(clipped(each, _MOST))}." for each in brief.metrics_left_out[:10]]
    if brief.more_metrics:
        notes.append(f"{brief.more_metrics} more metrics are in the evidence.")
    if not brief.metrics:
        return Section("Numbers", lead=tuple(notes))
    is_compared = any(row.old for row in brief.metrics)
    lead = [
        "Computed again from the counts of the evidence; in brackets the 95% interval. "
        + ("" if is_compared else "Nothing was measured before on the same data, so there is no old value. ")
        + ("A * marks what a rule looks at." if any(row.asked for row in brief.metrics) else ""),
        "",
        "| metric | measured on | old | new | difference |" if is_compared else "| metric | measured on | value |",
        _RULER + "---|" * (4 if is_compared else 2),
    ]
    rows = [_metric(row, is_compared=is_compared) for row in brief.metrics]
    tail = tuple(line for note in notes for line in ("", note))
    return Section("Numbers", tuple(rows), tuple(lead), tail, of="metrics", rank=7)


def _metric(row: MetricRow, *, is_compared: bool) -> str:
    better = f"<br>{row.better} is better" if row.better else ""
    cells = [f"{cell(row.metric)}{' *' if row.asked else ''}{better}", markdown(clipped(row.about, 120))]
    if not is_compared:
        return _row([*cells, _figure(row.new)])
    old = f"{_figure(row.old)}<br>{markdown(clipped(row.old_name, 80))}" if row.old else markdown(row.no_old)
    between = f"<br>({markdown(row.difference_interval)})" if row.difference_interval else ""
    difference = f"{markdown(row.difference)}{between}" if row.difference else "not known" if row.old else ""
    return _row([*cells, old, _figure(row.new), difference])


def _figure(figure: Figure) -> str:
    interval = f" ({markdown(figure.interval)})" if figure.interval else ""
    hidden = f"<br>up to {figure.hidden} suppressed rows are missing" if figure.hidden else ""
    return f"{markdown(figure.value)}{interval}<br>n={figure.n}{hidden}"


def groups(brief: Brief) -> list[Section]:
    """Return a table for each rule that looks at groups."""
    tables = [_groups(table) for table in brief.groups]
    if brief.more_groups:
        tables.append(Section("", lead=(f"{brief.more_groups} more rules look at groups; see their findings.",)))
    return tables


def _groups(table: GroupTable) -> Section:
    """Return one table, the group with the lowest value first."""
    has_reference = bool(table.against_what)
    head = "| group | n | value | note |"
    if has_reference:
        head = f"| group | rows | value | {markdown(table.against_what)} |"
    lead = (
        f"{code(table.rule)} asks for {markdown(table.asked)}, in {code(clipped(table.file, 200))}.",
        "",
        head,
        _RULER + "---|" * 3,
    )
    items = tuple(_group(row, table, has_reference=has_reference) for row in table.rows)
    tail = ("", f"{table.more} more groups are in the evidence.") if table.more else ()
    columns = ", ".join(markdown(clipped(each, 60)) for each in table.by)
    return Section(f"{markdown(table.metric)} by {columns}", items, lead, tail, of="groups", rank=8)


def _group(row: GroupRow, table: GroupTable, *, has_reference: bool) -> str:
    if row.figure is None:
        shown = f"under {table.least_cell}" if row.note == "suppressed" else str(row.rows)
        return _row([cell(row.group), shown, row.note, ""])
    interval = f" ({markdown(row.figure.interval)})" if row.figure.interval else ""
    size = f"<br>n={row.figure.n}" if row.figure.n != row.rows else ""
    hidden = f"<br>up to {row.figure.hidden} suppressed rows are missing" if row.figure.hidden else ""
    note = ", ".join(part for part in (markdown(row.against) if has_reference else "", markdown(row.note)) if part)
    return _row([cell(row.group), str(row.rows), f"{markdown(row.figure.value)}{interval}{size}{hidden}", note])


def on_their_word(brief: Brief, required: Sequence[SlotState]) -> Section:
    """Return what rests on somebody's word: attestations, and evidence that nobody signed."""
    awaited = {(slot.person, slot.role) for slot in required if slot.person and slot.missing}
    items = []
    for each in brief.vouched:
        state = "new in this change" if each.is_new else "on record"
        state = f"counts once {code(each.person)} approves" if (each.person, each.role) in awaited else state
        items.append(
            f"- {code(each.person)} vouches as {code(each.role)} until {markdown(each.until)} ({state}): "
            f"{markdown(clipped(each.statement, _MOST))}"
        )
    for file in brief.evidence:
        signed = f"signed by {code(file.signed_by)}" if file.signed_by else "claimed, nobody signed it"
        by = markdown(clipped(file.by, 80))
        items.append(f"- {code(clipped(file.path, 200))}: measured by {by} on {markdown(file.on)}, {signed}")
    return Section("On somebody's word", tuple(items), of="statements", rank=5)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
