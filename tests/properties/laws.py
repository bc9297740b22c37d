"""A law of the house: held against some generated examples at every run, and against many with the slow tests.

Example::

    @law(st.integers(), st.integers())
    def test_the_order_of_a_sum_never_matters(one, other):
        assert one + other == other + one
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

FEW, MANY = 30, 600
Test = Callable[..., None]


def law(*drawn: SearchStrategy[Any], few: int = FEW) -> Callable[[Test], Test]:
    """Make a test of a law: its arguments are drawn; `few` is the number of examples at every run."""

    def decorate(test: Test) -> Test:
        @pytest.mark.parametrize("examples", [few, pytest.param(MANY, marks=pytest.mark.scale)])
        def held(examples: int) -> None:
            settings(max_examples=examples, deadline=None)(given(*drawn)(test))()

        held.__name__, held.__qualname__, held.__doc__ = test.__name__, test.__qualname__, test.__doc__
        held.__module__ = test.__module__
        return held

    return decorate
