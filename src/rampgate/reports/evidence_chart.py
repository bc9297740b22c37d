"""Draws intervals as bars of plain characters: every group of a metric on one scale, and a limit beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

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
    """Return one scale for all bars: from 0 to 1 where they all lie there, else from the least to the greatest."""
    ends = [end for bar in bars for end in (bar.value, bar.low, bar.high) if end is not None]
    if not ends or width < LEAST_WIDTH:
        return None
    ends += [limit] if limit is not None else []
    if min(ends) >= 0 and max(ends) <= 1:
        return Scale(Decimal(0), Decimal(1), width)
    low, high = min(*ends, Decimal(0)), max(*ends, Decimal(0))
    return Scale(low, high, width)


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
    text = f"{value:.4g}" if abs(value) < Decimal(100_000) else f"{value:.2E}"
    return text.replace("E+", "e").replace("E-", "e-")
