"""Draws decisions of a history by a seed, for somebody to inspect."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.history.log import listed
from rampgate.app.history.open_history import OpenHistory, Tell, open_history
from rampgate.core.sample import draw
from rampgate.model.history_views import Filters, Sample


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """How many records are drawn, by which seed, from those that the filters mean."""

    repo: Path | GitObjects
    filters: Filters
    number: int
    seed: str
    trust: Path | None = None
    tell: Tell | None = None


def sample(request: SampleRequest) -> Sample:
    """Return the records drawn, in the order of the history; raises as `rampgate.app.history.log.log` does."""
    with open_history(request.repo, request.trust, request.tell) as history:
        return drawn(history, request.filters, request.number, request.seed)


def drawn(history: OpenHistory, filters: Filters, number: int, seed: str) -> Sample:
    """Return the records of an open history that a seed draws; raises as `sample` does."""
    return draw(listed(history, filters), number, seed)
