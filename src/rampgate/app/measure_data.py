"""Measure data that a Python program holds, or a file, without a repository around; nothing is written unless asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rampgate.adapters.clock import now as clock_now
from rampgate.adapters.clock import parse_rfc3339
from rampgate.app.evidence.importing import ImportRequest, Origin, checked, evidence_from
from rampgate.app.write import write_whole
from rampgate.errors import UsageProblem
from rampgate.formats.digest import sha256_of
from rampgate.measure import Measurement, MeasureRequest, measure
from rampgate.measure.evidence import measured_rates, rate_entry, splits_of
from rampgate.measure.frames import is_frame, measure_frame
from rampgate.measure.layout import to_bytes
from rampgate.measure.metric_frames import NAME, file_of, is_metric_frame, read
from rampgate.model.evidence import Claimed, Evidence, Measure
from rampgate.stats.counts import CountsTable

__all__ = ["MeasureRequest", "Measured", "measure_data", "measure_metric_frame"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured. data: the bytes of the evidence file, as `rampgate measure` writes it; digest: of these bytes.

    notes: sentences for people. warnings: what looks wrong in the data without making it invalid.
    """

    evidence: Evidence
    data: bytes = field(repr=False)
    digest: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Return every measure; each follows from the tables of the evidence."""
        return self.evidence.measures

    @property
    def claimed(self) -> tuple[Claimed, ...]:
        """Return the numbers that rest on no counts, of a MetricFrame."""
        return self.evidence.claimed

    def value(self, metric: str, **group: str) -> Decimal | None:
        """Return one metric of everybody, or of one group; None where it is undefined.

        Raises KeyError where it was not measured.
        """
        every: list[Measure | Claimed] = [*self.measures, *self.claimed]
        for each in every:
            if each.metric == metric and each.group == group and not getattr(each, "by", ()):
                return None if each.value is None else Decimal(each.value)
        raise KeyError(f"`{metric}` of {group or 'everybody'} was not measured")

    def write(self, path: Path | str) -> None:
        """Write the evidence file, whole or not at all. Raises Unreachable where it can not be written."""
        write_whole(Path(path), self.data)


def measure_data(kind: str, data: object, request: MeasureRequest, now: str | None = None) -> Measured:
    """Return what a measurement of a DataFrame or of a file gives.

    data: a pandas DataFrame, or the path of what `rampgate measure --data` takes. now: the moment that the evidence
    names, RFC 3339; None for the clock's. Raises InvalidInput, UsageProblem or Unreachable.
    """
    moment = _moment(now)
    if is_frame(data):
        return _measured(measure_frame(kind, data, request, now=moment))
    return _measured(measure(kind, request, now=moment))


def measure_metric_frame(
    kind: str, frame: object, request: ImportRequest, origin: Origin, now: str | None = None
) -> Measured:
    """Return what a Fairlearn MetricFrame holds as evidence: counts for kind `rate`, else claims."""
    moment = _moment(now)
    at = moment.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
    taken, counts = read(frame, kind, request.mapping)
    evidence = evidence_from(request, taken, origin, file_of(frame), at, moment)
    if counts is not None:
        evidence |= {"counts": counts, "measures": _rates(counts)}
    return _checked(evidence, (), ())


def is_known_data(data: object) -> str:
    """Return `metric_frame`, `frame` or `path`. Raises UsageProblem for anything else."""
    if is_metric_frame(data):
        return "metric_frame"
    if is_frame(data):
        return "frame"
    if isinstance(data, (str, Path)):
        return "path"
    raise UsageProblem(f"can not measure {type(data).__name__}: give a path, a pandas DataFrame or a {NAME}")


def _rates(counts: Mapping[str, Any]) -> list[dict[str, Any]]:
    table = CountsTable.from_rows(tuple(counts["columns"]), [tuple(row) for row in counts["rows"]])
    return [rate_entry(*each) for each in measured_rates(table, ["rate"], splits_of(table.columns, each_column=True))]


def _measured(found: Measurement) -> Measured:
    return _checked(found.evidence, found.notes, found.warnings)


def _checked(evidence: Mapping[str, Any], notes: tuple[str, ...], warnings: tuple[str, ...]) -> Measured:
    data = to_bytes(evidence)
    return Measured(checked(data, "evidence"), data, sha256_of(data), notes, warnings)


def _moment(given: str | None) -> datetime:
    return parse_rfc3339(given) if given else clock_now()
