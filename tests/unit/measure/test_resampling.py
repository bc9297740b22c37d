"""Replicates that are drawn column by column are those that plain Python draws, to the last bit."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rampgate.measure import resampling
from rampgate.measure.resampling import FEW, resampler_for
from rampgate.stats.bootstrap import PLAIN, chance_of_range, maximum_intervals

FAST = resampler_for(FEW + 1)
BIG = random.Random(7)
LARGE = [(BIG.randrange(5, n), n) for n in (12, 999, 40_000, 1_700_000, 50_000_000)]

samples = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
# As where intervals are asked for: a rate of 0 has no ratio to stray from.
between = st.integers(10, 3000).flatmap(lambda n: st.tuples(st.integers(5, n - 5), st.just(n)))


def test_many_groups_are_drawn_column_by_column():
    assert resampler_for(2) is PLAIN
    assert FAST is not PLAIN


def test_where_numpy_is_not_installed_plain_python_draws(monkeypatch):
    monkeypatch.setattr(resampling, "find_spec", lambda name: None)
    assert resampler_for(FEW + 1) is PLAIN


@given(st.lists(samples, min_size=1, max_size=6), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_ranges_are_the_same_bits(drawn_from, seed):
    assert list(FAST.ranges(drawn_from, 50, seed)) == list(PLAIN.ranges(drawn_from, 50, seed))


@given(st.integers(1, 3).flatmap(lambda width: st.lists(st.lists(between, min_size=width, max_size=width), min_size=1, max_size=3)))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_strays_are_the_same_bits(rates):
    fast, plain = FAST.strays(rates, 50, 1), PLAIN.strays(rates, 50, 1)
    assert [list(each) for each in fast] == [list(each) for each in plain]


def test_large_groups_give_the_same_bits():
    assert list(FAST.ranges(LARGE, 2000, 5)) == list(PLAIN.ranges(LARGE, 2000, 5))
    assert FAST.strays([LARGE, LARGE[::-1]], 500, 5) == PLAIN.strays([LARGE, LARGE[::-1]], 500, 5)


def test_a_rate_that_falls_to_zero_strays_endlessly_in_both():
    rates = [[(5, 400), (200, 400)]]
    fast, plain = FAST.strays(rates, 2000, 1), PLAIN.strays(rates, 2000, 1)
    assert [list(each) for each in fast] == [list(each) for each in plain]
    assert max(plain[1]) == 1e300


@pytest.mark.parametrize("groups", [LARGE, [(30, 100), (35, 100), (41, 120)]])
def test_what_is_told_is_the_same(groups):
    assert chance_of_range(groups, resampler=FAST) == chance_of_range(groups)
    assert maximum_intervals([groups], None, None, resampler=FAST) == maximum_intervals([groups], None, None)
