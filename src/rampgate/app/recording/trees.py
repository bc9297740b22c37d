"""What differs between two trees of the governed branch, as a record tells it: versions, rules, statements.

A landing is recorded whatever it holds: what can not be read, or is too much to be listed, is told as such and never
stops the recorder. Deliberately not here: whether any of it was allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rampgate.adapters import packaged
from rampgate.adapters.git_objects import GitObjects, TreeChange
from rampgate.app.judging.trees import GitTree
from rampgate.core.paths import CARDS, MODEL_NAME, VERSION_NAME, Area, area_of, split, version_folder
from rampgate.core.recorded import Standing, may_state
from rampgate.errors import InvalidInput
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.card import Card
from rampgate.model.ladder import Ladder

LIMIT_BYTES: Final = 1024 * 1024
_FOLDER: Final = b"40000"

Versions = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Differing:
    """What differs. versions: whose folders do; touches_rules: whether a control file or a waiver does.

    stated: path -> content of the files that are added and hold what people state.
    """

    versions: frozenset[tuple[str, str]]
    touches_rules: bool
    stated: dict[str, bytes]

    @property
    def models(self) -> frozenset[str]:
        """Return the models of the versions."""
        return frozenset(model for model, _ in self.versions)


def differing(git: GitObjects, before: str, after: str) -> Differing:
    """Return what differs between two trees."""
    try:
        changes = git.changed_paths(before, after)
    except InvalidInput:
        # Too many paths, or names that are no text: then every folder is held against its counterpart.
        both = {*every_version(git, before), *every_version(git, after)}
        found = {each for each in both if _folder(git, before, each) != _folder(git, after, each)}
        return Differing(frozenset(found), touches_rules=True, stated={})
    versions = {(path.model, path.version) for each in changes if (path := split(each.path)) is not None}
    # A waiver names its model inside; what brings another model's files along must not hide it from that one.
    rules = any(area_of(each.path) in (Area.CONTROL, Area.WAIVER) for each in changes)
    return Differing(frozenset(versions), rules, dict(_stated(git, changes)))


def _folder(git: GitObjects, tree: str, version: tuple[str, str]) -> str | None:
    return git.tree_oid(tree, version_folder(*version))


def _stated(git: GitObjects, changes: Iterable[TreeChange]) -> Iterator[tuple[str, bytes]]:
    for each in changes:
        if each.before is None and each.after is not None and each.after.kind == "file" and may_state(each.path):
            try:
                yield each.path, git.read_blob(each.after.oid, limit_bytes=LIMIT_BYTES)
            except InvalidInput:
                continue


def every_version(git: GitObjects, tree: str) -> list[tuple[str, str]]:
    """Return model and version of every version folder of a tree, in order; what has no such name is passed over."""
    return [
        (model, version)
        for model, is_folder in _named(git, tree, CARDS)
        if is_folder and MODEL_NAME.fullmatch(model)
        for version, is_version in _named(git, tree, f"{CARDS}/{model}")
        if is_version and VERSION_NAME.fullmatch(version)
    ]


def standings(git: GitObjects, tree: str, versions: Versions, ladder: Ladder | None) -> dict[tuple[str, str], Standing]:
    """Return where versions stand in a tree, by the stages' names of today; one without a readable card is left out."""
    found = ((each, _standing(git, tree, each, ladder)) for each in sorted(versions))
    return {each: standing for each, standing in found if standing is not None}


def _standing(git: GitObjects, tree: str, version: tuple[str, str], ladder: Ladder | None) -> Standing | None:
    path = f"{version_folder(*version)}/card.yaml"
    try:
        entry = git.entry(tree, path)
        if entry is None or entry.kind != "file":
            return None
        document = load_yaml(git.read_blob(entry.oid, limit_bytes=LIMIT_BYTES), path)
        card = noun_of(document, Card, "card", packaged.schema("card")).noun
    except InvalidInput:
        return None
    return Standing((ladder and ladder.canonical(card.stage)) or card.stage, card.artifact.identity)


def untold(git: GitObjects, tree: str) -> list[str]:
    """Return the paths of a tree where a model or a version belongs, and nobody can say where it stands."""
    found: list[str] = []
    told = standings(git, tree, every_version(git, tree), None)
    for model, is_folder in _named(git, tree, CARDS):
        if not is_folder or not MODEL_NAME.fullmatch(model):
            found.append(f"{CARDS}/{model}")
            continue
        versions = (name for name, _ in _named(git, tree, f"{CARDS}/{model}"))
        found += [version_folder(model, each) for each in versions if (model, each) not in told]
    return [path for path in found if not path.endswith(".md")]


def _named(git: GitObjects, tree: str, folder: str) -> list[tuple[str, bool]]:
    """Return each name in a folder, in order, and whether it is a folder itself; nothing where there is no folder."""
    try:
        named = [(name.decode("utf-8", "backslashreplace"), mode) for name, mode, _ in git.names_in(tree, folder)]
    except InvalidInput:
        return []
    return sorted((name, mode == _FOLDER) for name, mode in named)


def ladder_of(git: GitObjects, tree: str) -> Ladder | None:
    """Return the ladder of a tree, None where there is none that can be read."""
    path = "policies/ladder.yaml"
    try:
        document = load_yaml(GitTree(git, tree, "base").read(path), path)
        return noun_of(document, Ladder, "ladder", packaged.schema("ladder")).noun
    except InvalidInput:
        return None
