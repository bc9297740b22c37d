"""What chance can do among many groups: resampling on counts, p-values, Holm's method."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from rampgate.stats.bootstrap import Binomial, _is_out_of_reach, chance_of_range, maximum_intervals, uniform
from rampgate.stats.multiplicity import difference_p, holm

P_VALUES = {
    "the tea of the lady, Fisher (1935): 3 of 4 against 1 of 4": ((3, 4, 1, 4), "0.485714"),
    "8 of 9 against 2 of 9, by Fisher's exact test": ((8, 9, 2, 9), "0.015220"),
    "chi-square 10.350 of 1 degree: 45 of 100 against 24 of 102": ((45, 100, 24, 102), "0.001295"),
    "the same rate": ((30, 100, 60, 200), "1"),
    "nobody at all": ((0, 10, 0, 20), "1"),
}


@pytest.mark.parametrize("case", P_VALUES)
def test_a_p_value_is_that_of_the_textbook(case):
    counts, expected = P_VALUES[case]
    assert abs(difference_p(*counts) - Decimal(expected)) < Decimal("5e-5")


def test_a_p_value_is_the_same_from_either_side():
    assert difference_p(3, 20, 9, 25) == difference_p(9, 25, 3, 20)


def test_a_difference_that_no_chance_explains_has_a_p_value_that_is_small_and_not_0():
    assert 0 < difference_p(900_000, 1_000_000, 100_000, 1_000_000) <= Decimal("1e-20")


def test_holms_method_multiplies_by_the_hypotheses_that_are_left():
    """The values of `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")` in R."""
    raw = {"a": Decimal("0.01"), "b": Decimal("0.04"), "c": Decimal("0.03"), "d": Decimal("0.005")}
    assert holm(raw) == {"a": Decimal("0.03"), "b": Decimal("0.06"), "c": Decimal("0.06"), "d": Decimal("0.02")}
    assert holm({}) == {}


def test_a_binomial_has_the_weights_of_pascals_triangle():
    found = Binomial.of(1, 2, 4)
    assert found.least == 0
    assert [round(each / found.sums[-1] * 16) for each in found.sums] == [1, 5, 11, 15, 16]
    assert Binomial.of(0, 5, 3).draw([0.1, 0.5, 0.9]) == [0, 0, 0]
    assert Binomial.of(5, 5, 3).draw([0.1, 0.5, 0.9]) == [3, 3, 3]


def test_numbers_are_the_bits_of_the_standard_function():
    """The first bytes of SHAKE-256 of nothing are 46b9dd2b0ba88d13, in the examples of FIPS 202."""
    assert next(uniform("", 1)) == (int("138da80b2bddb946", 16) >> 11) / 2**53


def test_draws_of_a_large_group_have_its_mean_and_spread():
    drawn = Binomial.of(3, 10, 1_000_000).draw(uniform("large", 4000))
    mean = sum(drawn) / len(drawn)
    spread = (sum((each - mean) ** 2 for each in drawn) / len(drawn)) ** 0.5
    assert abs(mean - 300_000) < 30
    assert abs(spread - (1_000_000 * 0.3 * 0.7) ** 0.5) < 20


def test_groups_of_thirty_differ_by_a_tenth_as_often_as_simulations_say():
    """Two groups of 30 at the rate 0.3 differ by more than 0.1 in 36 of 100 worlds."""
    found = chance_of_range([(9, 30), (9 + 4, 30)], replicates=4000)
    assert Fraction(25, 100) < found < Fraction(40, 100)
    assert chance_of_range([(300, 1000), (400, 1000)]) < Fraction(1, 500)


def test_the_same_counts_give_the_same_chance_on_every_machine():
    assert chance_of_range([(30, 100), (33, 100), (28, 100)]) == Fraction(1562, 2001)


@pytest.mark.parametrize(
    ("k", "n", "rows"), [(1, 2, 4), (1, 2, 40_000), (3, 1000, 200), (3, 1000, 90_000), (999, 1000, 7), (1, 3, 1)]
)
def test_no_draw_reaches_what_is_said_to_be_out_of_reach(k, n, rows):
    found = Binomial.of(k, n, rows)
    farthest = max((found.least + len(found.sums) - 1) / rows - k / n, k / n - found.least / rows)
    assert not _is_out_of_reach(k, n, rows, farthest)
    assert rows < 1000 or _is_out_of_reach(k, n, rows, 1.3 * farthest)


@pytest.mark.parametrize(
    "samples",
    [[(300, 1000), (900, 1000), (500, 1000)], [(10, 1000), (300, 1000)], [(2, 4), (900, 1000), (100, 1000)]],
)
def test_what_is_told_without_drawing_is_what_draws_tell(samples):
    k, n = sum(k for k, _ in samples), sum(n for _, n in samples)
    columns = [
        [count / rows for count in Binomial.of(k, n, rows).draw(uniform(f"7/{place}", 400))]
        for place, (_, rows) in enumerate(samples)
    ]
    found = max(k / n for k, n in samples) - min(k / n for k, n in samples)
    reached = sum(max(drawn) - min(drawn) >= found for drawn in zip(*columns, strict=True))
    assert chance_of_range(samples, replicates=400, seed=7) == Fraction(1 + reached, 401)


def test_chance_of_one_group_or_of_one_without_rows_is_undefined():
    assert chance_of_range([(1, 10)]) is None
    assert chance_of_range([(1, 10), (0, 0)]) is None


def test_an_interval_of_the_largest_difference_does_not_take_noise_at_its_word():
    """Sixty groups of one rate: the largest difference is noise, and the interval reaches down to 0."""
    random = Random(11)
    samples = [(sum(random.random() < 0.3 for _ in range(200)), 200) for _ in range(60)]
    rates = [Fraction(*each) for each in samples]
    found = maximum_intervals([samples], max(rates) - min(rates), None)[0]
    assert found.low == 0
    assert found.high > max(rates) - min(rates)


def test_an_interval_of_the_least_ratio_holds_it():
    found = maximum_intervals([[(300, 1000), (500, 1000)]], None, Fraction(3, 5))[1]
    assert Decimal("0.5") < found.low < Decimal("0.6") < found.high < Decimal("0.7")


def test_a_group_with_hardly_any_of_either_kind_is_not_resampled():
    """0 of 5 would stay 0 for ever, and its interval a point."""
    assert maximum_intervals([[(0, 5), (50, 100)]], Fraction(1, 2), Fraction(0)) == (None, None)
    assert maximum_intervals([[(98, 100), (50, 100)]], Fraction(48, 100), Fraction(50, 98)) == (None, None)


@pytest.mark.scale
def test_an_interval_of_the_largest_difference_holds_the_truth_about_as_often_as_it_says():
    """Three groups at 0.3, 0.4 and 0.5: the largest difference is 0.2."""
    held, rounds = 0, 400
    drawn = [Binomial.of(k, 10, 300).draw(uniform(f"world {k}", rounds)) for k in (3, 4, 5)]
    for counts in zip(*drawn, strict=True):
        samples = [(k, 300) for k in counts]
        value = Fraction(max(counts) - min(counts), 300)
        found = maximum_intervals([samples], value, None, replicates=500)[0]
        held += found.low <= Decimal("0.2") <= found.high
    assert held / rounds >= 0.94
