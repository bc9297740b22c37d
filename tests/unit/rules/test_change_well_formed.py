"""`change.well_formed`: every fault of the diff is told, and none passes."""

from __future__ import annotations

from dataclasses import replace

from rampgate.rules.change_well_formed import KIND
from worlds.facts_world import facts, judge, outcomes


def test_a_diff_without_faults_passes():
    (answer,) = judge(KIND, facts())
    assert (answer.outcome, answer.message) == ("pass", "the diff is one change: promote")


def test_every_fault_fails_on_its_own():
    about = facts()
    broken = replace(about, change=replace(about.change, faults=("it also changes `a`", "it also changes `b`")))
    answers = judge(KIND, broken)
    assert outcomes(answers) == ["fail", "fail"]
    assert [answer.message for answer in answers] == ["it also changes `a`", "it also changes `b`"]
    assert all(answer.fix for answer in answers)


def test_it_is_never_waived():
    assert not KIND.may_be_waived
    assert KIND.built_in
