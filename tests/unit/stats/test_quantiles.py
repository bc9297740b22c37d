"""A quantile lies between the edges that the histogram says, and where no edge bounds it, none is made up."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from rampgate.stats.quantiles import quantile_bounds, rank_of

EDGES = ("10", "20", "50")


@pytest.mark.parametrize(
    ("share", "rows", "rank"), [("0.5", 10, 5), ("0.5", 11, 6), ("0.95", 100, 95), ("0.95", 101, 96), ("0.99", 1, 1)]
)
def test_the_rank_of_a_quantile(share, rows, rank):
    assert rank_of(Fraction(share), rows) == rank


def test_the_quantile_at_the_end_of_a_bin_is_in_it():
    """95 of 100 rows are below 20, so the 95th is too, and the 96th is not."""
    assert quantile_bounds((50, 45, 5, 0), EDGES, Fraction("0.95")) == (Decimal(10), Decimal(20))
    assert quantile_bounds((50, 45, 5, 0), EDGES, Fraction("0.96")) == (Decimal(20), Decimal(50))


def test_no_edge_bounds_the_outermost_bins():
    assert quantile_bounds((9, 0, 0, 1), EDGES, Fraction("0.5")) == (None, Decimal(10))
    assert quantile_bounds((9, 0, 0, 1), EDGES, Fraction("0.99")) == (Decimal(50), None)


def test_without_rows_there_is_no_quantile():
    assert quantile_bounds((0, 0, 0, 0), EDGES, Fraction("0.5")) is None


def test_counts_that_do_not_fit_the_edges_are_refused():
    with pytest.raises(ValueError, match="3 edges make 4 bins, found 2"):
        quantile_bounds((1, 2), EDGES, Fraction("0.5"))


def test_the_bounds_hold_the_quantile_of_the_rows():
    chance = random.Random(4)
    for _ in range(50):
        rows = sorted(chance.randrange(0, 60) for _ in range(chance.randrange(1, 40)))
        counts = [0, 0, 0, 0]
        for each in rows:
            counts[sum(Decimal(edge) <= each for edge in EDGES)] += 1
        for share in (Fraction("0.5"), Fraction("0.95"), Fraction("0.99")):
            low, high = quantile_bounds(counts, EDGES, share)
            exact = rows[rank_of(share, len(rows)) - 1]
            assert low is None or low <= exact
            assert high is None or exact < high
