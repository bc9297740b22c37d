"""Which branch of a clone is the governed one, and where it stands: what origin has comes before the clone's own.

What is checked out has the last word only: an auditor's clone may stand on anybody's branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rampgate.adapters import packaged
from rampgate.adapters.git_objects import GitObjects
from rampgate.app.judging.trees import GitTree
from rampgate.app.moving.stages import governed_branch
from rampgate.errors import Unreachable, UsageProblem
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.history import HistorySettings

HISTORY_FILE = "policies/history.yaml"

# Whole names of refs: where one is absent, Git itself would take a tag of that name.
_STARTS: Final = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/heads/main")


@dataclass(frozen=True, slots=True)
class Governed:
    """The governed branch of a clone. commit: where it stands."""

    branch: str
    commit: str
    tree: GitTree


def governed_tip(git: GitObjects) -> Governed:
    """Return the governed branch, as the policies of the default branch name it.

    Raises Unreachable where the clone has no such branch.
    """
    named = "main"
    # Asked for at once: each question by itself starts Git.
    standing = git.named(*_STARTS)
    for start in (*_STARTS, "HEAD"):
        commit = _head(git) if start == "HEAD" else _commit(git, standing.get(start))
        if commit is None:
            continue
        named = governed_branch(GitTree(git, git.tree_of(commit), "base"), "") or named
        places = (f"refs/remotes/origin/{named}", f"refs/heads/{named}")
        known = standing if set(places) <= set(_STARTS) else git.named(*places)
        for tip in (_commit(git, known.get(place)) for place in places):
            if tip is not None:
                return Governed(named, tip, GitTree(git, git.tree_of(tip), "base"))
    raise Unreachable(f"this clone has no branch `{named}`, which is the governed one; `git fetch origin {named}`")


def trusted_settings(git: GitObjects, trust: Path | None) -> tuple[HistorySettings, Governed]:
    """Return whose signatures count, and the governed branch.

    trust: a file like `policies/history.yaml` that was kept elsewhere; None for the one of the governed branch's tip.
    Raises Unreachable where there is none, InvalidInput where it is not valid.
    """
    governed = governed_tip(git)
    if trust is None:
        if not governed.tree.exists(HISTORY_FILE):
            raise Unreachable(
                f"this repository keeps no decision history: `{governed.branch}` has no `{HISTORY_FILE}`; "
                "`rampgate keys create` writes it"
            )
        data, path = governed.tree.read(HISTORY_FILE), HISTORY_FILE
    else:
        data, path = _read(trust), str(trust)
    return noun_of(load_yaml(data, path), HistorySettings, "history", packaged.schema("history")).noun, governed


def _commit(git: GitObjects, sha: str | None) -> str | None:
    return sha if sha is not None and git.has_commit(sha) else None


def _head(git: GitObjects) -> str | None:
    try:
        return git.resolve("HEAD")
    except UsageProblem:
        return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or error}") from error
