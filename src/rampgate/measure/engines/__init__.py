"""Engines, one file each: where the data are read and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType

from rampgate.measure.engines._base import Identity, Relation
from rampgate.measure.engines.duckdb import open_file

__all__ = ["ENGINES", "Identity", "Relation", "open_relation"]

ENGINES: Mapping[str, Callable[[Path], AbstractContextManager[Relation]]] = MappingProxyType({"duckdb": open_file})
"""Every engine by its name."""


def open_relation(data: Path) -> AbstractContextManager[Relation]:
    """Return the table that the data are, to be opened by `with`."""
    return ENGINES["duckdb"](data)
