"""Brings the decision history of the governed branch into the clone that judges, and never an older one than it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rampgate.adapters import packaged
from rampgate.adapters.git_fetch import fetch, remote_refs
from rampgate.adapters.git_objects import GitObjects
from rampgate.app.judging.trees import GitTree
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.history import HistorySettings

HISTORY: Final = "policies/history.yaml"


@dataclass(frozen=True, slots=True)
class HistoryThere:
    """The history at the forge. tip: the commit at which it stands, "" for none; problem: why it is not gone by."""

    tip: str = ""
    problem: InvalidInput | None = None


def fetch_history(git: GitObjects, url: str, token: str, base: str) -> HistoryThere:
    """Return the history that `base` declares, which is here afterwards as `refs/remotes/origin/<branch>`.

    One that has not begun is no problem: the rules say what follows. One that does not continue what is known here is,
    and then the clone keeps what it knows. Raises Unreachable where the forge does not answer.
    """
    branch = declared_branch(git, base)
    if not branch:
        return HistoryThere()
    there, here = f"refs/heads/{branch}", f"refs/remotes/origin/{branch}"
    tip = remote_refs(git, url, there, token=token).get(there, "")
    known = next(iter(git.tips(here)), "")
    if tip == known:
        return HistoryThere(tip)
    if tip:
        fetch(git, url, refs=(), shas=(tip,), token=token)
    if known and not (tip and git.is_on_branch(known, tip)):
        return HistoryThere(tip, InvalidInput([_rewritten(branch, known, tip)]))
    fetch(git, url, refs=(f"+{there}:{here}",), shas=(), token=token)
    return HistoryThere(next(iter(git.tips(here)), ""))


def declared_branch(git: GitObjects, commit: str) -> str:
    """Return the branch on which a commit says that decisions are recorded, "" where it says none.

    A file that can not be read says none here; the judge reads it once more, and tells what is wrong with it.
    """
    tree = GitTree(git, git.tree_of(commit), "base")
    if not tree.exists(HISTORY):
        return ""
    try:
        document = load_yaml(tree.read(HISTORY), HISTORY)
        return noun_of(document, HistorySettings, "history", packaged.schema("history")).noun.branch
    except InvalidInput:
        return ""


def _rewritten(branch: str, known: str, tip: str) -> Problem:
    what = "rewritten" if tip else "removed"
    return Problem(
        "",
        f"the history on `{branch}` is not the continuation of the one that this clone knows: it was {what}",
        found=tip[:10] or "no such branch",
        expected=f"{known[:10]}, or what follows it",
        fix=f"keep this clone, and compare both: `rampgate audit verify` here; GitHub's activity of `{branch}` "
        f"tells who pushed",
    )
