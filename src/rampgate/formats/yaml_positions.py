r"""Finds where every value of a YAML file stands, and every key that stands twice.

A second pass over the same libyaml events as `rampgate.formats.yaml_text`, made only when places are asked for.

>>> yaml_spans(b"a: 1\nb: [x, y]\n")[("b", 1)][2:6]
(2, 8, 12, 13)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from rampgate.formats.dialect import MAX_DEPTH, MAX_PROBLEMS
from rampgate.formats.documents import Pointer, Span


class RepeatedKey(NamedTuple):
    """A key that stands twice in one mapping: both places are line and column from 1."""

    key: str
    first: tuple[int, int]
    again: tuple[int, int]


def yaml_spans(data: bytes) -> Mapping[Pointer, Span]:
    """Return where each value of an accepted YAML file stands, by pointer; the empty pointer is the root."""
    walk = _Walk()
    walk.run(data)
    return walk.spans


def repeated_keys(data: bytes) -> list[RepeatedKey]:
    """Return the keys that stand more than once in their mapping, in the order of the file.

    Reads as far as the text is YAML; the text behind a syntax error is not looked at.
    """
    walk = _Walk()
    walk.run(data)
    return walk.repeated


class _Level:
    """One open collection: its pointer, where it started, and the key or index of the value that comes next."""

    __slots__ = ("index", "is_mapping", "key", "key_place", "keys", "pointer", "start")

    def __init__(self, pointer: Pointer, start: Any, key_place: tuple[int, int]) -> None:
        self.pointer = pointer
        self.start = start
        self.key_place = key_place  # of the collection itself, until it has keys of its own
        self.is_mapping = isinstance(start, MappingStartEvent)
        self.key: str | None = None
        self.index = 0
        self.keys: dict[str, tuple[int, int]] = {}


class _Walk:
    def __init__(self) -> None:
        self.spans: dict[Pointer, Span] = {}
        self.repeated: list[RepeatedKey] = []
        self._levels: list[_Level] = []
        self._places: list[tuple[int, int]] = []

    def run(self, data: bytes) -> None:
        for event in _events(data):
            if isinstance(event, CollectionStartEvent):
                self._open(event)
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                self._close(event)
            elif isinstance(event, (ScalarEvent, AliasEvent)):
                self._scalar(event)
            if len(self.repeated) == MAX_PROBLEMS:
                return  # the file is refused, and nobody reads more of them

    def _open(self, event: Any) -> None:
        place = _place(event)
        if self._levels and self._levels[-1].is_mapping and self._levels[-1].key is None:
            self._levels[-1].key = f"\0{place}"  # a collection as a key: refused by the loader, kept apart here
            place_of_key = place
        else:
            place_of_key = self._place_of_key(place)
        self._levels.append(_Level(self._pointer(), event, place_of_key))

    def _close(self, event: Any) -> None:
        level = self._levels.pop()
        style = ("{" if level.is_mapping else "[") if getattr(level.start, "flow_style", False) else ""
        self._record(level.pointer, level.key_place, level.start, event, style)
        self._advance()

    def _scalar(self, event: Any) -> None:
        level = self._levels[-1] if self._levels else None
        place = _place(event)
        if level and level.is_mapping and level.key is None:
            key = event.value if isinstance(event, ScalarEvent) else f"\0{place}"
            if key in level.keys:
                self.repeated.append(RepeatedKey(key, level.keys[key], place))
            level.keys.setdefault(key, place)
            level.key = key
            return
        self._record(self._pointer(), self._place_of_key(place), event, event, getattr(event, "style", None) or "")
        self._advance()

    def _pointer(self) -> Pointer:
        if not self._levels:
            return ()
        level = self._levels[-1]
        return (*level.pointer, level.key if level.is_mapping and level.key is not None else level.index)

    def _place_of_key(self, place: tuple[int, int]) -> tuple[int, int]:
        level = self._levels[-1] if self._levels else None
        return level.keys.get(level.key or "", place) if level and level.is_mapping else place

    def _advance(self) -> None:
        if self._levels:
            self._levels[-1].key = None
            self._levels[-1].index += 1

    def _record(self, pointer: Pointer, key_place: tuple[int, int], first: Any, last: Any, style: str) -> None:
        line, column = _place(first)
        span = Span(*key_place, line, column, first.start_mark.index, last.end_mark.index, style)
        self.spans.setdefault(pointer, span)


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _events(data: bytes) -> Iterator[Any]:
    """Yield the events of the first document, until an error or a depth that the loader refuses as well."""
    parser = CParser(data)
    depth = documents = 0
    try:
        while not isinstance(event := parser.get_event(), StreamEndEvent):
            documents += isinstance(event, DocumentStartEvent)
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, (MappingEndEvent, SequenceEndEvent))
            if documents > 1 or depth > MAX_DEPTH:
                return
            yield event
    except YAMLError:
        return  # the loader reports it; here only what stands before it counts
