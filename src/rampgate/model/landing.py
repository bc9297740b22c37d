"""What landed on the governed branch, judged again."""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.model.decision import Decision


@dataclass(frozen=True, slots=True)
class Landing:
    """One commit that landed. pull: its pull request, 0 for none; faults: how it went past the gate, in words.

    record: its place in the decision history, None where none is kept.
    """

    commit: str
    pull: int
    decision: Decision
    faults: tuple[str, ...] = ()
    record: int | None = None
