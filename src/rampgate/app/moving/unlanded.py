"""Goes to where the governed branch stands, where the branch that is checked out holds a move that has not landed.

One pull request tells one move: a rollback on top of one that has not landed would bring two events, of which neither
says what the pull request does, and the gate denies it. At night nobody should have to know that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from rampgate.adapters.git_work import WorkRepo
from rampgate.errors import RampgateError

_MOVES: Final = ("promote/", "break-glass/", "restore/", "rollback/", "retire/")
"""How the branches begin that rampgate makes for moves."""


@contextmanager
def away_from_unlanded(work: WorkRepo, governed: str) -> Iterator[str]:
    """Check out the commit of the governed branch and give the branch that was left, or stay and give "".

    Raises UsageProblem where changes that are not committed are in the way. Whatever fails inside, the branch from
    before is checked out again.
    """
    current, base = work.current_branch(), _tip(work, governed)
    if current is None or not current.startswith(_MOVES) or base is None or work.contains(base, current):
        yield ""
        return
    work.check_out(base)
    try:
        yield current
    except BaseException:
        with suppress(RampgateError):
            work.check_out(current)
        raise


def _tip(work: WorkRepo, governed: str) -> str | None:
    """Return the commit of the governed branch: the remote's, unless this clone is ahead of it."""
    here, there = (work.commit_at(f"refs/{place}/{governed}") for place in ("heads", "remotes/origin"))
    if here is None or there is None:
        return here or there
    return there if work.contains(there, here) else here


def left_behind(left: str, governed: str) -> tuple[str, ...]:
    """Return a note that a move was not made from the branch that was checked out."""
    what = f"branch `{left}` holds a move that has not landed, so this one was made from `{governed}`"
    return (f"{what}; close the other's pull request, for only one of the two can land",)
