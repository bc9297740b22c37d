"""What is wrong with evidence by its own numbers, for whoever judges, shows, adds or imports it."""

from __future__ import annotations

from typing import Final

from rampgate.formats.evidence_check import recompute
from rampgate.model.evidence import Evidence

MANY: Final = 40
"""Rows of a table of counts from which on there may be so many groups that drawing them quickly pays."""


def faults_of(evidence: Evidence) -> list[str]:
    """Return what is wrong, in words; an empty list if nothing is. See `recompute`."""
    counts = evidence.counts
    if counts is None or len(counts.rows) < MANY:
        return recompute(evidence)
    from rampgate.measure.resampling import resampler_for  # noqa: PLC0415 - for many groups alone

    return recompute(evidence, resampler_for(len(counts.rows) // 4))
