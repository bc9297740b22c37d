"""Where the versions of one model stand, read from the work tree as leniently as a move at night needs it.

Only what a move must know is read: the stage, the owners and the fallback of each card. A broken card of another
version stops nobody; the gate reads everything, strictly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rampgate.adapters import packaged
from rampgate.app.judging.trees import Tree
from rampgate.core.paths import CARDS, MODEL_NAME, version_folder
from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.documents import Document
from rampgate.formats.nouns import noun_of
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.ladder import Ladder
from rampgate.model.people import People
from rampgate.model.vocabulary import RETIRED, STANDBY


@dataclass(frozen=True, slots=True)
class Stages:
    """The versions of one model and where they stand.

    stages: version -> stage by today's name, as the card says it where the ladder does not know it.
    documents: version -> its card as read. broken: version -> why its card could not be read.
    """

    model: str
    ladder: Ladder
    stages: Mapping[str, str]
    documents: Mapping[str, Document]
    broken: Mapping[str, InvalidInput] = field(default_factory=dict)

    def at(self, stage: str) -> list[str]:
        """Return the versions that stand at a stage, in order."""
        return [version for version, where in self.stages.items() if where == stage]

    def challengers(self) -> list[str]:
        """Return the versions between the first stage and the last."""
        return [version for version, where in self.stages.items() if where in self.ladder.names[1:-1]]

    def named(self, version: str) -> str:
        """Return the stage of a version that the user named. Raises UsageProblem, or InvalidInput for a broken card."""
        if version in self.broken:
            raise self.broken[version]
        if version not in self.stages:
            hint = did_you_mean(version, self.stages)
            raise UsageProblem(f"{self.model} has no version `{version}`{hint}\n{self.listed()}")
        return self.stages[version]

    def listed(self) -> str:
        """Return one line for each version: where it stands, and what the next rung is."""
        if not self.stages:
            return f"  there is no card under {CARDS}/{self.model}"
        wide = max(map(len, self.stages))
        return "\n".join(f"  {version:<{wide}}  {self.told(where)}" for version, where in self.stages.items())

    def told(self, stage: str) -> str:
        """Return a stage in words, with the rung above it."""
        above = self.ladder.next_after(stage)
        if above:
            return f"at `{stage}`; the next rung is `{above}`"
        if stage == self.ladder.last:
            return f"at `{stage}`, the last rung"
        return f"at `{stage}`, beside the ladder"


def stage_named(ladder: Ladder, word: str, *, aside: tuple[str, ...] = ()) -> str:
    """Return today's name of the stage that the user wrote; `aside` names what counts beside the rungs.

    Raises UsageProblem with the nearest name for one that is not known.
    """
    known = (*ladder.names, *aside)
    found = ladder.canonical(word)
    if found is None or found not in known:
        listed = ", ".join(f"`{name}`" for name in known)
        raise UsageProblem(f"unknown stage `{word}`{did_you_mean(word, known)}\nknown: {listed}")
    return found


def read_stages(tree: Tree, model: str, ladder: Ladder) -> Stages:
    """Return where the versions of a model stand. Raises UsageProblem for a model that has no folder."""
    models = [name for name in tree.names(CARDS) if MODEL_NAME.fullmatch(name)]
    if model not in models:
        known = ", ".join(f"`{name}`" for name in models[:12]) or "none"
        raise UsageProblem(f"there is no model `{model}` under {CARDS}{did_you_mean(model, models)}\nknown: {known}")
    stages: dict[str, str] = {}
    documents: dict[str, Document] = {}
    broken: dict[str, InvalidInput] = {}
    for version in tree.names(f"{CARDS}/{model}"):
        path = f"{version_folder(model, version)}/card.yaml"
        if not tree.exists(path):
            continue
        try:
            documents[version] = load_yaml(tree.read(path), path)
            stages[version] = _stage(documents[version], ladder)
        except InvalidInput as error:
            broken[version] = error
    return Stages(model, ladder, stages, documents, broken)


def _stage(document: Document, ladder: Ladder) -> str:
    written = document.value.get("stage") if isinstance(document.value, Mapping) else None
    if not isinstance(written, str):
        raise InvalidInput([document.problem(("stage",), "the card says no `stage`", fix="write where it stands")])
    found = ladder.canonical(written)
    if found is None:
        known = (*ladder.names, STANDBY, RETIRED)
        fix = "known: " + ", ".join(f"`{name}`" for name in known)
        message = f"unknown stage `{written}`{did_you_mean(written, known)}"
        raise InvalidInput([document.problem(("stage",), message, fix=fix)])
    return found


def read_ladder(tree: Tree) -> Ladder:
    """Return the ladder of a tree. Raises InvalidInput where it is missing or wrong."""
    return noun_of(_control(tree, "ladder"), Ladder, "ladder", packaged.schema("ladder")).noun


def read_people(tree: Tree) -> People:
    """Return the people of a tree. Raises InvalidInput where the file is missing or wrong."""
    return noun_of(_control(tree, "people"), People, "people", packaged.schema("people")).noun


def governed_branch(tree: Tree, unknown: str = "main") -> str:
    """Return the branch that changes are merged into; `unknown` where no readable file says so."""
    try:
        value: Any = _control(tree, "governance").value
    except InvalidInput:
        return unknown
    branch = value.get("branch", "main") if isinstance(value, Mapping) else None
    return branch if isinstance(branch, str) else unknown


def _control(tree: Tree, name: str) -> Document:
    path = f"policies/{name}.yaml"
    if not tree.exists(path):
        raise InvalidInput([Problem(path, "the file is missing", fix="`rampgate init` writes it")])
    return load_yaml(tree.read(path), path)
