"""What measurements of data need to be told beside what every measurement does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rampgate.model.profile import Profile


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the greatest value of a column, both allowed; None where nothing bounds it."""

    column: str
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """The values that a column may have, and no other."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Empty but for what one kind of measurement asks for.

    drift: profile, and profile_digest of its file; columns: fewer than the profile has. data_quality: columns, ranges,
    allowed, key (whose values must differ), time (the column of a moment), rows (least and most expected).
    reconciliation: others (more sources), key, values (columns to compare), absolute or relative tolerance, sample
    (how many differing keys to keep), plain_keys (or their hashes). split_overlap: others, key. load: latency, error,
    time, edges. cost: cost, currency, edges. impact: arm, treatment, baseline, value (or the request's outcome).
    """

    profile: Profile | None = None
    profile_digest: str | None = None
    columns: tuple[str, ...] = ()
    ranges: tuple[Limits, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    key: tuple[str, ...] = ()
    time: str | None = None
    rows: tuple[int | None, int | None] | None = None
    others: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    absolute: Decimal | None = None
    relative: Decimal | None = None
    sample: int = 0
    plain_keys: bool = False
    latency: str | None = None
    error: str | None = None
    edges: tuple[Decimal, ...] = ()
    cost: str | None = None
    currency: str | None = None
    arm: str | None = None
    treatment: str | None = None
    baseline: str | None = None
    value: str | None = None
