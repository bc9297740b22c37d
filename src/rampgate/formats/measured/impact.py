"""Impact: a business outcome under treatment and under baseline, and the difference of the two, with its interval.

The table `arms` has for each group and arm the rows, and the rows with a yes or the scaled sums (times 10^9) of an
amount and its squares. The `n` of a difference is that of the smaller arm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from rampgate.formats.measured._base import MeasuredKind, Told
from rampgate.formats.measured._groups import by_group
from rampgate.formats.measured._rows import groups_of, rows_of, table_named, unlike
from rampgate.model.evidence import Evidence
from rampgate.stats.impact import Sums, mean_interval, welch
from rampgate.stats.intervals import difference, wilson

METRICS: Final = MappingProxyType(
    {
        "treatment_rate": "share of rows with the outcome under treatment",
        "baseline_rate": "share of rows with the outcome under baseline",
        "rate_difference": "treatment rate minus baseline rate",
        "treatment_mean": "mean amount under treatment",
        "baseline_mean": "mean amount under baseline",
        "mean_difference": "treatment mean minus baseline mean",
        "relative_difference": "the difference as a share of the baseline; undefined where that is 0",
    }
)

ARMS: Final = "arms"
RATE_COUNTS: Final = ("n", "yes")
MEAN_COUNTS: Final = ("n", "sum", "squares")
TREATMENT: Final = "treatment"
BASELINE: Final = "baseline"


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield every metric of everybody, then of each group."""
    table = table_named(evidence, ARMS)
    counts = MEAN_COUNTS if table.columns[-1] == MEAN_COUNTS[-1] else RATE_COUNTS
    columns = groups_of(table, ("arm", *counts), ARMS)
    rows = list(rows_of(table, ARMS, (*columns, "arm"), counts, signed=("sum",)))
    unlike(rows, ARMS, *columns, "arm")
    for row in rows:
        if row["arm"] not in (TREATMENT, BASELINE):
            raise ValueError(f"table `{ARMS}`: an arm is `{TREATMENT}` or `{BASELINE}`, found `{row['arm']}`")
    for group, own in by_group(rows, columns):
        sums = {
            arm: [sum(each[name] for each in own if each["arm"] == arm) for name in counts]
            for arm in (TREATMENT, BASELINE)
        }
        if counts == RATE_COUNTS:
            yield from _rates(sums[TREATMENT], sums[BASELINE], group)
        else:
            yield from _means(Sums(*sums[TREATMENT]), Sums(*sums[BASELINE]), group)


def _rates(treatment: list[int], baseline: list[int], group: Mapping[str, str]) -> Iterator[Told]:
    found = []
    for metric, (n, k) in (("treatment_rate", treatment), ("baseline_rate", baseline)):
        if k > n:
            raise ValueError(f"table `{ARMS}`: {k} of {n} rows can not have the outcome")
        found.append(Fraction(k, n) if n else None)
        yield Told(metric, n, found[-1], wilson(k, n) if n else None, group)
    (n1, k1), (n2, k2) = treatment, baseline
    interval = difference(k1, n1, k2, n2) if n1 and n2 else None
    yield from _difference("rate_difference", found[0], found[1], interval, min(n1, n2), group)


def _means(treatment: Sums, baseline: Sums, group: Mapping[str, str]) -> Iterator[Told]:
    for metric, sums in (("treatment_mean", treatment), ("baseline_mean", baseline)):
        yield Told(metric, sums.n, sums.mean, mean_interval(sums), group)
    smaller = min(treatment.n, baseline.n)
    interval = welch(treatment, baseline) if smaller > 1 else None
    yield from _difference("mean_difference", treatment.mean, baseline.mean, interval, smaller, group)


def _difference(
    metric: str, one: Fraction | None, other: Fraction | None, interval: Any, n: int, group: Mapping[str, str]
) -> Iterator[Told]:
    if one is None or other is None:
        yield Told(metric, n, None, None, group)
        yield Told("relative_difference", n, None, None, group)
        return
    yield Told(metric, n, one - other, interval, group)
    yield Told("relative_difference", n, (one - other) / abs(other) if other else None, None, group)


KIND: Final = MeasuredKind(
    "impact",
    METRICS,
    tell,
    frozenset(
        {"treatment_rate", "baseline_rate", "rate_difference", "treatment_mean", "baseline_mean", "mean_difference"}
    ),
)
