"""Writes the card of a new model version; nothing is overwritten, and no policy is touched."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rampgate.app.checking.check_cards import control_values
from rampgate.app.setup.card_text import OWNERS, NewCard, card_text
from rampgate.app.work_files import find_root, read_bytes, walk
from rampgate.app.write import write_whole
from rampgate.core.paths import CARDS, MODEL_NAME, POLICIES, VERSION_NAME, clashes, version_folder
from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_text import load_yaml
from rampgate.formats.yaml_write import quoted_as
from rampgate.model.placeholder import PLACEHOLDER_DIGEST
from rampgate.model.vocabulary import TIER_STRICTNESS, Task, Tier

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What the user gave; "" and None are left to `policies/`. owners: kind of owner -> person."""

    repo: Path
    model: str
    version: str
    tier: str = ""
    task: str = ""
    owners: Mapping[str, str] | None = None
    artifact: Path | None = None
    digest: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The card that was written, and the line that `policies/models.yaml` still needs, "" for none."""

    path: Path
    shown: str
    models_line: str


def new(request: NewRequest) -> Written:
    """Write the card, and return what is left to do.

    Raises UsageProblem for names, tiers, tasks and persons that do not fit or a card that is there, InvalidInput
    where ladder, people or models can not be read, Unreachable for an artifact that can not be read.
    """
    _refuse_odd_names(request)
    root = find_root(request.repo)
    values, problems = control_values(root)
    if problems:
        if not (root / POLICIES).is_dir():
            problems = [Problem(POLICIES, "there are no policies here", fix="`rampgate init` writes them")]
        raise InvalidInput(problems)
    folder = version_folder(request.model, request.version)
    _refuse_existing(root, request, folder)
    entry = values["models"]["models"].get(request.model)
    tier, task = _tier_and_task(request, entry)
    owners = _owners(request, values["people"]["people"])
    digest, uri = _artifact(request)
    stage = values["ladder"]["stages"][0]["name"]
    card = NewCard(request.model, request.version, stage, tier, task, digest, uri, owners)
    text = card_text(card, required_by_policies(root, tier, task))
    load_yaml(text.encode(), f"{folder}/card.yaml")  # what is written must be readable
    path = root / folder / "card.yaml"
    write_whole(path, text.encode())
    line = "" if entry is not None else _models_line(request.model, tier, task, owners, values["people"]["people"])
    return Written(path, f"{folder}/card.yaml", line)


def _refuse_odd_names(request: NewRequest) -> None:
    if not MODEL_NAME.fullmatch(request.model):
        raise UsageProblem(
            f"`{request.model}` can not be the name of a model: lower-case letters, digits and inner hyphens, at most "
            "63 of them, such as `credit-risk`"
        )
    if not VERSION_NAME.fullmatch(request.version):
        raise UsageProblem(
            f"`{request.version}` can not be the name of a version: letters and digits, with `.`, `+`, `_` and `-` "
            "between them, at most 63 in all, such as `2.0.0`"
        )


def _refuse_existing(root: Path, request: NewRequest, folder: str) -> None:
    if (root / folder / "card.yaml").exists():
        raise UsageProblem(f"`{folder}/card.yaml` is there already; edit it, or give another version")
    for parent, name in ((CARDS, request.model), (f"{CARDS}/{request.model}", request.version)):
        place = root / parent
        others = [path.name for path in place.iterdir()] if place.is_dir() else []
        for first, second in clashes([*{*others, name}]):
            if name in (first, second):
                other = first if second == name else second
                raise UsageProblem(f"`{name}` differs from `{parent}/{other}` only by case or accents")


def _tier_and_task(request: NewRequest, entry: Mapping[str, Any] | None) -> tuple[str, str]:
    tier = request.tier or (entry["tier"] if entry else "high")
    task = request.task or (entry["task"] if entry else Task.OTHER.value)
    if tier not in list(Tier):
        raise UsageProblem(f"unknown tier `{tier}`{did_you_mean(tier, list(Tier))}; known: {', '.join(Tier)}")
    if task not in list(Task):
        raise UsageProblem(f"unknown task `{task}`{did_you_mean(task, list(Task))}; known: {', '.join(Task)}")
    if entry is not None and TIER_STRICTNESS[Tier(tier)] < TIER_STRICTNESS[Tier(entry["tier"])]:
        raise UsageProblem(f"policies/models.yaml says tier `{entry['tier']}`; a card may be stricter, not `{tier}`")
    if entry is not None and task != entry["task"]:
        raise UsageProblem(f"policies/models.yaml says task `{entry['task']}`; a card can not say `{task}`")
    return tier, task


def _owners(request: NewRequest, people: list[Mapping[str, Any]]) -> dict[str, str]:
    """Return the owners: those that were given, else the first holder of each role."""
    names = [person["name"] for person in people]
    given = {kind: name for kind, name in (request.owners or {}).items() if name}
    for kind, name in given.items():
        if name not in names:
            raise UsageProblem(f"--{kind} `{name}` is nobody in policies/people.yaml{did_you_mean(name, names)}")
    for kind, (role, _, _) in OWNERS.items():
        holder = next((person["name"] for person in people if role in person.get("roles", ())), None)
        if kind not in given and holder is not None:
            given[kind] = holder
    for kind in ("business", "technical"):
        if kind not in given:
            raise UsageProblem(
                f"nobody in policies/people.yaml holds the role `{OWNERS[kind][0]}`: give --{kind} PERSON"
            )
    return {kind: given[kind] for kind in OWNERS if kind in given}


def _artifact(request: NewRequest) -> tuple[str, str]:
    if request.artifact is not None and request.digest:
        raise UsageProblem("give what is served once, either --artifact FILE or --digest sha256:...")
    if request.artifact is None and not request.digest:
        return PLACEHOLDER_DIGEST, request.uri
    if request.digest:
        if not _DIGEST.fullmatch(request.digest):
            raise UsageProblem(f"--digest `{request.digest}`: expected `sha256:` and 64 lower-case hexadecimal digits")
        return request.digest, request.uri
    assert request.artifact is not None, "one of the two was given"
    try:
        with request.artifact.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Unreachable(f"{request.artifact}: {error.strerror or error}") from error
    return f"sha256:{digest}", request.uri


def required_by_policies(root: Path, tier: str, task: str) -> dict[str, list[str]]:
    """Return what `card.requires` rules ask of a card of this tier and task: section -> `field (rule id)`.

    Reads policies as they are written; one that can not be read asks for nothing here, and `check` tells it.
    """
    required: dict[str, list[str]] = {}
    for path in walk(root, POLICIES)[0]:
        if not path.endswith(".yaml"):
            continue
        try:
            value = load_yaml(read_bytes(root, path), path).value
        except InvalidInput:
            continue
        rules = value.get("rules") if value.get("schema") == "rampgate/policy/v1" else None
        for rule in rules if isinstance(rules, list) else ():
            for field in _fields_of(rule, tier, task):
                required.setdefault(field.split(".")[0], []).append(f"{field} ({rule.get('id')})")
    return required


def _fields_of(rule: Any, tier: str, task: str) -> list[str]:
    if not isinstance(rule, dict) or rule.get("kind") != "card.requires":
        return []
    scope, params = rule.get("applies") or {}, rule.get("with") or {}
    if not isinstance(scope, dict) or not isinstance(params, dict):
        return []
    speaks = tier in (scope.get("tiers") or [tier]) and task in (scope.get("tasks") or [task])
    fields = params.get("fields")
    return [field for field in fields if isinstance(field, str)] if speaks and isinstance(fields, list) else []


def _models_line(model: str, tier: str, task: str, owners: Mapping[str, str], people: list[Mapping[str, Any]]) -> str:
    team = next((person.get("team") for person in people if person["name"] == owners["business"]), None)
    more = f", owner_team: {quoted_as('', team)}" if team else ""
    return f"  {model}: {{tier: {tier}, task: {task}{more}}}"
