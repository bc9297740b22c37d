"""The content key: what an approval is an approval of.

It is the sha256 over the moves and the tree ids of every version folder that a change touches, and over the object
ids of every control file that it touches, in the tree that would land. It survives a rebase and a sibling's
registration, and dies with a changed byte.
"""

from __future__ import annotations

from rampgate.adapters.git_objects import GitObjects, TreeChange
from rampgate.core.paths import Area, area_of, split, version_folder
from rampgate.errors import InvalidInput, RampgateError
from rampgate.formats.digest import canonical_json, sha256_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.sourced import Missing

LIMIT_BYTES = 1024 * 1024


def content_key(git: GitObjects, before: str, after: str, changes: list[TreeChange]) -> str:
    """Return the content key of a change from one tree to another."""
    folders: set[tuple[str, str]] = set()
    control: list[list[str]] = []
    for change in changes:
        path = split(change.path)
        if path is not None:
            folders.add((path.model, path.version))
        elif area_of(change.path) in (Area.CONTROL, Area.WAIVER, Area.STRAY):
            control.append([change.path, change.after.oid if change.after else "", _mode(change)])
    versions = [
        [
            version_folder(model, version),
            git.tree_oid(after, version_folder(model, version)) or "",
            _stage(git, before, version_folder(model, version)),
            _stage(git, after, version_folder(model, version)),
        ]
        for model, version in sorted(folders)
    ]
    return sha256_of(canonical_json({"versions": versions, "control": sorted(control)}))


def reviewed_content(git: GitObjects, base: str, commit: str) -> str | Missing:
    """Return the content key of a reviewed commit against its own merge base with the base branch."""
    try:
        git.resolve(commit)
        fork = git.merge_base(base, commit)
        if fork is None:
            return Missing(f"the reviewed commit {commit[:7]} has no common history with the base branch")
        before, after = git.tree_of(fork), git.tree_of(commit)
        return content_key(git, before, after, git.changed_paths(before, after))
    except RampgateError as error:
        # Whatever stands in the way, a commit that is gone after a force push included: the review counts for nothing.
        first = str(error).splitlines()[0]
        return Missing(f"the reviewed commit {commit[:7]} can not be read here: {first}")


def _mode(change: TreeChange) -> str:
    return change.after.mode if change.after else ""


def _stage(git: GitObjects, tree: str, folder: str) -> str:
    """Return the stage that the card in a folder says, "" where there is no readable card."""
    entry = git.entry(tree, f"{folder}/card.yaml")
    if entry is None or entry.kind != "file":
        return ""
    try:
        value = load_yaml(git.read_blob(entry.oid, limit_bytes=LIMIT_BYTES), f"{folder}/card.yaml").value
    except InvalidInput:
        return ""
    return str(value.get("stage", ""))
