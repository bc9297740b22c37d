"""Whether a governed branch declares a decision history, where it begins, and up to where it is kept.

The settings are those of the branch's tip. Whoever takes `policies/history.yaml` away, or breaks it, does not escape
the record of having done so: then the last settings that could be read hold, up to and including that commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rampgate.adapters import packaged
from rampgate.adapters.git_objects import GitObjects
from rampgate.app.history.governed_tip import HISTORY_FILE
from rampgate.app.judging.trees import GitTree
from rampgate.errors import InvalidInput
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.history import HistorySettings


@dataclass(frozen=True, slots=True)
class Declared:
    """The settings of a history. until: the newest commit that belongs into it; ended: whether that one ended it."""

    settings: HistorySettings
    until: str
    ended: bool = False


def declared_at(git: GitObjects, tip: str) -> Declared | None:
    """Return what the tip of the governed branch declares, None where it declares nothing.

    Raises InvalidInput where the file is there and can not be read.
    """
    settings = _settings(git, tip)
    return None if settings is None else Declared(settings, tip)


def declared_before(git: GitObjects, tip: str) -> Declared | None:
    """Return what was declared last along the branch, where the tip declares nothing that can be read.

    The history then goes up to the commit that took the file away, or on to the tip where one is there still.
    """
    until, ended = tip, False
    for commit in _line(git, tip):
        try:
            settings = _settings(git, commit)
        except InvalidInput:
            until, ended = tip, False
            continue
        if settings is not None:
            return Declared(settings, until, ended)
        until, ended = commit, True
    return None


def beginning(git: GitObjects, until: str) -> str:
    """Return the commit that a history begins at: the one that brought the file, as it stands there now.

    Whenever the recorder runs for the first time, whatever landed since then comes on record.
    """
    found = until
    for commit in _line(git, until):
        if not GitTree(git, git.tree_of(commit), "base").exists(HISTORY_FILE):
            break
        found = commit
    return found


def _line(git: GitObjects, tip: str) -> Iterator[str]:
    """Yield the tips that a branch has had, the newest first."""
    commit: str | None = tip
    while commit is not None:
        yield commit
        parents = git.commit(commit).parents
        commit = parents[0] if parents else None


def _settings(git: GitObjects, commit: str) -> HistorySettings | None:
    tree = GitTree(git, git.tree_of(commit), "base")
    if not tree.exists(HISTORY_FILE):
        return None
    document = load_yaml(tree.read(HISTORY_FILE), HISTORY_FILE)
    return noun_of(document, HistorySettings, "history", packaged.schema("history")).noun
