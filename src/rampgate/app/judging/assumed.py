"""A pull request that nobody has opened yet, as the forge would tell it: for judging it beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rampgate.adapters.git_objects import CommitInfo, GitObjects


def assumed_pull_request(
    git: GitObjects,
    base: str,
    head: str,
    branch: str,
    opener: Mapping[str, Any] | None,
    teams: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return what the forge would say of a pull request that has no review yet, as the judge reads it.

    base, head: full names of commits. branch: the one that it goes into. opener: the account as the forge lists it,
    None for one that is not known. teams: the members of the teams that hold roles.
    """
    request = {"number": 1, "user": opener, "head": {"sha": head}, "base": {"sha": base, "ref": branch}}
    commits = [_commit(each) for each in git.commits_between(base, head)]
    return {"pull_request": request, "reviews": [], "commits": commits, "events": [], "teams": list(teams)}


def _commit(commit: CommitInfo) -> dict[str, Any]:
    """Return a commit as the forge would list it, without knowing any account."""
    people = {"author": {"email": commit.author_email}, "committer": {"email": commit.committer_email}}
    return {"sha": commit.sha, "commit": {**people, "message": commit.message}, "author": None, "committer": None}
