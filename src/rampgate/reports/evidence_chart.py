"""Draws intervals as bars of plain characters: every group of a metric on one scale, and a limit beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

LEAST_WIDTH = 16
_MARKS = {"line": "-", "low": "[", "high": "]", "value": "o", "limit": "|"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One value, None where it is undefined, and its interval."""

    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """What the first and the last column of a chart stand for."""

    low: Decimal
    high: Decimal
    width: int

    def place(self, value: Decimal) -> int:
        """Return the column of a value; what lies outside is drawn at the edge."""
        span = self.high - self.low
        if not span:
            return 0
        share = (value - self.low) / span * (self.width - 1)
        return min(max(int((share + Decimal("0.5")).to_integral_value(ROUND_FLOOR)), 0), self.width - 1)

    @property
    def header(self) -> str:
        """Return the line that says what the edges are."""
        left, right = _short(self.low), _short(self.high)
        return left + right.rjust(self.width - len(left)) if len(left) + len(right) < self.width else left


def scale_for(bars: Sequence[Bar], width: int, limit: Decimal | None = None) -> Scale | None:
    """Return one scale for all bars and the limit, its ends on round numbers just around them.

    None where there is no room, or nothing to compare.
    """
    ends = [end for bar in bars for end in (bar.value, bar.low, bar.high) if end is not None]
    ends += [limit] if limit is not None else []
    if len(set(ends)) < 2 or width < LEAST_WIDTH:
        return None
    low, high = min(ends), max(ends)
    # A step of 1, 2 or 5 in some decimal place, of which about ten make the span.
    span = (high - low) or abs(high) or Decimal(1)
    step = Decimal(1).scaleb(span.adjusted() - 1)
    step *= next(times for times in (1, 2, 5, 10) if step * times * 10 >= span)
    return Scale(_round(low, step, ROUND_FLOOR), _round(high, step, ROUND_CEILING), width)


def _round(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (value / step).to_integral_value(rounding) * step


def drawn(bar: Bar, scale: Scale, limit: Decimal | None = None) -> str:
    """Return one bar: `[--o--]` from the low to the high limit, `o` the value, `|` the limit that is asked for."""
    line = [" "] * scale.width
    if bar.low is not None and bar.high is not None:
        first, last = scale.place(bar.low), scale.place(bar.high)
        line[first : last + 1] = _MARKS["line"] * (last - first + 1)
        line[first], line[last] = _MARKS["low"], _MARKS["high"]
    if limit is not None:
        line[scale.place(limit)] = _MARKS["limit"]
    if bar.value is not None:
        line[scale.place(bar.value)] = _MARKS["value"]
    return "".join(line).rstrip()


def _short(value: Decimal) -> str:
    plain = f"{value.normalize():f}"
    return plain if len(plain) <= 8 else f"{value:.2e}"
