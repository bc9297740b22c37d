"""Whether the newest commit of the history holds exactly what its commits added, read anew from its own trees.

`git log` is believed for what each commit adds; the trees that are read here are held against their names first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rampgate.adapters.git_objects import GitObjects
from rampgate.formats.record import input_path
from rampgate.model.verified import Mismatch


def tip_differences(
    git: GitObjects, tip: str, files: Mapping[str, str], inputs: Mapping[str, str]
) -> Iterator[Mismatch]:
    """Yield where the tree of the tip is not the sum of what was added.

    files: path -> blob; inputs: digest -> blob. Raises InvalidInput for a tree that is not what its name says.
    """
    seen = 0
    for path, blob in _tree(git, git.tree_of(tip)):
        name = path.rpartition("/")[2]
        expected = files.get(path) if path.startswith("log/") else inputs.get(name)
        seen += 1
        if expected != blob or not (path in files or path == input_path(name)):
            what = f"`{path}` stands in its newest commit, and no commit added it like that"
            yield Mismatch("log.tip", f"commit {tip[:12]}", what, blob, str(expected))
    if seen < len(files) + len(inputs):
        what = "its newest commit does not hold everything that was added"
        yield Mismatch("log.tip", f"commit {tip[:12]}", what, f"{seen} files", f"{len(files) + len(inputs)}")


def _tree(git: GitObjects, tree: str, folder: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield path and object name of everything below a folder but folders; a history is two folders deep."""
    for each in git.list_dir(tree, folder):
        if each.kind == "folder" and depth < 3:
            yield from _tree(git, tree, each.path, depth + 1)
        else:
            yield each.path, each.oid
