"""What the records of one model add up to: where its versions stand, what is unsettled, what was decided before.

A fold over records in their order; dates of commits have no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from rampgate.model.history import Stay, Unsettled
from rampgate.model.record import Record, RecordKind

_COMES_UP: Final = (RecordKind.PROMOTE, RecordKind.RESTORE)
_OF_EVERYTHING: Final = (RecordKind.OPENING, RecordKind.REWRITTEN, RecordKind.POLICY, RecordKind.WAIVER)


def is_about(record: Record, model: str) -> bool:
    """Return whether a record matters for a model: it is the model's own, or bears on what all models go by."""
    return model in record.models or not record.models or record.kind in _OF_EVERYTHING


def stays(records: Iterable[Record], model: str) -> dict[str, Stay]:
    """Return version -> where it stands, and since when it has stood there without a break with the same artifact.

    What landed later never counts as earlier: a moment that lies before one on record already is not believed.
    """
    found: dict[str, Stay] = {}
    latest = ""
    for record in records:
        if record.landed or record.moves:
            latest = max(latest, record.at, key=_place_in_time)
        for move in record.moves:
            if move.model != model:
                continue
            known = found.get(move.version)
            if move.to is None:
                found.pop(move.version, None)
            elif known is None or (known.stage, known.artifact) != (move.to, move.artifact):
                found[move.version] = Stay(move.version, move.to, move.artifact, latest, record.seq)
    return found


def _place_in_time(moment: str) -> datetime:
    """Return a moment; what is none lies after all others, so that nothing counts as long ago on its word."""
    try:
        return datetime.fromisoformat(moment).astimezone(UTC) if moment else datetime.min.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=UTC)


def contents(records: Iterable[Record], model: str) -> dict[str, int]:
    """Return content key -> the place of the record under which that content came up, by promotion or restore."""
    return {
        record.decision.content: record.seq
        for record in records
        if record.landed and record.decision and record.decision.content
        if record.kind in _COMES_UP and model in record.models
    }


def unsettled(records: Iterable[Record], model: str) -> tuple[Unsettled, ...]:
    """Return what went past the gate and no later record puts right: of the model, or of what all models go by.

    A correction that went past the gate itself puts nothing right, until it is corrected in its turn.
    """
    found: dict[int, Unsettled] = {}
    waiting: dict[int, list[int]] = {}

    for record in records:
        earlier = [seq for seq in record.corrects if seq < record.seq]
        if record.past_the_gate:
            waiting[record.seq] = earlier
            if is_about(record, model):
                commit = record.git.landed or record.git.covered
                found[record.seq] = Unsettled(record.seq, commit, record.past_the_gate, record.models)
            continue
        while earlier:
            seq = earlier.pop()
            found.pop(seq, None)
            earlier += waiting.pop(seq, ())
    return tuple(found.values())


def put_right(records: Iterable[Record]) -> dict[int, int]:
    """Return the place of every record that was put right -> of the newest record that did it; see `unsettled`."""
    found: dict[int, int] = {}
    waiting: dict[int, list[int]] = {}
    for record in records:
        earlier = [seq for seq in record.corrects if seq < record.seq]
        if record.past_the_gate:
            waiting[record.seq] = earlier
            continue
        while earlier:
            seq = earlier.pop()
            found[seq] = record.seq
            earlier += waiting.pop(seq, ())
    return found
