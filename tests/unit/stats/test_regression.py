"""Regression errors from sums, against the same numbers row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rampgate.stats.counts import SCALE
from rampgate.stats.regression import RegressionSums, regression_measures

# truth 1 2 3 6, prediction 2 2 2 8: errors 1 0 -1 2; mean truth 3, squared deviations 4 1 0 9
SUMS = RegressionSums(4, 2 * SCALE, 4 * SCALE, 6 * SCALE, 12 * SCALE, 50 * SCALE)


def measured(sums=SUMS):
    return {measure.metric: measure for measure in regression_measures(sums)}


def test_errors_are_what_they_are_by_hand():
    found = measured()
    assert found["mae"].value == 1
    assert found["bias"].value == Decimal("0.5")
    assert float(found["rmse"].value) == pytest.approx(1.5**0.5, rel=1e-15)
    assert float(found["r2"].value) == pytest.approx(1 - 6 / 14, rel=1e-15)


def test_the_interval_of_the_mean_error_is_the_textbook_one():
    """Errors 1 0 -1 2: mean 0.5, sample variance 5/3; 0.5 -+ 1.959964 * sqrt(5/12)."""
    interval = measured()["bias"].interval
    assert float(interval.low) == pytest.approx(0.5 - 1.959963984540054 * (5 / 12) ** 0.5, abs=1e-11)
    assert float(interval.high) == pytest.approx(0.5 + 1.959963984540054 * (5 / 12) ** 0.5, abs=1e-11)


def test_without_rows_everything_is_undefined():
    assert all(measure.value is None for measure in regression_measures(RegressionSums(0, 0, 0, 0, 0, 0)))


def test_r2_of_a_constant_outcome_is_undefined():
    found = measured(RegressionSums(2, 0, 2 * SCALE, 2 * SCALE, 10 * SCALE, 50 * SCALE))
    assert found["r2"].value is None
    assert found["mae"].value == 1


def test_one_row_has_no_interval():
    assert measured(RegressionSums(1, SCALE, SCALE, SCALE, SCALE, SCALE))["mae"].interval is None


def test_sums_of_groups_add_up():
    half = RegressionSums(2, SCALE, 2 * SCALE, 3 * SCALE, 6 * SCALE, 25 * SCALE)
    assert half + half == SUMS


@pytest.mark.parametrize("broken", [{"n": None}, {"n": 1.0}, {"n": True}, {"sum_err": "1"}])
def test_a_sum_that_is_no_integer_is_refused(broken):
    whole = {"n": 1, "sum_err": 0, "sum_abs_err": 0, "sum_sq_err": 0, "sum_y": 0, "sum_y2": 0}
    with pytest.raises(ValueError, match=f"`{next(iter(broken))}` must be an integer"):
        RegressionSums.from_mapping({**whole, **broken})


def test_a_negative_square_is_refused():
    with pytest.raises(ValueError, match="`sum_sq_err` must be at least 0"):
        RegressionSums(1, 0, 0, -1, 0, 0)
