"""Files that were read, by digest: what a decision names as what it rests on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Input:
    """One file that the decision rests on, with the sha256 of its bytes."""

    path: str
    sha256: str
