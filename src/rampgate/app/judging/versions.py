"""Reads the versions of one model in one tree: cards, evidence, lineage, attestations, events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from rampgate.adapters import packaged
from rampgate.app.judging.evidence_signatures import signer_of
from rampgate.app.judging.recomputed import faults_of
from rampgate.app.judging.trees import Tree
from rampgate.core.paths import CARDS, Area, area_of, clashes, known_names_for, version_folder
from rampgate.core.references import KnownNames, attestation_problems, card_problems, digest_problem
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.documents import Document
from rampgate.formats.events import EVENTS, event_kind
from rampgate.formats.json_text import load_json
from rampgate.formats.nouns import noun_of
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.card import Card
from rampgate.model.evidence import Evidence
from rampgate.model.facts import AttestationFile, EvidenceFile, VersionFacts
from rampgate.model.ids import Noun
from rampgate.model.lineage import Lineage
from rampgate.model.people import People
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.statements import Attestation, BreakGlass, BreakGlassReview, Event, RetrainingDecision

N = TypeVar("N", bound=Noun)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the versions of a tree are read.

    names: what cards may refer to. on_record: object ids of attestations that stand on base. full: the versions whose
    evidence is read; the others' is left alone. held: the versions whose references are held against the names, None
    for all; a version that stood before somebody left the people file must not stop what repairs it.
    """

    names: KnownNames
    people: People
    on_record: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()
    held: frozenset[str] | None = None


def versions_of(tree: Tree, model: str) -> list[str]:
    """Return the names of the version folders of a model, in order; prose beside them is left out."""
    return sorted(name for name in tree.names(f"{CARDS}/{model}") if not name.endswith(".md"))


def load_model(tree: Tree, model: str, reading: Reading) -> dict[str, VersionFacts]:
    """Return every version of a model by its name. Raises InvalidInput with every problem of all of them."""
    problems = list(layout_problems(tree, model))
    found: dict[str, VersionFacts] = {}
    files = tree.files(f"{CARDS}/{model}")
    for version in versions_of(tree, model):
        folder = version_folder(model, version)
        own = {p.removeprefix(f"{folder}/"): oid for p, oid in files.items() if p.startswith(f"{folder}/")}
        if "card.yaml" not in own:
            continue
        try:
            found[version] = load_version(tree, model, version, own, reading)
        except InvalidInput as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidInput(problems)
    return found


def layout_problems(tree: Tree, model: str) -> Iterable[Problem]:
    """Yield what stands under a model's folder and should not: unknown files, names that clash."""
    files = tree.files(f"{CARDS}/{model}")
    for path in files:
        if area_of(path) is Area.STRAY:
            yield Problem(path, "rampgate does not know this file", fix=known_names_for(path))
    for first, second in clashes(list(files)):
        yield Problem(second, f"the name differs from `{first}` only by case or accents", fix="rename one of them")
    for first, second in clashes(versions_of(tree, model)):
        yield Problem(f"{CARDS}/{model}/{second}", f"the version differs from `{first}` only by case", fix="rename one")


def load_version(tree: Tree, model: str, version: str, files: Mapping[str, str], reading: Reading) -> VersionFacts:
    """Return one version; `files` maps paths inside its folder to object ids."""
    folder = version_folder(model, version)
    document = load_yaml(tree.read(f"{folder}/card.yaml"), f"{folder}/card.yaml")
    card = noun_of(document, Card, "card", packaged.schema("card"))
    problems: list[Problem] = []
    attestations = _statements(tree, folder, files, "attestations", Attestation, problems)
    if reading.held is None or version in reading.held:
        problems += card_problems(document, reading.names, model=model, version=version, files=files)
        for attestation in attestations.values():
            problems += attestation_problems(attestation.raw, attestation.places, reading.names)
    events = _events(tree, folder, files, problems)
    evidence = _evidence(tree, folder, card, files, reading, problems) if version in reading.full else ()
    lineage: Sourced[Lineage] | Missing = Missing(
        "there is no `lineage.yaml`", f"write `{folder}/lineage.yaml`: sources, steps and features, with digests"
    )
    if "lineage.yaml" in files and version in reading.full:
        try:
            lineage = _yaml_noun(tree, f"{folder}/lineage.yaml", Lineage, "lineage")
        except InvalidInput as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidInput(problems)
    return VersionFacts(
        version=version,
        card=card,
        evidence=evidence,
        lineage=lineage,
        attestations=tuple(
            AttestationFile(name, content, version, files[f"attestations/{name}.yaml"] in reading.on_record)
            for name, content in attestations.items()
        ),
        events=_of_noun(events, Event),
        break_glass=_of_noun(events, BreakGlass),
        break_glass_reviews=_of_noun(events, BreakGlassReview),
        retraining=_of_noun(events, RetrainingDecision),
        files=dict(files),
    )


