"""The functions that an expression may call: which kinds they take, and what they give.

Left out on purpose: `double`, `int`, `bool` and `dyn` (they turn a text that happens to hold a number, `nan` included,
into one), `type` (it tells values apart that a rule should not tell apart), `bytes` and `uint`. Times and
durations are compared and not added: the library takes no duration back from a function of ours.
Operators stand here under the names that CEL's parser gives them.
"""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.formats.cel.shapes import Kind


@dataclass(frozen=True, slots=True)
class Signature:
    """Kinds that each argument may have (a method's target first), and the kind of the result.

    optional: how many arguments at the end may be left out. method: whether it is called `target.name()`, None for
    either way. same: all arguments must share a kind. result None: the kind of the arguments.
    """

    arguments: tuple[frozenset[Kind], ...]
    result: Kind | None
    optional: int = 0
    method: bool | None = False
    same: bool = False


_BOOLEAN: frozenset[Kind] = frozenset({"boolean"})
_NUMBER: frozenset[Kind] = frozenset({"number"})
_TEXT: frozenset[Kind] = frozenset({"text"})
_TIME: frozenset[Kind] = frozenset({"time"})
_SPAN: frozenset[Kind] = frozenset({"time", "duration"})
_SIZED: frozenset[Kind] = frozenset({"text", "list", "map"})
_SINGLE: frozenset[Kind] = frozenset({"boolean", "number", "text", "time", "duration"})
_ORDERED: frozenset[Kind] = frozenset({"number", "text", "time", "duration"})

_COMPARISON = Signature((_ORDERED, _ORDERED), "boolean", same=True)
_EQUALITY = Signature((_SINGLE, _SINGLE), "boolean", same=True)
_LOGIC = Signature((_BOOLEAN, _BOOLEAN), "boolean")
_TEXT_TEST = Signature((_TEXT, _TEXT), "boolean", method=True)

SIGNATURES: dict[str, Signature] = {
    "_==_": _EQUALITY,
    "_!=_": _EQUALITY,
    "_<_": _COMPARISON,
    "_<=_": _COMPARISON,
    "_>_": _COMPARISON,
    "_>=_": _COMPARISON,
    "_&&_": _LOGIC,
    "_||_": _LOGIC,
    "!_": Signature((_BOOLEAN,), "boolean"),
    "_+_": Signature((_NUMBER | _TEXT, _NUMBER | _TEXT), None, same=True),
    "_-_": Signature((_NUMBER, _NUMBER), "number"),
    "_*_": Signature((_NUMBER, _NUMBER), "number"),
    "_/_": Signature((_NUMBER, _NUMBER), "number"),
    "_%_": Signature((_NUMBER, _NUMBER), "number"),
    "-_": Signature((_NUMBER,), "number"),
    "size": Signature((_SIZED,), "number", method=None),
    "startsWith": _TEXT_TEST,
    "endsWith": _TEXT_TEST,
    "contains": _TEXT_TEST,
    "matches": Signature((_TEXT, _TEXT), "boolean", method=None),
    "timestamp": Signature((_TEXT,), "time"),
    "duration": Signature((_TEXT,), "duration"),
    "string": Signature((_SINGLE,), "text"),
    "getFullYear": Signature((_TIME, _TEXT), "number", optional=1, method=True),
    "getMonth": Signature((_TIME, _TEXT), "number", optional=1, method=True),
    "getDate": Signature((_TIME, _TEXT), "number", optional=1, method=True),
    "getDayOfWeek": Signature((_TIME, _TEXT), "number", optional=1, method=True),
    "getHours": Signature((_SPAN, _TEXT), "number", optional=1, method=True),
}

MACROS = ("all", "exists", "exists_one", "filter", "map", "has")

IN_SOURCE: dict[str, str] = {
    "_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "_&&_": "&&", "_||_": "||",
    "!_": "!", "_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%", "-_": "-", "@in": "in", "_[_]": "[]",
    "_?_:_": "? :",
}  # fmt: skip

WHOLE_RESULTS = frozenset({"size", "_%_", "getFullYear", "getMonth", "getDate", "getDayOfWeek", "getHours"})
