"""Holds one recorded measure against what the counts beside it give: its value, its rows and its interval.

A recorded number may be rounded, to no fewer than `LEAST_PLACES` places, and no further off than that explains.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction

from rampgate.formats.measured._base import Told
from rampgate.model.evidence import Interval as Recorded
from rampgate.model.evidence import Measure
from rampgate.stats.intervals import Interval, as_decimal

LEAST_PLACES = 4
"""A recorded value that is not exact shows at least this many decimal places."""


def told_faults(place: str, measure: Measure, told: Told | None, by: str) -> Iterator[str]:
    """Yield where a recorded measure is not what the tables tell."""
    if told is None:
        yield f"{place}: the {by} do not give it"
        return
    if measure.n != told.n:
        yield f"{place}: n is recorded as {measure.n}, but the {by} give {told.n}"
    yield from value_faults(place, measure, None if told.value is None else Fraction(told.value), told.interval)


def value_faults(place: str, measure: Measure, value: Fraction | None, interval: Interval | None) -> Iterator[str]:
    """Yield where the recorded value and interval are not those that were computed, None for undefined or none."""
    if measure.value is None or value is None:
        if measure.value is not None:
            yield f"{place}: recorded as {measure.value}, but it is undefined: there are no rows to divide by"
        elif value is not None:
            yield f"{place}: recorded as undefined, but the counts give {_about(value)}"
    elif not _is_rounded(measure.value, value):
        yield f"{place}: recorded as {measure.value}, but the counts give {_about(value)}"
    if measure.interval is not None:
        yield from _interval_faults(place, measure.interval, interval)


def _interval_faults(place: str, recorded: Recorded, interval: Interval | None) -> Iterator[str]:
    if interval is None or recorded.method != interval.method:
        yield f"{place}: the interval (`{recorded.method}`, level {recorded.level}) can not be recomputed"
        return
    for name, text, limit in (("low", recorded.low, interval.low), ("high", recorded.high, interval.high)):
        # A limit may have been rounded outward, so it may differ by one in its last place.
        distance = abs(Fraction(text) - Fraction(limit))
        if distance and (distance > _last_place(text) or _places(text) < LEAST_PLACES):
            yield f"{place}: the {name} limit is recorded as {text}, but the counts give {limit}"


def _is_rounded(text: str, value: Fraction) -> bool:
    """Return whether a decimal text is an exact value, or the value rounded to at least `LEAST_PLACES` places."""
    distance = abs(Fraction(text) - value)
    return distance == 0 or (_places(text) >= LEAST_PLACES and distance <= _last_place(text) / 2)


def level_of(measure: Measure) -> Decimal | None:
    """Return the level of the recorded interval, or None where there is none that a level can be."""
    if measure.interval is None:
        return None
    level = Decimal(measure.interval.level)
    return level if 0 < level < 1 else None


def _places(text: str) -> int:
    return len(text.partition(".")[2])


def _last_place(text: str) -> Fraction:
    return Fraction(1, 10 ** _places(text))


def _about(value: Fraction) -> str:
    return f"{Context(prec=15).plus(as_decimal(value)):f}"
