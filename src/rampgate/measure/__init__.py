"""Measuring: a data file becomes a small table of counts, and the table becomes evidence.

This is the only home of DuckDB, pandas, Fairlearn and scikit-learn; each is imported where it is used. Nothing here
writes a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from rampgate.errors import UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.measure.calibration import measure_calibration
from rampgate.measure.cost import measure_cost
from rampgate.measure.data_quality import measure_data_quality
from rampgate.measure.drift import measure_drift
from rampgate.measure.fairness import measure_fairness
from rampgate.measure.impact import measure_impact
from rampgate.measure.load import measure_load
from rampgate.measure.multiclass import measure_multiclass
from rampgate.measure.performance import measure_performance
from rampgate.measure.rate import measure_rate
from rampgate.measure.reconciliation import measure_reconciliation
from rampgate.measure.regression import measure_regression
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.measure.split_overlap import measure_split_overlap

__all__ = ["MEASUREMENTS", "MeasureRequest", "Measurement", "measure"]

MEASUREMENTS: Mapping[str, Callable[[MeasureRequest, datetime], Measurement]] = MappingProxyType(
    {
        "calibration": measure_calibration,
        "cost": measure_cost,
        "data_quality": measure_data_quality,
        "drift": measure_drift,
        "fairness": measure_fairness,
        "impact": measure_impact,
        "load": measure_load,
        "multiclass": measure_multiclass,
        "performance": measure_performance,
        "rate": measure_rate,
        "reconciliation": measure_reconciliation,
        "regression": measure_regression,
        "split_overlap": measure_split_overlap,
    }
)
"""Every kind of evidence that can be measured."""


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
    return MEASUREMENTS[kind](request, now)
