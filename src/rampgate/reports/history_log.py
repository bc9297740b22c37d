"""A list of decisions: a line each for a terminal, JSON `rampgate/history-log/v1`, and a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rampgate.model.history_views import Deed, Entry, Listing
from rampgate.model.vocabulary import Verdict
from rampgate.reports.escape import log_line, plain
from rampgate.reports.history_table import table_csv
from rampgate.reports.history_words import entry_json, gate_words, json_text, minute, people_words
from rampgate.reports.text import VERDICT_COLOUR, Paint, no_paint, wrapped

SCHEMA: Final = "rampgate/history-log/v1"
HEADER: Final = (
    "record", "sha256", "kind", "model", "version", "from", "to", "verdict", "at", "recorded_at", "pull_request",
    "opened_by", "approved_by", "granted_by", "bypassed_by", "landed", "past_the_gate", "corrected_by", "title",
)  # fmt: skip
_WIDEST: Final = 10_000
"""No line of a list that a program reads is broken."""


def render_text(listing: Listing, *, width: int = 0, paint: Paint = no_paint) -> str:
    """Return a line for each entry, newest last, ending in a newline. width: columns to break lines at, 0 for never."""
    if not listing.entries:
        return f"No record fits{filters_words(listing)}; the history has {listing.size} records.\n"
    digits = max(6, len(str(listing.entries[-1].seq)))
    lines = [f"{'record':>{digits}}  {'as of (UTC)':<16}  {'verdict':<9}  what"]
    lines.append("  ".join("-" * columns for columns in (digits, 16, 9, 4)))
    for entry in listing.entries:
        lines += entry_lines(entry, listing.corrected.get(entry.seq), digits, width, paint)
    return "\n".join(lines) + "\n"


def entry_lines(entry: Entry, corrected_by: int | None, digits: int, width: int, paint: Paint) -> Iterator[str]:
    """Yield the lines of one entry; those after the first stand under what it is about."""
    verdict = f"{entry.verdict or '-':<9}"
    head = f"{entry.seq:>{digits}}  {minute(entry.record.at):<16}  "
    indent = len(head) + len(verdict) + 2
    told = [entry.title, people_words(entry), _number(entry), gate_words(entry.record, corrected_by)]
    text = plain("; ".join(each for each in told if each))
    first, *more = wrapped(text, max(width - indent, 20) if width else _WIDEST, "") or [""]
    colour = VERDICT_COLOUR[Verdict(entry.verdict) if entry.verdict else None]
    yield f"{head}{paint(verdict, colour)}  {_warned(first, paint)}".rstrip()
    yield from (log_line(f"{' ' * indent}{_warned(each, paint)}") for each in more)


def filters_words(listing: Listing) -> str:
    """Return the filters in words, such as ` (model credit-risk, since 2026-11-01)`; "" without any."""
    words = {"past_the_gate": "past the gate"}
    parts = [
        words.get(name, name) if value is True else f"{name} {value}" for name, value in listing.filters.given.items()
    ]
    return plain(f" ({', '.join(parts)})") if parts else ""


def render_json(listing: Listing) -> str:
    """Return the entries as JSON text of a stable order, ending in a newline."""
    value = {
        "schema": SCHEMA,
        **population_json(listing),
        "records": [entry_json(each, listing.corrected.get(each.seq)) for each in listing.entries],
    }
    return json_text(value)


def population_json(listing: Listing) -> dict[str, Any]:
    """Return what a list was taken from: the repository, how long its history is, its newest record, the filters."""
    return {
        "repository": listing.repository,
        "history": {"records": listing.size, "newest_sha256": listing.head},
        "filters": listing.filters.given,
    }


def render_csv(listing: Listing) -> str:
    """Return a table with a row for each entry."""
    return table_csv(HEADER, (cells(each, listing.corrected.get(each.seq)) for each in listing.entries))


def cells(entry: Entry, corrected_by: int | None) -> list[str]:
    """Return the cells of `HEADER`; several names in one cell are joined by `; `."""
    record = entry.record
    people = ["; ".join(entry.people(deed)) for deed in Deed]
    return [
        str(entry.seq), entry.digest, str(record.kind), *_subject(entry), entry.verdict, record.at, record.recorded_at,
        str(record.pull.number) if record.pull else "", *people, record.git.landed or "",
        "; ".join(record.past_the_gate), "" if corrected_by is None else str(corrected_by), entry.title,
    ]  # fmt: skip


def _subject(entry: Entry) -> tuple[str, str, str, str]:
    """Return model, version and the stages before and after: of what was asked for, else of all that moved."""
    record = entry.record
    shown = record.decision.transition if record.decision else None
    if shown is not None:
        return shown.model, shown.version, shown.from_ or "", shown.to
    moves = record.moves
    if not moves:
        return "; ".join(record.models), "", "", ""
    columns = zip(*((each.model, each.version, each.from_ or "", each.to or "") for each in moves), strict=True)
    model, version, before, after = ("; ".join(column) for column in columns)
    return model, version, before, after


def _number(entry: Entry) -> str:
    pull = entry.record.pull
    if pull is None:
        return ""
    return f"#{pull.number}" if entry.record.landed else f"#{pull.number}, closed"


def _warned(line: str, paint: Paint) -> str:
    words = "PAST THE GATE"
    return line.replace(words, paint(words, "red")) if words in line else line
