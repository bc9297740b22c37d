"""Ratios and differences between groups."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from rampgate.stats.disparity import (
    Difference,
    Ratio,
    Undefined,
    difference_between,
    ratio_to_highest,
    simultaneous_level,
    split_thin,
)
from rampgate.stats.intervals import difference, ratio
from rampgate.stats.rates import Rate

RATES = {("a",): Rate(50, 100), ("b",): Rate(40, 200), ("c",): Rate(9, 18)}


def test_the_ratio_is_the_lowest_rate_over_the_highest():
    """0.2 / 0.5; a and c tie for the highest, and a comes first."""
    found = ratio_to_highest(RATES)
    assert isinstance(found, Ratio)
    assert (found.worst_group, found.reference_group, found.value) == (("b",), ("a",), Fraction(2, 5))
    assert (found.worst.n, found.reference.n) == (200, 100)


def test_the_interval_covers_the_least_of_all_ratios():
    """Its low limit is the lowest of the comparisons, each at 97.5 percent because there are two."""
    found = ratio_to_highest(RATES)
    thin = ratio(9, 18, 50, 100, Decimal("0.975"))
    worst = ratio(40, 200, 50, 100, Decimal("0.975"))
    assert found.interval.low == min(thin.low, worst.low)
    assert found.interval.high == min(thin.high, worst.high)
    assert found.interval.level == Decimal("0.95")


def test_the_difference_is_the_highest_rate_minus_the_lowest():
    found = difference_between(RATES)
    assert isinstance(found, Difference)
    assert (found.worst_group, found.reference_group, found.value) == (("b",), ("a",), Fraction(3, 10))
    assert found.interval.high == max(
        difference(50, 100, 40, 200, Decimal("0.975")).high, difference(50, 100, 9, 18, Decimal("0.975")).high
    )


def test_equal_groups_have_the_difference_0_and_the_ratio_1():
    rates = {("a",): Rate(5, 10), ("b",): Rate(50, 100)}
    assert difference_between(rates).value == 0
    assert difference_between(rates).interval.low == 0
    assert ratio_to_highest(rates).value == 1


def test_a_ratio_is_no_difference():
    """A limit on the one must never be held against the other."""
    assert not isinstance(ratio_to_highest(RATES), Difference)
    assert not isinstance(difference_between(RATES), Ratio)


@pytest.mark.parametrize("told", [ratio_to_highest, difference_between])
@pytest.mark.parametrize("rates", [{}, {("a",): Rate(1, 2)}])
def test_one_group_is_not_a_comparison(told, rates):
    """Libraries report a difference of 0 here, which reads as a pass."""
    assert told(rates) == Undefined(f"a disparity needs at least two groups, found {len(rates)}", tuple(rates))


@pytest.mark.parametrize("told", [ratio_to_highest, difference_between])
def test_a_group_without_a_rate_makes_it_undefined(told):
    found = told({**RATES, ("d",): Rate(0, 0)})
    assert isinstance(found, Undefined)
    assert found.groups == (("d",),)


def test_a_ratio_among_groups_of_which_nobody_is_selected_is_undefined():
    rates = {("a",): Rate(0, 10), ("b",): Rate(0, 20)}
    assert isinstance(ratio_to_highest(rates), Undefined)
    assert difference_between(rates).value == 0


def test_thin_groups_are_told_from_the_others():
    thick, thin = split_thin({**RATES, ("d",): Rate(0, 0)}, 100)
    assert set(thick) == {("a",), ("b",)}
    assert set(thin) == {("c",), ("d",)}
    assert set(split_thin({("d",): Rate(0, 0)}, 0)[1]) == {("d",)}


def test_the_error_is_shared_out_among_the_comparisons():
    assert simultaneous_level(Decimal("0.95"), 5) == Decimal("0.99")
    assert simultaneous_level(Decimal("0.95"), 1) == Decimal("0.95")
    with pytest.raises(ValueError, match="at least one comparison"):
        simultaneous_level(Decimal("0.95"), 0)
