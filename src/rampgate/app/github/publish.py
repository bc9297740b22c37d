"""Pushes the branch of a move and opens its pull request; what is there already is used, so it can be run again.

The order is: whatever can be refused (token, remote, repository), then the commit, the push, the pull request. What
fails after the commit says what is done, and how to finish.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.git_work import WorkRepo
from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.refusals import Unanswered
from rampgate.app.ci.gather import team_of
from rampgate.app.github.unfinished import Asked, unfinished
from rampgate.app.github.upstream import REMOTE, Upstream, find_upstream
from rampgate.app.judging.assumed import assumed_pull_request
from rampgate.app.judging.gate import GateRequest, gate
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.event_file import is_break_glass
from rampgate.app.moving.moves import Moved
from rampgate.app.moving.stages import governed_branch, read_ladder, read_people, read_stages, stage_named
from rampgate.errors import RampgateError, Unreachable
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.decision import Decision
from rampgate.model.vocabulary import RETIRED, STANDBY
from rampgate.reports.pull_request_body import StageLine, body_of


@dataclass(frozen=True, slots=True)
class Published:
    """A move whose pull request is open. is_new: whether it was opened just now, and not found."""

    moved: Moved
    upstream: Upstream
    number: int
    url: str
    is_new: bool


Move = Callable[[frozenset[str]], Moved]
"""Makes the commit; gets the names of the remote's branches."""


def move_and_publish(repo: Path, environ: Mapping[str, str], asked: Asked, move: Move, *, now: str) -> Published:
    """Make the move, or take up the one that an earlier call left, push its branch and open its pull request.

    Raises what `find_upstream` and the move raise, before anything is changed; Unreachable afterwards.
    """
    work = WorkRepo.open(repo)
    try:
        # A misspelt word is told before anybody looks for a remote or a token.
        asked = _known(work, asked)
        upstream = find_upstream(repo, environ)
        moved = unfinished(work, asked, upstream.governed)
        if moved is None:
            moved = move(frozenset(upstream.branches))
        return _publish(work, moved, upstream, asked, now)
    finally:
        work.close()


def _known(work: WorkRepo, asked: Asked) -> Asked:
    """Return what was asked for with the stage by the name that the ladder has for it now.

    Raises UsageProblem for a model, a version or a stage that is not there.
    """
    tree = WorkTree(work.root)
    ladder = read_ladder(tree)
    to = stage_named(ladder, asked.to, aside=(STANDBY, RETIRED)) if asked.to else ""
    stages = read_stages(tree, asked.model, ladder)
    if asked.version and asked.version not in stages.broken:
        stages.named(asked.version)
    return replace(asked, to=to)


def _publish(work: WorkRepo, moved: Moved, upstream: Upstream, asked: Asked, now: str) -> Published:
    done = f"done: commit {moved.commit[:10]} on branch {moved.branch}"
    try:
        work.push(moved.branch, REMOTE)
        done += f", pushed to {REMOTE}"
        with GitHub(upstream.settings) as github:
            body = _body(work, moved, upstream, asked, now, github)
            found, is_new = _pull_request(github, moved, upstream.governed, body)
        return Published(moved, upstream, int(found["number"]), str(found["html_url"]), is_new)
    except RampgateError as error:
        rest = f"to finish: run the same command again, or push {moved.branch} and open the pull request by hand"
        raise Unreachable(f"{error}\n{done}; the rest is not\n{rest}") from error


def _body(work: WorkRepo, moved: Moved, upstream: Upstream, asked: Asked, now: str, github: GitHub) -> str:
    """Return the text of the pull request; what the gate can not say here must not keep anybody from going down."""
    decision: Decision | str
    base = f"refs/remotes/{REMOTE}/{upstream.governed}"
    try:
        decision = gate(GateRequest(work.root, base, moved.commit, now, _opened_by_who_asks(work, moved, base, github)))
    except RampgateError as error:
        decision = str(error)
    reason = "\n".join(filter(None, (asked.reason.strip(), asked.terms)))
    lines = [StageLine(edit.version, edit.before, edit.after) for edit in moved.edits]
    return body_of(asked.model, lines, decision, read_ladder(WorkTree(work.root)), reason=reason)


def _opened_by_who_asks(work: WorkRepo, moved: Moved, base: str, github: GitHub) -> bytes | None:
    """Return the pull request of a break-glass as if its first person had opened it, None for any other move.

    Opening it is that person's word: a text that waits for whoever opens the pull request would send them looking.
    """
    if not is_break_glass(moved.event):
        return None
    people = read_people(WorkTree(work.root))
    by = people.named(str(load_yaml(work.file_at(moved.commit, moved.event), moved.event).value.get("by")))
    if by is None or not by.accounts:
        return None
    opener = {"id": by.accounts[0].id, "login": by.accounts[0].login, "type": "User"}
    teams = [team_of(github, team) for team in people.teams]
    with GitObjects.open(work.root) as git:
        branch = governed_branch(WorkTree(work.root))
        said = assumed_pull_request(git, git.resolve(base), moved.commit, branch, opener, teams)
    return json.dumps(said).encode()


def _pull_request(github: GitHub, moved: Moved, base: str, body: str) -> tuple[dict[str, Any], bool]:
    """Return the open pull request of the branch, and whether it was opened now."""
    found = _open(github, moved.branch, base)
    if found is not None:
        return found, False
    try:
        return github.create_pull(moved.title, body, moved.branch, base), True
    except Unanswered:
        found = _open(github, moved.branch, base)
        if found is None:
            raise
        return found, True


def _open(github: GitHub, branch: str, base: str) -> dict[str, Any] | None:
    pulls = github.open_pulls(base, branch)
    return next((each for each in pulls if each["head"]["ref"] == branch), None)
