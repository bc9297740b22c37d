"""Rates by hand from one small confusion table."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rampgate.stats.counts import SCALE, CountsTable
from rampgate.stats.rates import ALIASES, METRICS, evaluate, majority_share, metric_named

CELLS = CountsTable.from_rows(("y_true", "y_pred", "n"), [(1, 1, 7), (0, 1, 1), (1, 0, 2), (0, 0, 5)]).total

BY_HAND = {
    "selection_rate": (8, 15),
    "base_rate": (9, 15),
    "accuracy": (12, 15),
    "error_rate": (3, 15),
    "true_positive_rate": (7, 9),
    "false_negative_rate": (2, 9),
    "true_negative_rate": (5, 6),
    "false_positive_rate": (1, 6),
    "precision": (7, 8),
    "negative_predictive_value": (5, 7),
    "f1": (14, 17),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_rate_is_what_it_is_by_hand(name):
    rate = evaluate(metric_named(name), CELLS)
    assert (rate.k, rate.n) == BY_HAND[name]
    assert rate.value == Fraction(*BY_HAND[name])


def test_every_metric_is_worked_by_hand():
    assert set(METRICS) == {*BY_HAND, "rate"}
    assert set(ALIASES.values()) <= set(METRICS)


def test_recall_is_the_true_positive_rate():
    assert metric_named("recall") is METRICS["true_positive_rate"]


def test_an_unknown_metric_has_no_value():
    with pytest.raises(KeyError):
        metric_named("fairness")


def test_a_rate_without_rows_is_undefined_and_not_0():
    nobody_positive = CountsTable.from_rows(("y_true", "y_pred", "n"), [(0, 1, 3), (0, 0, 4)]).total
    for name in ("true_positive_rate", "false_negative_rate"):
        rate = evaluate(METRICS[name], nobody_positive)
        assert (rate.k, rate.n, rate.value, rate.interval()) == (0, 0, None, None)
    assert evaluate(METRICS["false_positive_rate"], nobody_positive).value == Fraction(3, 7)


def test_the_share_of_an_outcome_has_no_truth():
    cells = CountsTable.from_rows(("outcome", "n"), [(1, 3), (0, 97)]).total
    assert evaluate(METRICS["rate"], cells).value == Fraction(3, 100)


def test_weights_decide_the_value_and_kish_the_rows():
    """Weights 3 and 1, 1: share 3/5; effective rows 25 / 11."""
    columns = ("y_true", "y_pred", "n", "w", "w2")
    table = CountsTable.from_rows(columns, [(1, 1, 1, 3 * SCALE, 9 * SCALE), (0, 0, 2, 2 * SCALE, 2 * SCALE)])
    rate = evaluate(METRICS["selection_rate"], table.total)
    assert rate.value == Fraction(3, 5)
    assert rate.effective_n == Fraction(25, 11)
    assert (rate.k, rate.n) == (1, 3)


def test_equal_weights_change_nothing():
    columns = ("y_true", "y_pred", "n", "w", "w2")
    table = CountsTable.from_rows(columns, [(1, 1, 4, 2 * SCALE, SCALE), (0, 0, 6, 3 * SCALE, 3 * SCALE // 2)])
    rate = evaluate(METRICS["accuracy"], table.total)
    assert rate.effective_n == 10
    assert evaluate(METRICS["selection_rate"], table.total).value == Fraction(2, 5)


def test_the_trivial_model_predicts_the_more_frequent_class():
    assert majority_share(CELLS).value == Fraction(9, 15)
    rare = CountsTable.from_rows(("y_true", "y_pred", "n"), [(1, 0, 1), (0, 0, 99)]).total
    assert majority_share(rare).value == Fraction(99, 100)
