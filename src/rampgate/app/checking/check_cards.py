"""Checks cards on plain values: thousands in a second, without building a noun and without importing pydantic."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from rampgate.adapters import packaged
from rampgate.app.work_files import link_problem, not_ignored, read_bytes
from rampgate.core.card_shape import registry_problems, shape_problems
from rampgate.core.house_schemas import for_every_card
from rampgate.core.paths import CARDS, Area, area_of, clashes, known_names_for, split
from rampgate.core.references import KnownNames, card_problems, digest_problem
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.documents import Document
from rampgate.formats.json_text import load_json
from rampgate.formats.schema_check import check_schema
from rampgate.formats.yaml_text import load_yaml

Versions = Mapping[tuple[str, str], Collection[str]]
"""(model, version) -> paths inside its folder."""


def control_values(root: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Return what ladder, people and models say, by name, and the problems of those three files."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in ("ladder", "people", "models"):
        path = f"policies/{name}.yaml"
        try:
            document = load_yaml(read_bytes(root, path), path)
        except InvalidInput as error:
            problems += error.problems if (root / path).exists() else [_missing(path)]
            continue
        problems += check_schema(document, name, packaged.schema(name))
        found[name] = document.value
    return found, problems


def known_names(root: Path) -> tuple[KnownNames | None, list[Problem]]:
    """Return what cards may refer to, from ladder, people and models as written, or the problems of those files."""
    found, problems = control_values(root)
    if problems:
        return None, problems
    people, stages = found["people"]["people"], found["ladder"]["stages"]
    return KnownNames(
        stages=[stage["name"] for stage in stages],
        former_stages={name for stage in stages for name in stage.get("formerly", ())},
        persons={person["name"] for person in people},
        roles={role for person in people for role in person.get("roles", ())},
        models=found["models"]["models"],
        house_schemas=house_schemas(root),
    ), []


def house_schemas(root: Path) -> list[Document]:
    """Return the team's own JSON Schemas that every card must fit; a file that can not be read is told elsewhere."""
    files = sorted((root / "policies" / "schemas").glob("*.json"))
    if not files:
        return []
    policies = []
    for path in sorted((root / "policies").glob("*.yaml")):
        with contextlib.suppress(InvalidInput):
            policies.append(load_yaml(read_bytes(root, f"policies/{path.name}"), path.name).value)
    found = []
    for name in for_every_card([path.name for path in files], policies):
        with contextlib.suppress(InvalidInput):
            found.append(load_json(read_bytes(root, f"policies/schemas/{name}"), f"policies/schemas/{name}"))
    return found


def _missing(path: str) -> Problem:
    return Problem(path, "the file is missing", fix="`rampgate init` writes it")


def versions_in(files: Collection[str]) -> dict[tuple[str, str], list[str]]:
    """Return the files of every version folder among paths under `model_cards/`."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in files:
        parts = path.split("/", 3)
        if len(parts) == 4:
            found.setdefault((parts[1], parts[2]), []).append(parts[3])
    return found


def layout_problems(root: Path, files: list[str], links: list[str], versions: Versions) -> Iterator[Problem]:
    """Yield links, files that rampgate does not know, names that clash, and version folders without a card."""
    yield from map(link_problem, links)
    for path in not_ignored(root, [path for path in files if area_of(path) is Area.STRAY]):
        yield Problem(path, "rampgate does not know this file", fix=known_names_for(path))
    folders = sorted({f"{CARDS}/{model}" for model, _ in versions})
    folders += [f"{CARDS}/{model}/{version}" for model, version in sorted(versions)]
    for first, second in clashes([*folders, *files]):
        yield Problem(second, f"the name differs from `{first}` only by case or accents", fix="rename one of them")
    for (model, version), own in sorted(versions.items()):
        if "card.yaml" not in own and any(split(f"{CARDS}/{model}/{version}/{path}") for path in own):
            fix = f"`rampgate new {model} {version}` writes one, or remove the folder"
            yield Problem(f"{CARDS}/{model}/{version}", "there is no `card.yaml` here, so nothing here counts", fix=fix)


def check_card(
    root: Path,
    version: tuple[str, str],
    files: Collection[str],
    names: KnownNames | None,
    evidence: Callable[[Document, int], list[Problem]],
) -> list[Problem]:
    """Return every problem of one card.

    files: paths inside its folder. names: None where they are not known, which is then told elsewhere. evidence:
    finds what is wrong with the file of one evidence entry.
    """
    path = f"{CARDS}/{version[0]}/{version[1]}/card.yaml"
    try:
        document = load_yaml(read_bytes(root, path), path)
    except InvalidInput as error:
        return list(error.problems)
    problems = check_schema(document, "card", packaged.schema("card"))
    if problems:
        return problems
    problems += shape_problems(document)
    if names is not None:
        problems += card_problems(document, names, model=version[0], version=version[1], files=files)
        problems += registry_problems(document, names.models)
    for index, reference in enumerate(document.value.get("evidence", ())):
        if reference["path"] in files:
            problems += evidence(document, index)
    return problems


def digest_problems(root: Path, document: Document, index: int) -> list[Problem]:
    """Return that an evidence file has other bytes than its card says; what it says is not looked into."""
    from rampgate.formats.digest import sha256_of  # noqa: PLC0415 -- OpenSSL is slow to load, and many cards list none

    reference = document.value["evidence"][index]
    path = f"{document.path.removesuffix('card.yaml')}{reference['path']}"
    try:
        found = sha256_of(read_bytes(root, path))
    except InvalidInput as error:
        return list(error.problems)
    if found == reference["digest"]:
        return []
    return [digest_problem(document, index, path, found, reference["digest"])]
