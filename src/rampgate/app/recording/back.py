"""Looks back along the history for what the recorder has to know of earlier records, no further than it must."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rampgate.adapters.clock import parse_rfc3339
from rampgate.app.judging.chronicle import Chronicle
from rampgate.app.judging.trust import read_believed
from rampgate.core.chronicle import stays
from rampgate.core.recorded import Standing
from rampgate.model.record import Record, RecordKind

_BLOCK: Final = 20
"""Records that are read at once."""


def backwards(chronicle: Chronicle) -> Iterator[Record]:
    """Yield the records, the newest first. Raises InvalidInput at one that is malformed or not believed."""
    yield from (each.record for each in reversed(chronicle.more))
    if chronicle.ledger is None:
        return
    for end in range(chronicle.end, 0, -_BLOCK):
        entries = chronicle.ledger.entries(max(end - _BLOCK, 0), end)
        block = list(read_believed(chronicle.ledger, entries, chronicle.trust))
        yield from (each.record for each in reversed(block))


def last_landing(chronicle: Chronicle) -> Record | None:
    """Return the newest record of something that landed, None where nothing has."""
    return next((each for each in backwards(chronicle) if each.landed), None)


def opening_alone(chronicle: Chronicle) -> list[Record]:
    """Return the opening and the baselines, in order, of a history that holds nothing else yet; else nothing."""
    newest = chronicle.newest()
    if newest is None or newest.record.kind not in (RecordKind.OPENING, RecordKind.BASELINE):
        return []
    return list(backwards(chronicle))[::-1]


def covered_at(chronicle: Chronicle, at: str) -> str:
    """Return the newest commit of the governed branch that was on it for certain at a moment, by the records.

    Where every record is later, that is the commit that the history begins at.
    """
    moment = parse_rfc3339(at)
    covered = ""
    for record in backwards(chronicle):
        covered = record.git.covered
        if record.landed and parse_rfc3339(record.at) <= moment:
            break
    return covered


def closed_before(chronicle: Chronicle, number: int, head: str, since: str) -> Record | None:
    """Return the record of a pull request that was closed with this head, None for none. since: when it was opened."""
    moment = parse_rfc3339(since)
    for record in backwards(chronicle):
        if parse_rfc3339(record.recorded_at) < moment:
            return None
        pull = record.pull
        if pull is not None and pull.state == "closed" and (pull.number, record.git.head) == (number, head):
            return record
    return None


def standing_by_records(chronicle: Chronicle) -> dict[tuple[str, str], Standing]:
    """Return where every version of every model stands by the records."""
    records = list(backwards(chronicle))[::-1]
    models = sorted({model for record in records for model in record.models})
    return {
        (model, stay.version): Standing(stay.stage, stay.artifact)
        for model in models
        for stay in stays(records, model).values()
    }
