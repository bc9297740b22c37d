"""What the records of one model add up to: where its versions stand, what is unsettled, what was decided before.

A fold over records in their order; dates of commits have no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from rampgate.model.history import Stay, Unsettled
from rampgate.model.record import Record, RecordKind

_COMES_UP = (RecordKind.PROMOTE, RecordKind.RESTORE)


def stays(records: Iterable[Record], model: str) -> dict[str, Stay]:
    """Return version -> where it stands, and since when it has stood there without a break with the same artifact."""
    found: dict[str, Stay] = {}
    for record in records:
        for move in record.moves if record.landed else ():
            if move.model != model:
                continue
            known = found.get(move.version)
            if move.to is None:
                found.pop(move.version, None)
            elif known is None or (known.stage, known.artifact) != (move.to, move.artifact):
                found[move.version] = Stay(move.version, move.to, move.artifact, record.at, record.seq)
    return found


def contents(records: Iterable[Record], model: str) -> dict[str, int]:
    """Return content key -> the place of the record under which that content came up, by promotion or restore."""
    return {
        record.decision.content: record.seq
        for record in records
        if record.landed and record.decision and record.decision.content
        if record.kind in _COMES_UP and model in record.models
    }


def unsettled(records: Iterable[Record], model: str) -> tuple[Unsettled, ...]:
    """Return what went past the gate and no later record puts right: of the model, or of what all models go by."""
    found: dict[int, Unsettled] = {}
    for record in records:
        if record.past_the_gate and (model in record.models or not record.models):
            commit = record.git.landed or record.git.covered
            found[record.seq] = Unsettled(record.seq, commit, record.past_the_gate, record.models)
        for seq in record.corrects:
            found.pop(seq, None)
    return tuple(found.values())
