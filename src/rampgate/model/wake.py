"""What wakes the judge inside GitHub Actions: which commit or which pull requests are to be judged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WakePull:
    """A pull request was opened, pushed to or edited. head: its commit; base: the branch that it goes into.

    before: the commit that was its head until this push, "" where the event is none.
    """

    number: int
    head: str
    base: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class WakeClosed:
    """A pull request was closed, merged or not; what was said of its commit outlives it."""

    head: str
    is_merged: bool


@dataclass(frozen=True, slots=True)
class WakeHead:
    """Something happened to whatever has this commit as its head: a review, as the `signal` workflow tells."""

    head: str


@dataclass(frozen=True, slots=True)
class WakeQueue:
    """The merge queue asks about a commit that it made. pull: the number that its branch names; base: into which."""

    head: str
    pull: int
    base: str


@dataclass(frozen=True, slots=True)
class WakeAll:
    """The base moved, a day began or somebody asked: every open pull request is to be judged again.

    branch: the branch that moved, "" where none did.
    """

    branch: str = ""


@dataclass(frozen=True, slots=True)
class WakeNothing:
    """The event changes nothing that is judged. why: in words, for the log."""

    why: str


Wake = WakePull | WakeClosed | WakeHead | WakeQueue | WakeAll | WakeNothing
"""Every way to be woken."""
