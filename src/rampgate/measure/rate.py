"""Rate: the share of rows with a yes, such as refusals or hallucinations, where there is no truth to compare with."""

from __future__ import annotations

from datetime import datetime

from rampgate.measure.labelled import by_metric, measure_labels
from rampgate.measure.request import Measurement, MeasureRequest


def measure_rate(request: MeasureRequest, now: datetime) -> Measurement:
    """Return rate evidence; raises as `rampgate.measure.measure` does."""
    found = measure_labels("rate", request, now, metrics=("rate",), each_column=True, beside=lambda *_: ())
    header, table = by_metric(found)
    return Measurement(found.evidence, header, table, (), found.warnings)
