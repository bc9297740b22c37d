"""Operators that refuse to compare or add what does not belong together, instead of answering false.

Plain CEL says that `"0.2" == 0.2` is false, that `"10" < "9"` is true, and that 0.1 + 0.2 is not 0.3. Each of those
lets a wrong card through some rule. The functions here stand behind the operators of an expression: a null, a
mistyped value and a comparison of texts that hold numbers raise, and arithmetic is exact in decimals.
Every number that gets here has at most 15 significant digits (see `rampgate.formats.cel.decimals`), so that
comparing doubles is comparing the decimals that were written.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from rampgate.formats.cel.decimals import fits, is_decimal_text, rounded, to_decimal
from rampgate.formats.cel.shapes import IN_WORDS, Kind

PREFIX = "rampgate: "
INSUFFICIENT = f"{PREFIX}insufficient: "
FAULTY = f"{PREFIX}error: "


class Refused(ValueError):
    """An operator got what it can not judge; the text starts with the outcome that follows."""


class _Budget(threading.local):
    left = 0


MAX_LOOKUPS = 100_000
_budget = _Budget()


def renew_budget() -> None:
    """Start the count of looked-up elements anew; each evaluation does."""
    _budget.left = MAX_LOOKUPS


def _spend(elements: int) -> None:
    # The library counts the iterations of macros, and knows nothing of a loop in here.
    _budget.left -= elements
    if _budget.left < 0:
        raise Refused(f"{FAULTY}looks through more than {MAX_LOOKUPS} elements with `in`")


def kind_of(value: object) -> Kind | None:
    """Return the kind of a value as CEL hands it over, None for null and for what is no value."""
    kinds: tuple[tuple[type | tuple[type, ...], Kind], ...] = (
        (bool, "boolean"), ((int, float), "number"), (str, "text"), (list, "list"), (dict, "map"),
        (datetime, "time"), (timedelta, "duration"), (bytes, "bytes"),
    )  # fmt: skip
    return next((kind for types, kind in kinds if isinstance(value, types)), None)


def equals(left: Any, right: Any) -> bool:
    """Return whether two values of one kind are equal; texts, numbers, booleans, times and durations only."""
    kind = _one_kind(left, right)
    if kind in {"list", "map"}:
        raise Refused(f"{INSUFFICIENT}compares whole lists or sections")
    return bool(left == right)


def differs(left: Any, right: Any) -> bool:
    """Return whether two values of one kind differ."""
    return not equals(left, right)


def is_member(value: Any, container: Any) -> bool:
    """Return whether a list has an element, or a map a key; every element must be of the value's kind."""
    if isinstance(container, dict):
        _spend(len(container))
        return bool(container) and any(equals(value, key) for key in container)
    if not isinstance(container, list):
        raise Refused(f"{INSUFFICIENT}looks for {_shown(value)} in {_shown(container)}, which is no list")
    _spend(len(container))
    answers = [equals(value, element) for element in container]
    if not answers:
        _one_kind(value, value)
    return any(answers)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        kind = _one_kind(left, right)
        if kind not in {"number", "text", "time", "duration"}:
            raise Refused(f"{INSUFFICIENT}orders {_shown(left)} and {_shown(right)}, which have no order")
        if kind == "text" and (is_decimal_text(left) or is_decimal_text(right)):
            raise Refused(f"{INSUFFICIENT}orders the texts `{left}` and `{right}` letter by letter")
        return compare(left, right)

    return ordered


def plus(left: Any, right: Any) -> Any:
    """Return an exact sum of two numbers, or two texts put together."""
    kinds = {kind_of(left), kind_of(right)}
    if kinds == {"number"}:
        return _exact(left, right, to_decimal(left) + to_decimal(right))
    if kinds == {"text"}:
        return left + right
    raise Refused(f"{INSUFFICIENT}adds {_shown(left)} and {_shown(right)}")


def minus(left: Any, right: Any) -> float | int:
    """Return an exact difference of two numbers."""
    if {kind_of(left), kind_of(right)} != {"number"}:
        raise Refused(f"{INSUFFICIENT}takes {_shown(right)} from {_shown(left)}")
    return _exact(left, right, to_decimal(left) - to_decimal(right))


def times(left: Any, right: Any) -> float | int:
    """Return an exact product of two numbers."""
    if {kind_of(left), kind_of(right)} != {"number"}:
        raise Refused(f"{INSUFFICIENT}multiplies {_shown(left)} with {_shown(right)}")
    return _exact(left, right, to_decimal(left) * to_decimal(right))


def divided(left: Any, right: Any) -> float | int:
    """Return a quotient to 15 significant digits; two integers are refused, because CEL drops their remainder."""
    if {kind_of(left), kind_of(right)} != {"number"}:
        raise Refused(f"{INSUFFICIENT}divides {_shown(left)} by {_shown(right)}")
    if isinstance(left, int) and isinstance(right, int):
        raise Refused(f"{FAULTY}divides two integers, which drops the remainder; write `1.0 * a / b`")
    if right == 0:
        raise Refused(f"{FAULTY}divides by zero")
    return _exact(left, right, to_decimal(left) / to_decimal(right))


def _exact(left: float, right: float, result: Decimal) -> float | int:
    if isinstance(left, int) and isinstance(right, int):
        if not fits(int(result)):
            raise Refused(f"{FAULTY}the integer {result} is out of range")
        return int(result)
    return rounded(result, Refused(f"{FAULTY}the number {result:.3e} is out of range"))


def _one_kind(left: Any, right: Any) -> Kind:
    kinds = kind_of(left), kind_of(right)
    if kinds[0] is None or kinds[1] is None:
        raise Refused(f"{INSUFFICIENT}compares with a value that is missing or can not be used")
    if kinds[0] != kinds[1]:
        raise Refused(f"{INSUFFICIENT}compares {_shown(left)} with {_shown(right)}")
    return kinds[0]


def _shown(value: Any) -> str:
    kind = kind_of(value)
    if kind is None:
        return "a value that is missing or can not be used"
    if kind in {"number", "boolean", "text"}:
        text = str(value).lower() if kind == "boolean" else str(value)
        return f"the {kind} `{text if len(text) <= 40 else text[:39] + '…'}`"
    return IN_WORDS[kind]


# The operator of CEL -> the name that it is called by when an expression is evaluated, and what stands behind it.
OPERATORS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "_==_": ("rampgate_equals", equals),
    "_!=_": ("rampgate_differs", differs),
    "_<_": ("rampgate_below", _ordered(lt)),
    "_<=_": ("rampgate_at_most", _ordered(le)),
    "_>_": ("rampgate_above", _ordered(gt)),
    "_>=_": ("rampgate_at_least", _ordered(ge)),
    "@in": ("rampgate_is_member", is_member),
    "_+_": ("rampgate_plus", plus),
    "_-_": ("rampgate_minus", minus),
    "_*_": ("rampgate_times", times),
    "_/_": ("rampgate_divided", divided),
}
