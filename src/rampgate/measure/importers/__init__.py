"""Results of other tools become evidence: one importer a tool, in an explicit list.

Where a tool gives counts, they are taken, and everything is computed again from them. Where it gives numbers alone,
they are `claimed`, and rules refuse them unless they say otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from rampgate.errors import Unreachable, UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.importers import dbt, evidently, great_expectations, lm_eval, mlflow, promptfoo
from rampgate.measure.importers._base import Choice, Importer, ResultsFile, Taken
from rampgate.measure.importers._json import MAX_BYTES
from rampgate.measure.importers._looks import looks_like

__all__ = ["TOOLS", "Choice", "Importer", "ResultsFile", "Taken", "importer_named", "look_at", "looks_like"]

ALL: tuple[Importer, ...] = tuple(
    module.IMPORTER for module in (dbt, evidently, great_expectations, lm_eval, mlflow, promptfoo)
)

TOOLS: Mapping[str, Importer] = MappingProxyType({each.tool: each for each in ALL})
"""Tool -> its importer."""


def importer_named(tool: str) -> Importer:
    """Return the importer of a tool. Raises UsageProblem for one that is unknown."""
    if tool not in TOOLS:
        raise UsageProblem(f"no importer for `{tool}`{did_you_mean(tool, TOOLS)}; there is one for {', '.join(TOOLS)}")
    return TOOLS[tool]


def look_at(path: Path) -> ResultsFile:
    """Return a results file, its bytes hashed. Raises Unreachable if it is absent or can not be read."""
    try:
        if not path.is_file():
            raise Unreachable(f"{path}: there is no such file")
        if path.stat().st_size > MAX_BYTES:
            raise Unreachable(f"{path}: the file has over {MAX_BYTES:,} bytes, more than are read")
        data = path.read_bytes()
    except OSError as error:
        raise Unreachable(f"{path}: can not be read ({error.strerror})") from error
    return ResultsFile(path, data, f"sha256:{hashlib.sha256(data).hexdigest()}")
