"""Finds which value an expression could not use, for the reason that people read.

It never changes an outcome: the evaluator has already said that something was missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rampgate.formats.cel.syntax import Call, Comprehension, Constant, ListLiteral, MapLiteral, Name, Node, Select

_MOST_ELEMENTS = 200
MISSING = "is missing"


@dataclass(frozen=True, slots=True)
class Place:
    """A value and the path that leads to it; `gap` says what is wrong with it, empty where nothing is."""

    path: str
    value: Any = None
    gap: str = ""


class GapFinder:
    """Follows every path of an expression through prepared values."""

    def __init__(self, values: Mapping[str, Any], faults: Mapping[str, str]) -> None:
        self._values = values
        self._faults = faults

    def gaps(self, node: Node) -> list[Place]:
        """Return what could not be read, in the order of the source, each path once."""
        return list({place.path: place for place in self._walk(node, {}) if place.gap}.values())

    def _walk(  # noqa: C901 - one branch per kind of node
        self, node: Node, bound: Mapping[str, list[Place]]
    ) -> Iterator[Place]:
        match node:
            case Constant():
                return
            case Select(operand=operand, only_tests=True):
                yield from self._walk(operand, bound)
            case Comprehension():
                yield from self._walk(node.range, bound)
                elements = [element for place in self._places(node.range, bound) for element in self._elements(place)]
                inner = {**bound, node.variable: elements[:_MOST_ELEMENTS], node.accumulator: []}
                yield from self._walk(node.step, inner)
            case Call(function="@in", arguments=(value, container)):
                yield from self._walk(value, bound)
                yield from self._walk(container, bound)
                for place in self._places(container, bound):
                    yield from self._elements(place)
            case ListLiteral(elements=nodes) | Call(arguments=nodes) if not _is_path(node):
                for part in nodes:
                    yield from self._walk(part, bound)
            case MapLiteral(entries=entries):
                for key, value in entries:
                    yield from self._walk(key, bound) if key is not None else ()
                    yield from self._walk(value, bound)
            case Select(operand=operand) if not _is_path(operand):
                yield from self._walk(operand, bound)
            case _:
                yield from self._places(node, bound)

    def _places(self, node: Node, bound: Mapping[str, list[Place]]) -> list[Place]:
        match node:
            case Name(name=name) if name in bound:
                return bound[name]
            case Name(name=name):
                return [self._place(name, self._values, name)]
            case Select(operand=operand, field=name, only_tests=False):
                return [self._step(place, name) for place in self._places(operand, bound)]
            case Call(function="_[_]", arguments=(operand, Constant(value=(str() | int()) as key))):
                return [self._step(place, key) for place in self._places(operand, bound)]
            case _:
                return []

    def _step(self, place: Place, key: str | int) -> Place:
        if place.gap:
            return place
        path = f"{place.path}.{key}" if isinstance(key, str) else f"{place.path}[{key}]"
        return self._place(path, place.value, key)

    def _place(self, path: str, container: Any, key: str | int) -> Place:
        is_there = key in container if isinstance(container, Mapping) else False
        if isinstance(container, list) and isinstance(key, int):
            is_there = 0 <= key < len(container)
        value = container[key] if is_there else None
        return Place(path, value, "" if value is not None else self._faults.get(path, MISSING))

    def _elements(self, place: Place) -> list[Place]:
        if not isinstance(place.value, list):
            return []
        return [self._place(f"{place.path}[{index}]", place.value, index) for index in range(len(place.value))]


def _is_path(node: Node) -> bool:
    match node:
        case Name():
            return True
        case Select(operand=operand, only_tests=False) | Call(function="_[_]", arguments=(operand, Constant())):
            return _is_path(operand)
        case _:
            return False
