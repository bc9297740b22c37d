"""A file that has been read: its bytes, its plain value, and where in the file each value stands.

Where things stand is found by a second pass over the bytes, and only when a problem must be shown; reading
thousands of files that have no problem pays nothing for it.

>>> Document("a.yaml", b"a: 1", {"a": 1}).problem((), "unknown key `a`").message
'unknown key `a`'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rampgate.errors import Problem

Pointer = tuple[str | int, ...]


class Span(NamedTuple):
    """Where one value stands: its key's and its own line and column (from 1), its first and last character (from 0).

    key_line and key_column equal line and column where there is no key: an item of a list, the whole document.
    `end` is exclusive. style: `'`, `"`, `|`, `>` or empty for a scalar, `{` or `[` for a flow collection.
    """

    key_line: int
    key_column: int
    line: int
    column: int
    start: int
    end: int
    style: str


Scan = Callable[[bytes], Mapping[Pointer, Span]]


def no_positions(data: bytes) -> Mapping[Pointer, Span]:  # noqa: ARG001 -- it has the shape of a scan
    """Return no position at all: everything is then said to stand at the first line."""
    return {}


@dataclass(frozen=True, slots=True)
class Document:
    """One file as it was read; `value` holds only dict, list, str, bool, None, int and Decimal.

    path: as the user would type it. data: the exact bytes of the file. scan: finds the positions when first asked.
    """

    path: str
    data: bytes = field(repr=False)
    value: Any
    scan: Scan = field(default=no_positions, repr=False, compare=False)
    _found: list[Mapping[Pointer, Span]] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def spans(self) -> Mapping[Pointer, Span]:
        """Return where every value stands, by pointer."""
        if not self._found:
            self._found.append(self.scan(self.data))
        return self._found[0]

    def locate(self, pointer: Pointer) -> tuple[int, int]:
        """Return line and column, from 1, of the value at the pointer or of its nearest parent that exists."""
        span = self._nearest(pointer)
        return (span.line, span.column) if span else (1, 1)

    def locate_key(self, pointer: Pointer) -> tuple[int, int]:
        """Return line and column, from 1, of the key that the pointer ends in; an item of a list has its own place."""
        span = self._nearest(pointer)
        return (span.key_line, span.key_column) if span else (1, 1)

    def problem(
        self,
        pointer: Pointer,
        message: str,
        *,
        found: str = "",
        expected: str = "",
        fix: str = "",
        at_key: bool = False,
    ) -> Problem:
        """Return a problem of this file, placed at the value that the pointer names, or at its key."""
        line, column = self.locate_key(pointer) if at_key else self.locate(pointer)
        return Problem(self.path, message, line, column, found=found, expected=expected, fix=fix)

    def _nearest(self, pointer: Pointer) -> Span | None:
        spans = self.spans
        pointer = tuple(pointer)
        while pointer not in spans and pointer:
            pointer = pointer[:-1]
        return spans.get(pointer)
