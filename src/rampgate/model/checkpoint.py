"""Checkpoints: how long the decision history was, and what its newest record was, on a witness's word.

Kept away from the repository, one tells later whether records were removed or replaced since. Deliberately not here:
its bytes (`rampgate.formats.checkpoint`), and whose signature counts (`rampgate.app.history.checkpoint`).
"""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.model.history import HistorySettings


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line. name: of the key, as the line says; key_id: four bytes; signature: the bytes behind them."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a history.

    origin: which history, see `origin_of`. size: how many records it had, from 1. head: the digest of its newest
    record, as 64 hexadecimal digits. commit: of the branch that holds it. covered: the newest commit of the governed
    branch that it accounted for.
    """

    origin: str
    size: int
    head: str
    commit: str
    covered: str
    signatures: tuple[NoteSignature, ...] = ()

    @property
    def newest(self) -> int:
        """Return the place of its newest record."""
        return self.size - 1


def origin_of(settings: HistorySettings) -> str:
    """Return what the checkpoints of a history begin with, such as `github.com/acme/models/decisions`."""
    return f"{settings.repository}/{settings.branch}"


def witness_name(origin: str, key: str) -> str:
    """Return what a witness's key is called in the signature lines of a history's checkpoints."""
    return f"{origin}/witness/{key}"
