"""Edges of many sizes are close together, and name the numbers that limits are made of."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from rampgate.stats.steps import steps


def test_no_edge_is_far_above_the_one_before_it():
    edges = steps(-2, 3)
    assert (edges[0], edges[-1]) == (Decimal("0.01"), Decimal(1000))
    assert all(1 < high / low <= Decimal("1.06") for low, high in pairwise(edges))


def test_round_numbers_are_edges():
    assert {Decimal(each) for each in ("0.5", "3", "20", "700")} <= set(steps(-2, 3))
