"""Laws of scores: bounds from bins hold, whatever the scores in them; single scores give what scikit-learn gives."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume
from hypothesis import strategies as st
from sklearn import metrics as plain

from properties.laws import law
from rampgate.measure.bins import bins_of_width, equal_bins
from rampgate.stats.auc import area, average_precision
from rampgate.stats.calibration import calibration_in_the_large, expected_calibration_error, largest_gap
from rampgate.stats.counts import SCALE
from rampgate.stats.probabilities import brier, constant_brier, constant_log_loss, log_loss
from rampgate.stats.scores import BINNED_COLUMNS, EXACT_COLUMNS, ScoreTable

scores = st.one_of(
    st.integers(0, SCALE), st.sampled_from([0, 1, 10, SCALE // 2, SCALE - 10, SCALE - 1, SCALE]), st.integers(0, 100)
)
tables = st.dictionaries(st.tuples(scores, st.integers(0, 1)), st.integers(1, 40), min_size=1, max_size=25)
widths = st.sampled_from([10**6, 10**7, 10**8])


def exact(drawn):
    return ScoreTable.from_rows(EXACT_COLUMNS, [(*key, n) for key, n in drawn.items()])


def again(table, edges):
    """The table in bins, as it is read from evidence."""
    return ScoreTable.from_rows(BINNED_COLUMNS, table.binned(edges).rows(), edges).total


@law(tables)
def test_single_scores_give_what_scikit_learn_gives(drawn):
    found = exact(drawn).total
    truth, shares, n = [key[1] for key in drawn], [key[0] / SCALE for key in drawn], list(drawn.values())
    clipped = [min(max(key[0], 1), SCALE - 1) / SCALE for key in drawn]
    squared = plain.brier_score_loss(truth, shares, sample_weight=n, pos_label=1)
    assert abs(float(brier(found).value) - squared) <= 1e-12
    # Near 1 a double has lost the digits of 1 - p, on which log loss rests.
    assert abs(float(log_loss(found).value) - plain.log_loss(truth, clipped, sample_weight=n, labels=[0, 1])) <= 1e-6
    assume(len(set(truth)) == 2)
    assert abs(float(area(found).value) - plain.roc_auc_score(truth, shares, sample_weight=n)) <= 1e-12
    precision = plain.average_precision_score(truth, shares, sample_weight=n)
    assert abs(float(average_precision(found)) - precision) <= 1e-12


@law(tables, widths)
def test_the_bounds_of_bins_hold_what_single_scores_give(drawn, width):
    table = exact(drawn)
    single, binned = table.total, again(table, bins_of_width(width).edges)
    loss, bounds = log_loss(single), log_loss(binned)
    assert Fraction(bounds.least) - Fraction(1, 10**15) <= Fraction(loss.value)
    assert Fraction(loss.value) <= Fraction(bounds.most) + Fraction(1, 10**15)
    # Squares are kept with 9 decimal places.
    assert abs(brier(single).value - brier(binned).value) <= Fraction(1, 10**9)
    true, held = area(single), area(binned)
    assert (true is None) == (held is None)
    if true is not None:
        assert held.least <= true.value <= held.most
        assert held.least <= held.value <= held.most
        assert held.interval().low <= true.interval().low
        assert true.interval().high <= held.interval().high


@law(tables, widths)
def test_an_interval_from_bins_is_never_narrower_than_that_of_single_scores(drawn, width):
    table = exact(drawn)
    for measure in (brier, log_loss):
        one, other = measure(table.total).interval, measure(again(table, bins_of_width(width).edges)).interval
        assert (one is None) == (other is None)
        if one is not None:
            assert other.low <= one.low + Decimal("1e-8")
            assert one.high - Decimal("1e-8") <= other.high


@law(tables)
def test_a_constant_guess_scores_as_the_formula_says(drawn):
    found = exact(drawn).total
    rate = round(SCALE * found.positives / found.rows)
    constant = ScoreTable.from_rows(
        EXACT_COLUMNS, [(rate, label, n) for label, n in ((1, found.positives), (0, found.negatives)) if n]
    ).total
    assert abs(float(brier(constant).value - constant_brier(found.positives, found.rows))) <= 1e-9
    other = float(constant_log_loss(found.positives, found.rows))
    assert abs(float(log_loss(constant).value) - other) <= 1e-7


@law(tables)
def test_gaps_of_calibration_hold_their_estimates(drawn):
    table = again(exact(drawn), equal_bins(10).edges)
    expected, largest, large = expected_calibration_error(table), largest_gap(table), calibration_in_the_large(table)
    assert 0 <= expected.value <= largest.value <= 1
    assert abs(large.value) <= expected.value
    for gap in (expected, largest, large):
        if gap.interval is not None:
            assert Fraction(gap.interval.low) <= gap.value <= Fraction(gap.interval.high)


@law(tables, widths)
def test_a_table_is_read_as_it_was_written(drawn, width):
    edges = bins_of_width(width).edges
    rows = exact(drawn).binned(edges).rows()
    assert ScoreTable.from_rows(BINNED_COLUMNS, rows, edges).rows() == rows