def _yaml_noun(tree: Tree, path: str, noun: type[N], name: str) -> Sourced[N]:
    return noun_of(load_yaml(tree.read(path), path), noun, name, packaged.schema(name))


def _statements(
    tree: Tree, folder: str, files: Mapping[str, str], kind: str, noun: type[N], problems: list[Problem]
) -> dict[str, Sourced[N]]:
    """Return the attestations of a version by id; their problems are added to the list."""
    found: dict[str, Sourced[N]] = {}
    for path in sorted(files):
        if path.startswith(f"{kind}/"):
            try:
                id_ = path.removeprefix(f"{kind}/").removesuffix(".yaml")
                found[id_] = _yaml_noun(tree, f"{folder}/{path}", noun, kind.removesuffix("s"))
            except InvalidInput as error:
                problems.extend(error.problems)
    return found


def _events(
    tree: Tree, folder: str, files: Mapping[str, str], problems: list[Problem]
) -> dict[str, Sourced[Any]]:  # fmt: skip
    """Return the events of a version by id, of every noun that stands there; their problems are added to the list."""
    found: dict[str, Sourced[Any]] = {}
    for path in sorted(files):
        if path.startswith("events/"):
            try:
                id_ = path.removeprefix("events/").removesuffix(".yaml")
                found[id_] = load_event(tree, f"{folder}/{path}")
            except InvalidInput as error:
                problems.extend(error.problems)
    return found


def load_event(tree: Tree, path: str) -> Sourced[Any]:
    """Return what a file under `events/` holds. Raises InvalidInput with every problem of it."""
    document = load_yaml(tree.read(path), path)
    name = event_kind(document.value)
    return noun_of(document, EVENTS[name], name, packaged.schema(name))


def _of_noun(events: Mapping[str, Sourced[Any]], noun: type[N]) -> dict[str, Sourced[N]]:
    return {id_: event for id_, event in events.items() if isinstance(event.noun, noun)}


def _evidence(
    tree: Tree, folder: str, card: Sourced[Card], files: Mapping[str, str], reading: Reading, problems: list[Problem]
) -> tuple[EvidenceFile, ...]:
    """Return every evidence file that the card lists, its bytes held against the digest in the card."""
    found: list[EvidenceFile] = []
    for index, reference in enumerate(card.noun.evidence):
        path = f"{folder}/{reference.path}"
        if reference.path not in files:
            continue  # `card_problems` has said so
        try:
            content = load_evidence(tree.read(path), path, reference.digest, card, index)
        except InvalidInput as error:
            problems.extend(error.problems)
            continue
        signer: str | Missing = Missing("it is not signed")
        if reference.signature is not None and reference.signature in files:
            signature = tree.read(f"{folder}/{reference.signature}")
            signer = signer_of(signature, f"{folder}/{reference.signature}", content, reading.people)
        found.append(EvidenceFile(reference.path, index, content, signer))
    return tuple(found)


def load_evidence(data: bytes, path: str, digest: str, card: Sourced[Any], index: int) -> Sourced[Evidence]:
    """Return the evidence in these bytes.

    Raises InvalidInput where digest, structure or the evidence's own numbers do not agree.
    """
    if data.startswith(b"version https://git-lfs.github.com/"):
        message = "this is a Git LFS pointer, not the evidence itself"
        raise InvalidInput([Problem(path, message, 1, 1, fix="commit the file itself; evidence is small")])
    document: Document = load_json(data, path)
    content = noun_of(document, Evidence, "evidence", packaged.schema("evidence"))
    if content.digest != digest:
        raise InvalidInput([digest_problem(card, index, path, content.digest, digest)])
    faults = faults_of(content.noun)
    if faults:
        raise InvalidInput(Problem(path, fault, 1, 1, fix="measure again with `rampgate measure`") for fault in faults)
    return content
