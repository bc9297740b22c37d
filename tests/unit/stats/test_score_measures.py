"""Scores by hand: areas with ties, bounds of bins, Brier score, log loss, and tables that can not be."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from rampgate.stats.auc import area, average_precision
from rampgate.stats.counts import SCALE
from rampgate.stats.probabilities import brier, constant_brier, constant_log_loss, log_loss
from rampgate.stats.scores import BINNED_COLUMNS, EXACT_COLUMNS, ScoreTable, bounds


def of(*cells, edges=None):
    """Scores of (score, truth, rows), a score as a decimal text."""
    rows = [(int(Decimal(score) * SCALE), truth, n) for score, truth, n in cells]
    table = ScoreTable.from_rows(EXACT_COLUMNS, rows)
    return table.total if edges is None else table.binned([int(Decimal(edge) * SCALE) for edge in edges]).total


def test_an_area_counts_the_pairs_that_are_in_order_and_half_of_the_ties():
    """Positives 0.8 0.5, negatives 0.5 0.2: pairs in order 3 of 4, one tied."""
    found = area(of(("0.8", 1, 1), ("0.5", 1, 1), ("0.5", 0, 1), ("0.2", 0, 1)))
    assert (found.value, found.least, found.most) == (Fraction(7, 8), Fraction(7, 8), Fraction(7, 8))


def test_an_area_from_bins_lies_between_all_lost_and_all_won():
    """In the bin 0.4 to 0.6 are two positives and one negative: 2 of 4 pairs are open."""
    found = area(of(("0.5", 1, 1), ("0.45", 1, 1), ("0.55", 0, 1), ("0.1", 0, 1), edges=["0", "0.4", "0.6", "1"]))
    assert (found.least, found.value, found.most) == (Fraction(1, 2), Fraction(3, 4), Fraction(1))


def test_an_area_without_a_row_of_each_class_is_undefined():
    assert area(of(("0.5", 1, 3))) is None
    assert area(of(("0.5", 0, 3))) is None


def test_the_interval_of_a_perfect_area_is_no_point():
    """The usual interval from the estimated variance is 1 to 1, with however few rows."""
    interval = area(of(("0.9", 1, 5), ("0.1", 0, 5))).interval()
    assert interval.high == 1
    assert interval.low < Decimal("0.8")


@pytest.mark.scale
@pytest.mark.parametrize(("positives", "negatives"), [(10, 10), (30, 70)])
def test_the_interval_of_an_area_holds_the_truth_about_as_often_as_it_says(positives, negatives):
    """Two exponential distributions with rates 1 and 3 give the area 3/4."""
    random, held, rounds = Random(7), 0, 1500
    for _ in range(rounds):
        rows = [(int(random.expovariate(1) * SCALE / 100), 1, 1) for _ in range(positives)]
        rows += [(int(random.expovariate(3) * SCALE / 100), 0, 1) for _ in range(negatives)]
        interval = area(ScoreTable.from_rows(EXACT_COLUMNS, rows).total).interval()
        held += interval.low <= Decimal("0.75") <= interval.high
    assert 0.93 <= held / rounds <= 0.985


def test_average_precision_adds_up_precision_by_recall():
    """From the highest: 1/1 at recall 1/2, then 2/3 at recall 1."""
    found = average_precision(of(("0.9", 1, 1), ("0.7", 0, 1), ("0.5", 1, 1)))
    assert found == Fraction(1, 2) + Fraction(2, 3) / 2
    assert average_precision(of(("0.9", 1, 1), ("0.5", 0, 1), edges=["0", "1"])) is None


def test_a_brier_score_is_the_mean_squared_distance():
    """(0.2)^2, (0.4)^2 and (0.9)^2."""
    found = brier(of(("0.8", 1, 1), ("0.4", 0, 1), ("0.1", 1, 1)))
    assert found.value == Fraction(4 + 16 + 81, 300)
    assert found.interval.method == "normal-mean"


def test_a_log_loss_is_the_mean_of_minus_the_logarithm():
    """-ln 0.5 for both rows."""
    found = log_loss(of(("0.5", 1, 1), ("0.5", 0, 1)))
    assert round(found.value, 10) == Decimal("0.6931471806")
    assert found.least == found.most == found.value


def test_a_probability_of_0_that_comes_true_costs_that_of_the_smallest_step_and_not_infinity():
    found = log_loss(of(("0", 1, 1)))
    assert round(found.value, 6) == Decimal("20.723266")  # -ln 10^-9
    assert log_loss(of(("1", 1, 1))).value < Decimal("1.1e-9")


def test_scores_that_are_no_probabilities_have_an_area_and_no_brier_score():
    found = of(("2.5", 1, 2), ("-1", 0, 2))
    assert area(found).value == 1
    assert brier(found) is None
    assert log_loss(found) is None


def test_a_bin_that_mixes_0_with_more_gives_no_log_loss():
    """The logarithm of the smallest step is a bound that says nothing."""
    assert log_loss(of(("0", 1, 1), ("0.05", 1, 1), edges=["0", "0.1", "1.000000001"])) is None


def test_the_constant_guess_has_the_variance_and_the_entropy_of_the_base_rate():
    assert constant_brier(1, 4) == Fraction(3, 16)
    assert round(constant_log_loss(1, 4), 10) == Decimal("0.5623351446")
    assert constant_log_loss(4, 4) == 0
    assert constant_brier(0, 0) is None


def test_a_bin_holds_its_lower_edge_and_not_its_upper_one():
    table = ScoreTable.from_rows(EXACT_COLUMNS, [(500_000_000, 1, 1)]).binned([0, 500_000_000, 900_000_000])
    assert table.rows() == [[2, 1, 1, 500_000_000, 250_000_000]]
    assert bounds(table.edges, 2) == (500_000_000, 899_999_999)


EDGES = [0, SCALE // 2, SCALE + 1]
BROKEN = {
    "edges that fall": ([[1, 1, 1, 0, 0]], [0, 5, 5], "edges must rise"),
    "a bin that is none": ([[4, 1, 1, 0, 0]], EDGES, "no bin 4"),
    "a sum that the bin can not give": ([[1, 1, 2, 2 * SCALE, 2 * SCALE]], EDGES, "can not add up"),
    "squares that the sum can not give": ([[1, 1, 2, SCALE // 2, 10]], EDGES, "are not 10"),
    "a class that is none": ([[1, 2, 1, 0, 0]], EDGES, "`y_true` is 0 or 1"),
    "a row of nobody": ([[1, 1, 0, 0, 0]], EDGES, "`n` at least 1"),
    "a row twice": ([[1, 1, 1, 0, 0], [1, 1, 1, 0, 0]], EDGES, "listed twice"),
    "a number that is none": ([[1, True, 1, 0, 0]], EDGES, "whole numbers"),
    "a value too few": ([[1, 1, 1, 0]], EDGES, "expected 5 values"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_table_that_can_not_be_is_refused(case):
    rows, edges, message = BROKEN[case]
    with pytest.raises(ValueError, match=message):
        ScoreTable.from_rows(BINNED_COLUMNS, rows, edges)


def test_tables_of_two_windows_add_up_only_in_the_same_bins():
    one = ScoreTable.from_rows(EXACT_COLUMNS, [(1, 1, 2)])
    assert (one + one).rows() == [[1, 1, 4]]
    with pytest.raises(ValueError, match="same columns and edges"):
        one + one.binned([0, 5])
