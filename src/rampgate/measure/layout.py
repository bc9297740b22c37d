"""Writes evidence as JSON that a person can read in a diff: one line for each row of counts and each measure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

_ONE_PER_LINE = frozenset({"rows", "measures", "suppressed"})


def to_bytes(evidence: Mapping[str, Any]) -> bytes:
    """Return evidence as UTF-8 JSON, keys in the order given, with a final newline; equal values give equal bytes.

    Raises TypeError for a float: its digits are not those that were measured.
    """
    return (_object(evidence, 0) + "\n").encode()


def profile_bytes(profile: Mapping[str, Any]) -> bytes:
    """Return a profile as `to_bytes` writes evidence, one line for each column of the data."""
    head = {key: value for key, value in profile.items() if key != "columns"}
    columns = f',\n  "columns": {_lines(profile["columns"], 1)}\n}}\n'
    return (_object(head, 0).removesuffix("\n}") + columns).encode()


def _object(value: Mapping[str, Any], depth: int) -> str:
    lines = []
    for key, item in value.items():
        if isinstance(item, Mapping) and (key in {"counts", "sums", "tables"} or _is_table(item)):
            text = _object(item, depth + 1)
        elif key in _ONE_PER_LINE and item:
            text = _lines(item, depth + 1)
        else:
            text = _inline(item)
        lines.append(f"{'  ' * (depth + 1)}{_inline(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n" + "  " * depth + "}"


def _is_table(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("columns"), list) and isinstance(item.get("rows"), list)


def _lines(items: Sequence[Any], depth: int) -> str:
    indent = "  " * (depth + 1)
    return "[\n" + ",\n".join(indent + _inline(item) for item in items) + "\n" + "  " * depth + "]"


def _inline(value: Any) -> str:
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"evidence holds no floating-point numbers, found {value!r}")
    for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ():
        _refuse_floats(item)
