"""Finds where every value of a JSON file stands, and every key that stands twice; made only when places are asked for.

>>> json_spans(b'{"a": [1, 2]}')[("a", 1)][2:6]
(1, 11, 10, 11)
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping

from rampgate.formats.documents import Pointer, Span
from rampgate.formats.yaml_positions import RepeatedKey

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)


def json_spans(data: bytes) -> Mapping[Pointer, Span]:
    """Return where each value of an accepted JSON file stands, by pointer; the empty pointer is the root."""
    walk = _Walk(data.decode())
    walk.run()
    return walk.spans


def repeated_json_keys(text: str) -> list[RepeatedKey]:
    """Return the keys that stand more than once in their object, in the order of the file; the text must be JSON."""
    walk = _Walk(text)
    walk.run()
    return walk.repeated


class _Level:
    """One open object or list: its pointer, its start, and the key or index of the value that comes next."""

    __slots__ = ("index", "is_object", "key", "key_start", "keys", "own_key_start", "pointer", "start")

    def __init__(self, pointer: Pointer, start: int, own_key_start: int, is_object: bool) -> None:
        self.pointer = pointer
        self.start = start
        self.own_key_start = own_key_start
        self.is_object = is_object
        self.key: str | None = None
        self.key_start = start
        self.index = 0
        self.keys: dict[str, int] = {}


class _Walk:
    def __init__(self, text: str) -> None:
        self.spans: dict[Pointer, Span] = {}
        self.repeated: list[RepeatedKey] = []
        self._text = text
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._levels: list[_Level] = []

    def run(self) -> None:
        for match in _TOKEN.finditer(self._text):
            token, start = match.group(), match.start()
            if token in "{[":
                self._levels.append(_Level(self._pointer(), start, self._key_start(start), token == "{"))
            elif token in "}]" and self._levels:
                level = self._levels.pop()
                self._record(level.pointer, level.own_key_start, level.start, match.end(), "{" if token == "}" else "[")
                self._advance()
            elif token not in ",:":
                self._scalar(token, start, match.end())

    def _scalar(self, token: str, start: int, end: int) -> None:
        level = self._levels[-1] if self._levels else None
        if level and level.is_object and level.key is None:
            key = json.loads(token) if token[0] == '"' else token
            if key in level.keys:
                self.repeated.append(RepeatedKey(key, self.place(level.keys[key]), self.place(start)))
            level.keys.setdefault(key, start)
            level.key, level.key_start = key, start
            return
        self._record(self._pointer(), self._key_start(start), start, end, '"' if token[0] == '"' else "")
        self._advance()

    def _pointer(self) -> Pointer:
        if not self._levels:
            return ()
        level = self._levels[-1]
        return (*level.pointer, level.key if level.is_object and level.key is not None else level.index)

    def _key_start(self, start: int) -> int:
        level = self._levels[-1] if self._levels else None
        return level.key_start if level and level.is_object else start

    def _advance(self) -> None:
        if self._levels:
            self._levels[-1].key = None
            self._levels[-1].index += 1

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, from 1, of a character of the text."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def _record(self, pointer: Pointer, key_start: int, start: int, end: int, style: str) -> None:
        self.spans.setdefault(pointer, Span(*self.place(key_start), *self.place(start), start, end, style))
