"""How many more rows of which groups would decide a fairness rule that is open."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from rampgate.rules._fairness_groups import DisparityParams, Limit, Portion, Split
from rampgate.rules._metrics import group_text
from rampgate.rules._more_rows import Need, least_more
from rampgate.stats.disparity import Difference, Ratio, simultaneous_level
from rampgate.stats.rates import Rate


def thin_needs(params: DisparityParams, split: Split) -> list[Need]:
    """Return the rows that thin groups lack, for the five that lack the most."""
    least = params.min_group or 1
    thin = sorted(split.thin.items(), key=lambda item: (item[1].n, item[0]))[:5]
    needs = [Need(group_text(params.by, group), rate.n, max(least - rate.n, 1)) for group, rate in thin]
    return [*needs, *(Need(group_text(params.by, group), 0, least) for group in split.hidden_thin[:5])]


def interval_needs(params: DisparityParams, limit: Limit, disparity: Ratio | Difference) -> list[Need]:
    """Return the rows that would bring the worst comparison to the right side: of its group, or else of both groups."""
    worst, reference = disparity.worst, disparity.reference
    level = simultaneous_level(disparity.interval.level, len(disparity.comparisons))
    name, other = group_text(params.by, disparity.worst_group), group_text(params.by, disparity.reference_group)
    fixed = _portion(reference, reference.n)
    alone = least_more(lambda rows: limit.is_clear(_portion(worst, rows), fixed, limit.value, level), worst.n)
    if alone is not None:
        # 0: the worst group is settled by itself, and the interval is wide because of another one.
        return [Need(name, worst.n, alone)] if alone else []

    def of_reference(rows: int) -> int:
        return ceil(Fraction(rows * reference.n, worst.n))

    def both_clear(rows: int) -> bool:
        grown = _portion(reference, of_reference(rows))
        return limit.is_clear(_portion(worst, rows), grown, limit.value, level)

    both = least_more(both_clear, worst.n)
    if both is None:
        return [Need(name, worst.n, None)]
    return [Need(name, worst.n, both), Need(other, reference.n, of_reference(worst.n + both) - reference.n)]


def _portion(rate: Rate, rows: int) -> Portion:
    """Return a rate as it would be with so many rows of the same make."""
    size = rate.effective_n / rate.n * rows
    return (rate.value or Fraction(0)) * size, size
