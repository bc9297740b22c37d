"""Lists the decisions of a history, by model, stage, person, verdict or day."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.history.open_history import OpenHistory, Tell, open_history
from rampgate.app.moment import parse_day
from rampgate.app.moving.stages import read_ladder, read_people
from rampgate.core.history_select import Known, listing
from rampgate.core.paths import CARDS
from rampgate.errors import InvalidInput
from rampgate.model.history_views import Filters, Listing


@dataclass(frozen=True, slots=True)
class LogRequest:
    """Which records are asked for. trust: a file kept elsewhere that says whose signatures count, None for none."""

    repo: Path | GitObjects
    filters: Filters
    trust: Path | None = None
    tell: Tell | None = None


def log(request: LogRequest) -> Listing:
    """Return the records that the filters mean, in the order of the history.

    Raises UsageProblem for a name that nothing knows, NotBelieved for a history that is not to be believed, and
    Unreachable where there is none.
    """
    with open_history(request.repo, request.trust, request.tell) as history:
        return listed(history, request.filters)


def listed(history: OpenHistory, filters: Filters) -> Listing:
    """Return the records of an open history that the filters mean; raises as `log` does."""
    for name, day in (("since", filters.since), ("until", filters.until)):
        if day:
            parse_day(day, name)
    return listing(history.entries(), filters, known_today(history), history.repository)


def known_today(history: OpenHistory) -> Known:
    """Return the names that the governed branch knows today; what can not be read there adds none."""
    tree = history.governed.tree
    try:
        models = tree.names(CARDS)
        stages = read_ladder(tree).names
        people = [each.name for each in read_people(tree).people]
    except InvalidInput:
        return Known()
    return Known([name for name in models if not name.endswith(".md")], stages, people)
