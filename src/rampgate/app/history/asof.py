"""Says what stood where at a moment, by the history and by the ladder of that time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.clock import parse_rfc3339
from rampgate.adapters.git_objects import GitObjects
from rampgate.app.history.log import known_today
from rampgate.app.history.open_history import OpenHistory, Tell, open_history
from rampgate.app.judging.trees import GitTree
from rampgate.app.moment import parse_day
from rampgate.app.moving.stages import read_ladder
from rampgate.core.asof import happened, stood
from rampgate.core.history_select import refuse_unknown
from rampgate.core.instants import end_of, instant
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.model.history_views import AsOf, Filters
from rampgate.model.ladder import Ladder
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import RETIRED


@dataclass(frozen=True, slots=True)
class AsOfRequest:
    """A day, of which the end is meant, or a moment as RFC 3339. model: "" for all; retired: list them too."""

    repo: Path | GitObjects
    when: str
    model: str = ""
    retired: bool = False
    trust: Path | None = None
    tell: Tell | None = None


def asof(request: AsOfRequest) -> AsOf | Missing:
    """Return what stood where, or why the history can not say: it began later.

    Raises UsageProblem for what is no moment or no model, and as `rampgate.app.history.log.log` does.
    """
    moment = moment_meant(request.when)
    with open_history(request.repo, request.trust, request.tell) as history:
        return stood_at(history, request, moment)


def stood_at(history: OpenHistory, request: AsOfRequest, moment: str) -> AsOf | Missing:
    """Return what an open history says of a moment, written as `instant` writes it; raises as `asof` does."""
    entries = history.entries()
    refuse_unknown(entries, Filters(model=request.model), known_today(history))
    then = happened(entries, moment)
    if not then:
        opening = entries[0].record
        return Missing(
            f"the history does not reach back to {request.when}: it begins at {opening.at}",
            f"what stood before is to be read from Git alone, at {opening.git.covered[:12]} and before it",
        )
    commit = then[-1].record.git.covered
    ladder = ladder_at(history.git, commit)
    rows = [each for each in stood(then, ladder) if request.model in ("", each.model)]
    retired = [each for each in rows if each.stage == RETIRED]
    return AsOf(
        asked=request.when,
        moment=moment,
        model=request.model,
        repository=history.repository,
        branch=then[-1].record.git.branch,
        size=len(then),
        newest=then[-1],
        commit=commit,
        unread=ladder.why if isinstance(ladder, Missing) else "",
        rows=tuple(rows if request.retired else [each for each in rows if each.stage != RETIRED]),
        retired=len(retired),
    )


def moment_meant(text: str) -> str:
    """Return the moment that is meant by a day (its end, in UTC) or by a moment. Raises UsageProblem for neither."""
    if re.fullmatch(r"[0-9-]{1,12}", text):
        return end_of(parse_day(text, "DATE"))
    try:
        parse_rfc3339(text)
        return instant(text.upper().replace(" ", "T"))
    except (UsageProblem, ValueError, OverflowError):
        raise UsageProblem(
            f"`{text}` is neither a day nor a moment; write 2026-11-20, or 2026-11-20T10:00:00Z"
        ) from None


def ladder_at(git: GitObjects, commit: str) -> Ladder | Missing:
    """Return the ladder of a commit of the governed branch, or why it can not be read."""
    if not git.has_commit(commit):
        return Missing(f"the commit {commit[:12]} of that time is not in this clone", "fetch the governed branch whole")
    try:
        return read_ladder(GitTree(git, git.tree_of(commit), "landing"))
    except InvalidInput as error:
        return Missing(f"the ladder of {commit[:12]} can not be read: {error.problems[0]}")
