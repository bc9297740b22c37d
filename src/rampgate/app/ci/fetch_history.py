"""Brings the decision history of the governed branch into the clone that judges, and never an older one than it has."""

from __future__ import annotations

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


def fetch_history(git: GitObjects, url: str, token: str, base: str) -> str:
    """Return the commit at which the history stands that `base` declares, "" where it declares none or none is there.

    What the forge has is here afterwards, as `refs/remotes/origin/<branch>`. A history that has not begun is no error:
    the rules say what follows. Raises InvalidInput where the forge's is no continuation of the one that is here,
    Unreachable where the forge does not answer.
    """
    branch = declared_branch(git, base)
    if not branch:
        return ""
    there, here = f"refs/heads/{branch}", f"refs/remotes/origin/{branch}"
    tip = remote_refs(git, url, there, token=token).get(there, "")
    known = next(iter(git.tips(here)), "")
    if not tip or tip == known:
        return tip
    fetch(git, url, refs=(), shas=(tip,), token=token)
    if known and not git.is_on_branch(known, tip):
        raise InvalidInput([_rewritten(branch, known, tip)])
    fetch(git, url, refs=(f"+{there}:{here}",), shas=(), token=token)
    return next(iter(git.tips(here)), "")


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
    return Problem(
        "",
        f"the history on `{branch}` is not the continuation of the one that this clone knows: it was rewritten",
        found=tip[:10],
        expected=f"{known[:10]}, or what follows it",
        fix=f"keep this clone, and compare both: `rampgate audit verify` here; GitHub's activity of `{branch}` "
        f"tells who pushed",
    )
