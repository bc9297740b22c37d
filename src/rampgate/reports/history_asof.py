"""What stood where at a moment: cells for a table, what is to be told beside it, JSON and a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rampgate.model.history_views import AsOf, Deed, Stood
from rampgate.model.record import RecordKind
from rampgate.model.sourced import Missing
from rampgate.reports.history_table import table_csv
from rampgate.reports.history_words import entry_json, json_text, minute, named, people_words

SCHEMA: Final = "rampgate/history-asof/v1"
HEADER: Final = ("version", "stage", "exposure", "serves", "since", "record", "let in by")
CSV_HEADER: Final = (
    "model", "version", "stage", "exposure_percent", "traffic_percent", "since", "record", "let_in_by", "asked_by",
    "artifact", "records_on_the_way", "past_the_gate", "put_right_by",
)  # fmt: skip


def headline(told: AsOf) -> str:
    """Return what the table is of, and by what it is known."""
    when = f"the end of {told.asked} (UTC)" if len(told.asked) == 10 else told.asked
    whose = f" of {told.model}" if told.model else ""
    number = f"{told.size} record{'' if told.size == 1 else 's'}"
    return f"What stood{whose} at {when}, by {number} up to then; the newest is {told.newest.seq} of {_newest(told)}"


def _newest(told: AsOf) -> str:
    return minute(told.newest.record.at)


def table_cells(row: Stood) -> tuple[str, ...]:
    """Return a version as the cells of `HEADER`, not yet made harmless."""
    shares = (_percent(row.exposure_percent), _percent(row.traffic_percent))
    name = f"{row.model} {row.version}"
    since = f"before {row.since[:10]}" if _stood_before(row) else minute(row.since)
    return (name, row.stage, *shares, since, str(row.placed_by.seq), let_in_words(row))


def let_in_words(row: Stood) -> str:
    """Return who let a version in where it stood, and who asked for it; or how it came there otherwise."""
    entry = row.placed_by
    if _stood_before(row):
        return "there from the start"
    who = people_words(entry)
    if entry.record.past_the_gate:
        return f"PAST THE GATE{f'; {who}' if who else ''}"
    approved = ", ".join(named(each) for each in entry.hands if each.deed is Deed.APPROVED)
    asked = ", ".join(entry.people(Deed.OPENED))
    if not approved:
        return f"asked by {asked}, without approval" if asked else "nobody"
    return f"{approved}; asked by {asked}" if asked else approved


def _stood_before(row: Stood) -> bool:
    """Return whether a version stood there already when the history began, nobody knows since when."""
    return row.placed_by.record.kind is RecordKind.BASELINE


def notes(told: AsOf) -> Iterator[str]:
    """Yield what is to be told beside the table."""
    for row in told.rows:
        for seq, faults in row.past_the_gate.items():
            by = row.put_right.get(seq)
            end = f"put right by record {by}" if by is not None else "not put right by then"
            yield f"{row.model} {row.version} went past the gate in record {seq}: {'; '.join(faults)}; {end}"
    if told.unread:
        yield f"the share of traffic is not known: {told.unread}"
    else:
        yield f"shares by the ladder of {told.branch} at {told.commit[:12]}"
    if told.retired and not any(row.stage == "retired" for row in told.rows):
        yield f"{told.retired} retired {'version is' if told.retired == 1 else 'versions are'} left out (--retired)"


def render_json(told: AsOf) -> str:
    """Return everything as JSON text of a stable order, ending in a newline."""
    value = {
        "schema": SCHEMA,
        "repository": told.repository,
        "asked": told.asked,
        "moment": told.moment,
        "model": told.model or None,
        "history": {"records": told.size, "newest": told.newest.seq, "newest_sha256": told.newest.digest},
        "ladder": {"branch": told.branch, "commit": told.commit, "unread": told.unread or None},
        "retired": told.retired,
        "versions": [_row_json(row) for row in told.rows],
    }
    return json_text(value)


def _row_json(row: Stood) -> dict[str, Any]:
    return {
        "model": row.model,
        "version": row.version,
        "artifact": row.artifact,
        "stage": row.stage,
        "exposure_percent": None if isinstance(row.exposure_percent, Missing) else row.exposure_percent,
        "traffic_percent": None if isinstance(row.traffic_percent, Missing) else row.traffic_percent,
        "since": row.since,
        "stood_before_the_history": _stood_before(row),
        "placed_by": entry_json(row.placed_by, row.put_right.get(row.placed_by.seq)),
        "way": [each.seq for each in row.way],
        "past_the_gate": [
            {"record": seq, "faults": list(faults), "put_right_by": row.put_right.get(seq)}
            for seq, faults in row.past_the_gate.items()
        ],
    }


def render_missing_json(asked: str, missing: Missing) -> str:
    """Return as JSON that the history does not reach back, and what to do."""
    value = {"schema": SCHEMA, "asked": asked, "versions": None, "why": missing.why, "fix": missing.fix or None}
    return json_text(value)


def render_csv(told: AsOf) -> str:
    """Return a table with a row for each version."""
    return table_csv(CSV_HEADER, (_csv_cells(row) for row in told.rows))


def _csv_cells(row: Stood) -> list[str]:
    shares = ["" if isinstance(n, Missing) else str(n) for n in (row.exposure_percent, row.traffic_percent)]
    people = ["; ".join(row.placed_by.people(deed)) for deed in (Deed.APPROVED, Deed.OPENED)]
    past = "; ".join(f"record {seq}: {', '.join(faults)}" for seq, faults in row.past_the_gate.items())
    put_right = "; ".join(str(seq) for seq in row.put_right.values())
    way = " ".join(str(each.seq) for each in row.way)
    return [
        row.model, row.version, row.stage, *shares, row.since, str(row.placed_by.seq), *people, row.artifact, way, past,
        put_right,
    ]  # fmt: skip


def _percent(share: int | Missing) -> str:
    return "?" if isinstance(share, Missing) else f"{share}%"
