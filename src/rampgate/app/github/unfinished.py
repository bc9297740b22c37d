"""Finds a move that was committed and not published yet, so that the same command, run again, finishes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rampgate.adapters.git_work import WorkRepo
from rampgate.app.moving.moves import Moved, StageEdit
from rampgate.errors import InvalidInput
from rampgate.formats.yaml_text import load_yaml


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was asked for. folder: of its branches, such as `promote`; version, reason: "" where not said.

    title: of its commits, with `{model}`, `{version}` and `{to}`. terms: one more line of its message, "" for none.
    """

    folder: str
    title: str
    model: str
    to: str
    version: str = ""
    reason: str = ""
    terms: str = ""


def unfinished(work: WorkRepo, asked: Asked, governed: str) -> Moved | None:
    """Return the same move where its commit is there: on the branch checked out, or made from what is checked out.

    The title must be the same, and reason and terms be in the message; anything else is another move. None where there
    is none, or where several fit.
    """
    head, current = work.head(), work.current_branch()
    prefix = f"{asked.folder}/{asked.model}-"
    found = []
    for branch in sorted(name for name in work.branches() if name.startswith(prefix)):
        commit, parents, message = work.commit_of(branch)
        is_here = branch == current or (len(parents) == 1 and parents[0] == head)
        if is_here and len(parents) == 1 and _is_same(asked, message):
            found.append((branch, commit, message))
    mine = [each for each in found if each[0] == current] or found
    if len(mine) != 1:
        return None
    branch, commit, message = mine[0]
    start = governed if branch == current else (current or head or governed)
    return _as_moved(work, branch, commit, message.partition("\n")[0], start, governed)


def _is_same(asked: Asked, message: str) -> bool:
    words = re.escape(asked.title).replace(r"\{model\}", re.escape(asked.model)).replace(r"\{to\}", re.escape(asked.to))
    version = re.escape(asked.version) if asked.version else r"\S+"
    title, _, text = message.partition("\n")
    is_titled = re.fullmatch(words.replace(r"\{version\}", version), title) is not None
    # What came in with the command as one line may have been wrapped by a hook.
    return is_titled and all(" ".join(each.split()) in " ".join(text.split()) for each in (asked.reason, asked.terms))


def _as_moved(work: WorkRepo, branch: str, commit: str, title: str, start: str, governed: str) -> Moved:
    paths = work.changed_by(commit)
    cards = [path for path in paths if path.endswith("/card.yaml")]
    edits = [StageEdit(path.split("/")[2], path, _stage(work, f"{commit}^", path), _stage(work, commit, path))
             for path in cards]  # fmt: skip
    # The version that the title names comes first, as it does when the move is made.
    edits.sort(key=lambda edit: f" {edit.version} " not in f"{title} ")
    event = next((path for path in paths if "/events/" in path), "")
    return Moved(title, tuple(edits), event, branch, commit, start, governed)


def _stage(work: WorkRepo, commit: str, path: str) -> str:
    try:
        value = load_yaml(work.file_at(commit, path), path).value
    except InvalidInput:
        return ""
    return str(value.get("stage", "")) if isinstance(value, dict) else ""
