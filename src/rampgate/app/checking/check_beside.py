"""Checks what stands beside a card: evidence with its own numbers, lineage, attestations and events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rampgate.adapters import packaged
from rampgate.app.judging.versions import load_evidence
from rampgate.app.work_files import read_bytes
from rampgate.core.paths import split
from rampgate.core.references import KnownNames, attestation_problems, person_problems, stage_problems
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.documents import Document
from rampgate.formats.events import EVENTS, event_kind
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.ids import Noun
from rampgate.model.lineage import Lineage
from rampgate.model.sourced import Sourced
from rampgate.model.statements import Attestation

_NOUNS: dict[str, type[Noun]] = {"lineage": Lineage, "attestation": Attestation, **EVENTS}


def evidence_problems(root: Path, card: Document, index: int) -> list[Problem]:
    """Return what is wrong with the evidence file of one entry of a card: its digest, structure and own numbers."""
    reference = card.value["evidence"][index]
    path = f"{card.path.removesuffix('card.yaml')}{reference['path']}"
    try:
        load_evidence(read_bytes(root, path), path, reference["digest"], Sourced(None, card.value, card, ""), index)
    except InvalidInput as error:
        return list(error.problems)
    return []


def statement_problems(root: Path, path: str, names: KnownNames | None) -> list[Problem]:
    """Return what is wrong with a lineage, attestation or event file; nothing for a file of another kind."""
    place = split(path)
    if place is None:
        return []
    name = {"lineage.yaml": "lineage", "attestations": "attestation", "events": "event"}.get(
        place.rest.split("/", 1)[0]
    )
    if name is None:
        return []
    try:
        document = load_yaml(read_bytes(root, path), path)
        name = event_kind(document.value) if name == "event" else name
        noun_of(document, _NOUNS[name], name, packaged.schema(name))
    except InvalidInput as error:
        return list(error.problems)
    return _reference_problems(document, name, names) if names is not None else []


def _reference_problems(document: Document, name: str, names: KnownNames) -> list[Problem]:
    value: Any = document.value
    if name == "attestation":
        return list(attestation_problems(value, document, names))
    problems: list[Problem] = []
    if name in EVENTS:
        for key in ("by", "second"):
            problems += person_problems(document, value[key], (key,), names) if key in value else ()
        for key in ("from", "to"):
            problems += stage_problems(document, value[key], (key,), names) if key in value else ()
        return problems
    for index, source in enumerate(value["sources"]):
        if source.get("owner") is not None:
            problems += person_problems(document, source["owner"], ("sources", index, "owner"), names)
    return problems
