"""Judges a pull request for its reviewer, in a clone of their own; publishes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.settings import settings_from
from rampgate.app.ci.gather import told
from rampgate.app.ci.judging import Place, judge_pull
from rampgate.app.ci.publishing import CONTEXT
from rampgate.core.brief import brief_of
from rampgate.model.brief import Brief
from rampgate.model.decision import Decision


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A pull request as its reviewer sees it. published: the status at the forge, in words, "" for none."""

    number: int
    title: str
    author: str
    page: str
    is_open: bool
    is_draft: bool
    decision: Decision
    brief: Brief
    published: str


def review(environ: Mapping[str, str], repo: Path, number: int) -> Reviewed:
    """Return the judgement of a pull request as it is now, into whichever branch it goes.

    Objects are fetched into the clone under refs of their own; no branch and no file of the work tree changes.
    """
    settings = settings_from(environ)
    with GitHub(settings) as forge:
        pull = forge.pull(number)
        url = f"{settings.server_url}/{settings.repository}.git"
        place = Place(repo, url, settings.token, str(told(pull, "base", "ref")))
        judged = judge_pull(forge, place, number)
        published = _published(forge.statuses(judged.said.head))
    decision = judged.judged.decision
    now = judged.said.pull
    return Reviewed(
        number,
        str(now.get("title") or ""),
        str((now.get("user") or {}).get("login", "ghost")),
        str(now.get("html_url") or ""),
        judged.said.is_open,
        bool(now.get("draft")),
        decision,
        brief_of(decision, judged.judged.facts, judged.judged.rules),
        published,
    )


def _published(combined: Mapping[str, Any]) -> str:
    for each in combined.get("statuses", []):
        if each.get("context") == CONTEXT:
            return f"{each.get('state')}: {each.get('description') or ''}".rstrip(": ")
    return ""
