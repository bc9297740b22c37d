"""Deciding on an interval: a table of every position of the interval to the limit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from rampgate.stats.decide import decide_interval, rows_needed, rows_needed_for_ratio
from rampgate.stats.intervals import Interval, ratio, wilson
from rampgate.stats.rates import Rate


def between(low, high):
    return Interval(Decimal(low), Decimal(high), Decimal("0.95"), "by hand")


# (value, low, high) against the limit 0.80, at least: point, lower, upper
AT_LEAST = {
    "whole interval above": (("0.90", "0.85", "0.95"), ("pass", "pass", "pass")),
    "low limit touches": (("0.90", "0.80", "0.95"), ("pass", "pass", "pass")),
    "straddles, estimate above": (("0.85", "0.75", "0.95"), ("pass", "insufficient", "pass")),
    "estimate touches": (("0.80", "0.75", "0.95"), ("pass", "insufficient", "pass")),
    "straddles, estimate below": (("0.79", "0.70", "0.85"), ("fail", "insufficient", "pass")),
    "high limit touches": (("0.75", "0.70", "0.80"), ("fail", "insufficient", "pass")),
    "whole interval below": (("0.70", "0.60", "0.79"), ("fail", "fail", "fail")),
    "unbounded above": (("0.90", "0.85", "Infinity"), ("pass", "pass", "pass")),
}


@pytest.mark.parametrize("case", AT_LEAST)
def test_at_least_is_decided_as_the_design_says(case):
    (value, low, high), expected = AT_LEAST[case]
    answers = tuple(
        decide_interval(Fraction(value), between(low, high), Decimal("0.80"), "at_least", on)
        for on in ("point", "lower", "upper")
    )
    assert answers == expected


@pytest.mark.parametrize("case", [case for case in AT_LEAST if "unbounded" not in case])
def test_at_most_is_the_mirror_of_at_least(case):
    """1 - x turns at least 0.80 into at most 0.20."""
    (value, low, high), expected = AT_LEAST[case]
    mirrored = between(1 - Decimal(high), 1 - Decimal(low))
    answers = tuple(
        decide_interval(1 - Fraction(value), mirrored, Decimal("0.20"), "at_most", on)
        for on in ("point", "lower", "upper")
    )
    assert answers == expected


@pytest.mark.parametrize("on", ["point", "lower", "upper"])
@pytest.mark.parametrize("direction", ["at_least", "at_most"])
def test_an_undefined_value_is_insufficient(direction, on):
    assert decide_interval(None, between("0", "1"), Decimal(0), direction, on) == "insufficient"


def test_without_an_interval_only_the_point_decides():
    answers = [decide_interval(Fraction(1), None, Decimal("0.8"), "at_least", on) for on in ("point", "lower", "upper")]
    assert answers == ["pass", "insufficient", "insufficient"]


def test_the_point_is_compared_exactly():
    """4 of 5 is 0.8 and meets it, though 0.8 is no binary fraction; a hair less misses."""
    assert decide_interval(Fraction(4, 5), None, Decimal("0.8"), "at_least", "point") == "pass"
    hair = Fraction(4 * 10**30 - 1, 5 * 10**30)
    assert decide_interval(hair, None, Decimal("0.8"), "at_least", "point") == "fail"


@pytest.mark.parametrize("limit", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_a_limit_that_is_no_number_is_refused(limit):
    with pytest.raises(ValueError, match="finite"):
        decide_interval(Fraction(1), None, Decimal(limit), "at_least", "point")


def test_an_unknown_word_is_refused():
    with pytest.raises(ValueError, match="unknown way to decide"):
        decide_interval(Fraction(1), None, Decimal(1), "above", "point")
    with pytest.raises(ValueError, match="unknown way to decide"):
        decide_interval(Fraction(1), None, Decimal(1), "at_least", "middle")


def test_rows_needed_is_the_least_number_that_settles_it():
    rate = Rate(85, 100)
    more = rows_needed(rate, Decimal("0.80"), "at_least")
    settled = wilson(Fraction(85, 100) * (100 + more), 100 + more)
    one_less = wilson(Fraction(85, 100) * (99 + more), 99 + more)
    assert one_less.low < Decimal("0.80") <= settled.low


def test_rows_needed_is_none_where_the_rate_misses_or_just_meets():
    assert rows_needed(Rate(79, 100), Decimal("0.80"), "at_least") is None
    assert rows_needed(Rate(80, 100), Decimal("0.80"), "at_least") is None
    assert rows_needed(Rate(0, 0), Decimal("0.80"), "at_least") is None


def test_rows_needed_is_0_where_it_is_settled():
    assert rows_needed(Rate(9000, 10000), Decimal("0.80"), "at_least") == 0
    assert rows_needed(Rate(1, 10000), Decimal("0.05"), "at_most") == 0


def test_rows_needed_for_a_ratio_keeps_the_reference():
    group, reference = Rate(45, 100), Rate(5000, 10000)
    more = rows_needed_for_ratio(group, reference, Decimal("0.80"))
    rows = 100 + more
    assert ratio(Fraction(45, 100) * rows, rows, 5000, 10000).low >= Decimal("0.80")
    assert ratio(Fraction(45, 100) * (rows - 1), rows - 1, 5000, 10000).low < Decimal("0.80")


def test_no_rows_of_one_group_help_against_a_thin_reference():
    assert rows_needed_for_ratio(Rate(450, 1000), Rate(9, 18), Decimal("0.80")) is None
