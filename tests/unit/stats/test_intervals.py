"""Intervals against published tables and against formulas written a second time, in floats or by another method."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

import pytest

from rampgate.stats.intervals import INFINITY, difference, paired_difference, ratio, wilson
from rampgate.stats.normal import two_sided_z

# Newcombe (1998), Statistics in Medicine 17:857, table I, method 3.
WILSON_PUBLISHED = {
    (81, 263): ("0.2553", "0.3662"),
    (15, 148): ("0.0624", "0.1605"),
    (0, 20): ("0.0000", "0.1611"),
    (1, 29): ("0.0061", "0.1718"),
}

# Newcombe (1998), Statistics in Medicine 17:873, table II, method 10.
DIFFERENCE_PUBLISHED = {
    (56, 70, 48, 80): ("0.0524", "0.3339"),
    (9, 10, 3, 10): ("0.1705", "0.8090"),
    (6, 7, 2, 7): ("0.0582", "0.8062"),
    (5, 56, 0, 29): ("-0.0381", "0.1926"),
    (0, 10, 0, 20): ("-0.1611", "0.2775"),
    (0, 10, 0, 10): ("-0.2775", "0.2775"),
    (10, 10, 0, 20): ("0.6791", "1.0000"),
    (10, 10, 0, 10): ("0.6075", "1.0000"),
}


@pytest.mark.parametrize("counts", WILSON_PUBLISHED)
def test_wilson_gives_the_published_limits(counts):
    assert wilson(*counts).rounded(4) == tuple(Decimal(limit) for limit in WILSON_PUBLISHED[counts])


@pytest.mark.parametrize("counts", DIFFERENCE_PUBLISHED)
def test_difference_gives_the_published_limits(counts):
    assert difference(*counts).rounded(4) == tuple(Decimal(limit) for limit in DIFFERENCE_PUBLISHED[counts])


def test_paired_difference_gives_the_published_limits_of_21_children():
    """Fagerland, Lydersen and Laake (2014), Statistics in Medicine 33:2850: 1 and 7 discordant of 21 pairs."""
    assert paired_difference(1, 7, 21).rounded(3) == (Decimal("-0.517"), Decimal("-0.026"))


@pytest.mark.parametrize("counts", [(12, 2, 50), (0, 3, 30), (40, 61, 5000), (7, 0, 9)])
def test_at_a_paired_limit_the_constrained_score_is_z(counts):
    """The nuisance rate is found here by maximising the likelihood on a grid, not by the closed form."""
    b, c, n = counts
    interval = paired_difference(b, c, n)
    for limit in (float(interval.low), float(interval.high)):
        low, high = max(0.0, -limit), (1 - limit) / 2

        def likelihood(q, limit=limit):
            terms = ((b, q + limit), (c, q), (n - b - c, 1 - 2 * q - limit))
            return sum(count * math.log(max(share, 1e-300)) for count, share in terms if count)

        for _ in range(200):  # ternary search on a concave function
            third = (high - low) / 3
            if likelihood(low + third) < likelihood(high - third):
                low += third
            else:
                high -= third
        q = (low + high) / 2
        z = abs(b - c - n * limit) / math.sqrt(n * (2 * q + limit - limit**2))
        assert z == pytest.approx(1.959963985, abs=2e-5)


@pytest.mark.parametrize("level", ["0.5", "0.8", "0.9", "0.95", "0.99", "0.995", "0.9999", "0.999999"])
def test_z_is_that_of_the_standard_library(level):
    expected = NormalDist().inv_cdf(0.5 + float(level) / 2)
    assert float(two_sided_z(Decimal(level))) == pytest.approx(expected, abs=1e-10)


def test_z_of_95_percent_has_the_digits_of_the_tables():
    """The 40 digits of oeis.org/A220510."""
    assert str(two_sided_z(Decimal("0.95"))).startswith("1.95996398454005423552459443052055152795")


@pytest.mark.parametrize("level", ["0", "1", "-0.5", "95", "NaN", "Infinity"])
def test_a_level_outside_0_and_1_is_refused(level):
    with pytest.raises(ValueError, match="confidence level lies between 0 and 1"):
        two_sided_z(Decimal(level))


@pytest.mark.parametrize("counts", [(0, 0), (5, 4), (-1, 4)])
def test_wilson_refuses_counts_that_are_no_rate(counts):
    with pytest.raises(ValueError, match="0 <= k <= n and n > 0"):
        wilson(*counts)


@pytest.mark.parametrize("counts", [(1, 1, 1), (-1, 0, 5), (0, 0, 0)])
def test_paired_counts_must_fit_in_the_rows(counts):
    with pytest.raises(ValueError, match="paired counts need"):
        paired_difference(*counts)


def test_limits_are_exactly_0_and_1_where_nobody_and_everybody_counts():
    assert wilson(0, 7).low == 0
    assert wilson(7, 7).high == 1
    assert wilson(0, 7).low.as_tuple().sign == 0


def test_a_ratio_agrees_with_the_log_interval_on_large_samples():
    """Katz et al. (1978): with 10^6 rows each the two methods differ by less than 10^-4."""
    k1, n1, k2, n2 = 200_000, 1_000_000, 400_000, 1_000_000
    half = 1.959963984540054 * math.sqrt(1 / k1 - 1 / n1 + 1 / k2 - 1 / n2)
    found = ratio(k1, n1, k2, n2)
    assert float(found.low) == pytest.approx(0.5 * math.exp(-half), abs=1e-4)
    assert float(found.high) == pytest.approx(0.5 * math.exp(half), abs=1e-4)


def test_a_ratio_solves_the_equation_that_defines_it():
    """MOVER asks for R with (p1 - R p2)^2 = (p1 - l1)^2 + R^2 (u2 - p2)^2 below and its mirror above."""
    k1, n1, k2, n2 = 24, 73, 53, 65
    p1, p2 = k1 / n1, k2 / n2
    first, second = wilson(k1, n1), wilson(k2, n2)
    found = ratio(k1, n1, k2, n2)
    low, high = float(found.low), float(found.high)
    assert (p1 - low * p2) ** 2 == pytest.approx((p1 - float(first.low)) ** 2 + (low * (float(second.high) - p2)) ** 2)
    assert (p1 - high * p2) ** 2 == pytest.approx(
        (float(first.high) - p1) ** 2 + (high * (p2 - float(second.low))) ** 2
    )


@pytest.mark.parametrize("counts", [(5, 10, 0, 10), (0, 10, 0, 10)])
def test_a_ratio_to_nobody_has_no_upper_limit(counts):
    assert ratio(*counts).high == INFINITY
    assert ratio(*counts).low >= 0


def test_a_ratio_of_nobody_starts_at_0_and_ends_somewhere():
    found = ratio(0, 10, 5, 10)
    assert found.low == 0
    assert 0 < found.high < 1


def test_a_weighted_sample_is_read_with_its_effective_rows():
    """Half of 12.5 effective rows lies between the intervals of 12 and 13 rows."""
    found = wilson(Fraction(25, 4), Fraction(25, 2))
    assert wilson(6, 12).low < found.low < wilson(Fraction(13, 2), 13).low
