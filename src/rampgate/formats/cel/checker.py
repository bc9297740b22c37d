"""Checks an expression against the shapes of its variables before any value is there.

The CEL library's own checker knows protobuf messages, in which a missing field has a default value and an integer
literal never compares with a double. Both are wrong for a card, so the check is ours and goes by JSON Schema: every
name, field and function must exist, and every operand must be of a kind that its operator takes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rampgate.formats.cel.decimals import fits, to_double
from rampgate.formats.cel.problems import ExpressionProblem, place_of
from rampgate.formats.cel.shapes import ANYTHING, IN_WORDS, Kind, Shape, of_kinds, union
from rampgate.formats.cel.signatures import IN_SOURCE, MACROS, SIGNATURES, WHOLE_RESULTS, Signature
from rampgate.formats.cel.syntax import (
    Call,
    Comprehension,
    Constant,
    ListLiteral,
    MapLiteral,
    Name,
    Node,
    Select,
    text_of,
)
from rampgate.formats.suggest import did_you_mean

MAX_MACRO_DEPTH = 2
_BOOLEAN = of_kinds("boolean")
_LITERAL = re.compile(r"-?\s*(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
Scope = Mapping[str, Shape]


@dataclass(slots=True)
class Checker:
    """Walks one expression; `problems` holds what it found, `patterns` the literal regular expressions."""

    source: str
    problems: list[ExpressionProblem] = field(default_factory=list)
    patterns: list[tuple[int, str]] = field(default_factory=list)
    macro_depth: int = 0

    def check(self, node: Node, variables: Scope) -> None:
        """Check a whole expression, whose result must be true or false."""
        shape = self.shape(node, variables)
        if not self.problems and "boolean" not in shape.kinds:
            fix = "compare it with something, or use a macro such as `all`"
            self._report(0, f"the expression gives {shape.in_words()}, not true or false", fix)
        self.problems.sort(key=lambda problem: (problem.line, problem.column))

    def shape(self, node: Node, scope: Scope) -> Shape:  # noqa: PLR0911 - one answer per kind reads best
        """Return the shape of a part of the expression, and report what is wrong inside of it."""
        match node:
            case Constant():
                return self._constant(node)
            case Name():
                return self._name(node, scope)
            case Select():
                return self._select(node, scope)
            case Call():
                return self._call(node, scope)
            case ListLiteral(elements=elements):
                return Shape(frozenset({"list"}), elements=tuple(self.shape(element, scope) for element in elements))
            case MapLiteral():
                return self._map(node, scope)
            case Comprehension():
                return self._macro(node, scope)

    def _report(self, offset: int, message: str, fix: str = "") -> Shape:
        problem = ExpressionProblem(*place_of(self.source, offset), message, fix)
        if problem not in self.problems:
            self.problems.append(problem)
        return ANYTHING

    def _constant(self, node: Constant) -> Shape:  # noqa: PLR0911 - one answer per kind reads best
        match node.value:
            case bool():
                return _BOOLEAN
            case int(value):
                if not fits(value):
                    return self._report(node.offset, f"the integer `{value}` is out of range")
                return replace(of_kinds("number"), whole=True)
            case float():
                if not self._is_exact(node.offset):
                    message = "a number has more than 15 significant digits or is out of range"
                    return self._report(node.offset, message, "write it with at most 15 digits; doubles hold no more")
                return of_kinds("number")
            case str(value):
                return replace(of_kinds("text"), choices=frozenset({value}))
            case None:
                fix = "a null counts as missing; use `has(...)` to ask whether a field is there"
                return self._report(node.offset, "`null` can not be compared with", fix)
            case _:
                return self._report(node.offset, "bytes have no place in a card", 'write text as "..."')

    def _is_exact(self, offset: int) -> bool:
        # The parser has rounded the literal already, so it is read again where it stands.
        written = _LITERAL.match(self.source, offset)
        return written is not None and to_double(Decimal("".join(written[0].split()))) is not None

    def _name(self, node: Name, scope: Scope) -> Shape:
        if node.name in scope:
            return scope[node.name]
        known = [name for name in scope if not name.startswith("@")]
        fix = f"use one of {_listed(known)}"
        return self._report(node.offset, f"unknown variable `{node.name}`{did_you_mean(node.name, known)}", fix)

    def _select(self, node: Select, scope: Scope) -> Shape:
        found = self._field(self.shape(node.operand, scope), node.field, text_of(node.operand), node.offset)
        return _BOOLEAN if node.only_tests else found

    def _field(self, shape: Shape, name: str, owner: str, offset: int) -> Shape:
        # The parser gives the place of the dot (of the bracket, for `has`); the name itself is what to look at.
        place = max(self.source.find(name, offset), offset)
        owner = f"`{owner}`" if owner else "this value"
        if "map" not in shape.kinds:
            fix = "use `all` or `exists` over its elements" if "list" in shape.kinds else ""
            return self._report(place, f"{owner} is {shape.in_words()} and has no field `{name}`", fix)
        found = shape.field(name)
        if found is None:
            message = f"{owner} has no field `{name}`{did_you_mean(name, shape.fields)}"
            return self._report(place, message, f"use one of {_listed(shape.fields)}")
        return found

    def _map(self, node: MapLiteral, scope: Scope) -> Shape:
        if node.message:
            return self._report(node.offset, f"unknown message type `{node.message}`")
        for key, _ in node.entries:
            if key is not None:
                self._need(self.shape(key, scope), frozenset({"text", "number", "boolean"}), key, "a map key")
        return Shape(frozenset({"map"}), others=tuple(self.shape(value, scope) for _, value in node.entries))

    def _macro(self, node: Comprehension, scope: Scope) -> Shape:
        over = self.shape(node.range, scope)
        self._need(over, frozenset({"list", "map"}), node.range, "a macro")
        parts = ([over.element()] if "list" in over.kinds else []) + ([of_kinds("text")] if "map" in over.kinds else [])
        inner = {**scope, node.variable: union(parts)}
        if self.macro_depth >= MAX_MACRO_DEPTH:
            fix = "split the rule in two"
            return self._report(node.offset, f"macros are nested more than {MAX_MACRO_DEPTH} deep", fix)
        self.macro_depth += 1
        accumulator = {node.accumulator: self.shape(node.start, inner)}
        result = self._step(node, {**inner, **accumulator})
        self.macro_depth -= 1
        return result

    def _step(self, node: Comprehension, scope: Scope) -> Shape:
        if not isinstance(node.start, ListLiteral):
            self.shape(node.step, scope)
            return _BOOLEAN
        # `map` and `filter` append `[element]` to a list, under a condition or without one.
        step = node.step
        if isinstance(step, Call) and step.function == "_?_:_":
            self._need(self.shape(step.arguments[0], scope), _BOOLEAN.kinds, step.arguments[0], "a condition")
            step = step.arguments[1]
        appended = step.arguments[1] if isinstance(step, Call) and len(step.arguments) == 2 else step
        return self.shape(appended, scope)

    def _call(self, node: Call, scope: Scope) -> Shape:  # noqa: PLR0911 - one answer per kind reads best
        shapes = tuple(self.shape(argument, scope) for argument in node.arguments)
        match node.function:
            case "@not_strictly_false":
                return _BOOLEAN
            case "_?_:_":
                self._need(shapes[0], _BOOLEAN.kinds, node.arguments[0], "`? :`")
                return union(shapes[1:])
            case "_[_]":
                return self._index(node, shapes)
            case "@in":
                return self._membership(node, shapes)
        signature = SIGNATURES.get(node.function)
        if signature is None:
            return self._unknown_function(node)
        if not self._is_called_right(node, signature):
            return ANYTHING
        return self._applied(node, signature, shapes)

    def _applied(self, node: Call, signature: Signature, shapes: tuple[Shape, ...]) -> Shape:
        name = f"`{IN_SOURCE.get(node.function, node.function)}`"
        before = len(self.problems)
        for argument, shape, kinds in zip(node.arguments, shapes, signature.arguments, strict=False):
            self._need(shape, kinds, argument, name)
        if len(self.problems) == before:
            self._fit_together(node, signature, shapes, name)
        pattern = node.arguments[-1]
        if node.function == "matches" and isinstance(pattern, Constant) and isinstance(pattern.value, str):
            self.patterns.append((pattern.offset, pattern.value))
        kinds = frozenset(kind for shape in shapes for kind in shape.kinds) & signature.arguments[0]
        whole = node.function in WHOLE_RESULTS or (node.function != "_/_" and all(shape.whole for shape in shapes))
        return replace(of_kinds(signature.result) if signature.result else Shape(kinds), whole=whole)

    def _fit_together(self, node: Call, signature: Signature, shapes: tuple[Shape, ...], name: str) -> None:
        if signature.same and not shapes[0].kinds & shapes[1].kinds:
            words = f"{shapes[0].in_words()} together with {shapes[1].in_words()}"
            fix = "write a number without quotes" if {"text", "number"} <= shapes[0].kinds | shapes[1].kinds else ""
            self._report(node.offset, f"{name} does not take {words}", fix)
        elif node.function in {"_==_", "_!=_"} and not all(isinstance(part, Constant) for part in node.arguments):
            self._known_choice(node, shapes)
        elif node.function == "_/_" and shapes[0].whole and shapes[1].whole:
            self._report(node.offset, "`/` of two integers drops the remainder", "write `1.0 * a / b`")

    def _membership(self, node: Call, shapes: tuple[Shape, ...]) -> Shape:
        self._need(shapes[1], frozenset({"list", "map"}), node.arguments[1], "`in`")
        if "map" not in shapes[1].kinds and shapes[1].elements:
            element = shapes[1].element()
            if not shapes[0].kinds & element.kinds:
                self._report(node.offset, f"`in` looks for {shapes[0].in_words()} among {element.in_words()}")
        literal = node.arguments[1]
        if isinstance(literal, ListLiteral) and isinstance(node.arguments[0], Constant):
            return _BOOLEAN
        for word in literal.elements if isinstance(literal, ListLiteral) else ():
            self._known_choice(node, (shapes[0], self._constant(word)) if isinstance(word, Constant) else shapes, word)
        if isinstance(node.arguments[0], Constant) and shapes[1].elements and "map" not in shapes[1].kinds:
            self._known_choice(node, (shapes[0], shapes[1].element()), node.arguments[0])
        return _BOOLEAN

    def _known_choice(self, node: Call, shapes: tuple[Shape, ...], at: Node | None = None) -> None:
        left, right = shapes[0].choices, shapes[1].choices
        if left is None or right is None or left & right or {shapes[0].kinds, shapes[1].kinds} != {frozenset({"text"})}:
            return
        written, known = (left, right) if len(left) == 1 else (right, left)
        if len(written) == 1:
            word = min(written)
            place = (
                at.offset if at else next((a.offset for a in node.arguments if isinstance(a, Constant)), node.offset)
            )
            self._report(
                place, f"`{word}` is never a value here{did_you_mean(word, known)}", f"use one of {_listed(known)}"
            )

    def _index(self, node: Call, shapes: tuple[Shape, ...]) -> Shape:
        target, key = node.arguments
        self._need(shapes[0], frozenset({"list", "map"}), target, "`[]`")
        if isinstance(key, Constant) and isinstance(key.value, str):
            return self._field(shapes[0], key.value, text_of(target), key.offset)
        wanted: frozenset[Kind] = (
            frozenset({"number"}) if "map" not in shapes[0].kinds else frozenset({"number", "text", "boolean"})
        )
        self._need(shapes[1], wanted, key, "`[]`")
        parts = ([shapes[0].element()] if "list" in shapes[0].kinds else []) + (
            [shapes[0].any_field()] if "map" in shapes[0].kinds else []
        )
        return union(parts)

    def _need(self, shape: Shape, kinds: frozenset[Kind], node: Node, by: str) -> None:
        if shape.kinds & kinds:
            return
        what = text_of(node)
        found = f"`{what}` is {shape.in_words()}, but" if what else f"found {shape.in_words()}, but"
        self._report(node.offset, f"{found} {by} takes {' or '.join(sorted(IN_WORDS[kind] for kind in kinds))}")

    def _unknown_function(self, node: Call) -> Shape:
        known = [name for name in SIGNATURES if name.isalpha()] + list(MACROS)
        if node.function in MACROS:
            message = f"`{node.function}` is not called as it must be"
            return self._report(node.offset, message, "write `list.all(x, condition)`, or `has(card.field)`")
        message = f"unknown function `{node.function}`{did_you_mean(node.function, known)}"
        return self._report(node.offset, message, f"use one of {_listed(known)}")

    def _is_called_right(self, node: Call, signature: Signature) -> bool:
        most = len(signature.arguments)
        is_right_way = signature.method is None or signature.method == node.is_method
        if is_right_way and most - signature.optional <= len(node.arguments) <= most:
            return True
        taken = most - (1 if signature.method else 0)
        way = f"`value.{node.function}()`" if signature.method else f"`{node.function}()`"
        self._report(
            node.offset, f"`{node.function}` is not called as it must be", f"write {way} with {taken} arguments"
        )
        return False


def _listed(names: object) -> str:
    words = sorted(names) if isinstance(names, (list, frozenset)) else list(names) if isinstance(names, Mapping) else []
    shown = ", ".join(f"`{word}`" for word in words[:12])
    return f"{shown}, …" if len(words) > 12 else shown or "none"
