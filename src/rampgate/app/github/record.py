"""Asks GitHub what landed on the governed branch, and judges it again where no history is declared.

Reviews and dismissals count as they were when the pull request was merged or closed: what came later is taken back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rampgate.adapters.git_fetch import fetch
from rampgate.adapters.github.client import GitHub
from rampgate.app.ci.gather import Said, gather, told
from rampgate.app.ci.judging import Place, fetch_branch, fetch_head, moment, teams_of
from rampgate.app.recording.landing import (
    NOBODY,
    Claim,
    Step,
    is_governed,
    judge_landing,
    landing_of,
    steps_between,
    with_moments,
)
from rampgate.errors import UsageProblem
from rampgate.model.landing import Landing

_WHOLE_NAME: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ForgePulls:
    """The pull requests of the forge. place: where their objects are brought."""

    forge: GitHub
    place: Place

    def merged_as(self, step: Step, *, newest: bool) -> list[tuple[int, str]]:
        """Return number and merge time of the pull requests that a landing came from, the newest first."""
        _ = newest
        merged = {
            int(told(each, "number")): str(told(each, "merged_at"))
            for each in self.forge.pulls_with(step.commit)
            if each.get("merged_at") and told(each, "base", "ref") == self.place.branch
        }
        return sorted(merged.items(), reverse=True)

    def claim(self, step: Step, number: int) -> Claim:
        """Return a pull request as it was merged, with its head and what was reviewed brought here."""
        said = self.said(step.parent, number)
        return self.claimed(said, str(told(said.pull, "merged_at")))

    def said(self, parent: str, number: int) -> Said:
        """Return what the forge says of a pull request, with the members of the teams that hold roles at `parent`."""
        return gather(self.forge, number, teams_of(self.place.git, parent))

    def claimed(self, said: Said, at: str) -> Claim:
        """Return a pull request as it was at a moment, with every object of it brought here."""
        then = as_of(said, at)
        fetch_head(self.place, then)
        user = said.pull.get("user")
        login = str(told(user, "login")) if isinstance(user, dict) else NOBODY
        return Claim(said.number, said.head, then.body(), at, login, tuple(then.reviewed()))


def landings(forge: GitHub, place: Place, before: str, after: str) -> list[Landing]:
    """Return the governed landings from `before` (not included) to `after`, oldest first; nothing is written down.

    Raises UsageProblem where `after` does not descend from `before` along the branch, Unreachable where forge or Git
    do not answer.
    """
    forge.repository()
    now = moment(forge)
    tip = fetch_branch(place)
    bring(place, before, after)
    git = place.git
    since, until = git.resolve(before), git.resolve(after)
    if not git.is_on_branch(until, tip):
        raise UsageProblem(f"{until[:7]} is not on `{place.branch}` as it is at GitHub now; was the branch rewritten?")
    if not git.is_on_branch(since, until):
        raise UsageProblem(
            f"{until[:7]} does not descend from {since[:7]} along its first parents; was the branch rewritten?"
        )
    pulls = ForgePulls(forge, place)
    governed = [step for step in steps_between(git, since, until) if is_governed(git, step)]
    found = (judge_landing(git, pulls, each) for each in with_moments(governed, pulls, now))
    return [landing_of(each) for each in found]


def bring(place: Place, before: str, after: str) -> None:
    """Fetch what the branch was by its id: after a forced push no branch leads there any more."""
    if before and not before.strip("0"):
        raise UsageProblem("there is nothing before: the branch was made by this push; give the commit to begin after")
    names = [name for name in (before, after) if _WHOLE_NAME.fullmatch(name)]
    fetch(place.git, place.url, refs=(), shas=names, token=place.token)


def as_of_the_merge(said: Said) -> Said:
    """Return what the forge said when a pull request was merged; one that was not stays as it is."""
    merged_at = said.pull.get("merged_at")
    return as_of(said, merged_at) if isinstance(merged_at, str) else said


def as_of(said: Said, at: str) -> Said:
    """Return what the forge said of a pull request at a moment: later reviews and dismissals are taken back."""
    later = [each for each in said.events if str(each.get("created_at", "")) > at]
    before = {
        each["dismissed_review"]["review_id"]: str(each["dismissed_review"]["state"]).upper()
        for each in later
        if isinstance(each.get("dismissed_review"), dict)
    }
    reviews = [_as_before(each, before) for each in said.reviews if str(each.get("submitted_at") or "") <= at]
    return replace(said, reviews=reviews, events=[each for each in said.events if each not in later])


def _as_before(review: Mapping[str, Any], before: Mapping[int, str]) -> Mapping[str, Any]:
    state = before.get(review.get("id", 0))
    return {**review, "state": state} if state else review


def faulty(found: Sequence[Landing]) -> list[Landing]:
    """Return the landings that went past the gate."""
    return [each for each in found if each.faults]
