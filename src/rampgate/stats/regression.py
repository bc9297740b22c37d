"""Errors of a regression from sums, so that no row has to be kept.

The sums are integers: each row's number times 10^9, rounded, then added up. Integers add to the same total in any
order and on any engine, which floating-point numbers do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from rampgate.stats.counts import SCALE
from rampgate.stats.intervals import DEFAULT_LEVEL, Interval, as_decimal, outward
from rampgate.stats.normal import WORKING, two_sided_z


@dataclass(frozen=True, slots=True)
class RegressionSums:
    """The sums of one group; an error is prediction minus truth, and all but `n` are scaled by 10^9."""

    n: int
    sum_err: int
    sum_abs_err: int
    sum_sq_err: int
    sum_y: int
    sum_y2: int

    def __post_init__(self) -> None:
        for name in ("n", "sum_abs_err", "sum_sq_err", "sum_y2"):
            if getattr(self, name) < 0:
                raise ValueError(f"`{name}` must be at least 0, found {getattr(self, name)}")

    @classmethod
    def from_mapping(cls, sums: Mapping[str, Any]) -> RegressionSums:
        """Return the sums that evidence writes as a mapping; raises ValueError if one is absent or no integer."""
        values: list[int] = []
        for name in SUM_NAMES:
            value = sums.get(name)
            if not isinstance(value, int) or isinstance(value, bool):
                raise ValueError(f"`{name}` must be an integer, found {value!r}")  # noqa: TRY004 (content)
            values.append(value)
        return cls(*values)

    def __add__(self, other: RegressionSums) -> RegressionSums:
        return RegressionSums(*(getattr(self, name) + getattr(other, name) for name in SUM_NAMES))


SUM_NAMES: tuple[str, ...] = tuple(field.name for field in fields(RegressionSums))
"""The names of the sums, in the order in which evidence writes them."""


@dataclass(frozen=True, slots=True)
class RegressionMeasure:
    """One error measure; `value` is `None` where undefined, `interval` where no simple one is known."""

    metric: str
    value: Decimal | None
    interval: Interval | None = None


def regression_measures(sums: RegressionSums, level: Decimal = DEFAULT_LEVEL) -> tuple[RegressionMeasure, ...]:
    """Return `mae`, `rmse`, `bias` (mean error) and `r2`, in the unit of the outcome but for r2.

    The intervals of mae and bias are those of a mean, estimate -+ z * s / sqrt(n), and need at least two rows.
    All values are `None` without rows; r2 also where the outcome does not vary.
    """
    if sums.n == 0:
        return tuple(RegressionMeasure(name, None) for name in ("mae", "rmse", "bias", "r2"))
    mean_square = Fraction(sums.sum_sq_err, sums.n * SCALE)
    mae = Fraction(sums.sum_abs_err, sums.n * SCALE)
    bias = Fraction(sums.sum_err, sums.n * SCALE)
    with localcontext(WORKING):
        rmse = as_decimal(mean_square).sqrt()
    return (
        RegressionMeasure("mae", as_decimal(mae), _mean_interval(mae, mean_square, sums.n, level)),
        RegressionMeasure("rmse", rmse),
        RegressionMeasure("bias", as_decimal(bias), _mean_interval(bias, mean_square, sums.n, level)),
        RegressionMeasure("r2", _r2(sums)),
    )


def _r2(sums: RegressionSums) -> Decimal | None:
    """Return 1 - squared errors / squared deviations of the outcome from its mean."""
    total = Fraction(sums.sum_y2, SCALE) - Fraction(sums.sum_y, SCALE) ** 2 / sums.n
    return as_decimal(1 - Fraction(sums.sum_sq_err, SCALE) / total) if total > 0 else None


def _mean_interval(mean: Fraction, mean_square: Fraction, n: int, level: Decimal) -> Interval | None:
    if n < 2:
        return None
    # Rounding each square to 1e-9 can leave the variance of a constant a little below 0.
    variance = max(Fraction(0), mean_square - mean**2) * n / (n - 1)
    with localcontext(WORKING):
        half = two_sided_z(level) * (as_decimal(variance) / n).sqrt()
        middle = as_decimal(mean)
        return outward(middle - half, middle + half, level, "normal-mean", lowest=-Decimal("Infinity"))
