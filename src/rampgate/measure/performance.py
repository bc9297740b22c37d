"""Performance: accuracy, precision, recall and their kin, for everybody and for each group asked for."""

from __future__ import annotations

from datetime import datetime

from rampgate.measure.evidence import shown
from rampgate.measure.labelled import by_metric, measure_labels
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.stats.rates import METRICS, majority_share

PERFORMANCE_METRICS = tuple(name for name, metric in METRICS.items() if metric.table == "confusion")


def measure_performance(request: MeasureRequest, now: datetime) -> Measurement:
    """Return performance evidence; raises as `rampgate.measure.measure` does."""
    found = measure_labels("performance", request, now, metrics=PERFORMANCE_METRICS, each_column=False)
    header, table = by_metric(found)
    trivial = majority_share(found.table.total).value
    note = f"always predicting the more frequent class would have accuracy {shown(trivial)}"
    return Measurement(found.evidence, header, table, (note,), found.warnings)
