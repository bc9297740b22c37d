"""More than two classes, calibration and impact ratios, by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from rampgate.stats.calibration import calibration_in_the_large, expected_calibration_error, largest_gap, reliability
from rampgate.stats.counts import SCALE, CountsTable
from rampgate.stats.impact_ratio import categories
from rampgate.stats.multiclass import Confusion
from rampgate.stats.scores import EXACT_COLUMNS, ScoreTable

PETS = Confusion({("cat", "cat"): 4, ("cat", "dog"): 1, ("dog", "dog"): 2, ("dog", "fox"): 1, ("fox", "fox"): 2})


def test_rates_of_a_class_are_its_row_and_column():
    assert PETS.accuracy.value == Fraction(8, 10)
    assert PETS.recall("cat").value == Fraction(4, 5)
    assert PETS.precision("dog").value == Fraction(2, 3)
    assert PETS.f1("fox").value == Fraction(4, 5)


def test_a_macro_mean_counts_classes_alike_and_a_weighted_one_by_their_rows():
    assert PETS.macro(PETS.recall) == (Fraction(4, 5) + Fraction(2, 3) + 1) / 3
    assert PETS.weighted(PETS.recall) == PETS.accuracy.value


def test_the_trivial_model_gives_the_most_frequent_class():
    assert PETS.trivial_accuracy.value == Fraction(1, 2)
    assert PETS.trivial_macro_f1 == Fraction(2, 3) / 3


def test_a_mean_over_a_class_that_was_never_predicted_is_undefined():
    found = Confusion({("a", "a"): 3, ("b", "a"): 1})
    assert found.precision("b").value is None
    assert found.macro(found.precision) is None
    assert found.macro(found.f1) is not None
    assert found.weighted(found.recall) == Fraction(3, 4)
    assert Confusion({}).macro(PETS.f1) is None


def table(*cells, edges=("0", "0.5", "1.000000001")):
    rows = [(int(Decimal(score) * SCALE), truth, n) for score, truth, n in cells]
    return ScoreTable.from_rows(EXACT_COLUMNS, rows).binned([int(Decimal(edge) * SCALE) for edge in edges]).total


def test_gaps_of_calibration_are_those_of_the_bins():
    """Below 0.5: predicted 0.2, observed 1/4. Above: predicted 0.9, observed 4/4."""
    found = table(("0.2", 1, 1), ("0.2", 0, 3), ("0.9", 1, 4))
    assert [(each.observed.value, each.predicted) for each in reliability(found)] == [
        (Fraction(1, 4), Fraction(1, 5)),
        (Fraction(1), Fraction(9, 10)),
    ]
    assert expected_calibration_error(found).value == Fraction(75, 1000)
    assert largest_gap(found).value == Fraction(1, 10)
    assert calibration_in_the_large(found).value == Fraction(55, 100) - Fraction(5, 8)


def test_a_model_that_promises_too_much_is_told_by_the_sign():
    assert calibration_in_the_large(table(("0.9", 1, 50), ("0.9", 0, 50))).value == Fraction(2, 5)
    assert calibration_in_the_large(table(("0.9", 1, 50), ("0.9", 0, 50))).interval.low > 0


def test_few_rows_can_not_rule_out_a_perfect_calibration():
    found = table(("0.2", 1, 1), ("0.2", 0, 3), ("0.9", 1, 4))
    assert expected_calibration_error(found).interval.low == 0
    assert expected_calibration_error(found).interval.high > Fraction(2, 5)


COUNTS = CountsTable.from_rows(
    ("sex", "race", "outcome", "n"),
    [
        ("F", "A", 1, 40), ("F", "A", 0, 60), ("F", "B", 1, 10), ("F", "B", 0, 40), ("F", "Unknown", 1, 2),
        ("M", "A", 1, 60), ("M", "A", 0, 60), ("M", "B", 1, 15), ("M", "B", 0, 35), ("M", "C", 1, 2), ("M", "C", 0, 1),
    ],
)  # fmt: skip


def test_an_impact_ratio_is_the_rate_over_the_highest_rate():
    found = {
        each.group: each.ratio for each in categories(COUNTS, ("sex",), unknown="unknown", least_share=Fraction(0))
    }
    assert found == {("F",): Fraction(52, 152) / Fraction(77, 173), ("M",): Fraction(1)}


def test_a_category_under_the_least_share_is_left_out_and_is_not_the_highest():
    """C has the highest rate, 2 of 3, and 3 of 325 rows."""
    every = {each.group: each for each in categories(COUNTS, ("race",), unknown="unknown", least_share=Fraction(0))}
    assert every["C",].ratio == 1
    few = {each.group: each for each in categories(COUNTS, ("race",), unknown="unknown", least_share=Fraction(2, 100))}
    assert (few["C",].why, few["C",].ratio, few["C",].rate.n) == ("under the least share", None, 3)
    assert few["A",].ratio == 1
    assert few["B",].ratio == Fraction(25, 100) / Fraction(100, 220)


def test_an_unknown_category_is_counted_and_never_compared():
    found = {each.group: each for each in categories(COUNTS, ("race",), unknown="unknown", least_share=Fraction(0))}
    assert (found["Unknown",].why, found["Unknown",].ratio, found["Unknown",].rate.n) == ("unknown", None, 2)


def test_where_nobody_is_selected_there_is_no_ratio():
    nobody = CountsTable.from_rows(("sex", "outcome", "n"), [("F", 0, 5), ("M", 0, 5)])
    assert [each.ratio for each in categories(nobody, ("sex",), unknown="unknown", least_share=Fraction(0))] == [
        None,
        None,
    ]


def test_one_category_is_compared_with_nobody():
    one = CountsTable.from_rows(("sex", "outcome", "n"), [("F", 1, 5)])
    assert categories(one, ("sex",), unknown="unknown", least_share=Fraction(0))[0].ratio is None
    with pytest.raises(ValueError, match="no rows"):
        categories(CountsTable.from_rows(("sex", "outcome", "n"), []), ("sex",), unknown="u", least_share=Fraction(0))
