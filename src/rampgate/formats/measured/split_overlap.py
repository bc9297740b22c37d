"""Split overlap: how many keys of one data set are in another too, such as those of training in testing."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from rampgate.formats.measured._base import MeasuredKind, Told
from rampgate.formats.measured._rows import rows_of, table_named
from rampgate.model.evidence import Evidence
from rampgate.stats.intervals import wilson

METRICS: Final = MappingProxyType(
    {
        "shared_key_rate": "share of a data set's keys that the other has too",
        "shared_row_rate": "share of a data set's rows whose key the other has too",
        "missing_key_rate": "share of a data set's rows without a key, which may be in the other too",
    }
)

OVERLAP: Final = "overlap"
OVERLAP_TEXTS: Final = ("source",)
OVERLAP_COUNTS: Final = ("rows", "rows_without_key", "rows_shared", "keys", "keys_shared")
SOURCES: Final = ("data", "other")


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield the rates of the data, then of the other data set."""
    rows = list(rows_of(table_named(evidence, OVERLAP), OVERLAP, OVERLAP_TEXTS, OVERLAP_COUNTS))
    if tuple(row["source"] for row in rows) != SOURCES:
        raise ValueError(f"table `{OVERLAP}` has a row for `data`, then one for `other`")
    if rows[0]["keys_shared"] != rows[1]["keys_shared"]:
        raise ValueError(f"table `{OVERLAP}`: both data sets share the same number of keys")
    for row in rows:
        group = {"source": row["source"]}
        for metric, k, n in (
            ("shared_key_rate", row["keys_shared"], row["keys"]),
            ("shared_row_rate", row["rows_shared"], row["rows"] - row["rows_without_key"]),
            ("missing_key_rate", row["rows_without_key"], row["rows"]),
        ):
            if not 0 <= k <= n:
                raise ValueError(f"table `{OVERLAP}`: {metric} of {k} in {n} can not be")
            yield Told(metric, n, Fraction(k, n) if n else None, wilson(k, n) if n else None, group)


KIND: Final = MeasuredKind("split_overlap", METRICS, tell, frozenset(METRICS))
