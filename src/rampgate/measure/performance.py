"""Performance: accuracy, precision, recall and their kin, for everybody and for each group asked for.

Where a score is given, also how well it ranks and how good it is as a probability. Each stands beside the trivial
model: always the more frequent class, always the positive class, or the base rate for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rampgate.formats.beside import tell_trivial
from rampgate.formats.measured._base import Told
from rampgate.measure.evidence import shown
from rampgate.measure.labelled import by_metric, measure_labels
from rampgate.measure.request import Measurement, MeasureRequest
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.rates import METRICS, majority_share

PERFORMANCE_METRICS = tuple(name for name, metric in METRICS.items() if metric.table == "confusion")


def measure_performance(request: MeasureRequest, now: datetime) -> Measurement:
    """Return performance evidence; raises as `rampgate.measure.measure` does."""
    found = measure_labels("performance", request, now, metrics=PERFORMANCE_METRICS, each_column=False, beside=_trivial)
    header, table = by_metric(found)
    trivial = majority_share(found.table.total).value
    note = f"always predicting the more frequent class would have accuracy {shown(trivial)}"
    return Measurement(found.evidence, header, table, (note,), found.warnings)


def _trivial(table: CountsTable, splits: Sequence[Group]) -> Iterable[Told]:
    return [told for split in splits for told in tell_trivial(table, split)]
