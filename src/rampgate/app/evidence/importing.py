"""Take the results of another tool as evidence of a version, and attach it: all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rampgate.adapters import packaged
from rampgate.app.evidence.attach import Kept, Wish, desk_for, keep
from rampgate.app.evidence.rehearsal import REHEARSAL, Rehearsal, RehearsedError
from rampgate.app.judging.recomputed import faults_of
from rampgate.errors import InvalidInput, Problem, UsageProblem
from rampgate.formats.json_text import load_json
from rampgate.formats.measured.registry import BY_KIND
from rampgate.formats.nouns import noun_of
from rampgate.measure.evidence import decimal_text, interval_entry
from rampgate.measure.importers import TOOLS, Choice, Importer, ResultsFile, Taken, importer_named, look_at, looks_like
from rampgate.measure.layout import to_bytes
from rampgate.model.evidence import Evidence

__all__ = ["TOOLS", "ImportRequest", "Imported", "import_results"]

MOST_NOT_TAKEN = 200
"""How many names of what was left evidence lists; how many more there are, it says."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One results file of one tool, about one version.

    mapping: the tool's name of a number -> our metric. picks: what of the file is meant. beside: further files.
    measured_at: when the tool ran, RFC 3339, for files that do not say. dataset: the digest of the data set.
    """

    tool: str
    file: Path
    model: str
    version: str
    kind: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    picks: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[Path, ...] = ()
    measured_at: datetime | None = None
    population: str = "offline"
    stage: str | None = None
    dataset: str | None = None
    dataset_name: str | None = None
    window: tuple[str, str] | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken, and where it went."""

    evidence: Evidence
    kept: Kept
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which artifact was measured, who vouches for it, and at which stage it served, None for none."""

    artifact: str
    person: str
    stage: str | None


def import_results(wish: Wish, request: ImportRequest, *, now: datetime) -> Imported:
    """Read the results, write them as evidence, and list it in the card where that is wished.

    The evidence is as old as the tool's run, never as young as its import. Raises InvalidInput, UsageProblem or
    Unreachable; nothing is then written.
    """
    importer = importer_named(request.tool)
    file = look_at(request.file)
    choice = Choice(request.kind, request.mapping, request.picks, tuple(look_at(path) for path in request.beside))
    kind = importer.check(choice)
    rehearsal = REHEARSAL.get()
    # The card comes first: where it will not do, nothing is read, which may take long.
    wish = replace(wish, kind=kind)
    desk = rehearsal or desk_for(
        wish, request.model, request.version, population=request.population, stage=request.stage
    )
    taken = _read(importer, file, choice)
    origin = Origin(desk.artifact, desk.person, desk.stage)
    found = evidence_from(request, taken, origin, file, _when(request, taken, file, now), now)
    if isinstance(desk, Rehearsal):
        desk.found.append(with_measures(found, request.file))
        raise RehearsedError
    data = to_bytes(with_measures(found, desk.evidence))
    evidence = checked(data, str(desk.evidence))
    return Imported(evidence, keep(wish, desk, data), (*taken.warnings, *_warnings(evidence)))


def _read(importer: Importer, file: ResultsFile, choice: Choice) -> Taken:
    """Return what an importer finds; where the file is of another tool, the error says of which."""
    try:
        return importer.read(file, choice)
    except InvalidInput as error:
        other = looks_like(file)
        if other in ("", importer.tool):
            raise
        fix = f"`rampgate evidence import {other} {file.path}`"
        raise InvalidInput(
            [*error.problems, Problem(str(file.path), f"it looks like results of {other}", fix=fix)]
        ) from error


def checked(data: bytes, path: str) -> Evidence:
    """Return the evidence in these bytes. Raises InvalidInput where it is not what evidence must be."""
    evidence = noun_of(load_json(data, path), Evidence, "evidence", packaged.schema("evidence")).noun
    faults = faults_of(evidence)
    if faults:
        raise InvalidInput([Problem(path, fault) for fault in faults])
    return evidence


def _when(request: ImportRequest, taken: Taken, file: ResultsFile, now: datetime) -> str:
    """Return when the tool ran. Raises UsageProblem where nobody says it, InvalidInput for a moment to come."""
    given = None if request.measured_at is None else _written(request.measured_at)
    if taken.at is None and given is None:
        raise UsageProblem(
            f"{file.path}: it does not say when it was measured; say it: `--measured-at 2026-11-20T09:00:00Z`"
        )
    if taken.at is not None and given is not None and given != taken.at:
        raise file.problem(
            "it says itself when it was measured", found=taken.at, fix="leave `--measured-at` away, or give that"
        )
    at = taken.at or given or ""
    if datetime.fromisoformat(at) > now:
        raise file.problem(f"it was measured at {at}, which is after now, {_written(now)}")
    return at


def evidence_from(
    request: ImportRequest, taken: Taken, origin: Origin, file: ResultsFile, at: str, now: datetime
) -> dict[str, Any]:
    """Return the content of evidence: whose, by what, when, and what was taken; at: when the tool ran."""
    subject = {"model": request.model, "version": request.version, "artifact": origin.artifact}
    subject |= {"dataset": request.dataset} if request.dataset else {}
    subject |= {"dataset_name": request.dataset_name} if request.dataset_name else {}
    evidence: dict[str, Any] = {
        "schema": "rampgate/evidence/v1", "kind": taken.kind, "subject": subject, "population": request.population
    }  # fmt: skip
    if origin.stage is not None:
        evidence["stage"] = origin.stage
    if request.window is not None:
        evidence["window"] = dict(zip(("from", "to"), request.window, strict=True))
    produced = {"by": origin.person, "tool": request.tool, "tool_version": taken.tool_version}
    produced |= {"command": request.command} if request.command else {}
    evidence["produced"] = produced | {"at": at}
    if taken.tables is not None:
        evidence["tables"] = dict(taken.tables)
    imported: dict[str, Any] = {"tool": request.tool, "file": file.path.name, "digest": file.digest}
    imported |= {"about": taken.about} if taken.about else {}
    imported |= {"mapping": dict(taken.mapping), "not_taken": _listed(taken.not_taken), "at": _written(now)}
    return evidence | {"imported": imported} | ({"claimed": list(taken.claimed)} if taken.claimed else {})


def with_measures(evidence: dict[str, Any], place: Path) -> dict[str, Any]:
    """Return the evidence with everything that its tables tell."""
    if "tables" not in evidence:
        return evidence
    noun = Evidence.model_validate(evidence)
    try:
        told = list(BY_KIND[noun.kind].tell(noun))
    except ValueError as error:
        raise InvalidInput([Problem(str(place), str(error))]) from error
    measures = [
        {
            "metric": each.metric,
            "group": dict(each.group),
            "n": each.n,
            "value": None if each.value is None else decimal_text(each.value),
            "interval": interval_entry(each.interval),
        }
        for each in told
    ]
    return evidence | {"measures": measures}


def _warnings(evidence: Evidence) -> list[str]:
    found = []
    if evidence.claimed:
        number = len(evidence.claimed)
        words = "1 number is claimed" if number == 1 else f"{number} numbers are claimed"
        found.append(
            f"{words} without counts: nobody can compute that again, and rules refuse it unless told otherwise"
        )
    return found


def _listed(names: tuple[str, ...]) -> list[str]:
    shown = [" ".join(name.split())[:200] for name in names[:MOST_NOT_TAKEN]]
    more = len(names) - len(shown)
    return [*shown, f"and {more} more"] if more else shown


def _written(when: datetime) -> str:
    return when.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
