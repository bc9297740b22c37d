"""Reads what is packaged with rampgate: JSON Schemas, without the nouns that they are made from, and the example."""

from __future__ import annotations

import json
import pkgutil
from functools import cache
from typing import Any

from rampgate.errors import Unreachable


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


def example_files() -> dict[str, bytes]:
    """Return the example repository, policies and model cards, by path.

    A wheel carries it; in a checkout it is the checkout's own.
    """
    from pathlib import Path  # noqa: PLC0415 - only the demonstration pays for it

    package = Path(__file__).resolve().parents[1]
    for root in (package / "example", package.parents[1]):
        if (root / "policies" / "ladder.yaml").is_file():
            found = [path for folder in ("policies", "model_cards") for path in sorted((root / folder).rglob("*"))]
            return {path.relative_to(root).as_posix(): path.read_bytes() for path in found if path.is_file()}
    raise Unreachable("the example repository is missing from this installation")
