"""Judges again what landed on the governed branch, and says whether what landed is what was judged.

Every commit of the branch's own line is looked at: one that brings governed files without a pull request, with another
tree than merging its pull request gives, or that was not allowed when it was merged, went past the gate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rampgate.adapters.git_fetch import fetch
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.settings import settings_from
from rampgate.app.ci.gather import Said, gather, told
from rampgate.app.ci.judging import Place, fetch_branch, fetch_head, moment, teams_of
from rampgate.app.judging.gate import GateRequest, Judged, examine
from rampgate.errors import UsageProblem
from rampgate.model.landing import Landing
from rampgate.model.vocabulary import Verdict

_WHOLE_NAME: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def landings_here(environ: Mapping[str, str], repo: Path, branch: str, before: str, after: str) -> list[Landing]:
    """Return the landings of the repository that the environment names; see `landings`."""
    settings = settings_from(environ)
    url = f"{settings.server_url}/{settings.repository}.git"
    with GitHub(settings) as forge, GitObjects.open(repo) as git:
        return landings(forge, Place(git, url, settings.token, branch), before, after)


def landings(forge: GitHub, place: Place, before: str, after: str) -> list[Landing]:
    """Return the governed landings from `before` (not included) to `after`, oldest first.

    Raises UsageProblem where `after` does not descend from `before` along the branch, Unreachable where forge or Git
    do not answer.
    """
    tip = fetch_branch(place)
    _bring(place, before, after)
    forge.repository()
    since, until = place.git.resolve(before), place.git.resolve(after)
    if not place.git.is_on_branch(until, tip):
        raise UsageProblem(f"{until[:7]} is not on `{place.branch}` as it is at GitHub now; was the branch rewritten?")
    steps = _steps(place.git, since, until)
    found = (_landing(forge, place, parent, commit) for parent, commit in steps)
    return [each for each in found if each is not None]


def _bring(place: Place, before: str, after: str) -> None:
    """Fetch what the branch was by its id: after a forced push no branch leads there any more."""
    if before and not before.strip("0"):
        raise UsageProblem("there is nothing before: the branch was made by this push; give the commit to begin after")
    names = [name for name in (before, after) if _WHOLE_NAME.fullmatch(name)]
    fetch(place.git, place.url, refs=(), shas=names, token=place.token)


def _steps(git: GitObjects, before: str, after: str) -> list[tuple[str, str]]:
    """Return (parent, commit) along first parents, oldest first: the line that pushes and merges have made."""
    if not git.is_on_branch(before, after):
        raise UsageProblem(
            f"{after[:7]} does not descend from {before[:7]} along its first parents; was the branch rewritten?"
        )
    steps, commit = [], after
    while commit != before:
        parent = git.commit(commit).parents[0]
        steps.append((parent, commit))
        commit = parent
    return steps[::-1]


def _landing(forge: GitHub, place: Place, parent: str, commit: str) -> Landing | None:
    """Return how one commit landed, None where it brings nothing that is governed.

    Where several pull requests claim a commit, the newest that accounts for it counts, else the newest.
    """
    bare = examine(GateRequest(place.git, parent, commit, moment(forge)))
    if bare.decision.verdict is None:
        return None
    claimed = (_of_pull(forge, place, parent, commit, number) for number in _merged_as(forge, commit, place.branch))
    newest = next(claimed, None)
    if newest is None:
        return Landing(commit, 0, bare.decision, ("no pull request brought it",))
    return newest if not newest.faults else next((each for each in claimed if not each.faults), newest)


def _of_pull(forge: GitHub, place: Place, parent: str, commit: str, number: int) -> Landing:
    said = as_of_the_merge(gather(forge, number, teams_of(place.git, parent)))
    fetch_head(place, said)
    judged = examine(GateRequest(place.git, parent, said.head, str(told(said.pull, "merged_at")), said.body()))
    return Landing(commit, number, judged.decision, tuple(_faults(place, judged, parent, said.head, commit)))


def _merged_as(forge: GitHub, commit: str, branch: str) -> list[int]:
    """Return the numbers of the merged pull requests that a commit of the branch came from, the newest first."""
    merged = {
        int(told(each, "number"))
        for each in forge.pulls_with(commit)
        if each.get("merged_at") and told(each, "base", "ref") == branch
    }
    return sorted(merged, reverse=True)


def _faults(place: Place, judged: Judged, parent: str, head: str, commit: str) -> list[str]:
    faults = []
    if place.git.merge_tree(parent, head).tree != place.git.tree_of(commit):
        faults.append("what landed is not what merging the pull request gives")
    verdict = judged.decision.verdict
    if verdict not in (Verdict.ALLOW, None):
        faults.append(f"it was merged when the verdict was {verdict}")
    return faults


def as_of_the_merge(said: Said) -> Said:
    """Return what the forge said when a pull request was merged: later reviews and dismissals are taken back."""
    merged_at = said.pull.get("merged_at")
    if not isinstance(merged_at, str):
        return said
    later = [each for each in said.events if str(each.get("created_at", "")) > merged_at]
    before = {
        each["dismissed_review"]["review_id"]: str(each["dismissed_review"]["state"]).upper()
        for each in later
        if isinstance(each.get("dismissed_review"), dict)
    }
    reviews = [_as_before(each, before) for each in said.reviews if str(each.get("submitted_at") or "") <= merged_at]
    return replace(said, reviews=reviews, events=[each for each in said.events if each not in later])


def _as_before(review: Mapping[str, Any], before: Mapping[int, str]) -> Mapping[str, Any]:
    state = before.get(review.get("id", 0))
    return {**review, "state": state} if state else review


def faulty(found: Sequence[Landing]) -> list[Landing]:
    """Return the landings that went past the gate."""
    return [each for each in found if each.faults]
