"""What the fairness rules say of a comparison, and of the groups that were not compared."""

from __future__ import annotations

from rampgate.rules._fairness_groups import DisparityParams, Limit, Split
from rampgate.rules._metrics import (
    group_text,
    groups_with_n,
    interval_text,
    listed,
    number,
    rate_text,
)
from rampgate.stats.disparity import Difference, Ratio, Undefined
from rampgate.stats.rates import Metric

FEW_ROWS = 100
"""A group with fewer rows than this that decides although the rule sets no minimum is named as small."""


def compared(params: DisparityParams, metric: Metric, limit: Limit, disparity: Ratio | Difference) -> str:
    """Return the comparison that decides, in words: both groups, their rates and the interval."""
    worst, reference = group_text(params.by, disparity.worst_group), group_text(params.by, disparity.reference_group)
    value = f"{number(disparity.value, limit.value)} {limit.words}"
    interval = interval_text(disparity.interval, limit.value)
    return (
        f"{metric.name} of {worst} ({rate_text(disparity.worst)}) is {value} {reference} "
        f"({rate_text(disparity.reference)}), {interval}"
    )


def small_groups(params: DisparityParams, disparity: Ratio | Difference) -> str:
    """Return words that name a small group which decides because the rule sets no minimum."""
    deciding = {disparity.worst_group: disparity.worst, disparity.reference_group: disparity.reference}
    small = {group: rate for group, rate in deciding.items() if rate.n < FEW_ROWS}
    if params.min_group is not None or not small:
        return ""
    verb = "decides although it is small" if len(small) == 1 else "decide although they are small"
    return f"; {groups_with_n(params.by, small)} {verb}, because the rule sets no `min_group`"


def why_undefined(params: DisparityParams, disparity: Undefined) -> str:
    """Return why groups can not be compared, and which."""
    names = listed(group_text(params.by, group) for group in disparity.groups)
    return f"{disparity.reason}{f': {names}' if names else ''}"


def gaps_of(params: DisparityParams, split: Split) -> str:
    """Return words for every group that was not compared."""
    parts = []
    empty = {group: rate for group, rate in split.thin.items() if rate.value is None}
    thin = {group: rate for group, rate in split.thin.items() if group not in empty}
    excluded = "left out as thin" if params.thin_groups == "exclude_and_list" else "too thin to tell"
    if thin:
        parts.append(f"{excluded} (under {params.min_group}): {groups_with_n(params.by, thin)}")
    if empty:
        word = "left out as undefined" if params.thin_groups == "exclude_and_list" else "undefined"
        parts.append(f"{word}: {groups_with_n(params.by, empty)}")
    if split.hidden_thin:
        names = listed(group_text(params.by, group) for group in split.hidden_thin)
        parts.append(f"{excluded}, suppressed: {names}")
    if split.hidden:
        parts.append(f"rows are suppressed of {listed(group_text(params.by, group) for group in split.hidden)}")
    return "".join(f"; {part}" for part in parts)
