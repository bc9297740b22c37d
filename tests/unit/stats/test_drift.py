"""Distances of two histograms: worked by hand, their bounds, and how they behave where nothing or everything moved."""

from __future__ import annotations

import math
import random
from decimal import Decimal
from fractions import Fraction

import pytest

from rampgate.stats.drift import (
    chi_square,
    cramers_v,
    jensen_shannon,
    ks_bounds,
    merged,
    psi,
    psi_interval,
    psi_without_drift,
)


def test_psi_by_hand():
    """Shares 1/2, 1/2 against 4/5, 1/5: 0.3 ln(1.6) + 0.3 ln(2.5) = 0.3 ln 4."""
    assert psi((50, 50), (80, 20)) == pytest.approx(Decimal("0.3") * Decimal(4).ln())


def test_psi_is_the_same_both_ways_and_zero_where_shares_are_equal():
    assert abs(psi((3, 5, 9), (8, 1, 4)) - psi((8, 1, 4), (3, 5, 9))) < Decimal("1e-45")
    assert psi((3, 5, 9), (30, 50, 90)) == 0


def test_a_bin_that_is_empty_on_one_side_counts_as_half_a_row():
    r, w = Decimal(90) / 100, Decimal(100) / 100
    empty = Decimal("0.5") / 100
    expected = (w - r) * (w / r).ln() + (empty - Decimal("0.1")) * (empty / Decimal("0.1")).ln()
    assert psi((90, 10), (100, 0)) == pytest.approx(expected)


def test_a_bin_that_is_empty_on_both_sides_changes_nothing():
    for distance in (psi, psi_without_drift, jensen_shannon, chi_square, cramers_v):
        assert distance((3, 0, 5), (4, 0, 1)) == distance((3, 5), (4, 1))


def test_without_rows_everything_is_undefined():
    for distance in (psi, psi_interval, psi_without_drift, jensen_shannon, ks_bounds, chi_square, cramers_v):
        assert distance((0, 0), (1, 2)) is None
        assert distance((1, 2), (0, 0)) is None


def test_disjoint_sides_are_at_distance_one():
    assert jensen_shannon((5, 0), (0, 7)) == 1
    assert cramers_v((5, 0), (0, 5)) == 1
    assert ks_bounds((5, 0), (0, 7)).low == 1


def test_jensen_shannon_by_hand():
    """Shares 1, 0 against 1/2, 1/2: (log2(4/3) + 1/2 log2(2/3) + 1/2) / 2 = 0.311278..."""
    divergence = (math.log2(4 / 3) + 0.5 * math.log2(2 / 3) + 0.5 * math.log2(2)) / 2
    assert float(jensen_shannon((4, 0), (3, 3))) == pytest.approx(math.sqrt(divergence), abs=1e-15)


def test_chi_square_by_hand():
    """Four cells, each 5 away from an expected 15: 4 * 25 / 15."""
    assert chi_square((10, 20), (20, 10)) == (Fraction(20, 3), 1)
    assert float(cramers_v((10, 20), (20, 10))) == pytest.approx(1 / 3)


def test_the_bounds_of_ks_hold_whatever_the_rows_within_a_bin_look_like():
    chance = random.Random(5)
    for _ in range(40):
        one = [chance.gauss(0, 1) for _ in range(60)]
        other = [chance.gauss(0.4, 1.2) for _ in range(80)]
        edges = sorted(chance.sample(one, 7))
        exact = max(abs(share(one, x) - share(other, x)) for x in one + other)
        found = ks_bounds(histogram(one, edges), histogram(other, edges))
        assert float(found.low) - 1e-11 <= exact <= float(found.high) + 1e-11


def test_ks_is_exact_where_every_value_has_a_bin_of_its_own():
    rows = [1, 1, 2, 3, 3, 3]
    other = [1, 2, 2, 2, 3, 3]
    edges = [1, 1.5, 2, 2.5, 3, 3.5]
    found = ks_bounds(histogram(rows, edges), histogram(other, edges))
    assert float(found.low) == pytest.approx(1 / 6)


def test_psi_without_drift_is_what_chance_gives():
    """Ten bins, 400 against 300 rows of one distribution: 9 (1/400 + 1/300) = 0.0525 on average."""
    chance = random.Random(13)
    found = [float(psi(sample(chance, [1] * 10, 400), sample(chance, [1] * 10, 300))) for _ in range(200)]
    expected = float(psi_without_drift([40] * 10, [30] * 10))
    assert expected == pytest.approx(0.0525)
    assert sum(found) / len(found) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("moved", [[1] * 10, [1, 1, 1, 1, 1, 1, 1, 1, 2, 3], [4, 3, 2, 1, 1, 1, 1, 1, 1, 1]])
def test_the_interval_of_psi_holds_the_psi_of_the_populations(moved):
    true = float(psi([10**6] * 10, [10**7 * part // sum(moved) for part in moved]))
    chance, held = random.Random(3), 0
    for _ in range(100):
        found = psi_interval(sample(chance, [1] * 10, 500), sample(chance, moved, 400))
        held += float(found.low) <= true + 1e-9 and true <= float(found.high)
    assert held >= 93


def test_wide_bins_are_sums_of_narrow_ones():
    assert merged((1, 2, 3, 4), (0, 0, 1, 2)) == [3, 3, 4]


def share(rows, x):
    return sum(each <= x for each in rows) / len(rows)


def histogram(rows, edges):
    counts = [0] * (len(edges) + 1)
    for each in rows:
        counts[sum(edge <= each for edge in edges)] += 1
    return counts


def sample(chance, weights, rows):
    counts = [0] * len(weights)
    for place in chance.choices(range(len(weights)), weights, k=rows):
        counts[place] += 1
    return counts
