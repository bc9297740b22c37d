"""Measure one version on one data file, write the evidence, and attach it to the card: all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from rampgate.app.evidence.attach import Wish, desk_for, keep
from rampgate.app.evidence.rehearsal import REHEARSAL, RehearsedError
from rampgate.measure import Measurement, MeasureRequest, measure
from rampgate.measure.details import Allowed, Details, Limits
from rampgate.measure.layout import to_bytes
from rampgate.measure.progress import share_done

__all__ = [
    "Allowed",
    "Details",
    "Limits",
    "MeasureRequest",
    "Measurement",
    "Wish",
    "Written",
    "measure_and_write",
    "share_done",
]


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
    rehearsal = REHEARSAL.get()
    if rehearsal is not None:
        filled = replace(
            request, artifact=rehearsal.artifact, produced_by=rehearsal.person, stage=rehearsal.stage, crosscheck=False
        )
        rehearsal.found.append(measure(wish.kind, filled, now=now).evidence)
        raise RehearsedError
    desk = desk_for(wish, request.model, request.version, population=request.population, stage=request.stage)
    filled = replace(request, artifact=desk.artifact, produced_by=desk.person, stage=desk.stage)
    measurement = measure(wish.kind, filled, now=now)
    kept = keep(wish, desk, to_bytes(measurement.evidence))
    return Written(measurement, kept.evidence, kept.digest, kept.card, kept.signature)
