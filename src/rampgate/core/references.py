"""What a file refers to must exist: stages, persons, roles, files. Works on plain values, so `check` stays quick."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from rampgate.errors import Problem
from rampgate.formats.documents import Document
from rampgate.formats.schema_check import check_team_schema
from rampgate.formats.suggest import did_you_mean

ASIDE = ("standby", "retired")
"""The stages beside every ladder."""


class KnownNames(NamedTuple):
    """The names that files of a repository may refer to."""

    stages: Collection[str]
    """The rungs, by today's names."""
    former_stages: Collection[str]
    persons: Collection[str]
    roles: Collection[str]
    models: Mapping[str, Mapping[str, Any]]
    """`policies/models.yaml` as written: model -> tier, task, owner_team."""
    house_schemas: Sequence[Document] = ()
    """A team's own JSON Schemas that every card must fit."""


class Locates(Protocol):
    """Knows its path and where its values stand."""

    @property
    def path(self) -> str:
        """The path of the file."""

    def locate(self, pointer: tuple[str | int, ...]) -> tuple[int, int]:
        """Return line and column of a value."""


def card_problems(
    document: Any, names: KnownNames, *, model: str, version: str, files: Collection[str] | None
) -> Iterator[Problem]:
    """Yield every reference of a card that leads nowhere.

    document: a card that its schema accepts. model, version: as its folder says. files: paths inside its folder, or
    None where they are not known.
    """
    card = document.value
    for key, said in (("model", model), ("version", version)):
        if card[key] != said:
            yield _problem(
                document,
                (key,),
                f"the folder says `{said}`, the card says `{card[key]}`",
                f"write `{said}`, or rename the folder",
            )
    yield from stage_problems(document, card["stage"], ("stage",), names)
    for role, person in card["owners"].items():
        yield from person_problems(document, person, ("owners", role), names)
    decided_by = _get(card, "retraining", "decided_by")
    if decided_by is not None:
        yield from person_problems(document, decided_by, ("retraining", "decided_by"), names)
    yield from _data_problems(document, card.get("data"), names)
    if files is not None:
        yield from _file_problems(document, files)
    for schema in names.house_schemas:
        yield from check_team_schema(document, schema)


def _data_problems(document: Locates, data: Any, names: KnownNames) -> Iterator[Problem]:
    if not isinstance(data, Mapping):
        return
    if "access_approved_by" in data:
        yield from person_problems(document, data["access_approved_by"], ("data", "access_approved_by"), names)
    for index, each in enumerate(data.get("sets", ())):
        if "owner" in each:
            yield from person_problems(document, each["owner"], ("data", "sets", index, "owner"), names)


def _get(card: Mapping[str, Any], section: str, key: str) -> Any:
    found = card.get(section)
    return found.get(key) if isinstance(found, Mapping) else None


def stage_problems(
    document: Locates, stage: str, pointer: tuple[str | int, ...], names: KnownNames
) -> Iterator[Problem]:
    """Yield that a stage is on no ladder."""
    known = (*names.stages, *ASIDE)
    if stage not in known and stage not in names.former_stages:
        fix = "known: " + ", ".join(f"`{each}`" for each in known)
        yield _problem(document, pointer, f"unknown stage `{stage}`{did_you_mean(stage, known)}", fix)


def person_problems(
    document: Locates, person: str, pointer: tuple[str | int, ...], names: KnownNames
) -> Iterator[Problem]:
    """Yield that a person is nobody in the people file."""
    if person not in names.persons:
        hint = did_you_mean(person, names.persons)
        yield _problem(document, pointer, f"unknown person `{person}`{hint}", "add them to `policies/people.yaml`")


def _file_problems(document: Any, files: Collection[str]) -> Iterator[Problem]:
    """Yield evidence and other files that the card names and that are not there, and evidence that it does not name."""
    card = document.value
    listed = set()
    for index, reference in enumerate(card.get("evidence", ())):
        for key in ("path", "signature"):
            if key not in reference:
                continue
            listed.add(reference[key])
            if reference[key] not in files:
                fix = "commit the file, or remove the entry"
                yield _problem(document, ("evidence", index, key), f"there is no file `{reference[key]}`", fix)
            elif not reference[key].startswith("evidence/"):
                yield _problem(document, ("evidence", index, key), "evidence stands in the folder `evidence/`")
    for section, key in (("operations", "runbook"), ("fallback", "drill")):
        path = _get(card, section, key)
        if isinstance(path, str) and path != "unknown" and path not in files:
            yield _problem(document, (section, key), f"there is no file `{path}`", "write it, or correct the path")
    for path in sorted(files):
        if path.startswith("evidence/") and path not in listed:
            message = f"`{path}` is not listed under `evidence`, so nothing vouches for its bytes"
            yield _problem(document, ("evidence",), message, f"list it, with `digest`, or remove {path}")


def attestation_problems(raw: Mapping[str, Any], document: Locates, names: KnownNames) -> Iterator[Problem]:
    """Yield that an attestation names nobody, or a role that nobody holds."""
    yield from person_problems(document, raw["person"], ("person",), names)
    if raw["role"] not in names.roles:
        hint = did_you_mean(raw["role"], names.roles)
        yield _problem(document, ("role",), f"nobody holds the role `{raw['role']}`{hint}")


def _problem(document: Locates, pointer: tuple[str | int, ...], message: str, fix: str = "") -> Problem:
    line, column = document.locate(pointer)
    return Problem(document.path, message, line, column, fix=fix)


def digest_problem(card: Any, index: int, path: str, found: str, expected: str) -> Problem:
    """Return that an evidence file has other bytes than its card says; `card` is a document or a sourced noun."""
    message = f"`{path.rsplit('/', 1)[-1]}` has another digest than the card says"
    fix = "measure again with `--attach`, or restore the file that was measured"
    problem: Problem = card.problem(("evidence", index, "digest"), message, found=found, expected=expected, fix=fix)
    return problem
