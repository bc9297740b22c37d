"""What the plain suite leaves out is there, and runs with the slow marks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from long_tests import ONE_OF, SLOW_ALREADY, TESTS, mark_long


@pytest.mark.parametrize("name", ONE_OF)
def test_a_file_that_runs_by_a_share_is_there(name):
    assert (TESTS / name).is_file()
    assert ONE_OF[name] > 1


def test_what_is_left_out_runs_with_the_slow_marks():
    makefile = (Path(__file__).resolve().parents[1] / "Makefile").read_text()
    (slow,) = re.findall(r"^SLOW := (.*)$", makefile, re.MULTILINE)
    assert set(slow.split(" or ")) == {*SLOW_ALREADY, "long"}


class Item:
    """As much of a collected test as is looked at."""

    def __init__(self, path, *marks):
        self.path, self.marks = path, set(marks)

    def get_closest_marker(self, name):
        return name if name in self.marks else None

    def add_marker(self, mark):
        self.marks.add(mark.name)


def test_one_test_of_so_many_stays_whatever_is_slow_besides():
    named = TESTS / "stories" / "test_doctor.py"
    assert ONE_OF["stories/test_doctor.py"] == 4
    items = [Item(named) for _ in range(9)]
    mixed = [*items[:2], Item(named, "scale"), Item(TESTS / "stories" / "runner.py"), *items[2:]]
    mark_long(mixed)
    assert ["long" in each.marks for each in items] == [False, True, True, True, False, True, True, True, False]
    assert not any("long" in each.marks for each in mixed if each not in items)
