"""Waits for the verdict on a pull request that waits for nobody, and merges it; for who is on call.

Only `success` of the status `rampgate/verdict` on that very commit merges; GitHub is given the commit, so that a push
in between merges nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.refusals import Refused
from rampgate.app.github.publish import Published
from rampgate.errors import Unreachable
from rampgate.model.vocabulary import EXIT_CODE, Verdict

CONTEXT: Final = "rampgate/verdict"
POLL_SECONDS: Final = 3.0
ATTEMPTS: Final = 4
"""How often a merge is asked for while GitHub says that it can not be done now."""


@dataclass(frozen=True, slots=True)
class Merged:
    """How the waiting ended. exit_code: 0 merged, else that of the verdict; why: what the status says, "" when merged.

    commit: the merge on the governed branch, "" where it is not merged or GitHub did not say.
    """

    exit_code: int
    commit: str = ""
    why: str = ""


def merge_when_allowed(
    published: Published,
    *,
    wait: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Merged:
    """Return how it ended after at most `wait` seconds; the pull request stays open where it is not merged.

    Raises Unreachable where GitHub does not answer or refuses the merge.
    """
    until = clock() + wait
    with GitHub(published.upstream.settings, sleep=sleep) as github:
        while True:
            status = _verdict(github, published.moved.commit)
            state = status.get("state") if status else "absent"
            if state == "success":
                return Merged(0, commit=_merge(github, published, sleep))
            if state in ("failure", "error"):
                verdict = Verdict.DENY if state == "failure" else Verdict.UNDECIDED
                return Merged(EXIT_CODE[verdict], why=str((status or {}).get("description") or verdict))
            if clock() >= until:
                return Merged(EXIT_CODE[Verdict.HOLD], why=_why_still(status, wait))
            sleep(min(POLL_SECONDS, max(until - clock(), 0.1)))


def _verdict(github: GitHub, commit: str) -> dict[str, Any] | None:
    found = github.statuses(commit)["statuses"]
    return next((each for each in found if each.get("context") == CONTEXT), None)


def _why_still(status: dict[str, Any] | None, wait: float) -> str:
    if status is None:
        return f"no status `{CONTEXT}` appeared within {wait:g} seconds; see whether the workflow `gate` runs"
    return f"`{CONTEXT}` is still pending after {wait:g} seconds: {status.get('description') or 'it says no more'}"


def _merge(github: GitHub, published: Published, sleep: Callable[[float], None]) -> str:
    """Merge and return the commit. GitHub answers 405 while it works out whether a pull request can be merged."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            answer = github.merge(published.number, published.moved.commit, published.upstream.merge_method)
            return str(answer.get("sha") or "")
        except Refused as refused:
            if refused.status != 405 or attempt == ATTEMPTS:
                raise Unreachable(
                    f"{refused}\nthe verdict is allow, and {published.url} is open: merge it there"
                ) from refused
        sleep(POLL_SECONDS)
    raise AssertionError("the loop returns or raises")
