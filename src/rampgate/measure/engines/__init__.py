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
    if request.truth is not None and request.id is None:
        raise UsageProblem("truth is joined by an id that both have: `--id COLUMN`")
    if request.truth is not None and request.pool:
        raise UsageProblem("pooled data have their truth beside them; join each window first, or measure it alone")
    if request.truth is None and request.allow_unmatched:
        raise UsageProblem("`--allow-unmatched` is about `--truth`, and there is none")
    if request.engine is None:
        if request.table is not None:
            raise UsageProblem("a table needs the engine that has it: `--engine ADDRESS`")
        return open_file(request.data, None if request.truth is None else Path(request.truth), request.pairing)
    raise UsageProblem(f"no engine for `{request.engine}`")
