"""The world in which a story begins: `GovernedWorld`, with what `given:` changes in it.

Every key of `given:` is one function of the table GIVEN; the first line of its docstring stands in the README.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stories.words import BadStory, fields
from worlds import governed_world
from worlds.governed_world import (
    APPROVAL_RULE,
    GOVERNANCE,
    LADDER,
    METRIC_RULE,
    MODELS,
    OTTO,
    PEOPLE,
    GovernedWorld,
    dump,
    evidence,
    policy,
)

NAMES = ("ALICE", "BOB", "RITA", "RAVI", "SAM", "OTTO", "OLGA", "OSSI", "STRANGER", "ROBOT")
CARD = "model_cards/credit-risk/2.0.0"
Given = Callable[[GovernedWorld, Any], None]


def accounts(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Everybody whom the story can name: the world's own people and those that `people:` adds."""
    known = {each["name"]: dict(each) for each in (getattr(governed_world, name) for name in NAMES)}
    for name, said in (given.get("people") or {}).items():
        if said and name not in known:
            known[name] = {"name": name, "id": said["id"], "login": name, "email": f"{name}@example.com"}
    return known


def begin(given: Mapping[str, Any], templates: Callable[[str], GovernedWorld], folder: Path) -> GovernedWorld:
    """The world of a story, committed. templates: the unchanged world of a stage, to be copied."""
    unknown = set(given) - set(GIVEN) - {"stage"}
    if unknown:
        raise BadStory(f"`given` knows no {sorted(unknown)}; it knows {sorted(GIVEN)}")
    world = templates(str(given.get("stage", "pilot"))).copy(folder)
    for key in (each for each in GIVEN if each in given):
        GIVEN[key](world, given[key])
    if set(given) - {"stage"}:
        world.base = world.commit("what is given", author=("Otto", OTTO["email"]))
    return world


def stage(world: GovernedWorld, said: Any) -> None:
    """The stage at which credit-risk 2.0.0 stands; `pilot` unless said."""


def rules(world: GovernedWorld, said: Any) -> None:
    """The rules of policies/lending.yaml, whole; `accuracy` and `risk` stand for the world's own two."""
    own = {"accuracy": METRIC_RULE, "risk": APPROVAL_RULE}
    world.write("policies/lending.yaml", dump(policy(*(own[each] if isinstance(each, str) else each for each in said))))


def slots(world: GovernedWorld, said: Any) -> None:
    """The slots of the rule approval.risk-agrees; the rule on accuracy stays."""
    rules(world, ["accuracy", {**APPROVAL_RULE, "with": {"slots": said}}])


def people(world: GovernedWorld, said: Any) -> None:
    """Persons by name: fields that differ, a new person by `id`, `roles` and `team`, or null for one who is not listed."""
    listed = {each["name"]: copy.deepcopy(each) for each in PEOPLE["people"]}
    for name, change in said.items():
        if change is None:
            del listed[name]
        elif name in listed:
            listed[name].update(change)
        else:
            account = {"forge": "github", "id": change["id"], "login": name}
            rest = {key: each for key, each in change.items() if key != "id"}
            listed[name] = {"name": name, "accounts": [account], "emails": [f"{name}@example.com"], **rest}
    world.write("policies/people.yaml", dump({**PEOPLE, "people": list(listed.values())}))


def teams(world: GovernedWorld, said: Any) -> None:
    """Teams of the organisation `acme` whose members hold roles: slug to roles."""
    value = json.loads(world.read("policies/people.yaml"))
    value["teams"] = [
        {"forge": "github", "organization": "acme", "slug": slug, "roles": roles} for slug, roles in said.items()
    ]
    world.write("policies/people.yaml", dump(value))


def governance(world: GovernedWorld, said: Any) -> None:
    """Fields of policies/governance.yaml."""
    world.write("policies/governance.yaml", dump({**GOVERNANCE, **said}))


def models(world: GovernedWorld, said: Any) -> None:
    """Models by name with the fields of policies/models.yaml."""
    world.write("policies/models.yaml", dump({**MODELS, "models": {**MODELS["models"], **said}}))


def ladder(world: GovernedWorld, said: Any) -> None:
    """Stages by name with fields that differ, such as `canary: {dwell_days: 7}`."""
    value = copy.deepcopy(LADDER)
    for rung in value["stages"]:
        rung.update(said.get(rung["name"], {}))
    world.write("policies/ladder.yaml", dump(value))


def measured(world: GovernedWorld, said: Any) -> None:
    """The one evidence of 2.0.0: `correct` and `wrong` of each class; 90 and 10 unless said."""
    counts = fields(said, "correct", correct=90, wrong=10, at="2026-11-19T10:00:00Z")
    file = evidence(counts["correct"], counts["wrong"])
    file["produced"]["at"] = counts["at"]
    world.replace_evidence(file)


def files(world: GovernedWorld, said: Any) -> None:
    """Files by path: a text as it is, anything else as YAML; null takes the file away."""
    for path, content in said.items():
        put(world, path, content)


def put(world: GovernedWorld, path: str, content: Any) -> None:
    """Write one file of the work tree, or remove it."""
    if content is None:
        world.remove(path)
    else:
        world.write(path, content if isinstance(content, str) else dump(content))


GIVEN: dict[str, Given] = {
    "stage": stage,
    "rules": rules,
    "slots": slots,
    "people": people,
    "teams": teams,
    "governance": governance,
    "models": models,
    "ladder": ladder,
    "measured": measured,
    "files": files,
}
"""Key of `given:` -> what it changes, in the order in which they are applied."""
