"""The kernel gives what Fairlearn gives wherever Fairlearn is defined: every rate, difference and ratio."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
from fairlearn import metrics as fair
from hypothesis import strategies as st
from sklearn import metrics as plain

from properties.laws import law
from rampgate.formats.measured.disparities import tell_disparities
from rampgate.stats.counts import CountsTable
from rampgate.stats.multiclass import Confusion
from rampgate.stats.rates import METRICS, evaluate

CELLS = ((1, 1), (0, 1), (1, 0), (0, 0))
groups = st.lists(st.tuples(*[st.integers(0, 60)] * 4), min_size=2, max_size=5).filter(
    lambda drawn: all(sum(cells) for cells in drawn)
)
BY_GROUP = {
    "selection_rate": fair.selection_rate,
    "true_positive_rate": fair.true_positive_rate,
    "false_negative_rate": fair.false_negative_rate,
    "true_negative_rate": fair.true_negative_rate,
    "false_positive_rate": fair.false_positive_rate,
    "accuracy": plain.accuracy_score,
    "error_rate": plain.zero_one_loss,
}
WHOLE = {
    "selection_rate_difference": fair.demographic_parity_difference,
    "selection_rate_ratio": fair.demographic_parity_ratio,
    "equalized_odds_difference": fair.equalized_odds_difference,
    "equalized_odds_ratio": fair.equalized_odds_ratio,
    "true_positive_rate_difference": fair.true_positive_rate_difference,
    "false_positive_rate_ratio": fair.false_positive_rate_ratio,
    "accuracy_difference": None,
}


def both(drawn):
    """The same counts as a table of ours and as a frame of weighted rows; a cell of 0 rows is no row."""
    rows = [
        (str(place), *labels, n)
        for place, cells in enumerate(drawn)
        for labels, n in zip(CELLS, cells, strict=True)
        if n
    ]
    table = CountsTable.from_rows(("g", "y_true", "y_pred", "n"), rows)
    return table, pd.DataFrame(rows, columns=["g", "y", "p", "n"])


@law(groups, few=8)
def test_every_rate_of_every_group_is_that_of_fairlearn_where_it_is_defined(drawn):
    table, frame = both(drawn)
    weights = {name: {"sample_weight": frame["n"]} for name in BY_GROUP}
    found = fair.MetricFrame(
        metrics=BY_GROUP, y_true=frame["y"], y_pred=frame["p"], sensitive_features=frame["g"], sample_params=weights
    )
    for name in BY_GROUP:
        rates = {group[0]: evaluate(METRICS[name], cells).value for group, cells in table.groups().items()}
        for group, value in rates.items():
            if value is not None:
                assert abs(float(value) - found.by_group[name][group]) <= 1e-12
        if None not in rates.values():
            assert abs(float(max(rates.values()) - min(rates.values())) - found.difference()[name]) <= 1e-12
            if max(rates.values()):
                assert abs(float(min(rates.values()) / max(rates.values())) - found.ratio()[name]) <= 1e-12


@law(groups, few=8)
def test_every_disparity_is_that_of_fairlearn_where_all_rates_are_defined(drawn):
    table, frame = both(drawn)
    told = {each.metric: each for each in tell_disparities(table, ("g",)) if each.by}
    for name, function in WHOLE.items():
        if function is None or told[name].value is None:
            continue
        other = function(frame["y"], frame["p"], sensitive_features=frame["g"], sample_weight=frame["n"])
        assert abs(float(told[name].value) - other) <= 1e-12


@law(groups, few=8)
def test_a_disparity_is_defined_only_where_the_rate_of_every_group_is(drawn):
    """Fairlearn gives 0 there: a group without positives would be the worst, or the best, of all."""
    table, _ = both(drawn)
    told = {each.metric: each.value for each in tell_disparities(table, ("g",)) if each.by}
    without_positives = any(cells[0] + cells[2] == 0 for cells in drawn)
    without_negatives = any(cells[1] + cells[3] == 0 for cells in drawn)
    assert (told["true_positive_rate_difference"] is None) == without_positives
    assert (told["false_positive_rate_difference"] is None) == without_negatives
    assert (told["equalized_odds_difference"] is None) == (without_positives or without_negatives)
    assert told["selection_rate_difference"] is not None
    assert (told["selection_rate_ratio"] is None) == all(cells[0] + cells[1] == 0 for cells in drawn)


@law(groups, few=8)
def test_an_interval_of_a_disparity_holds_its_estimate(drawn):
    table, _ = both(drawn)
    for each in tell_disparities(table, ("g",)):
        if each.interval is not None:
            assert Fraction(each.interval.low) <= each.value <= Fraction(each.interval.high)


classes = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), st.integers(1, 50), min_size=1, max_size=16
)


@law(classes, few=20)
def test_more_than_two_classes_are_measured_as_scikit_learn_does_where_it_is_defined(cells):
    confusion = Confusion(cells)
    truth, predicted = [pair[0] for pair in cells], [pair[1] for pair in cells]
    weights, labels = list(cells.values()), list(confusion.classes)
    assert abs(float(confusion.accuracy.value) - plain.accuracy_score(truth, predicted, sample_weight=weights)) <= 1e-12
    functions = {"precision": plain.precision_score, "recall": plain.recall_score, "f1": plain.f1_score}
    for name, function in functions.items():
        rate = getattr(confusion, name)
        for average, value in (("macro", confusion.macro(rate)), ("weighted", confusion.weighted(rate))):
            other = function(truth, predicted, labels=labels, average=average, sample_weight=weights, zero_division=0)
            if value is not None:
                assert abs(float(value) - other) <= 1e-12
        undefined = any(rate(label).value is None for label in labels)
        assert (confusion.macro(rate) is None) == undefined
