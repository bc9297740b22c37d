"""Measuring: a data file becomes a small table of counts, and the table becomes evidence.

This is the only home of DuckDB, NumPy, pandas, Fairlearn and scikit-learn; each is imported where it is used. Nothing
here writes a file.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Final

from rampgate.errors import UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.request import Measurement, MeasureRequest

__all__ = ["MEASUREMENTS", "MeasureRequest", "Measurement", "measure"]

MEASUREMENTS: Final = (
    "calibration",
    "cost",
    "data_quality",
    "drift",
    "fairness",
    "impact",
    "load",
    "multiclass",
    "performance",
    "rate",
    "reconciliation",
    "regression",
    "split_overlap",
)
"""Every kind of evidence that can be measured; the module of its name does it, in `measure_<kind>`."""


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
    # Loaded when it is asked for: no measurement pays for what another one needs.
    module = import_module(f"rampgate.measure.{kind}")
    measured: Callable[[MeasureRequest, datetime], Measurement] = getattr(module, f"measure_{kind}")
    return measured(request, now)
