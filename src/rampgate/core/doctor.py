"""Finds the holes in the set-up of a repository on GitHub, from what was seen of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rampgate.core import doctor_branch, doctor_history, doctor_people, doctor_workflows
from rampgate.core.doctor_base import Check, NotRead
from rampgate.model.doctor import Diagnosis, Hole, Seen, Severity

CHECKS: Final[tuple[Check, ...]] = (
    *doctor_branch.CHECKS,
    *doctor_workflows.CHECKS,
    *doctor_history.CHECKS,
    *doctor_people.CHECKS,
)
"""Every check; ids are stable and never reused."""


def examine(seen: Seen) -> Diagnosis:
    """Return what is to be said of a repository."""
    profile = doctor_workflows.profile_of(seen)
    return Diagnosis(seen.repository, seen.branch, seen.commit, profile, diagnose(seen), len(CHECKS))


def diagnose(seen: Seen) -> tuple[Hole, ...]:
    """Return every finding, the worst first; what a check could not look at is `unknown`, never left out."""
    found = [each for check in CHECKS for each in _holes(check, seen)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda hole: order.index(hole.severity)))


def _holes(check: Check, seen: Seen) -> Iterator[Hole]:
    try:
        for each in check.look(seen):
            yield Hole(check.id, each.severity, each.what, check.why, each.fix)
    except NotRead as error:
        unread = error.unread
        fix = f"run it with a token that has `{unread.needs}`" if ":" in unread.needs else unread.needs
        fix = f"{unread.first}; else {fix}" if unread.first else fix
        is_certain = ":" in unread.needs and not unread.first
        yield Hole(check.id, Severity.UNKNOWN, unread.why, check.why, fix, unread.needs if is_certain else "")
