"""The rates of any two groups differ by at most so much.

## Why it exists
Where rates are low a ratio exaggerates: 0.1% against 0.2% is a half. Error rates are therefore compared by their
difference, such as equal opportunity (Hardt, Price and Srebro 2016, arXiv:1610.02413) by that of true positive rates.
A difference is no ratio: its limit counts percentage points, and 0 means equal rates.

## Example
```yaml
- id: fairness.equal-opportunity-by-sex
  kind: fairness.difference_at_most
  title: Good applicants are found equally often
  applies: {tasks: [binary_classification], entering: [ramp, majority, full]}
  effect: block
  with:
    evidence: fairness
    metric: true_positive_rate
    by: [sex]
    at_most: "0.10"
    min_group: 100
    decide_on: lower
- id: fairness.equalized-odds-by-sex
  kind: fairness.difference_at_most
  title: Both kinds of error fall on both sexes alike
  effect: warn
  with: {evidence: fairness, metric: equalized_odds, by: [sex], at_most: "0.10", min_group: 100}
```
`equalized_odds` stands for the true and the false positive rate: both have to meet the limit, with intervals that hold
for both at once.
Every file that matches is judged from its counts. `decide_on: lower` (the cautious side, and the default) passes if
the whole 95% interval of the largest difference meets the limit, fails if the whole interval misses it, and is
insufficient otherwise; `upper` fails only if the whole interval misses it; `point` goes by the estimate. The limit
itself is met. Thin, suppressed and undefined groups count as in `fairness.ratio_at_least`.

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
from rampgate.stats.disparity import difference_between
from rampgate.stats.intervals import difference


class DifferenceAtMost(DisparityParams):
    """A disparity rule on the difference of rates."""

    at_most: Annotated[Decimal, Field(allow_inf_nan=False, ge=0, lt=1)]
    """The largest difference of any two rates, from 0 and below 1, such as `"0.10"`; itself still allowed."""


def check(params: DifferenceAtMost, facts: Facts) -> Iterator[Answer]:
    """Hold the largest difference of every matching file against the limit."""
    limit = Limit(params.at_most, "at_most", difference_between, "below that of", _is_clear)
    yield from judge_disparity(params, limit, facts)


def _is_clear(group: Portion, reference: Portion, limit: Decimal, level: Decimal) -> bool:
    return difference(*reference, *group, level).high <= limit


KIND = RuleKind("fairness.difference_at_most", DifferenceAtMost, check, __doc__, lint=disparity_faults)
