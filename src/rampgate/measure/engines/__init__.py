"""Engines, one file each: where the data are read and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from rampgate.errors import UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.engines._base import Identity, Relation, provenance
from rampgate.measure.engines.duckdb import open_file
from rampgate.measure.request import MeasureRequest, Pairing

__all__ = [
    "ENGINES",
    "Identity",
    "Relation",
    "open_pair",
    "open_relation",
    "open_request",
    "provenance",
    "shown_address",
]

Opener = Callable[[str, str, str | None, Pairing], AbstractContextManager[Relation]]

ENGINES: Mapping[str, str] = MappingProxyType(
    {
        "postgresql": "rampgate.measure.engines.postgres",
        "postgres": "rampgate.measure.engines.postgres",
        "spark+connect": "rampgate.measure.engines.spark",
    }
)
"""Every engine that has tables of its own, by how its address starts -> the module whose `open_table` opens one."""


def open_relation(data: Path) -> AbstractContextManager[Relation]:
    """Return the table that files are, to be opened by `with`."""
    return open_file(data)


def open_pair(request: MeasureRequest, other: str) -> AbstractContextManager[Relation]:
    """Return the rows of a request's data and of another table, one below the other, to be opened by `with`.

    other: a file where the data are files, else a table of the same engine. See `engines._parts.SOURCE`.
    """
    pairing = Pairing(stacked=True)
    if request.engine is None:
        return open_file(request.data, Path(other), pairing)
    return _engine(request)(request.engine, str(request.table), other, pairing)


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
    return _engine(request)(request.engine, str(request.table), request.truth, request.pairing)


def _engine(request: MeasureRequest) -> Opener:
    address = request.engine or ""
    scheme = address.partition("://")[0]
    if scheme not in ENGINES or "://" not in address:
        known = ", ".join(f"{name}://" for name in ENGINES)
        raise UsageProblem(
            f"no engine `{scheme}`{did_you_mean(scheme, ENGINES)}; an address starts with one of {known}"
        )
    if request.table is None:
        raise UsageProblem("an engine needs the table to measure: `--table NAME`")
    found: Opener = import_module(ENGINES[scheme]).open_table
    return found


def shown_address(address: str) -> str:
    """Return the address of an engine without user, password and settings, for evidence."""
    place = urlsplit(address)
    return f"{place.scheme}://{place.netloc.rpartition('@')[2]}{place.path.partition(';')[0]}".rstrip("/")
