"""Names content by its SHA-256, and writes values as one canonical JSON text so that equal values hash equally.

>>> canonical_json({"b": 1, "a": [True, None]})
b'{"a":[true,null],"b":1}'
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def sha256_of(data: bytes) -> str:
    """Return `sha256:` and 64 lower-case hexadecimal digits of the SHA-256 of the bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical_json(value: Any) -> bytes:
    """Return the value as JSON with sorted keys, no spaces and UTF-8 text; equal values give equal bytes.

    value: nested mappings with string keys, lists, tuples, str, int, bool, None and Decimal. A Decimal is written
    as the string of its digits, as it was given, because a JSON number would be rounded by most readers. Keys are
    ordered by UTF-16 code units.
    Raises TypeError for a float (its digits are not those that were read), a key that is no string, or another type.
    Source: RFC 8785 for the order of keys and the escapes.
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"canonical JSON needs string keys, found {type(key).__name__}")
        return {key: _plain(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    raise TypeError(f"canonical JSON cannot hold a {type(value).__name__}; use an integer, a Decimal or a string")
