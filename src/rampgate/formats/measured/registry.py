"""The kinds of evidence that rest on tables, one file each; the list is explicit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rampgate.formats.measured import (
    answers,
    calibration,
    checks,
    cost,
    data_quality,
    drift,
    impact,
    load,
    multiclass,
    reconciliation,
    split_overlap,
)
from rampgate.formats.measured._base import MeasuredKind

ALL: tuple[MeasuredKind, ...] = (
    calibration.KIND,
    multiclass.KIND,
    drift.KIND,
    data_quality.KIND,
    reconciliation.KIND,
    split_overlap.KIND,
    load.KIND,
    cost.KIND,
    impact.KIND,
    answers.KIND,
    checks.KIND,
)
"""Every kind that rests on tables."""

BY_KIND: Mapping[str, MeasuredKind] = MappingProxyType({each.kind: each for each in ALL})
"""Kind of evidence -> what it tells."""
