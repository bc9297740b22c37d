"""Reads what is packaged with rampgate: JSON Schemas, without the nouns that they are made from, and the example.

And the package itself: a record says by one digest which code has judged.
"""

from __future__ import annotations

import hashlib
import json
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any

from rampgate.errors import Unreachable

if TYPE_CHECKING:
    from pathlib import Path


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


@cache
def engine_sha256() -> str:
    """Return the digest of the installed package, see `package_sha256`."""
    from pathlib import Path  # noqa: PLC0415 - only a recorder pays for it

    return package_sha256(Path(__file__).resolve().parents[1])


def package_sha256(package: Path) -> str:
    """Return the digest of a package's folder, 64 hexadecimal digits: the same code and schemas give the same.

    It is the SHA-256 of one line for each file, `<sha256 of its bytes>  <path>`, in the order of the paths. What is
    compiled on the way, and the example repository that a wheel carries, have no part in it.
    Raises Unreachable where the package is not a folder of files.
    """
    try:
        files = {path.relative_to(package).as_posix(): path for path in package.rglob("*") if path.is_file()}
        lines = [
            f"{hashlib.sha256(files[name].read_bytes()).hexdigest()}  {name}\n"
            for name in sorted(files)
            if not name.startswith("example/") and "__pycache__/" not in name
        ]
    except OSError as error:
        raise Unreachable(f"the installed package can not be read: {error.strerror or error}") from error
    if not lines:
        raise Unreachable("the installed package is no folder of files, so it can not be named by a digest")
    return hashlib.sha256("".join(lines).encode()).hexdigest()
