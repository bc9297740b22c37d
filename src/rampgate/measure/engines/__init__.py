"""Engines, one file each: where the data are read and counted."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from rampgate.errors import UsageProblem
from rampgate.measure.engines._base import Identity, Relation, provenance
from rampgate.measure.engines.duckdb import open_file
from rampgate.measure.request import MeasureRequest

__all__ = ["Identity", "Relation", "open_relation", "open_request", "provenance"]


def open_relation(data: Path) -> AbstractContextManager[Relation]:
    """Return the table that files are, to be opened by `with`."""
    return open_file(data)


def open_request(request: MeasureRequest) -> AbstractContextManager[Relation]:
    """Return the table that a request is about, on its engine and with its truth joined, to be opened by `with`."""
    if request.engine is None:
        return open_relation(request.data)
    raise UsageProblem(f"no engine for `{request.engine}`")
