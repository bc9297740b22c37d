"""What a counts table accepts, sums up and refuses."""

from __future__ import annotations

import pytest

from rampgate.stats.counts import CountsTable

COLUMNS = ("sex", "age", "y_true", "y_pred", "n")
ROWS = [
    ("f", "old", 1, 1, 3),
    ("f", "old", 0, 1, 1),
    ("f", "young", 1, 0, 2),
    ("m", "old", 0, 0, 5),
    ("m", "old", 1, 1, 4),
]


def test_a_marginal_sums_over_the_columns_left_out():
    table = CountsTable.from_rows(COLUMNS, ROWS).marginal(("sex",))
    assert table.columns == ("sex",)
    assert list(table.groups()) == [("f",), ("m",)]
    assert table.rows() == [["f", 0, 1, 1], ["f", 1, 0, 2], ["f", 1, 1, 3], ["m", 0, 0, 5], ["m", 1, 1, 4]]


def test_the_total_has_every_row_once():
    total = CountsTable.from_rows(COLUMNS, ROWS).total
    assert total.rows == 15
    assert [total.amount(name).n for name in ("tp", "fp", "fn", "tn")] == [7, 1, 2, 5]


def test_a_marginal_over_nothing_is_the_total():
    table = CountsTable.from_rows(COLUMNS, ROWS)
    assert table.marginal(()).groups()[()].rows == table.total.rows


def test_rows_are_written_in_one_order_whatever_the_order_they_came_in():
    assert CountsTable.from_rows(COLUMNS, ROWS).rows() == CountsTable.from_rows(COLUMNS, ROWS[::-1]).rows()


def test_a_table_survives_being_written_and_read():
    table = CountsTable.from_rows(COLUMNS, ROWS)
    assert CountsTable.from_rows(table.column_names(), table.rows()) == table


def test_an_outcome_table_has_yes_and_no():
    table = CountsTable.from_rows(("lang", "outcome", "n"), [("en", 1, 3), ("en", 0, 7)])
    assert table.kind == "outcome"
    assert table.total.amount("yes").n == 3
    assert table.column_names() == ["lang", "outcome", "n"]


def test_weights_stand_beside_the_rows():
    columns = ("sex", "y_true", "y_pred", "n", "w", "w2")
    table = CountsTable.from_rows(columns, [("f", 1, 1, 2, 3_000_000_000, 5_000_000_000)])
    amount = table.total.amount("tp", "fn")
    assert (amount.n, amount.weight, amount.square) == (2, 3_000_000_000, 5_000_000_000)
    assert table.rows() == [["f", 1, 1, 2, 3_000_000_000, 5_000_000_000]]
    assert table.column_names() == list(columns)


REFUSED = {
    "a cell twice": (COLUMNS, [ROWS[0], ROWS[0]], r"row 2: .* is listed twice"),
    "a negative count": (("y_true", "y_pred", "n"), [(1, 1, -1)], r"row 1: `n` must be an integer of at least 0"),
    "a count that is a float": (("y_true", "y_pred", "n"), [(1, 1, 1.0)], r"`n` must be an integer"),
    "a count that is true": (("y_true", "y_pred", "n"), [(1, 1, True)], r"`n` must be an integer"),
    "a label of 2": (("y_true", "y_pred", "n"), [(2, 1, 1)], r"labels must be 0 or 1, found \[2, 1\]"),
    "a group that is no text": (("a", "y_true", "y_pred", "n"), [(None, 1, 1, 1)], r"group `a` must be text"),
    "a short row": (COLUMNS, [("f", 1, 1, 1)], r"row 1: expected 5 values"),
    "a row that is text": (("y_true", "y_pred", "n"), ["111"], r"expected 3 values"),
    "no labels": (("sex", "n"), [], r"columns must end with"),
    "a column twice": (("sex", "sex", "y_true", "y_pred", "n"), [], r"named twice"),
    "a group named n": (("n", "outcome", "y_true", "y_pred", "n"), [], r"named twice"),
    "a group named w": (("w", "y_true", "y_pred", "n"), [], r"must not be named `w`"),
    "a weight without its square": (("y_true", "y_pred", "n", "w"), [], r"columns must end with"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_table_that_is_none_is_refused(case):
    columns, rows, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        CountsTable.from_rows(columns, rows)


def test_a_marginal_over_an_unknown_column_names_the_known_ones():
    with pytest.raises(ValueError, match="no group column `race`; the counts have `sex`, `age`"):
        CountsTable.from_rows(COLUMNS, ROWS).marginal(("race",))


def test_without_leaves_the_other_groups_alone():
    table = CountsTable.from_rows(COLUMNS, ROWS).without([("f", "old")])
    assert list(table.groups()) == [("f", "young"), ("m", "old")]


def test_two_tables_add_up_cell_by_cell() -> None:
    """2 + 3 in the cell that both have; a group that one table lacks comes along."""
    first = CountsTable.from_rows(["sex", "y_true", "y_pred", "n"], [["female", 1, 1, 2], ["female", 0, 0, 5]])
    second = CountsTable.from_rows(["sex", "y_true", "y_pred", "n"], [["female", 1, 1, 3], ["male", 1, 0, 4]])
    assert (first + second).rows() == [["female", 0, 0, 5], ["female", 1, 1, 5], ["male", 1, 0, 4]]
    assert (first + second).rows() == (second + first).rows()


def test_tables_that_count_other_things_do_not_add_up() -> None:
    confusion = CountsTable.from_rows(["y_true", "y_pred", "n"], [[1, 1, 2]])
    outcome = CountsTable.from_rows(["outcome", "n"], [[1, 2]])
    with pytest.raises(ValueError, match="add up only where"):
        _ = confusion + outcome
