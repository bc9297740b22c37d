"""What the tests of measuring share: a moment, a request with its provenance filled in, files made on the spot."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from rampgate.measure import MeasureRequest, measure

NOW = datetime(2026, 11, 20, 10, 0, 0, 999999, tzinfo=UTC)
ARTIFACT = "sha256:" + "a" * 64


def request(data: Path, **given) -> MeasureRequest:
    """Return a request that says who and what; `crosscheck` is off unless asked for, for it costs a second."""
    provenance = {"model": "m", "version": "1.0.0", "artifact": ARTIFACT, "produced_by": "alice", "crosscheck": False}
    return MeasureRequest(data=data, **(provenance | given))


def measured(kind: str, data: Path, **given):
    return measure(kind, request(data, **given), now=NOW)


def fairness(data: Path, **given):
    return measured("fairness", data, **({"y_true": "y", "y_pred": "p", "by": ("sex",)} | given))


def rows_of(measurement):
    return measurement.evidence["counts"]["rows"]


def value(measurement, metric: str, **group) -> Decimal | None:
    found = [each for each in measurement.evidence["measures"] if (each["metric"], each["group"]) == (metric, group)]
    assert len(found) == 1
    return None if found[0]["value"] is None else Decimal(found[0]["value"])
