"""The place of a number among edges, as SQL that finds it in few steps."""

from __future__ import annotations

import duckdb
import pytest

from rampgate.measure.histograms import AT_ONCE, searched
from rampgate.measure.sql import DIALECTS


@pytest.mark.parametrize("edges", [1, 2, AT_ONCE, AT_ONCE + 1, AT_ONCE + 2, 41, (AT_ONCE + 1) ** 2, 400])
def test_a_number_is_found_among_any_edges(edges):
    """An edge belongs to the bin above it."""
    texts = [f"{place - edges / 2:.1f}" for place in range(edges)]
    numbers = [*map(float, texts), *(float(text) - 0.25 for text in texts), -1e9, 1e9]
    sql = f"SELECT x, {searched(DIALECTS['duckdb'], 'x', texts)} FROM (SELECT unnest(?::DOUBLE[]) AS x)"
    found = duckdb.execute(sql, [numbers]).fetchall()
    assert len(found) == len(numbers)
    for number, place in found:
        assert place == sum(number >= float(text) for text in texts)
