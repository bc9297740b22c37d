"""Reconciliation: whether two or more sources of one term say the same, key by key, in both directions.

The first source is held against each of the others. The table `keys` has a row for each other source, `values` one for
each compared column of each of them. Keys that a source has more than once are compared nowhere, and count against.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from rampgate.formats.measured._base import MeasuredKind, Told
from rampgate.formats.measured._rows import rows_of, table_named, unlike
from rampgate.model.evidence import Evidence
from rampgate.stats.intervals import wilson

METRICS: Final = MappingProxyType(
    {
        "whole_match_rate": "share of all keys that both sources have once, with every compared column alike",
        "match_rate": "share of the keys that both sources have once whose values are alike, for each column",
        "only_here_rate": "share of the first source's keys that the other does not have",
        "only_there_rate": "share of the other source's keys that the first does not have",
        "repeated_key_rate": "share of all keys that a source has more than once",
        "missing_key_rate": "share of both sources' rows without a key",
    }
)

KEYS: Final = "keys"
KEY_TEXTS: Final = ("source",)
KEY_COUNTS: Final = ("here", "there", "both", "repeated", "once_in_both", "whole_matches", "rows", "rows_without_key")
VALUES: Final = "values"
VALUE_TEXTS: Final = ("source", "column")
VALUE_COUNTS: Final = ("compared", "alike", "one_missing")
DIFFERING: Final = "differing"
DIFFERING_TEXTS: Final = ("source", "key", "why")


def tell(evidence: Evidence) -> Iterator[Told]:
    """Yield every metric of every other source, then of every column of it."""
    keys = list(rows_of(table_named(evidence, KEYS), KEYS, KEY_TEXTS, KEY_COUNTS))
    unlike(keys, KEYS, "source")
    for row in keys:
        yield from _of_keys(row)
    values = list(rows_of(table_named(evidence, VALUES), VALUES, VALUE_TEXTS, VALUE_COUNTS))
    unlike(values, VALUES, "source", "column")
    once = {row["source"]: row for row in keys}
    for row in values:
        if row["source"] not in once or row["compared"] != once[row["source"]]["once_in_both"]:
            raise ValueError(
                f"table `{VALUES}`: `{row['column']}` of `{row['source']}` compares other keys than `{KEYS}`"
            )
        if row["alike"] < once[row["source"]]["whole_matches"]:
            raise ValueError(f"table `{VALUES}`: `{row['column']}` is alike in fewer keys than match as a whole")
        group = {"source": row["source"], "column": row["column"]}
        yield _share("match_rate", row["alike"], row["compared"], group)


def _of_keys(row: dict[str, Any]) -> Iterator[Told]:
    group, everything = {"source": row["source"]}, row["here"] + row["there"] - row["both"]
    if row["both"] > min(row["here"], row["there"]) or row["once_in_both"] > row["both"]:
        raise ValueError(f"table `{KEYS}`: `{row['source']}` has more keys in both than in one")
    yield _share("whole_match_rate", row["whole_matches"], everything, group)
    yield _share("only_here_rate", row["here"] - row["both"], row["here"], group)
    yield _share("only_there_rate", row["there"] - row["both"], row["there"], group)
    yield _share("repeated_key_rate", row["repeated"], everything, group)
    yield _share("missing_key_rate", row["rows_without_key"], row["rows"], group)


def _share(metric: str, k: int, n: int, group: dict[str, str]) -> Told:
    if k > n:
        raise ValueError(f"{metric}: {k} of {n} can not be")
    return Told(metric, n, Fraction(k, n), wilson(k, n), group) if n else Told(metric, n, None, None, group)


KIND: Final = MeasuredKind("reconciliation", METRICS, tell, frozenset(METRICS))
