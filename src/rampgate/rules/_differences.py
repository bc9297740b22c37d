"""The difference between a metric and what it is compared with, with its interval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction

from rampgate.formats.evidence_tables import counts_of
from rampgate.model.evidence import Evidence
from rampgate.rules._metrics import number, rate_metric
from rampgate.rules._values import Value
from rampgate.stats.counts import Cells
from rampgate.stats.intervals import (
    DEFAULT_LEVEL,
    INFINITY,
    Interval,
    as_decimal,
    difference,
    outward,
    paired_difference,
)
from rampgate.stats.normal import WORKING


@dataclass(frozen=True, slots=True)
class Gap:
    """The model's value minus the other's; both values in words, and what the other is.

    value and interval are None where the difference is undefined or has no interval; `why` then says the reason.
    """

    own: str
    other: str
    than: str
    value: Fraction | Decimal | None
    interval: Interval | None
    why: str = ""

    def turned(self) -> Gap:
        """Return the other's value minus the model's."""
        if self.value is None or self.interval is None:
            return self
        flipped = Interval(
            self.interval.high.copy_negate(),
            self.interval.low.copy_negate(),
            self.interval.level,
            self.interval.method,
        )
        return replace(self, value=-self.value, interval=flipped)


def against_value(value: Value, fixed: Decimal) -> Gap:
    """Return the difference from a value that a policy fixes: the model's interval, moved by it."""
    own, than = _shown(value), "the policy's value"
    why = _obstacle(value)
    if why or value.value is None or value.interval is None:
        return Gap(own, str(fixed), than, None, None, why)
    with localcontext(WORKING):
        moved = Interval(
            value.interval.low - fixed, value.interval.high - fixed, value.interval.level, value.interval.method
        )
    return Gap(own, str(fixed), than, Fraction(value.value) - Fraction(fixed), moved)


def between(value: Value, other: Value, version: str) -> Gap:
    """Return the difference from another version, measured on the same data and compared as if independent."""
    own, theirs, than = _shown(value), _shown(other), f"the incumbent {version}"
    why = _obstacle(value) or _obstacle(other)
    if why or value.value is None or other.value is None or value.interval is None or other.interval is None:
        return Gap(own, theirs, than, None, None, why)
    if value.rate is not None and other.rate is not None:
        one, two = value.rate, other.rate
        interval = difference(one.effective_k, one.effective_n, two.effective_k, two.effective_n, DEFAULT_LEVEL)
    else:
        interval = _of_means(value.value, value.interval, other.value, other.interval)
    return Gap(own, theirs, than, Fraction(value.value) - Fraction(other.value), interval)


def against_trivial(evidence: Evidence, value: Value, metric: str) -> Gap:
    """Return the difference from always giving the more frequent class, row by row on the same counts.

    Only for accuracy and error rate. Raises ValueError for other metrics.
    """
    known = rate_metric(metric)
    if known is None or known.name not in ("accuracy", "error_rate"):
        raise ValueError(f"a trivial model says nothing about `{metric}`")
    table = counts_of(evidence)
    than = "always giving the more frequent class"
    why = _obstacle(value)
    if not why and table.weighted:
        why = "no interval is known for a weighted comparison row by row"
    if why:
        return Gap(_shown(value), "undefined", than, None, None, why)
    gained, lost, rows, trivial = _row_by_row(table.total)
    share = Fraction(trivial, rows)
    if known.name == "error_rate":
        gained, lost, share = lost, gained, 1 - share
    gap = Fraction(gained - lost, rows)
    return Gap(_shown(value), f"{number(share)} (n={rows})", than, gap, paired_difference(gained, lost, rows))


def _row_by_row(cells: Cells) -> tuple[int, int, int, int]:
    """Return the rows that only the model gets right, that only the trivial model does, all, and its right ones."""
    positive, negative = cells.amount("tp", "fn").n, cells.amount("tn", "fp").n
    if positive >= negative:
        return cells.amount("tn").n, cells.amount("fn").n, cells.rows, positive
    return cells.amount("tp").n, cells.amount("fp").n, cells.rows, negative


def _obstacle(value: Value) -> str:
    """Return why a value can not take part in a difference, or ""."""
    if value.value is None:
        return "it is undefined, for there are no rows to divide by"
    if value.interval is None:
        return "no interval is known for this metric"
    if value.hidden:
        return f"up to {value.hidden} rows are in suppressed groups; measure without splitting so finely"
    return ""


def _shown(value: Value) -> str:
    return f"{number(value.value)} (n={value.n})"


def _of_means(one: Fraction | Decimal, first: Interval, two: Fraction | Decimal, second: Interval) -> Interval:
    """Return the interval of one - two by the square-and-add rule.

    Source: MOVER, Zou and Donner (2008), Statistics in Medicine 27:1693.
    """
    with localcontext(WORKING):
        a = one if isinstance(one, Decimal) else as_decimal(one)
        b = two if isinstance(two, Decimal) else as_decimal(two)
        low = a - b - ((a - first.low) ** 2 + (second.high - b) ** 2).sqrt()
        high = a - b + ((first.high - a) ** 2 + (b - second.low) ** 2).sqrt()
        return outward(low, high, first.level, "mover", lowest=-INFINITY)
