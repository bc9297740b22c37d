"""Reads what is packaged with rampgate: the JSON Schemas, without importing the nouns that they are made from."""

from __future__ import annotations

import json
import pkgutil
from functools import cache
from typing import Any


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a packaged JSON Schema by name, such as `card`. Raises FileNotFoundError for an unknown name."""
    found: dict[str, Any] = json.loads(schema_bytes(name))
    return found


def schema_bytes(name: str) -> bytes:
    """Return the bytes of a packaged JSON Schema. Raises FileNotFoundError for an unknown name."""
    # `importlib.resources` does the same and takes a fifth of the start-up of `rampgate check`.
    data = pkgutil.get_data("rampgate", f"schemas/{name}.schema.json")
    assert data is not None, "every loader that rampgate can be imported by gives data"
    return data
