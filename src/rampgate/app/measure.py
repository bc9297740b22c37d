"""Measure one version on one data file, write the evidence, and attach it to the card: all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from rampgate.adapters import packaged
from rampgate.app.judging.evidence_signatures import sign_evidence
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
from rampgate.measure import Measurement, MeasureRequest, measure
from rampgate.measure.layout import to_bytes
from rampgate.model.card import artifact_identity

__all__ = ["MeasureRequest", "Measurement", "Wish", "Written", "measure_and_write"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for beside the measurement itself.

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
class Written:
    """What was measured and where it went; digest: of the evidence file's bytes."""

    measurement: Measurement
    evidence: Path
    digest: str
    card: Path | None
    signature: Path | None


def measure_and_write(wish: Wish, request: MeasureRequest, *, now: datetime) -> Written:
    """Measure, then write evidence, signature and card in one step.

    `request.artifact`, `produced_by` and, for a population that was served, `stage` are filled from the card and the
    people file. Raises InvalidInput, UsageProblem or Unreachable; nothing is then written.
    """
    root = _root(wish.repo)
    folder = root / version_folder(request.model, request.version)
    card = _card(folder, root)
    person = _person(wish, root)
    evidence = _place(wish, folder, request)  # before the work, which may take long
    given = stage_named(read_ladder(WorkTree(root)), request.stage) if request.stage else None
    stage = given or (None if request.population == "offline" else str(card.value["stage"]))
    artifact = artifact_identity(card.value["artifact"])
    measurement = measure(wish.kind, replace(request, artifact=artifact, produced_by=person, stage=stage), now=now)
    data = to_bytes(measurement.evidence)
    digest = sha256_of(data)
    files: dict[Path, bytes] = {evidence: data}
    signature = evidence.with_name(f"{evidence.stem}.dsse.json") if wish.sign else None
    if signature is not None and wish.sign is not None:
        files[signature] = sign_evidence(evidence.name, digest, wish.sign)
    if wish.attach:
        files[folder / "card.yaml"] = _attached(
            card, _entry(folder, evidence, digest, signature), replaces=wish.replace
        )
    write_all(files)
    return Written(measurement, evidence, digest, folder / "card.yaml" if wish.attach else None, signature)


def _root(repo: Path) -> Path:
    """Return the top folder of the repository, written as the user would write it from here."""
    root = find_root(repo)
    return repo if repo.resolve() == root else Path(os.path.relpath(root))


def _person(wish: Wish, root: Path) -> str:
    """Return the name of who measures: whom the user named, else whoever Git commits as here."""
    if not (root / "policies" / "people.yaml").is_file():
        raise UsageProblem("there is no `policies/people.yaml` here; run `rampgate init`, or give `--repo DIR`")
    people = read_people(WorkTree(root))
    email = ""
    if wish.person is None:
        from rampgate.adapters.git_work import WorkRepo  # noqa: PLC0415 - slow to import, and seldom needed

        email = WorkRepo.open(root).user()[1]
    return who_is(people, email, wish.person or "").person.name


def _card(folder: Path, root: Path) -> Document:
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


def _place(wish: Wish, folder: Path, request: MeasureRequest) -> Path:
    """Return where the evidence goes. Raises UsageProblem where a file stands there that may not be replaced."""
    if wish.out is None and not wish.attach:
        place = Path(f"{request.model}-{request.version}-{wish.kind}.evidence.json")
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


def _entry(folder: Path, evidence: Path, digest: str, signature: Path | None) -> dict[str, str]:
    entry = {"path": evidence.resolve().relative_to(folder.resolve()).as_posix(), "digest": digest}
    if signature is not None:
        entry["signature"] = signature.resolve().relative_to(folder.resolve()).as_posix()
    return entry


def _attached(card: Document, entry: Mapping[str, str], *, replaces: bool) -> bytes:
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
