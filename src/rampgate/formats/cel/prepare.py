"""Turns values from a card into what an expression may read, by the shape that the schema gives them.

A null is left out, as if its key were missing. A value that is there but can not be used (of another kind than
the schema says, `unknown`, `not_applicable`, a number too long to be exact) becomes null: `has()` still sees it, and
every operator refuses it. A key that the schema does not know is left out. Why each value can not be used is kept
by its path, for the reason that people read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rampgate.formats.cel.decimals import fits, is_decimal_text, to_double
from rampgate.formats.cel.shapes import IN_WORDS, Kind, Shape

MAX_VALUES = 5_000


class TooLarge(Exception):
    """There are more values than an expression may read."""


@dataclass(slots=True)
class Preparation:
    """Values being prepared: what is wrong with which path, and how many values there were."""

    faults: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def value(self, value: Any, shape: Shape, path: str, only: Collection[str] | None = None) -> Any:
        """Return the value as CEL may see it; only: the fields that the expression reads, None for all."""
        self.count += 1
        if self.count > MAX_VALUES:
            raise TooLarge(f"reads more than {MAX_VALUES} values")
        fault = _fault(value, shape)
        if fault:
            self.faults[path] = fault
            return None
        match value:
            case Mapping():
                return self._map(value, shape, path, only)
            case list() | tuple():
                element = shape.element()
                return [self.value(item, element, f"{path}[{index}]") for index, item in enumerate(value)]
            case str() if "number" in shape.kinds and not shape.is_anything and is_decimal_text(value):
                return self._number(Decimal(value), shape, path)
            case bool() | str():
                return value
            case _:
                return self._number(value, shape, path)

    def _map(self, value: Mapping[Any, Any], shape: Shape, path: str, only: Collection[str] | None) -> dict[str, Any]:
        prepared: dict[str, Any] = {}
        for name, item in value.items():
            if not isinstance(name, str) or (only is not None and name not in only):
                continue
            child = shape.field(name)
            if child is None:
                continue
            if item is None:
                self.faults[f"{path}.{name}"] = "is null"
            else:
                prepared[name] = self.value(item, child, f"{path}.{name}")
        return prepared

    def _number(self, value: Any, shape: Shape, path: str) -> int | float | None:
        if isinstance(value, int) and (shape.whole or shape.is_anything) and fits(value):
            return value
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        double = to_double(number)
        if double is None:
            # An integer of thousands of digits has no `str`; a decimal always has a short form.
            self.faults[path] = f"is `{number:.16e}`, which has more than 15 significant digits or is out of range"
        return double


def _fault(value: Any, shape: Shape) -> str:  # noqa: PLR0911 - one answer per kind reads best
    if value is None:
        return "is null"
    if value == "unknown":
        return "is `unknown`"
    if isinstance(value, str) and (value == "not_applicable" or value.startswith("not_applicable:")):
        return f"is `{_short(value)}`"
    if isinstance(value, Mapping) and set(value) == {"not_applicable"}:
        return f"is `not_applicable: {_short(value['not_applicable'])}`"
    kind = _kind_of(value)
    if kind is None:
        return "is of a type that an expression can not read"
    if kind not in shape.kinds:
        found = f"the text `{_short(value)}`" if kind == "text" else IN_WORDS[kind]
        return f"is {found}, where {shape.in_words()} is needed"
    return ""


def _kind_of(value: object) -> Kind | None:
    match value:
        case bool():
            return "boolean"
        case int() | float() | Decimal():
            return "number"
        case str():
            return "text"
        case list() | tuple():
            return "list"
        case Mapping():
            return "map"
        case _:
            return None


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
