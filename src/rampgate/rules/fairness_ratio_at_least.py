"""The lowest rate of any group is at least so much of the highest.

## Why it exists
A model can be accurate on the whole and turn away one group far more often than another. The ratio of the lowest to
the highest rate is what the four-fifths rule (29 CFR 1607.4 D) and the impact ratio of 6 RCNY 5-300 look at. A ratio
that rests on few people says little, so the rule decides on its interval, which holds for all groups at once, and is
open about groups that are too thin to tell.

## Example
```yaml
- id: fairness.selection-rate-by-sex
  kind: fairness.ratio_at_least
  title: Approval rates are comparable across sex
  applies: {changes: [promote, amend], tasks: [binary_classification], entering: [canary, ramp, majority, full]}
  effect: {canary: warn, ramp: block, majority: block, full: block}
  with: {evidence: fairness, metric: selection_rate, by: [sex], at_least: "0.80", min_group: 100, decide_on: lower}
  waivable: {by: [risk], max_days: 30, outcomes: [insufficient]}
```
Every file of that kind (and of `population` and `stage: current`, where the rule names them) is judged from its
counts. `decide_on: lower` passes if the whole 95% interval of the ratio meets the limit, fails if the whole interval
misses it, and is insufficient otherwise; `upper` fails only if the whole interval misses it; `point` goes by the
estimate. The limit itself is met.

A group is thin if its rate divides by fewer than `min_group` rows: for `true_positive_rate` these are its positives. A
failure among the other groups counts whatever the thin ones might show. Otherwise a thin group makes the answer
insufficient, unless the rule says `thin_groups: exclude_and_list`. Without `min_group` every group decides, however
small, and the message says so. A suppressed group counts as thin where it surely has fewer rows than `min_group`.

## How to satisfy it
Measure with `rampgate measure fairness --by COLUMN --attach`. If the answer is insufficient: pool windows of the same
artifact, gather the rows that the fix names, or ask for a waiver. If it fails: re-threshold or retrain, and measure
again as a new version.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.rules._base import RuleKind
from rampgate.rules._fairness import judge_disparity
from rampgate.rules._fairness_groups import DisparityParams, Limit, Portion, disparity_faults
from rampgate.stats.disparity import ratio_to_highest
from rampgate.stats.intervals import ratio


class RatioAtLeast(DisparityParams):
    """A disparity rule on the ratio of rates."""

    at_least: Annotated[Decimal, Field(allow_inf_nan=False, gt=0, le=1)]
    """The least ratio of the lowest to the highest rate, above 0 and at most 1, such as `"0.80"`; itself enough."""


def check(params: RatioAtLeast, facts: Facts) -> Iterator[Answer]:
    """Hold the ratio of every matching file against the limit."""
    limit = Limit(params.at_least, "at_least", ratio_to_highest, "times that of", _is_clear)
    yield from judge_disparity(params, limit, facts)


def _is_clear(group: Portion, reference: Portion, limit: Decimal, level: Decimal) -> bool:
    return ratio(*group, *reference, level).low >= limit


KIND = RuleKind("fairness.ratio_at_least", RatioAtLeast, check, __doc__, lint=disparity_faults)
