"""The syntax tree of an expression, read from what the CEL library parsed.

The library expands macros (`all`, `exists`, `exists_one`, `map`, `filter`, `has`) while parsing, so that a
macro is a `Comprehension` here, and `has(a.b)` a `Select` with `only_tests`. The tree is read from the library's
own serialisation, so that there is one parser and no second opinion about what a source means.
Source: cel-spec, proto/cel/expr/syntax.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from rampgate.formats.cel import wire


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: bool, int, float, str, bytes, or None for `null`."""

    offset: int
    value: bool | int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, declared or bound by a macro."""

    offset: int
    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """`operand.field`; with `only_tests` it is `has(operand.field)`."""

    offset: int
    operand: Node
    field: str
    only_tests: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator; a method's target is the first argument, told by `is_method`."""

    offset: int
    function: str
    arguments: tuple[Node, ...]
    is_method: bool


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b]`."""

    offset: int
    elements: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapLiteral:
    """`{key: value}`; a message literal carries its name, and is refused by the checker."""

    offset: int
    entries: tuple[tuple[Node | None, Node], ...]
    message: str


@dataclass(frozen=True, slots=True)
class Comprehension:
    """A macro over the elements of a list or the keys of a map."""

    offset: int
    variable: str
    range: Node
    accumulator: str
    start: Node
    condition: Node
    step: Node
    result: Node


Node = Constant | Name | Select | Call | ListLiteral | MapLiteral | Comprehension


def parsed(serialized: bytes) -> Node:
    """Return the tree of what `Expression.serialize()` of an unchecked expression gives.

    Raises ValueError where the bytes are not a parsed expression; the library bounds the depth while parsing.
    """
    kind, message = _envelope(serialized)
    if not kind.endswith(b"ParsedExpr"):
        raise ValueError(f"not a parsed expression but {kind!r}")
    expression, offsets = b"", dict[int, int]()
    for field in wire.fields(message):
        match field:
            case (2, wire.LENGTH, bytes(value)):
                expression = value
            case (3, wire.LENGTH, bytes(value)):
                offsets = _offsets(value)
    return _Reader(offsets).node(expression)


def with_operators_renamed(serialized: bytes, names: dict[str, str]) -> bytes:
    """Return the serialised expression with operators called by other names.

    What the library generated for a macro (calls on its accumulator) keeps the built-in operators; what the author
    wrote inside of it does not.
    """
    kind, message = _envelope(serialized)
    body = b"".join(
        wire.encoded(number, wire_type, _renamed(value, names) if number == 2 and isinstance(value, bytes) else value)
        for number, wire_type, value in wire.fields(message)
    )
    return wire.encoded(1, wire.LENGTH, kind) + wire.encoded(2, wire.LENGTH, body)


def text_of(node: Node) -> str:
    """Return how a path was written, such as `card.outcome.target`; empty for anything that is no path."""
    match node:
        case Name(name=name):
            return name
        case Select(operand=operand, field=field):
            base = text_of(operand)
            return f"{base}.{field}" if base else ""
        case Call(function="_[_]", arguments=(operand, Constant(value=value))):
            base = text_of(operand)
            key = f'"{value}"' if isinstance(value, str) else str(value)
            return f"{base}[{key}]" if base else ""
        case _:
            return ""


def _envelope(serialized: bytes) -> tuple[bytes, bytes]:
    parts = {field.number: field.value for field in wire.fields(serialized)}
    kind, message = parts.get(1), parts.get(2)
    if not isinstance(kind, bytes) or not isinstance(message, bytes):
        raise ValueError("not a serialised expression")  # noqa: TRY004 - bad bytes are a bad value
    return kind, message


def _offsets(source_info: bytes) -> dict[int, int]:
    found: dict[int, int] = {}
    for number, _, value in wire.fields(source_info):
        if number == 4 and isinstance(value, bytes):
            entry = {field.number: field.value for field in wire.fields(value)}
            identifier, offset = entry.get(1, 0), entry.get(2, 0)
            if isinstance(identifier, int) and isinstance(offset, int):
                found[identifier] = offset
    return found


class _Reader:
    """Reads messages of one expression, knowing where each node stands in the source."""

    def __init__(self, offsets: dict[int, int]) -> None:
        self._offsets = offsets

    def node(self, message: bytes) -> Node:
        readers: dict[int, Callable[[int, bytes], Node]] = {
            3: self._constant, 4: self._name, 5: self._select, 6: self._call, 7: self._list, 8: self._map,
            9: self._comprehension,
        }  # fmt: skip
        identifier = 0
        for number, _, value in wire.fields(message):
            if number == 2 and isinstance(value, int):
                identifier = value
            elif number in readers and isinstance(value, bytes):
                return readers[number](self._offsets.get(identifier, 0), value)
        raise ValueError("an expression without content")

    def _constant(self, offset: int, message: bytes) -> Node:  # noqa: PLR0911 - one answer per kind reads best
        for field in wire.fields(message):
            match field:
                case (1, _, _):
                    return Constant(offset, None)
                case (2, _, int(value)):
                    return Constant(offset, bool(value))
                case (3, _, int(value)):
                    return Constant(offset, wire.signed(value))
                case (4, _, int(value)):
                    return Constant(offset, value)
                case (5, _, bytes(value)):
                    return Constant(offset, float(struct.unpack("<d", value)[0]))
                case (6, _, bytes(value)):
                    return Constant(offset, value.decode())
                case (7, _, bytes(value)):
                    return Constant(offset, value)
        raise ValueError("a constant without a value")

    def _name(self, offset: int, message: bytes) -> Node:
        return Name(offset, _text(message, 1))

    def _select(self, offset: int, message: bytes) -> Node:
        only_tests = any(field.number == 3 and field.value for field in wire.fields(message))
        return Select(offset, self._one(message, 1), _text(message, 2), only_tests)

    def _call(self, offset: int, message: bytes) -> Node:
        targets, arguments = _all(message, 1), _all(message, 3)
        nodes = tuple(self.node(value) for value in [*targets, *arguments])
        return Call(offset, _text(message, 2), nodes, bool(targets))

    def _list(self, offset: int, message: bytes) -> Node:
        return ListLiteral(offset, tuple(self.node(value) for value in _all(message, 1)))

    def _map(self, offset: int, message: bytes) -> Node:
        entries = tuple(
            (self.node(_all(entry, 3)[0]) if _all(entry, 3) else None, self._one(entry, 4))
            for entry in _all(message, 2)
        )
        return MapLiteral(offset, entries, _text(message, 1))

    def _comprehension(self, offset: int, message: bytes) -> Node:
        return Comprehension(
            offset, _text(message, 1), self._one(message, 2), _text(message, 3), self._one(message, 4),
            self._one(message, 5), self._one(message, 6), self._one(message, 7),
        )  # fmt: skip

    def _one(self, message: bytes, number: int) -> Node:
        return self.node(next(iter(_all(message, number)), b""))


def _all(message: bytes, number: int) -> list[bytes]:
    return [field.value for field in wire.fields(message) if field.number == number and isinstance(field.value, bytes)]


def _text(message: bytes, number: int) -> str:
    return next(iter(_all(message, number)), b"").decode()


# Where expressions stand inside of each kind of expression: field number of the kind -> fields of its children.
_CHILDREN: dict[int, frozenset[int]] = {
    5: frozenset({1}), 6: frozenset({1, 3}), 7: frozenset({1}), 9: frozenset({2, 4, 5, 6, 7}),
}  # fmt: skip
_MAP_LITERAL = 8


def _renamed(expression: bytes, names: dict[str, str]) -> bytes:
    return b"".join(
        wire.encoded(number, wire_type, _renamed_content(number, value, names) if isinstance(value, bytes) else value)
        for number, wire_type, value in wire.fields(expression)
    )


def _renamed_content(kind: int, content: bytes, names: dict[str, str]) -> bytes:
    if kind not in _CHILDREN and kind != _MAP_LITERAL:
        return content
    operators = {} if kind == 6 and _works_on_an_accumulator(content) else names
    out = b""
    for number, wire_type, value in wire.fields(content):
        new = value
        if isinstance(value, bytes):
            if kind == _MAP_LITERAL and number == 2:
                new = _renamed_entry(value, names)
            elif kind == 6 and number == 2:
                new = operators.get(value.decode(), value.decode()).encode()
            elif number in _CHILDREN.get(kind, frozenset()):
                new = _renamed(value, names)
        out += wire.encoded(number, wire_type, new)
    return out


def _renamed_entry(entry: bytes, names: dict[str, str]) -> bytes:
    return b"".join(
        wire.encoded(
            number, wire_type, _renamed(value, names) if number in {3, 4} and isinstance(value, bytes) else value
        )
        for number, wire_type, value in wire.fields(entry)
    )


def _works_on_an_accumulator(call: bytes) -> bool:
    # Only the library can name a variable with `@`, so such a call was generated for a macro.
    names = [name for value in _all(call, 3) for name in _all(value, 4)]
    return any(_text(name, 1).startswith("@") for name in names)
