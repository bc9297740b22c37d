"""Reads the control files of one tree: ladder, people, models, governance, policies, waivers, corrections, schemas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from rampgate.adapters import packaged
from rampgate.app.judging.trees import Tree
from rampgate.approvals.teams import at_best
from rampgate.core.bind import bind
from rampgate.core.bound import BoundRule
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.json_text import load_json
from rampgate.formats.nouns import noun_of
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_text import load_yaml
from rampgate.model import correction as corrections
from rampgate.model.correction import Correction
from rampgate.model.history import HistorySettings
from rampgate.model.ids import Noun
from rampgate.model.ladder import Ladder
from rampgate.model.people import People
from rampgate.model.policy import Policy
from rampgate.model.registry import Glossary, Governance, Models
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.waiver import Waiver
from rampgate.rules import BY_ID
from rampgate.rules._base import Surroundings

N = TypeVar("N", bound=Noun)

SINGLE: Final[Mapping[str, type[Noun]]] = {
    "ladder": Ladder,
    "people": People,
    "models": Models,
    "governance": Governance,
    "glossary": Glossary,
    "history": HistorySettings,
}
"""The control files of which there is one, by the name of their schema; each stands at `policies/<name>.yaml`."""

REQUIRED: Final = ("ladder", "people", "models", "governance")


@dataclass(frozen=True, slots=True)
class Control:
    """What changes are judged by, as of one tree."""

    ladder: Sourced[Ladder]
    people: Sourced[People]
    models: Sourced[Models]
    governance: Sourced[Governance]
    glossary: Sourced[Glossary] | Missing
    policies: tuple[Sourced[Policy], ...]
    waivers: tuple[Sourced[Waiver], ...]
    team_schemas: Mapping[str, Mapping[str, Any]]
    history: Sourced[HistorySettings] | Missing
    corrections: tuple[Sourced[Correction], ...] = ()

    @property
    def surroundings(self) -> Surroundings:
        """Return what the parameters of rules are held against."""
        return Surroundings(self.ladder.noun, at_best(self.people.noun), packaged.schema("card"), self.team_schemas)

    @property
    def written(self) -> dict[str, Mapping[str, Any]]:
        """Return every control file that is YAML as it is written, by path."""
        single = (self.ladder, self.people, self.models, self.governance)
        optional = [each for each in (self.glossary, self.history) if not isinstance(each, Missing)]
        several: list[Sourced[Any]] = [*single, *optional, *self.policies, *self.waivers, *self.corrections]
        return {each.path: each.raw for each in several}

    def rules(self, day: str) -> tuple[BoundRule, ...]:
        """Return every rule bound to its kind. Raises InvalidInput with every problem of every policy."""
        return bind(self.policies, BY_ID, self.surroundings, day=day)


def has_policies(tree: Tree) -> bool:
    """Return whether a tree holds any control file of rampgate."""
    return any(name.endswith(".yaml") for name in tree.names("policies"))


def load_control(tree: Tree) -> Control:
    """Return the control files of a tree. Raises InvalidInput with every problem of all of them."""
    problems: list[Problem] = []
    found: dict[str, Sourced[Any]] = {}
    policies: list[Sourced[Policy]] = []
    waivers: list[Sourced[Waiver]] = []
    corrected: list[Sourced[Correction]] = []
    schemas: dict[str, Mapping[str, Any]] = {}

    def attempt(work: Callable[[], None]) -> None:
        try:
            work()
        except InvalidInput as error:
            problems.extend(error.problems)

    for path in sorted(tree.files("policies")):
        if path.startswith(f"{corrections.FOLDER}/") and not path.endswith(".md"):
            attempt(lambda path=path: corrected.append(load_correction(tree, path)))  # type: ignore[misc]
        else:
            attempt(lambda path=path: _load_one(tree, path, found, policies, waivers, schemas))  # type: ignore[misc]
    problems += [
        Problem(f"policies/{name}.yaml", "the file is missing", fix="`rampgate init` writes it")
        for name in REQUIRED
        if not tree.exists(f"policies/{name}.yaml")
    ]
    if problems:
        raise InvalidInput(problems)
    _refuse_twins(waivers)
    return Control(
        ladder=found["ladder"],
        people=found["people"],
        models=found["models"],
        governance=found["governance"],
        glossary=found.get("glossary", Missing("there is no `policies/glossary.yaml`", "write one, with a term each")),
        policies=tuple(policies),
        waivers=tuple(waivers),
        team_schemas=schemas,
        history=found.get(
            "history", Missing("there is no `policies/history.yaml`", "write it: `rampgate keys create`")
        ),
        corrections=tuple(corrected),
    )


def _load_one(
    tree: Tree,
    path: str,
    found: dict[str, Sourced[Any]],
    policies: list[Sourced[Policy]],
    waivers: list[Sourced[Waiver]],
    schemas: dict[str, Mapping[str, Any]],
) -> None:
    """Read one control file and put it where it belongs; prose is left alone, anything else is refused."""
    if path.endswith(".md"):
        return
    if path.startswith("policies/schemas/") and path.endswith(".json"):
        schemas[path.removeprefix("policies/schemas/")] = load_json(tree.read(path), path).value
        return
    if not path.endswith(".yaml"):
        fix = "policies are `.yaml`, team schemas `policies/schemas/*.json`, prose `.md`"
        raise InvalidInput([Problem(path, "rampgate does not know this file", fix=fix)])
    document = load_yaml(tree.read(path), path)
    name = _schema_name(document.value)
    if path.startswith("policies/waivers/"):
        waivers.append(noun_of(document, Waiver, "waiver", packaged.schema("waiver")))
        _named_by_its_id(waivers[-1])
    elif name in SINGLE or path.removeprefix("policies/").removesuffix(".yaml") in SINGLE:
        home = path.removeprefix("policies/").removesuffix(".yaml")
        if home not in SINGLE:
            raise InvalidInput([document.problem(("schema",), f"this belongs into `policies/{name}.yaml`")])
        found[home] = noun_of(document, SINGLE[home], home, packaged.schema(home))
    elif name == "policy" or name is None:
        policies.append(noun_of(document, Policy, "policy", packaged.schema("policy")))
    else:
        known = [f"rampgate/{each}/v1" for each in (*SINGLE, "policy")]
        hint = did_you_mean(str(document.value.get("schema")), known)
        raise InvalidInput([document.problem(("schema",), f"unknown schema `{document.value['schema']}`{hint}")])


def _schema_name(value: Mapping[str, Any]) -> str | None:
    written = value.get("schema")
    if not isinstance(written, str):
        return None
    return written.removeprefix("rampgate/").removesuffix("/v1")


def load_correction(tree: Tree, path: str) -> Sourced[Correction]:
    """Return what a file of the corrections says. Raises InvalidInput with every problem of it, its name included."""
    document = load_yaml(tree.read(path), path)
    found = noun_of(document, Correction, "correction", packaged.schema("correction"))
    expected = corrections.correction_path(found.noun.corrects)
    if path != expected:
        message = f"a correction's file is named by the record that it corrects: expected `{expected}`"
        raise InvalidInput([found.problem(("corrects",), message)])
    return found


def _named_by_its_id(waiver: Sourced[Waiver]) -> None:
    expected = f"policies/waivers/{waiver.noun.id}.yaml"
    if waiver.path != expected:
        raise InvalidInput([waiver.problem(("id",), f"a waiver's file is named by its id: expected `{expected}`")])


def _refuse_twins(waivers: list[Sourced[Waiver]]) -> None:
    seen: dict[str, str] = {}
    for waiver in waivers:
        key = waiver.noun.id.casefold()
        if key in seen:
            raise InvalidInput([Problem(waiver.path, f"waiver id `{waiver.noun.id}` is used in {seen[key]} too")])
        seen[key] = waiver.path
