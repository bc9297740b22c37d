"""Measuring: a data file becomes a small table of counts, and the table becomes evidence.

This is the only home of DuckDB, pandas, Fairlearn and scikit-learn; each is imported where it is used. Nothing here
writes a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from types import MappingProxyType

from rampgate.errors import UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.request import Measurement, MeasureRequest

__all__ = ["MEASUREMENTS", "MeasureRequest", "Measurement", "measure", "measurement_of"]

MEASUREMENTS: Mapping[str, str] = MappingProxyType(
    {
        "calibration": "rampgate.measure.calibration",
        "cost": "rampgate.measure.cost",
        "data_quality": "rampgate.measure.data_quality",
        "drift": "rampgate.measure.drift",
        "fairness": "rampgate.measure.fairness",
        "impact": "rampgate.measure.impact",
        "load": "rampgate.measure.load",
        "multiclass": "rampgate.measure.multiclass",
        "performance": "rampgate.measure.performance",
        "rate": "rampgate.measure.rate",
        "reconciliation": "rampgate.measure.reconciliation",
        "regression": "rampgate.measure.regression",
        "split_overlap": "rampgate.measure.split_overlap",
    }
)
"""Every kind of evidence that can be measured -> the module whose `measure_<kind>` does it, loaded when asked for."""


def measure(kind: str, request: MeasureRequest, *, now: datetime) -> Measurement:
    """Return the evidence of one kind about one data file.

    now: the moment that the evidence names, with its offset.
    Raises UsageProblem for an unknown kind or columns that do not fit it, InvalidInput for what the data file holds,
    and Unreachable if it can not be read.
    """
    if kind not in MEASUREMENTS:
        raise UsageProblem(f"no measurement `{kind}`{did_you_mean(kind, MEASUREMENTS)}")
    if now.tzinfo is None:
        raise ValueError("`now` needs an offset from UTC")
    return measurement_of(kind)(request, now)


def measurement_of(kind: str) -> Callable[[MeasureRequest, datetime], Measurement]:
    """Return what measures a kind of `MEASUREMENTS`."""
    found: Callable[[MeasureRequest, datetime], Measurement]
    found = getattr(import_module(MEASUREMENTS[kind]), f"measure_{kind}")
    return found
