"""What needs a hand, worst first, in one shape for the reports that are made for machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rampgate.errors import Problem
from rampgate.model.decision import Decision
from rampgate.model.finding import Finding
from rampgate.model.sourced import Location
from rampgate.model.vocabulary import Effect, Outcome
from rampgate.reports.words import compared_beyond, sorted_findings

INVALID: Final = "input.is-valid"
"""The rule id of what makes the input invalid: no policy asks for it, and nothing can be judged without."""

EMPTY: Final = "policy.judges-something"
"""The rule id of a change that no rule applies to."""

_SETTLED: Final = (Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.WAIVED)
_IN_REPOSITORY: Final = re.compile(r"(?!/)(?!.*(^|/)\.\.?(/|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\]+", re.DOTALL)


class Level(StrEnum):
    """How loud a point is: it blocks, it warns, or it is to be known."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Point:
    """One open point; finding is None for invalid input."""

    rule: str
    level: Level
    title: str
    message: str
    compared: str
    fix: str
    location: Location | None
    finding: Finding | None = None


def level_of(finding: Finding) -> Level:
    """Return how loud a finding is: waiting is no fault, and what is kept for the record only is no warning."""
    if finding.outcome is Outcome.WAITING or finding.effect is Effect.AUDIT:
        return Level.NOTE
    return Level.ERROR if finding.effect is Effect.BLOCK else Level.WARNING


def open_points(decision: Decision) -> list[Point]:
    """Return what is open, the loudest first; what a waiver excuses is left out, and so is what passes."""
    points = [*map(_of_problem, decision.problems), *_of_findings(decision)]
    return sorted(points, key=lambda each: list(Level).index(each.level))


def _of_findings(decision: Decision) -> Iterator[Point]:
    for each in sorted_findings(decision.findings):
        if each.outcome not in _SETTLED:
            compared = compared_beyond(each.message, each.found, each.expected)
            yield Point(
                each.rule, level_of(each), each.title, each.message, compared, each.fix, each.location, each
            )  # fmt: skip


def _of_problem(problem: Problem) -> Point:
    compared = compared_beyond(problem.message, problem.found, problem.expected)
    place = Location(problem.path, problem.line, problem.column) if problem.path else None
    title = "What is to be judged can be read"
    return Point(INVALID, Level.ERROR, title, problem.message, compared, problem.fix, place)


def is_in_repository(location: Location | None, decision: Decision) -> bool:
    """Return whether a place is a file of the repository: one that was read from it, or one in a governed folder.

    The answers of a forge, and a file that was named on the command line, are none.
    """
    if location is None or not _IN_REPOSITORY.fullmatch(location.path):
        return False
    read = {each.path.partition(":")[2] for each in decision.inputs}
    return location.path in read or location.path.startswith(
        ("model_cards/", "policies/", ".github/", ".gitattributes")
    )
