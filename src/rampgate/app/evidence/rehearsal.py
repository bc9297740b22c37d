"""A rehearsal: a command measures or imports once more for comparison alone; nothing is written, no card is asked."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What recorded evidence says of itself, instead of a card. found: the evidence, once it is made again."""

    artifact: str
    person: str
    stage: str | None
    found: list[dict[str, Any]] = field(default_factory=list)


REHEARSAL: ContextVar[Rehearsal | None] = ContextVar("rehearsal", default=None)
"""Set while a command is run for comparison."""


class RehearsedError(Exception):
    """A rehearsal is over; raised instead of writing."""
