"""Writes the tables that evidence of kind `answers` rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from rampgate.formats.measured.answers import JUDGED, OWN
from rampgate.measure.importers._base import ResultsFile


@dataclass(frozen=True, slots=True)
class Judged:
    """In k of n cases it was so."""

    measure: str
    k: int
    n: int
    group: Mapping[str, str] = field(default_factory=dict)


def judged_tables(judged: Sequence[Judged], groups: tuple[str, ...], file: ResultsFile) -> dict[str, Any]:
    """Return the table of what was judged. Raises InvalidInput where one measure of one group stands twice."""
    rows = sorted([*(each.group[name] for name in groups), each.measure, each.k, each.n] for each in judged)
    keys = [tuple(row[:-2]) for row in rows]
    for first, second in pairwise(keys):
        if first == second:
            raise file.problem(f"two numbers are mapped to `{first[-1]}` of the same cases", fix="map one of them")
    return {JUDGED: {"columns": [*groups, *OWN], "rows": rows}}
