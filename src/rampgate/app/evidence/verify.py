"""Verify an evidence file: its digest in the card, its measures by its tables, its signature, and its data again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rampgate.app.evidence.compare import first_difference, is_of_a_snapshot
from rampgate.app.evidence.opened import card_beside, entry_for, open_evidence, signature_of
from rampgate.app.judging.recomputed import faults_of
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.claimed import rests_on_claims
from rampgate.model.artifact import artifact_identity
from rampgate.model.evidence import Evidence
from rampgate.model.sourced import Sourced

State = Literal["same", "differs", "unknown", "none"]
Measure = Callable[[Evidence], dict[str, Any]]
"""Measures the data of evidence again, and returns the content of the evidence that comes of it."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at. state: `unknown` where it could not be looked at, `none` where there is nothing."""

    name: str
    state: State
    words: str


@dataclass(frozen=True, slots=True)
class EvidenceVerified:
    """What came of it, in the order in which it was looked at."""

    path: str
    digest: str
    kind: str
    examined: tuple[Examined, ...]

    @property
    def exit_code(self) -> int:
        """Return 10 where something differs, 4 where something could not be looked at, else 0."""
        states = {each.state for each in self.examined}
        return 10 if "differs" in states else 4 if "unknown" in states else 0


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """One file. repo: whose people file says whose keys count. digest: the one that it must have, "" for any."""

    path: Path
    repo: Path
    digest: str = ""


def verify_evidence(request: VerifyRequest, again: Measure | None = None) -> EvidenceVerified:
    """Return what holds and what does not.

    again: measures the data once more; None to leave them alone. Raises InvalidInput for a file that is no evidence or
    whose tables are not well formed, Unreachable for one that can not be read.
    """
    evidence = open_evidence(request.path)
    faults = faults_of(evidence.noun)
    broken = [fault for fault in faults if not _is_difference(fault)]
    if broken:
        raise InvalidInput([Problem(str(request.path), fault, 1, 1) for fault in broken])
    examined = [
        *_digest(request, evidence),
        *_subject(request.path, evidence.noun),
        _measures(evidence.noun, faults),
        _signature(request, evidence),
    ]
    if again is not None:
        examined.append(_data(evidence.noun, again))
    return EvidenceVerified(str(request.path), evidence.digest, evidence.noun.kind, tuple(examined))


def _is_difference(fault: str) -> bool:
    """Return whether a fault is a measure that the tables do not give, rather than a table that is none."""
    return fault.startswith("measure ")


def _digest(request: VerifyRequest, evidence: Sourced[Evidence]) -> Iterator[Examined]:
    if request.digest:
        same = request.digest == evidence.digest
        words = evidence.digest if same else f"it is {evidence.digest}, not {request.digest}"
        yield Examined("digest", "same" if same else "differs", words)
    card = card_beside(request.path)
    if card is None:
        if not request.digest:
            yield Examined("digest", "none", f"{evidence.digest}; the file stands beside no card that lists it")
        return
    entry = entry_for(card, request.path)
    if entry is None:
        yield Examined("digest", "differs", f"{card.path} does not list it, so nothing vouches for its bytes")
        return
    listed = str(entry[1].get("digest"))
    if listed != evidence.digest:
        yield Examined("digest", "differs", f"it is {evidence.digest}, but {card.path} lists {listed}")
    else:
        yield Examined("digest", "same", f"{evidence.digest}, as {card.path} lists it")


def _subject(path: Path, evidence: Evidence) -> Iterator[Examined]:
    card = card_beside(path)
    if card is None:
        return
    reasons = misfits(card.value, evidence)
    yield Examined("subject", "differs" if reasons else "same", "; ".join(reasons) or f"what {card.path} is about")


def misfits(card: Any, evidence: Evidence) -> list[str]:
    """Return why evidence is not about the version of a card; empty where it is."""
    about, reasons = evidence.subject, []
    model, version = card.get("model"), card.get("version")
    if (about.model, about.version) != (model, version):
        reasons.append(f"it is about {about.model} {about.version}, not {model} {version}")
    try:
        artifact = artifact_identity(card["artifact"])
    except (KeyError, TypeError):
        return [*reasons, "the card names no artifact"]
    if about.artifact != artifact:
        reasons.append(f"it is about the artifact {about.artifact}, not {artifact}")
    return reasons


def _measures(evidence: Evidence, faults: list[str]) -> Examined:
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return Examined("measures", "differs", f"{faults[0]}{more}")
    claimed = f"; {len(evidence.claimed)} claimed numbers have no counts" if evidence.claimed else ""
    if rests_on_claims(evidence):
        return Examined("measures", "none", f"there are none that can be computed again{claimed}")
    if not evidence.measures:
        return Examined("measures", "none", f"it records none{claimed}")
    return Examined("measures", "same", f"all {len(evidence.measures)} follow from its own tables{claimed}")


def _signature(request: VerifyRequest, evidence: Sourced[Evidence]) -> Examined:
    found = signature_of(request.path, evidence, request.repo)
    states: dict[str, State] = {"signed": "same", "none": "none", "refused": "differs", "unknown": "unknown"}
    return Examined("signature", states[found.state], found.words)


def _data(evidence: Evidence, again: Measure) -> Examined:
    """Measure once more, and compare digest, rows, tables, what was left out and every measure."""
    found = again(evidence)
    difference = first_difference(evidence, Evidence.model_validate(found))
    if difference:
        return Examined("data", "differs", difference)
    if evidence.imported is not None:
        return Examined("data", "same", "imported again: the same file, tables, measures and claims")
    source = evidence.source
    rows = "" if source is None else f" on {source.rows:,} rows"
    same = "the same digest, tables and measures"
    if is_of_a_snapshot(evidence):
        same = "the same tables and measures; its digest names a snapshot of the database, which is gone"
    return Examined("data", "same", f"measured again{rows}: {same}")
