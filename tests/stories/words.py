"""What every part of the story runner shares: how a mapping of a story is read, and what is wrong with one."""

from __future__ import annotations

from typing import Any


class BadStory(Exception):
    """The story can not be told: a key that nobody knows, or one that is missing."""


class Mismatch(AssertionError):
    """The story was told, and went otherwise than it expects."""


def fields(said: Any, short: str, **known: Any) -> dict[str, Any]:
    """Read a mapping of known keys with what each is unless said; `...` means that it must be.

    A bare value stands for the key `short`.
    """
    given = said if isinstance(said, dict) else {short: said}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise BadStory(f"unknown {unknown}; known: {sorted(known)}")
    found = {**known, **given}
    missing = sorted(key for key, value in found.items() if value is ...)
    if missing:
        raise BadStory(f"{missing} must be said in {given}")
    return found


def texts(said: Any) -> list[str]:
    """One text or several."""
    return [str(each) for each in said] if isinstance(said, list) else [str(said)]
