"""What every check of the doctor is made of: its id, why it matters, and the function that looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from rampgate.model.doctor import BranchRule, Seen, Severity, Unread

ACTIONS_APP: Final = 15368
"""The number of the App `GitHub Actions` on github.com, under which every workflow's own token publishes."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found: how much it matters, what is there, and the fix."""

    severity: Severity
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check. id: stable, never reused. why: one sentence. look: yields what is found, nothing where all is well."""

    id: str
    why: str
    look: Callable[[Seen], Iterator[Found]]


class NotRead(Exception):
    """A check asked for a part that could not be read; caught in `diagnose`, where it becomes an `unknown`."""

    def __init__(self, unread: Unread) -> None:
        self.unread = unread
        super().__init__(unread.why)


def known(part: T | Unread) -> T:
    """Return a part that was read. Raises NotRead for one that was not."""
    if isinstance(part, Unread):
        raise NotRead(part)
    return part


def hole(what: str, fix: str) -> Found:
    """Return what lets a promotion past the gate."""
    return Found(Severity.HOLE, what, fix)


def weakness(what: str, fix: str) -> Found:
    """Return what is one lock fewer."""
    return Found(Severity.WEAKNESS, what, fix)


def advice(what: str, fix: str) -> Found:
    """Return what is worth doing."""
    return Found(Severity.ADVICE, what, fix)


def of_kind(rules: tuple[BranchRule, ...], kind: str) -> list[BranchRule]:
    """Return the rules of one kind."""
    return [rule for rule in rules if rule.kind == kind]


def verdict_sources(seen: Seen) -> list[tuple[BranchRule, int | None]]:
    """Return each rule that requires the verdict, and the number of the App that it takes it from, None for any."""
    return [
        (rule, number if isinstance(number := entry.get("integration_id"), int) and number > 0 else None)
        for rule in of_kind(seen.rules, "required_status_checks")
        for entry in rule.parameters.get("required_status_checks") or []
        if isinstance(entry, dict) and entry.get("context") == seen.context
    ]


def is_pinned_to_app(seen: Seen) -> bool:
    """Return whether some rule takes the verdict from one App that is not GitHub Actions."""
    return any(number not in (None, ACTIONS_APP) for _, number in verdict_sources(seen))
