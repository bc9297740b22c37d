"""Judges a pull request for its reviewer, in a clone of their own; publishes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.refusals import Refused
from rampgate.app.ci.gather import told
from rampgate.app.ci.judging import Place, judge_pull, pull_url
from rampgate.app.ci.publishing import CONTEXT, STATE
from rampgate.app.github.upstream import settings_here
from rampgate.app.planning.effects import effects_or_why
from rampgate.core.brief import brief_of
from rampgate.model.brief import Brief
from rampgate.model.decision import Decision


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A pull request as its reviewer sees it.

    state: `open`, `draft`, `closed` or `merged`. published: the status at the forge, in words, "" for none;
    is_published: whether that status says what was judged now.
    """

    number: int
    title: str
    author: str
    page: str
    state: str
    decision: Decision
    brief: Brief
    published: str
    is_published: bool


def review(environ: Mapping[str, str], repo: Path, number: int) -> Reviewed:
    """Return the judgement of a pull request as it is now, into whichever branch it goes.

    Objects are fetched into the clone under refs of their own; no branch and no file of the work tree changes.
    Raises UsageProblem without a token or a repository, Refused where GitHub has no such pull request.
    """
    settings = settings_here(repo, environ, "reading the pull request")
    with GitHub(settings) as forge:
        pull = pull_named(forge, number)
        with GitObjects.open(repo) as git:
            place = Place(git, settings.git_url, settings.token, str(told(pull, "base", "ref")))
            judged = judge_pull(forge, place, number)
            effects = effects_or_why(git, judged.judged.decision)
        status = _status(forge.statuses(judged.said.head))
    decision, now = judged.judged.decision, judged.said.pull
    return Reviewed(
        number,
        str(now.get("title") or ""),
        str((now.get("user") or {}).get("login", "ghost")),
        pull_url(judged.said),
        _state(now),
        decision,
        replace(brief_of(decision, judged.judged.facts, judged.judged.rules), effects=effects),
        f"{status.get('state')}: {status.get('description') or ''}".rstrip(": ") if status else "",
        status.get("state") == STATE[decision.verdict],
    )


def pull_named(forge: GitHub, number: int) -> dict[str, Any]:
    """Return a pull request. Raises Refused, in words of what was asked for, where there is none of this number."""
    try:
        return forge.pull(number)
    except Refused as error:
        if error.status != 404:
            raise
    forge.repository()  # where not even that is seen, its own refusal says so
    name = forge.settings.repository
    raise Refused(f"`{name}` has no pull request {number}; `gh pr list --repo {name}` lists the open ones", 404)


def _state(pull: Mapping[str, Any]) -> str:
    if pull.get("state") != "open":
        return "merged" if pull.get("merged_at") else "closed"
    return "draft" if pull.get("draft") else "open"


def _status(combined: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((each for each in combined.get("statuses", []) if each.get("context") == CONTEXT), {})
