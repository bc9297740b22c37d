"""Reads what is packaged with rampgate: the JSON Schemas, without importing the nouns that they are made from."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a packaged JSON Schema by name, such as `card`. Raises FileNotFoundError for an unknown name."""
    found: dict[str, Any] = json.loads(schema_bytes(name))
    return found


def schema_bytes(name: str) -> bytes:
    """Return the bytes of a packaged JSON Schema."""
    return (resources.files("rampgate") / "schemas" / f"{name}.schema.json").read_bytes()
