"""Laws that hold for every count."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume
from hypothesis import strategies as st

from properties.laws import law
from rampgate.stats.counts import CountsTable
from rampgate.stats.decide import decide_interval
from rampgate.stats.disparity import difference_between, ratio_to_highest
from rampgate.stats.intervals import difference, paired_difference, ratio, wilson
from rampgate.stats.rates import METRICS, Rate, evaluate

samples = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([Decimal("0.9"), Decimal("0.95"), Decimal("0.99")])
cells = st.integers(0, 1000)


@law(samples, levels)
def test_a_wilson_interval_holds_its_estimate_and_stays_in_range(sample, level):
    found = wilson(*sample, level)
    assert 0 <= found.low <= Fraction(*sample) <= found.high <= 1


@law(samples, st.integers(2, 50))
def test_more_rows_at_the_same_rate_narrow_the_interval(sample, times):
    k, n = sample
    few, many = wilson(k, n), wilson(k * times, n * times)
    assert few.low <= many.low
    assert many.high <= few.high
    assert many.high - many.low < few.high - few.low


@law(samples)
def test_a_wilson_interval_is_the_mirror_of_the_other_outcome(sample):
    k, n = sample
    found, mirror = wilson(k, n), wilson(n - k, n)
    assert found.low == 1 - mirror.high
    assert found.high == 1 - mirror.low


@law(samples)
def test_one_more_success_never_lowers_a_limit(sample):
    k, n = sample
    assume(k < n)
    assert wilson(k, n).low <= wilson(k + 1, n).low
    assert wilson(k, n).high <= wilson(k + 1, n).high


@law(samples, samples, levels)
def test_a_difference_holds_its_estimate_and_turns_with_its_sign(first, second, level):
    found, turned = difference(*first, *second, level), difference(*second, *first, level)
    assert -1 <= found.low <= Fraction(*first) - Fraction(*second) <= found.high <= 1
    assert (found.low, found.high) == (-turned.high, -turned.low)


@law(samples, samples, levels)
def test_a_ratio_holds_its_estimate(first, second, level):
    assume(second[0])
    found = ratio(*first, *second, level)
    estimate = Fraction(*first) / Fraction(*second)
    assert 0 <= Fraction(found.low) <= estimate <= Fraction(found.high)


@law(cells, cells, cells)
def test_a_paired_difference_holds_its_estimate_and_turns_with_its_sign(b, c, both):
    assume(b + c + both)
    n = b + c + both
    found, turned = paired_difference(b, c, n), paired_difference(c, b, n)
    assert -1 <= found.low <= Fraction(b - c, n) <= found.high <= 1
    assert abs(found.low + turned.high) <= Decimal("2e-12")


@law(st.lists(samples, min_size=2, max_size=6))
def test_a_disparity_is_the_extreme_of_its_comparisons_and_inside_its_interval(found):
    rates = {(str(place),): Rate(k, n) for place, (k, n) in enumerate(found)}
    values = [Fraction(k, n) for k, n in found]
    gap = difference_between(rates)
    assert gap.value == max(values) - min(values)
    assert gap.interval.low <= gap.value <= gap.interval.high
    assume(max(values) > 0)
    share = ratio_to_highest(rates)
    assert share.value == min(values) / max(values)
    assert share.interval.low <= share.value <= Fraction(share.interval.high)


@law(samples, st.decimals(0, 1, places=3), st.sampled_from(["at_least", "at_most"]))
def test_deciding_on_the_whole_interval_is_never_laxer_than_on_the_point(sample, limit, direction):
    value, interval = Fraction(*sample), wilson(*sample)
    point, lower, upper = (decide_interval(value, interval, limit, direction, on) for on in ("point", "lower", "upper"))
    assert not (lower == "pass" and point == "fail")
    assert not (lower == "fail" and point == "pass")
    assert not (upper == "fail" and lower != "fail")
    assert point != "insufficient"


@law(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), *[st.integers(0, 1)] * 2, cells), max_size=16))
def test_a_marginal_loses_no_row_and_order_does_not_matter(drawn):
    unique = {row[:4]: row for row in drawn}
    rows = list(unique.values())
    columns = ("g", "h", "y_true", "y_pred", "n")
    table = CountsTable.from_rows(columns, rows)
    assert table == CountsTable.from_rows(columns, rows[::-1])
    assert table.marginal(("h",)).total.rows == sum(row[4] for row in rows)
    assert table.marginal(("h", "g")).marginal(("g",)).rows() == table.marginal(("g",)).rows()


@law(cells, cells, cells, cells)
def test_complementary_rates_add_up_to_1_or_are_both_undefined(tp, fp, fn, tn):
    rows = [(1, 1, tp), (0, 1, fp), (1, 0, fn), (0, 0, tn)]
    total = CountsTable.from_rows(("y_true", "y_pred", "n"), rows).total
    for one, other in (
        ("true_positive_rate", "false_negative_rate"),
        ("true_negative_rate", "false_positive_rate"),
        ("accuracy", "error_rate"),
    ):
        first, second = evaluate(METRICS[one], total).value, evaluate(METRICS[other], total).value
        assert (first is None) == (second is None)
        assert first is None or first + second == 1
