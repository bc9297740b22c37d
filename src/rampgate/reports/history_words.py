"""The sentences that every report on the history says alike: who did what, when, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from rampgate.model.history_views import Deed, Entry, Hand
from rampgate.model.record import Record

_WORDS: Final = {Deed.OPENED: "asked by", Deed.APPROVED: "approved by"}


def people_words(entry: Entry) -> str:
    """Return who did what, such as `asked by alice; approved by rita (risk)`; "" where nobody is named."""
    parts = []
    for deed, words in _WORDS.items():
        names = ", ".join(named(each) for each in _once(entry, deed))
        if names:
            parts.append(f"{words} {names}")
    parts += [f"waiver {each.what} granted by {each.person}" for each in _once(entry, Deed.GRANTED)]
    broke = " and ".join(entry.people(Deed.BYPASSED))
    return "; ".join([*parts, *([f"glass broken by {broke}"] if broke else [])])


def _once(entry: Entry, deed: Deed) -> tuple[Hand, ...]:
    return tuple(dict.fromkeys(each for each in entry.hands if each.deed is deed))


def named(hand: Hand) -> str:
    """Return a person with the roles that an approval filled, such as `rita (risk)`."""
    return f"{hand.person} ({', '.join(hand.roles)})" if hand.roles else hand.person


def minute(at: str) -> str:
    """Return a moment in UTC to the minute, `2026-11-20 10:00`; one with another offset as it is written."""
    return f"{at[:10]} {at[11:16]}" if at.endswith("Z") else at


def gate_words(record: Record, corrected_by: int | None) -> str:
    """Return that it went past the gate, and whether that was put right; "" for what did not."""
    if not record.past_the_gate:
        return ""
    return f"PAST THE GATE{f', put right by record {corrected_by}' if corrected_by is not None else ''}"


def json_text(value: Mapping[str, Any]) -> str:
    """Return values as JSON text of a stable order, ending in a newline; a runner finds no `##[command]` in it."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").replace("##[", "##\\u005b")


def entry_json(entry: Entry, corrected_by: int | None) -> dict[str, Any]:
    """Return an entry as plain values."""
    record = entry.record
    shown = record.decision.transition if record.decision else None
    return {
        "record": entry.seq,
        "sha256": entry.digest,
        "kind": str(record.kind),
        "title": entry.title,
        "at": record.at,
        "recorded_at": record.recorded_at,
        "verdict": entry.verdict or None,
        "models": list(record.models),
        "transition": shown.model_dump(mode="json", by_alias=True) if shown else None,
        "moves": [move.model_dump(mode="json", by_alias=True) for move in record.moves],
        "pull_request": {"number": record.pull.number, "state": record.pull.state} if record.pull else None,
        "people": [hand_json(each) for each in entry.hands],
        "landed": record.git.landed,
        "past_the_gate": list(record.past_the_gate),
        "corrects": list(record.corrects),
        "corrected_by": corrected_by,
    }


def hand_json(hand: Hand) -> Mapping[str, Any]:
    """Return what somebody did as plain values."""
    return {"person": hand.person, "did": str(hand.deed), "roles": list(hand.roles), "what": hand.what or None}
