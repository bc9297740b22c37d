"""Reads the governed branch by first parents, with the governed paths at which each commit differs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from rampgate.adapters.git_history import PathChange, Step
from rampgate.adapters.git_objects import GitObjects
from rampgate.core.paths import CARDS, POLICIES, Area, area_of
from rampgate.core.verify_landings import is_tracked
from rampgate.model.verified import Line, LineCommit

_BLOCK: Final = 200
_FILES: Final = ("100644", "100755")
_ABSENT: Final = "0"


def read_line(git: GitObjects, tip: str, start: str) -> Line:
    """Return the governed branch from a commit on, up to its tip.

    Where the commit is not on the line, the whole of the branch is returned, from its first commit on.
    """
    newer = git.steps_after(tip, start)
    if newer is None:
        return Line(list(_commits(git, git.steps(tip))))
    first = git.commit(start)
    begun = LineCommit(start, first.tree, first.parents)
    return Line([begun, *_commits(git, iter(newer))], _files(git, first.tree))


def _files(git: GitObjects, tree: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in (CARDS, POLICIES):
        entry = git.entry(tree, folder)
        if entry is not None and entry.kind == "folder":
            found |= {each.path: each.oid for each in git.list_tree(tree, folder)}
    return found


def _commits(git: GitObjects, steps: Iterator[Step]) -> Iterator[LineCommit]:
    while block := list(islice(steps, _BLOCK)):
        for step, links in zip(block, git.read_links([each.commit for each in block]), strict=True):
            yield _line_commit(step, *links)


def _line_commit(step: Step, tree: str, parents: tuple[str, ...]) -> LineCommit:
    changes = [(each.path.decode("utf-8", "backslashreplace"), each) for each in step.changes]
    governed = tuple(path for path, change in changes if _is_governed(path, change))
    files = tuple((path, each.after.strip(_ABSENT) and each.after) for path, each in changes if is_tracked(path))
    return LineCommit(step.commit, tree, parents, governed, files)


def _is_governed(path: str, change: PathChange) -> bool:
    """Return whether a path matters: prose does not, unless a link or a submodule takes its place."""
    area = area_of(path)
    if area is Area.PROSE:
        return change.status != "D" and change.mode not in _FILES
    return area is not Area.OUTSIDE
