"""The way back up after a rollback: which stage a version left, and until when it may come back to it.

The memory is the events of the version on the base branch. What they leave open is decided against coming back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from rampgate.model.ladder import Ladder
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.statements import Event

Events = Mapping[str, Sourced[Event]]
"""Event id -> event, of one version in one tree."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """The rollback that may be undone. stage: the highest to come back to; until: the last UTC day, inclusive."""

    stage: str
    event: Sourced[Event]
    until: str


def way_back(events: Events, stage: str, artifact: str, ladder: Ladder) -> WayBack | Missing:
    """Return the rollback that brought a version to the stage where it stands, or why none can be undone.

    artifact: the identity of what would come back. The last rollback counts, by date and then by id, and one restore
    undoes it. Of several on one day to this stage the one from the lowest counts, as nothing tells their order.
    """
    downs = [each for _, each in sorted(events.items(), key=_order) if each.noun.kind == "rollback"]
    if not downs:
        return Missing("no rollback of this version is on record")
    last = downs[-1].noun
    if ladder.canonical(last.to) != stage:
        return Missing(f"its last rollback, of {last.date}, went to `{last.to}`, and it stands at `{stage}`")
    same = [each for each in downs if each.noun.date == last.date and ladder.canonical(each.noun.to) == stage]
    undone = [each.noun for each in events.values() if each.noun.kind == "restore" and _undoes(each.noun, last, ladder)]
    if len(undone) >= len(same) or any(each.date > last.date for each in undone):
        return Missing(f"a restore on record has already answered its rollback of {last.date}")
    lowest = min(same, key=lambda each: ladder.position(each.noun.from_) or 0)
    left = ladder.canonical(lowest.noun.from_)
    if left not in ladder.names:
        return Missing(f"`{lowest.noun.from_}`, which it left on {last.date}, is no rung of the ladder now")
    other = _other_artifact([each.noun for each in same], artifact, is_first=stage == ladder.first)
    if other:
        return Missing(other)
    until = date.fromisoformat(last.date) + timedelta(days=ladder.restore_days)
    return WayBack(left, lowest, until.isoformat())


def _other_artifact(rollbacks: list[Event], artifact: str, *, is_first: bool) -> str:
    """Return why it may not be the artifact that was rolled back, "" where it is; it changes at the first stage."""
    for each in rollbacks:
        if each.artifact is None and is_first:
            return f"the event of {each.date} names no artifact, and at `{each.to}` the artifact may have changed since"
        if each.artifact not in (None, artifact):
            return f"what was rolled back on {each.date} was another artifact"
    return ""


def _undoes(restore: Event, rollback: Event, ladder: Ladder) -> bool:
    """Return whether a restore may be the answer to this rollback: later, or of the same day from where it led."""
    if restore.date == rollback.date:
        return ladder.canonical(restore.from_) == ladder.canonical(rollback.to)
    return restore.date > rollback.date


def _order(named: tuple[str, Sourced[Event]]) -> tuple[str, list[tuple[int, str]]]:
    """Return the key of an event in time: its date, then its id, where `-10` comes after `-2`."""
    id_, event = named
    parts = re.findall(r"[0-9]+|[^0-9]+", id_)
    return event.noun.date, [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
