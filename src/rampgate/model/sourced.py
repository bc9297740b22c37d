"""A noun together with the file that it was read from, so that every finding can name its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from rampgate.errors import Problem

Pointer = tuple[str | int, ...]
"""The way from the root of a file to a value, such as `("owners", "business")`."""

N = TypeVar("N")


class Places(Protocol):
    """Knows where the values of one file stand."""

    @property
    def path(self) -> str:
        """The path of the file, relative to the repository."""

    def locate(self, pointer: Pointer) -> tuple[int, int]:
        """Return line and column, from 1, of a value or of its nearest existing ancestor."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file; line and column are 0 where only the file is known."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Sourced(Generic[N]):
    """A noun, the raw values that it was built from, and its file with the digest of its bytes."""

    noun: N
    raw: Mapping[str, Any]
    places: Places
    digest: str

    @property
    def path(self) -> str:
        """Return the path of the file."""
        return self.places.path

    def at(self, *pointer: str | int) -> Location:
        """Return the place of a value, or of its nearest existing ancestor."""
        line, column = self.places.locate(pointer)
        return Location(self.path, line, column)

    def problem(self, pointer: Pointer, message: str, *, found: str = "", expected: str = "", fix: str = "") -> Problem:
        """Return a problem of the file, placed at a value or at its nearest existing ancestor."""
        place = self.at(*pointer)
        return Problem(place.path, message, place.line, place.column, found, expected, fix)


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that is not there, and why; never None, 0 or an empty list, which would read as an answer."""

    why: str
    fix: str = ""
