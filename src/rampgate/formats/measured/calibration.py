"""What scores in bins tell of calibration: of everybody and each group, on the whole and bin by bin.

The table is `scores`, with frozen edges. A bin stands among the group columns of what is told, as `bin`, named by its
bounds: `0.1 to 0.2` holds from 0.1 on, up to below 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from rampgate.formats.measured._base import MeasuredKind, Told
from rampgate.formats.measured._score_table import as_text, scores_of
from rampgate.model.evidence import Evidence
from rampgate.stats.calibration import (
    BinOfTruth,
    calibration_in_the_large,
    expected_calibration_error,
    largest_gap,
    reliability,
)
from rampgate.stats.counts import SCALE, Group
from rampgate.stats.probabilities import brier, constant_brier
from rampgate.stats.scores import Scores, ScoreTable

BIN: Final = "bin"

METRICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "expected_calibration_error": "mean distance of probability and truth over the bins, by their rows",
        "largest_calibration_gap": "the largest distance of probability and truth in a bin",
        "calibration_in_the_large": "mean probability minus the share that came true",
        "brier": "mean squared distance of probability and truth",
        "trivial_brier": "the Brier score of giving everybody the base rate",
        "observed": "of one bin, the share that came true",
        "predicted": "of one bin, the mean probability that was given",
    }
)
"""Every metric, in words."""

WITH_INTERVAL: Final = frozenset(METRICS) - {"trivial_brier", "predicted"}


def table_of(evidence: Evidence) -> ScoreTable:
    """Return the scores in their bins; raises ValueError for a table that is not well formed."""
    table = scores_of(evidence)
    if table is None:
        raise ValueError("there is no table `scores`")
    if table.is_exact or BIN in table.columns:
        raise ValueError("calibration needs scores in bins with `edges`, and no group column named `bin`")
    if any(low < 0 or high > SCALE + 1 for low, high in [(table.edges[0], table.edges[-1])]):
        raise ValueError("the edges of probabilities lie between 0 and 1")
    return table


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield every metric of everybody, then of each group."""
    yield from told_of(table_of(evidence))


def told_of(table: ScoreTable) -> Iterator[Told]:
    """Yield every metric that a table tells."""
    for columns in [(), table.columns] if table.columns else [()]:
        for group, scores in table.groups(columns).items():
            yield from _of_group(scores, dict(zip(columns, group, strict=True)))


def sizes(evidence: Evidence) -> tuple[Group, Mapping[Group, int]]:
    """Return the group columns and the rows of each group."""
    table = table_of(evidence)
    return table.columns, {group: scores.rows for group, scores in table.groups(table.columns).items()}


def _of_group(scores: Scores, group: Mapping[str, str]) -> Iterator[Told]:
    rows = scores.rows
    named = {
        "expected_calibration_error": expected_calibration_error(scores),
        "largest_calibration_gap": largest_gap(scores),
        "calibration_in_the_large": calibration_in_the_large(scores),
        "brier": brier(scores),
    }
    for name, found in named.items():
        yield Told(name, rows, found.value if found else None, found.interval if found else None, group)
    yield Told("trivial_brier", rows, constant_brier(scores.positives, rows), None, group)
    for each in reliability(scores):
        place = {**group, BIN: _name(each)}
        yield Told("observed", each.observed.n, each.observed.value, each.observed.interval(), place)
        yield Told("predicted", each.observed.n, each.predicted, None, place)


def _name(each: BinOfTruth) -> str:
    low = "" if each.low is None else as_text(each.low)
    high = "" if each.high is None else as_text(min(each.high + 1, SCALE))
    return f"{low} to {high}".strip()


KIND = MeasuredKind("calibration", METRICS, tell, WITH_INTERVAL, sizes)
