"""Load: how long requests of a log took, how many failed, and how many came in a second.

The table `requests` has the rows of each group and those without a latency, which count as slower than every edge;
`latency` has the rows of each bin. `errors` and `time` are there where they were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from rampgate.formats.measured._base import MeasuredKind, Told
from rampgate.formats.measured._groups import QUANTILES, by_group, check_edges, histogram_of, quantiles_told
from rampgate.formats.measured._rows import groups_of, rows_of, table_named, unlike
from rampgate.model.evidence import Evidence
from rampgate.stats.intervals import wilson

METRICS: Final = MappingProxyType(
    {
        "p50": "half of the requests took less than this",
        "p95": "95 of 100 requests took less than this",
        "p99": "99 of 100 requests took less than this",
        "no_latency_rate": "share of requests without a latency; they count as slower than all others",
        "error_rate": "share of requests that failed",
        "requests": "how many requests there are",
        "requests_per_second": "requests by the seconds between the first and the last of them",
    }
)

REQUESTS: Final = "requests"
REQUEST_COUNTS: Final = ("n", "no_latency")
LATENCY: Final = "latency"
LATENCY_COUNTS: Final = ("bin", "n")
ERRORS: Final = "errors"
ERROR_COUNTS: Final = ("n", "failed")
TIME: Final = "time"
TIME_TEXTS: Final = ("first", "last")
TIME_COUNTS: Final = ("n", "seconds")


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield every metric of everybody, then of each group."""
    table = table_named(evidence, REQUESTS)
    columns = groups_of(table, REQUEST_COUNTS, REQUESTS)
    requests = list(rows_of(table, REQUESTS, columns, REQUEST_COUNTS))
    unlike(requests, REQUESTS, *columns)
    yield from _latency(evidence, requests, columns)
    if ERRORS in (evidence.tables or {}):
        yield from _errors(evidence, columns)
    if TIME in (evidence.tables or {}):
        yield from _time(evidence)


def _latency(evidence: Evidence, requests: list[dict[str, Any]], columns: tuple[str, ...]) -> Iterator[Told]:
    table = table_named(evidence, LATENCY)
    check_edges(table.edges, LATENCY)
    bins = list(rows_of(table, LATENCY, (*columns,), LATENCY_COUNTS))
    unlike(bins, LATENCY, *columns, "bin")
    by = {tuple(group.items()): own for group, own in by_group(bins, columns)}
    for group, own in by_group(requests, columns):
        rows, beyond = sum(each["n"] for each in own), sum(each["no_latency"] for each in own)
        counts = histogram_of(by.pop(tuple(group.items()), []), table.edges, LATENCY)
        if sum(counts) + beyond != rows:
            raise ValueError(f"table `{LATENCY}`: {sum(counts) + beyond} requests of {group or 'everybody'} have a bin "
                             f"or none, expected {rows}")  # fmt: skip
        yield Told("requests", rows, Fraction(rows), None, group)
        yield from quantiles_told(counts, table.edges, group, beyond=beyond)
        if rows:
            yield Told("no_latency_rate", rows, Fraction(beyond, rows), wilson(beyond, rows), group)
    if by:
        raise ValueError(f"table `{LATENCY}` has a group that `{REQUESTS}` does not have")


def _errors(evidence: Evidence, columns: tuple[str, ...]) -> Iterator[Told]:
    rows = list(rows_of(table_named(evidence, ERRORS), ERRORS, columns, ERROR_COUNTS))
    unlike(rows, ERRORS, *columns)
    for group, own in by_group(rows, columns):
        n, k = sum(each["n"] for each in own), sum(each["failed"] for each in own)
        if k > n:
            raise ValueError(f"table `{ERRORS}`: {k} of {n} requests can not have failed")
        yield Told("error_rate", n, Fraction(k, n) if n else None, wilson(k, n) if n else None, group)


def _time(evidence: Evidence) -> Iterator[Told]:
    for row in rows_of(table_named(evidence, TIME), TIME, TIME_TEXTS, TIME_COUNTS):
        rate = Fraction(row["n"], row["seconds"]) if row["seconds"] else None
        yield Told("requests_per_second", row["n"], rate)


KIND: Final = MeasuredKind("load", METRICS, tell, frozenset({*QUANTILES, "no_latency_rate", "error_rate"}))
