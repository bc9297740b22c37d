"""List an evidence file in a card: copied into the version's folder, signed if wished, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rampgate.app.evidence.attach import Kept, attached, card_of, entry_of, root_of, signature_beside
from rampgate.app.evidence.opened import bytes_of, open_evidence, people_of
from rampgate.app.evidence.verify import misfits
from rampgate.app.judging.evidence_signatures import sign_evidence, signer_of
from rampgate.app.judging.recomputed import faults_of
from rampgate.app.write import write_all
from rampgate.core.paths import CARDS, Area, area_of, version_folder
from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem
from rampgate.formats.digest import sha256_of
from rampgate.formats.documents import Document
from rampgate.formats.suggest import did_you_mean
from rampgate.model.evidence import Evidence
from rampgate.model.sourced import Missing, Sourced


@dataclass(frozen=True, slots=True)
class AddRequest:
    """What to list where. card: `card.yaml`, or the folder it stands in. sign: an SSH private key, or None.

    name: under which the file is kept, "" for its own.
    """

    card: Path
    file: Path
    sign: Path | None = None
    name: str = ""


def add_evidence(request: AddRequest) -> tuple[Evidence, Kept]:
    """Write path and digest into the card, and leave every other byte of it as it was.

    Raises InvalidInput for a file that is no valid evidence, is about something else, or is listed already;
    UsageProblem for a name that is taken; Unreachable where a file can not be read. Nothing is then written.
    """
    folder = _folder(request.card)
    root = root_of(folder)
    card = card_of(folder, root)
    evidence = open_evidence(request.file)
    _check(request.file, evidence, card)
    place = folder / "evidence" / (request.name or request.file.name)
    _check_no_twin(card, evidence.digest)
    _check_place(place, root, request)
    _check_not_listed(card, place)
    files: dict[Path, bytes] = {}
    if place.resolve() != request.file.resolve():
        files[place] = bytes_of(request.file)
        if sha256_of(files[place]) != evidence.digest:
            raise Unreachable(f"{request.file}: it was changed while it was read; try again")
    signature = _signature(request, evidence, place, files, folder)
    entry = entry_of(folder, place, evidence.digest, signature)
    files[folder / "card.yaml"] = attached(card, entry, replaces=False)
    write_all(files)
    return evidence.noun, Kept(place, evidence.digest, folder / "card.yaml", signature)


def _folder(card: Path) -> Path:
    """Return the version's folder. Raises UsageProblem for a path that is no card's."""
    folder = card.parent if card.name == "card.yaml" else card
    where = folder.resolve()
    if where.parent.parent.name != CARDS:
        wanted = version_folder("MODEL", "VERSION")
        raise UsageProblem(f"`{card}` is no card; give `{wanted}/card.yaml`, or its folder")
    if not folder.is_dir():
        # From a folder that is not there, nobody can look for the repository around it.
        names = [each.name for each in where.parent.iterdir()] if where.parent.is_dir() else []
        hint = did_you_mean(folder.name, names)
        raise UsageProblem(f"`{folder}` is not there{hint}; `rampgate new MODEL VERSION` writes a card")
    return folder


def _check(path: Path, evidence: Sourced[Evidence], card: Document) -> None:
    problems = [Problem(str(path), fault, 1, 1, fix="measure again") for fault in faults_of(evidence.noun)]
    fix = "measure the version of this card"
    problems += [Problem(str(path), reason, 1, 1, fix=fix) for reason in misfits(card.value, evidence.noun)]
    if problems:
        raise InvalidInput(problems)


def _check_place(place: Path, root: Path, request: AddRequest) -> None:
    shown = place.resolve().relative_to(root.resolve()).as_posix()
    if area_of(shown) is Area.STRAY or not shown.endswith(".json") or shown.endswith(".dsse.json"):
        raise UsageProblem(
            f"`{place.name}` is no name for evidence; use letters, digits, `.`, `_`, `-` and the ending `.json`: "
            "`--name NAME.json`"
        )
    if place.exists() and place.resolve() != request.file.resolve():
        raise UsageProblem(f"{place} exists; give another name: `--name NAME.json`")


def _check_no_twin(card: Document, digest: str) -> None:
    for index, entry in enumerate(card.value.get("evidence") or []):
        if entry["digest"] == digest:
            message = f"the same evidence is listed already, as `{entry['path']}`"
            raise InvalidInput([card.problem(("evidence", index), message, fix="list it once")])


def _check_not_listed(card: Document, place: Path) -> None:
    for index, entry in enumerate(card.value.get("evidence") or []):
        if entry["path"] == f"evidence/{place.name}":
            message = f"`{entry['path']}` is listed already"
            raise InvalidInput(
                [card.problem(("evidence", index), message, fix="give another name: `--name NAME.json`")]
            )


def _signature(
    request: AddRequest, evidence: Sourced[Evidence], place: Path, files: dict[Path, bytes], folder: Path
) -> Path | None:
    """Return where the signature stands: made now, or the one beside the file, which must sign these bytes."""
    there, here = signature_beside(request.file), signature_beside(place)
    if request.sign is not None:
        if here.exists():
            raise UsageProblem(f"{here} exists; take it away to sign again, or leave `--sign` away")
        files[here] = sign_evidence(place.name, evidence.digest, request.sign)
        return here
    if not there.is_file():
        return None
    if here.exists() and here.resolve() != there.resolve():
        raise UsageProblem(f"{here} exists; give another name: `--name NAME.json`")
    people = people_of(folder)
    envelope = bytes_of(there)
    signer = Missing("there is no people file") if people is None else signer_of(envelope, str(there), evidence, people)
    if isinstance(signer, Missing):
        fix = "sign it again with `--sign`, or take the signature away"
        raise InvalidInput(
            [Problem(str(there), f"the signature beside the file does not count: {signer.why}", fix=fix)]
        )
    if here.resolve() != there.resolve():
        files[here] = envelope
    return here
