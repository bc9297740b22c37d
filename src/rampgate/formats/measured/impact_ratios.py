"""What counts of yes and no tell under the preset `nyc-ll144`, whose settings stand in the evidence's `results`.

`results.nyc_ll144` says how the audit was made: `kind` (selection or scoring), `unknown` (the value of an unknown
category), `least_share` and `justification` (of leaving small categories out), `sex`, `race` (the columns), and
`median` (for scoring). What was left out, and every number of it, is computed from the counts again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from rampgate.formats.measured._base import Told
from rampgate.model.evidence import Evidence
from rampgate.stats.counts import CountsTable, Group
from rampgate.stats.impact_ratio import Category, categories
from rampgate.stats.intervals import as_decimal

PRESET: Final = "nyc_ll144"
"""Where the settings stand in `results`."""

IMPACT_RATIO: Final = "impact_ratio"

LEAST_SHARE: Final = Decimal("0.02")
"""A category with a smaller share of the rows may be left out, 6 RCNY 5-301 (d)."""

UNKNOWN_WORDS: Final = (
    "unknown",
    "undisclosed",
    "not disclosed",
    "not specified",
    "not stated",
    "prefer not to say",
    "declined",
    "missing",
)
"""What an unknown category may be called, whatever the case: any other name would hide people who are known."""

NEEDED: Final = ("kind", "sex", "race", "unknown", "least_share", "justification", "excluded", "unknown_rows")


def settings_of(evidence: Evidence) -> Mapping[str, Any] | None:
    """Return the settings of the preset, None for evidence of no preset; raises ValueError if some are missing."""
    settings = (evidence.results or {}).get(PRESET)
    if settings is None:
        return None
    missing = [name for name in NEEDED if name not in settings] if isinstance(settings, Mapping) else list(NEEDED)
    if missing:
        raise ValueError(f"results: `{PRESET}` does not say `{missing[0]}`")
    return settings  # type: ignore[no-any-return]


def splits_of(settings: Mapping[str, Any]) -> list[Group]:
    """Return the sets of columns that the law asks for: sex, race or ethnicity, and both together."""
    sex, race = str(settings["sex"]), str(settings["race"])
    return [(sex,), (race,), (sex, race)]


def categories_of(table: CountsTable, settings: Mapping[str, Any], by: Group) -> list[Category]:
    """Return every category by some columns under the settings."""
    try:
        least = Fraction(str(settings["least_share"]))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"results: `least_share` is no number: {settings['least_share']!r}") from None
    if not 0 <= least <= Fraction(LEAST_SHARE):
        raise ValueError(f"results: the law lets categories under 2% be left out, found {settings['least_share']}")
    unknown = str(settings["unknown"])
    if unknown.strip().casefold() not in UNKNOWN_WORDS:
        raise ValueError(
            f"results: `{unknown}` is no name of an unknown category; use one of {', '.join(UNKNOWN_WORDS)}"
        )
    return categories(table, by, unknown=unknown, least_share=least)


def tell_impact_ratios(table: CountsTable, settings: Mapping[str, Any], by: Group) -> Iterator[Told]:
    """Yield the impact ratio of every category that is compared; None where it is undefined."""
    for each in categories_of(table, settings, by):
        if each.why == "compared":
            named = dict(zip(by, each.group, strict=True))
            yield Told(IMPACT_RATIO, each.rate.n, each.ratio, each.interval, named)


def left_out(table: CountsTable, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every category that was left out for its size, as evidence lists it."""
    return [
        {
            "group": dict(zip(by, each.group, strict=True)),
            "n": each.rate.n,
            "k": each.rate.k,
            "rate": "undefined" if each.rate.value is None else f"{as_decimal(each.rate.value):.4f}",
        }
        for by in splits_of(settings)
        for each in categories_of(table, settings, by)
        if each.why == "under the least share"
    ]


def unknown_rows(table: CountsTable, settings: Mapping[str, Any]) -> dict[str, int]:
    """Return how many rows are of an unknown category, for each set of columns."""
    return {
        ", ".join(by): sum(each.rate.n for each in categories_of(table, settings, by) if each.why == "unknown")
        for by in splits_of(settings)
    }


def differences_from(evidence: Evidence, table: CountsTable) -> Iterator[str]:
    """Yield where the lists of what was left out are not what the counts give."""
    settings = settings_of(evidence)
    if settings is None:
        return
    if settings["excluded"] != left_out(table, settings):
        yield "results: `excluded` does not list every category that the counts leave out, with its rows"
    if settings["excluded"] and not str(settings["justification"]).strip():
        yield "results: categories are left out without a `justification`"
    if settings["unknown_rows"] != unknown_rows(table, settings):
        yield f"results: `unknown_rows` is recorded as {settings['unknown_rows']}, but the counts give others"
