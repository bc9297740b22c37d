"""Cost: what calls cost, from scaled sums (times 10^9) and a histogram of each group."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import localcontext
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from rampgate.formats.measured._base import MeasuredKind, Told
from rampgate.formats.measured._groups import QUANTILES, by_group, check_edges, histogram_of, quantiles_told
from rampgate.formats.measured._rows import groups_of, rows_of, table_named, unlike
from rampgate.model.evidence import Evidence
from rampgate.stats.counts import SCALE
from rampgate.stats.impact import Sums, mean_interval
from rampgate.stats.intervals import Interval
from rampgate.stats.normal import WORKING

METRICS: Final = MappingProxyType(
    {
        "cost_per_1000": "what a thousand calls cost",
        "total_cost": "what all of them cost together",
        "p50": "half of the calls cost less than this",
        "p95": "95 of 100 calls cost less than this",
        "p99": "99 of 100 calls cost less than this",
    }
)

SUMS: Final = "sums"
SUM_COUNTS: Final = ("n", "cost", "squares")
COSTS: Final = "costs"
COST_COUNTS: Final = ("bin", "n")


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield every metric of everybody, then of each group."""
    table, costs = table_named(evidence, SUMS), table_named(evidence, COSTS)
    columns = groups_of(table, SUM_COUNTS, SUMS)
    check_edges(costs.edges, COSTS)
    sums, bins = list(rows_of(table, SUMS, columns, SUM_COUNTS)), list(rows_of(costs, COSTS, columns, COST_COUNTS))
    unlike(sums, SUMS, *columns)
    unlike(bins, COSTS, *columns, "bin")
    by = {tuple(group.items()): own for group, own in by_group(bins, columns)}
    for group, own in by_group(sums, columns):
        found = Sums(*(sum(each[name] for each in own) for name in SUM_COUNTS))
        counts = histogram_of(by.pop(tuple(group.items()), []), costs.edges, COSTS)
        if sum(counts) != found.n:
            raise ValueError(f"table `{COSTS}`: {sum(counts)} calls of {group or 'everybody'} have a bin, "
                             f"expected {found.n}")  # fmt: skip
        mean = found.mean
        yield Told("cost_per_1000", found.n, None if mean is None else mean * 1000, _thousand(found), group)
        yield Told("total_cost", found.n, Fraction(found.total, SCALE), None, group)
        yield from quantiles_told(counts, costs.edges, group)
    if by:
        raise ValueError(f"table `{COSTS}` has a group that `{SUMS}` does not have")


def _thousand(sums: Sums) -> Interval | None:
    one = mean_interval(sums)
    if one is None:
        return None
    with localcontext(WORKING):
        return Interval(max(one.low * 1000, one.low * 0), one.high * 1000, one.level, one.method)


KIND: Final = MeasuredKind("cost", METRICS, tell, frozenset({*QUANTILES, "cost_per_1000"}))
