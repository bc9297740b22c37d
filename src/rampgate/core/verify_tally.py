"""Counts over records that were verified."""

from __future__ import annotations

from rampgate.core.instants import instant
from rampgate.model.record import Record
from rampgate.model.verified import Tally


def count(tally: Tally, record: Record, key: str) -> None:
    """Count a record. key: the name of the key that signed it, "" for none."""
    tally.kinds[record.kind.value] += 1
    if record.decision is not None:
        (tally.landed if record.landed else tally.closed)[record.decision.verdict.value] += 1
        tally.break_glass += bool(record.decision.break_glass)
        tally.waived += bool(record.decision.waivers)
    tally.past_the_gate += bool(record.past_the_gate)
    tally.corrected += len(record.corrects)
    if key:
        tally.keys[key] = tally.keys.get(key, 0) + 1
    if not tally.first_at or instant(record.at) < instant(tally.first_at):
        tally.first_at = record.at
    if not tally.last_at or instant(record.at) > instant(tally.last_at):
        tally.last_at = record.at
