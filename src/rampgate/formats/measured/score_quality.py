"""What the scores of a classification tell beside its labels: how well they rank, how good they are as probabilities.

Each stands beside the trivial model, which gives everybody the base rate; its area under the ROC curve is 0.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from rampgate.formats.measured._base import Told
from rampgate.formats.measured._score_table import scores_of
from rampgate.model.evidence import Evidence
from rampgate.stats.auc import area, average_precision
from rampgate.stats.counts import CountsTable
from rampgate.stats.intervals import DEFAULT_LEVEL
from rampgate.stats.probabilities import brier, constant_brier, constant_log_loss, log_loss
from rampgate.stats.scores import Scores, ScoreTable

METRICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "roc_auc": "area under the ROC curve, ties as one half",
        "roc_auc_least": "the least that the area can be, wherever in its bin a score lies",
        "roc_auc_most": "the most that the area can be",
        "average_precision": "precision at every score, weighted with the recall that it adds; from single scores",
        "brier": "mean squared distance of probability and truth",
        "trivial_brier": "the Brier score of giving everybody the base rate",
        "log_loss": "mean of -ln of the probability given to the truth; in bins, the middle of its bounds",
        "log_loss_least": "the least that the log loss can be",
        "log_loss_most": "the most that the log loss can be",
        "trivial_log_loss": "the log loss of giving everybody the base rate",
    }
)
"""Every measure that scores give, in words."""

WITH_INTERVAL: Final = frozenset({"roc_auc", "brier", "log_loss"})


def tell_scores(evidence: Evidence, level: Decimal = DEFAULT_LEVEL) -> list[Told]:
    """Return what the scores tell of everybody and, where the table is split, of each group; raises ValueError.

    Probabilities are judged as such only where all scores lie between 0 and 1.
    """
    table = scores_of(evidence)
    return [] if table is None else list(told_of(table, level))


def told_of(table: ScoreTable, level: Decimal = DEFAULT_LEVEL) -> Iterator[Told]:
    """Yield every measure of everybody, then of each group."""
    for columns in [(), table.columns] if table.columns else [()]:
        for group, scores in table.groups(columns).items():
            yield from _of_group(scores, dict(zip(columns, group, strict=True)), level)


def differences_from(table: ScoreTable, counts: CountsTable) -> Iterator[str]:
    """Yield where scores and counts of labels are not about the same rows."""
    if table.columns not in (counts.columns, ()):
        yield "scores: they are split by other columns than the counts"
        return
    by_counts = counts.marginal(table.columns).groups()
    by_scores = table.groups(table.columns)
    for group in sorted({*by_counts, *by_scores}):
        cells, scores = by_counts.get(group), by_scores.get(group)
        wanted = (0, 0) if cells is None else (cells.amount("tp", "fn").n, cells.amount("fp", "tn").n)
        found = (0, 0) if scores is None else (scores.positives, scores.negatives)
        if wanted != found:
            name = list(group) or "everybody"
            yield f"scores: of {name} they hold {found[0]} positives and {found[1]} negatives, the counts {wanted}"


def _of_group(scores: Scores, group: Mapping[str, str], level: Decimal) -> Iterator[Told]:
    rows = scores.rows

    def told(metric: str, value: Fraction | Decimal | None) -> Told:
        return Told(metric, rows, value, None, group)

    found = area(scores)
    interval = found.interval(level) if found else None
    yield Told("roc_auc", rows, found.value if found else None, interval, group)
    yield told("roc_auc_least", found.least if found else None)
    yield told("roc_auc_most", found.most if found else None)
    if scores.is_exact:
        yield told("average_precision", average_precision(scores))
    squared, loss = brier(scores, level), log_loss(scores, level)
    if squared is not None:
        yield Told("brier", rows, squared.value, squared.interval, group)
        yield told("trivial_brier", constant_brier(scores.positives, rows))
    if loss is not None:
        yield Told("log_loss", rows, loss.value, loss.interval, group)
        yield told("log_loss_least", loss.least)
        yield told("log_loss_most", loss.most)
        yield told("trivial_log_loss", constant_log_loss(scores.positives, rows))
