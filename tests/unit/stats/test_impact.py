"""Student's quantiles against printed tables, and Welch's interval worked from raw numbers."""

from __future__ import annotations

import random
from decimal import Decimal
from statistics import mean, variance

import pytest

from rampgate.stats.counts import SCALE
from rampgate.stats.impact import Sums, mean_interval, student_quantile, welch


@pytest.mark.parametrize(
    ("freedom", "level", "printed"),
    [
        (2, "0.95", "4.303"), (4, "0.95", "2.776"), (10, "0.95", "2.228"), (30, "0.95", "2.042"),
        (120, "0.95", "1.980"), (2, "0.999", "31.599"), (10, "0.99", "3.169"), (60, "0.90", "1.671"),
    ],
)  # fmt: skip
def test_quantiles_are_those_of_the_printed_table(freedom, level, printed):
    """Table of critical values of Student's distribution, NIST handbook 1.3.6.7.2."""
    assert student_quantile(Decimal(level), freedom).quantize(Decimal("0.001")) == Decimal(printed)


def test_odd_degrees_are_refused():
    with pytest.raises(ValueError, match="even and at least 2"):
        student_quantile(Decimal("0.95"), 3)


def test_mean_and_variance_are_those_of_the_rows():
    rows = [1.5, 2.25, 9.0, -4.5]
    found = sums(rows)
    assert float(found.mean) == mean(rows)
    assert float(found.variance) == pytest.approx(variance(rows))


def test_welch_against_the_formula_in_floats():
    chance = random.Random(2)
    one, other = [chance.gauss(5, 1) for _ in range(40)], [chance.gauss(4, 3) for _ in range(25)]
    a, b = variance(one) / 40, variance(other) / 25
    freedom = int((a + b) ** 2 / (a**2 / 39 + b**2 / 24)) // 2 * 2
    half = float(student_quantile(Decimal("0.95"), freedom)) * (a + b) ** 0.5
    found = welch(sums(one), sums(other))
    middle = mean(one) - mean(other)
    assert (float(found.low), float(found.high)) == pytest.approx((middle - half, middle + half), abs=1e-7)


def test_where_nothing_varies_or_rows_are_too_few_there_is_no_interval():
    assert welch(sums([3, 3, 3]), sums([1, 1, 1])) is None
    assert welch(sums([3]), sums([1, 2, 3])) is None
    assert mean_interval(sums([1, 2])) is None


def test_the_interval_holds_the_difference_as_often_as_it_says():
    chance, held = random.Random(9), 0
    for _ in range(400):
        one, other = [chance.expovariate(1) for _ in range(60)], [chance.gauss(0.5, 2) for _ in range(30)]
        found = welch(sums(one), sums(other))
        held += found.low <= Decimal("0.5") <= found.high
    assert 370 <= held <= 396


def sums(rows) -> Sums:
    scaled = [round(each * SCALE) for each in rows]
    return Sums(len(rows), sum(scaled), sum((each * each + SCALE // 2) // SCALE for each in scaled))
