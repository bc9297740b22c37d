"""Which noun a file under `events/` holds, by its `schema` line: a move's reason, a break-glass, retraining, ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rampgate.model.ids import Noun
from rampgate.model.statements import BreakGlass, BreakGlassReview, Event, RetrainingDecision

EVENTS: Final[Mapping[str, type[Noun]]] = {
    "event": Event,
    "break-glass": BreakGlass,
    "break-glass-review": BreakGlassReview,
    "retraining": RetrainingDecision,
}
"""Name of a schema -> the noun that it describes, of those that stand under `events/`."""


def event_kind(value: Any) -> str:
    """Return the name of the schema that an event file says; `event` for any other, whose schema tells what is off."""
    written = value.get("schema") if isinstance(value, Mapping) else None
    name = written.removeprefix("rampgate/").removesuffix("/v1") if isinstance(written, str) else ""
    return name if name in EVENTS and written == f"rampgate/{name}/v1" else "event"
