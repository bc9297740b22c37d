"""Where evidence goes: which card it is for, who is behind it, its place, its signature and its line in the card."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rampgate.adapters import packaged
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.stages import read_ladder, read_people, stage_named
from rampgate.app.moving.who import who_is
from rampgate.app.work_files import find_root
from rampgate.app.write import write_all
from rampgate.core.paths import CARDS, version_folder
from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.digest import sha256_of
from rampgate.formats.documents import Document
from rampgate.formats.edit import insert_item, set_scalar
from rampgate.formats.schema_check import check_schema
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.artifact import artifact_identity


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for beside the evidence itself.

    out: where to write the evidence, None for a name in the working directory. attach: list it in the card.
    replace: take the place of the evidence that is listed under the same path. sign: an SSH private key, or None.
    """

    repo: Path
    kind: str
    out: Path | None = None
    attach: bool = False
    replace: bool = False
    sign: Path | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """The card that evidence is for, and where the evidence goes.

    stage: where the rows were served, None for rows that were not. artifact: the digest in the card.
    """

    root: Path
    folder: Path
    card: Document
    person: str
    evidence: Path
    stage: str | None
    artifact: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Where evidence went; digest: of its bytes. card: None where no card lists it."""

    evidence: Path
    digest: str
    card: Path | None
    signature: Path | None


def desk_for(wish: Wish, model: str, version: str, *, population: str, stage: str | None) -> Desk:
    """Return what is known before anything is measured, which may take long.

    Raises InvalidInput for a card that is absent or not valid, UsageProblem for a person, stage or place that will not
    do.
    """
    root = root_of(wish.repo)
    folder = root / version_folder(model, version)
    card = card_of(folder, root)
    person = person_of(wish.person, root)
    place = place_for(wish, folder)
    given = stage_named(read_ladder(WorkTree(root)), stage) if stage else None
    served = given or (None if population == "offline" else str(card.value["stage"]))
    return Desk(root, folder, card, person, place, served, artifact_identity(card.value["artifact"]))


def keep(wish: Wish, desk: Desk, data: bytes) -> Kept:
    """Write evidence, its signature and its line in the card: all of it or nothing."""
    digest = sha256_of(data)
    files: dict[Path, bytes] = {desk.evidence: data}
    signature = signature_beside(desk.evidence) if wish.sign else None
    if signature is not None and wish.sign is not None:
        from rampgate.app.judging.evidence_signatures import sign_evidence  # noqa: PLC0415 - few sign

        files[signature] = sign_evidence(desk.evidence.name, digest, wish.sign)
    card = desk.folder / "card.yaml" if wish.attach else None
    if card is not None:
        entry = entry_of(desk.folder, desk.evidence, digest, signature)
        files[card] = attached(desk.card, entry, replaces=wish.replace)
    write_all(files)
    return Kept(desk.evidence, digest, card, signature)


def signature_beside(evidence: Path) -> Path:
    """Return where the signature of an evidence file stands."""
    return evidence.with_name(f"{evidence.stem}.dsse.json")


def root_of(repo: Path) -> Path:
    """Return the top folder of the repository, written as the user would write it from here."""
    root = find_root(repo)
    return repo if repo.resolve() == root else Path(os.path.relpath(root))


def person_of(person: str | None, root: Path) -> str:
    """Return the name of who measures: whom the user named, else whoever Git commits as here."""
    if not (root / "policies" / "people.yaml").is_file():
        raise UsageProblem("there is no `policies/people.yaml` here; run `rampgate init`, or give `--repo DIR`")
    people = read_people(WorkTree(root))
    email = ""
    if person is None:
        from rampgate.adapters.git_work import WorkRepo  # noqa: PLC0415 - slow to import, and seldom needed

        email = WorkRepo.open(root).user()[1]
    return who_is(people, email, person or "").person.name


def card_of(folder: Path, root: Path) -> Document:
    """Return the card of a version folder. Raises InvalidInput where it is absent or not valid."""
    path = folder / "card.yaml"
    shown = path.relative_to(root).as_posix()
    if not path.is_file():
        tree, model, version = WorkTree(root), folder.parent.name, folder.name
        models, versions = tree.names(CARDS), tree.names(f"{CARDS}/{model}")
        hint = did_you_mean(version, versions) if versions else did_you_mean(model, models)
        fix = f"`rampgate new {model} {version}` writes one"
        if versions:
            fix = f"versions of {model}: {', '.join(f'`{each}`' for each in versions)}; or {fix}"
        raise InvalidInput([Problem(shown, f"there is no such card{hint}", fix=fix)])
    card = load_yaml(path.read_bytes(), shown)
    problems = check_schema(card, "card", packaged.schema("card"))
    if problems:
        raise InvalidInput(problems)
    return card


def place_for(wish: Wish, folder: Path) -> Path:
    """Return where the evidence goes. Raises UsageProblem where a file stands there that may not be replaced."""
    if wish.out is None and not wish.attach:
        place = Path(f"{folder.parent.name}-{folder.name}-{wish.kind}.evidence.json")
    elif wish.out is None:
        place = folder / "evidence" / f"{wish.kind}.json"
        number = 2
        while place.exists() and not wish.replace:
            place = folder / "evidence" / f"{wish.kind}-{number}.json"
            number += 1
    else:
        place = wish.out
    if wish.attach and place.resolve().parent != (folder / "evidence").resolve():
        raise UsageProblem(f"`--attach` needs the evidence in {folder / 'evidence'}; leave `--out` away")
    if place.exists() and not wish.replace:
        raise UsageProblem(f"{place} exists; give another `--out`, or `--replace` to write over it")
    return place


def entry_of(folder: Path, evidence: Path, digest: str, signature: Path | None) -> dict[str, str]:
    """Return what the card says of an evidence file, and of the signature beside it."""
    entry = {"path": evidence.resolve().relative_to(folder.resolve()).as_posix(), "digest": digest}
    if signature is not None:
        entry["signature"] = signature.resolve().relative_to(folder.resolve()).as_posix()
    return entry


def attached(card: Document, entry: Mapping[str, str], *, replaces: bool) -> bytes:
    """Return the card with the entry in its `evidence`, every other byte as it was."""
    listed: list[dict[str, Any]] = card.value.get("evidence") or []
    for index, old in enumerate(listed):
        if old["path"] == entry["path"] and replaces:
            if old.get("signature") != entry.get("signature"):
                fix = "remove the entry from the card, then measure again"
                raise InvalidInput(
                    [card.problem(("evidence", index), "the entry to replace is signed otherwise", fix=fix)]
                )
            return set_scalar(card.data, card.path, ("evidence", index, "digest"), entry["digest"])
    return insert_item(card.data, card.path, ("evidence",), entry)
