"""An evidence file as it stands on disk: its content, its bytes, the card that lists it, and who signed it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rampgate.adapters import packaged
from rampgate.app.evidence.attach import signature_beside
from rampgate.app.judging.evidence_signatures import signer_of
from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.stages import read_people
from rampgate.app.work_files import find_root
from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem
from rampgate.formats.documents import Document
from rampgate.formats.json_text import load_json
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.evidence import Evidence
from rampgate.model.people import People
from rampgate.model.sourced import Missing, Sourced


@dataclass(frozen=True, slots=True)
class Signature:
    """Whether a signature counts. state: `none` where there is none, `unknown` where there is no people file."""

    state: Literal["signed", "none", "refused", "unknown"]
    words: str


def open_evidence(path: Path) -> Sourced[Evidence]:
    """Return the evidence in a file, held against the schema alone.

    Raises Unreachable where the file can not be read, InvalidInput with every problem of it.
    """
    data = bytes_of(path)
    if data.startswith(b"version https://git-lfs.github.com/"):
        message = "this is a Git LFS pointer, not the evidence itself"
        raise InvalidInput([Problem(str(path), message, 1, 1, fix="commit the file itself; evidence is small")])
    document = load_json(data, str(path))
    _check_schema(document)
    return noun_of(document, Evidence, "evidence", packaged.schema("evidence"))


def _check_schema(document: Document) -> None:
    """Raise InvalidInput for another kind of file, whose keys would each be told as a problem of evidence."""
    named = document.value.get("schema") if isinstance(document.value, dict) else None
    if isinstance(named, str) and named.startswith("rampgate/") and not named.startswith("rampgate/evidence/"):
        fix = "`rampgate measure drift --profile FILE` reads it" if named.startswith("rampgate/profile/") else ""
        message = f"this is a file of `{named}`, and no evidence"
        raise InvalidInput([document.problem(("schema",), message, fix=fix)])


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a file. Raises Unreachable where it is absent or can not be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror}") from error


def card_beside(path: Path) -> Document | None:
    """Return the card of the version in whose folder the evidence stands, None where it stands elsewhere."""
    folder = path.resolve().parent
    card = folder.parent / "card.yaml"
    if folder.name != "evidence" or not card.is_file():
        return None
    return load_yaml(bytes_of(card), str(path.parent.parent / "card.yaml"))


def entry_for(card: Document, path: Path) -> tuple[int, dict[str, Any]] | None:
    """Return the place and the content of the card's entry about a file, None where it has none."""
    listed = card.value.get("evidence") if isinstance(card.value, dict) else None
    for place, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict) and entry.get("path") == f"evidence/{path.name}":
            return place, entry
    return None


def signature_of(path: Path, evidence: Sourced[Evidence], repo: Path) -> Signature:
    """Return who signed an evidence file: by the envelope that its card names, else by the one beside it."""
    envelope = _envelope(path)
    if envelope is None:
        return Signature("none", "not signed; what it says is claimed")
    people = people_of(repo)
    if people is None:
        words = f"{envelope} can not be checked: there is no `policies/people.yaml` here (give `--repo DIR`)"
        return Signature("unknown", words)
    signer = signer_of(bytes_of(envelope), str(envelope), evidence, people)
    if isinstance(signer, Missing):
        return Signature("refused", signer.why)
    roles = [role for person in people.people if person.name == signer for role in person.roles]
    return Signature("signed", f"by {signer} ({', '.join(roles) or 'no role'})")


def _envelope(path: Path) -> Path | None:
    card = card_beside(path)
    found = entry_for(card, path) if card is not None else None
    named = found[1].get("signature") if found else None
    if named:
        return path.parent.parent / str(named)
    beside = signature_beside(path)
    return beside if beside.is_file() else None


def people_of(repo: Path) -> People | None:
    """Return the people file of the repository around a folder, None where there is none."""
    try:
        root = find_root(repo)
    except (UsageProblem, Unreachable):
        return None
    if not (root / "policies" / "people.yaml").is_file():
        return None
    return read_people(WorkTree(root))
