"""`change.own_branch`: what serves is asked for from a branch of this repository."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rampgate.core.builtin import BUILT_IN
from rampgate.core.select import why_silent
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome
from rampgate.rules.change_own_branch import KIND
from worlds.facts_world import facts, judge

(FORKS,) = (bound for bound in BUILT_IN if bound.rule.id == "change.from-this-repository")
GOVERNANCE = {"schema": "rampgate/governance/v1", "policy_change": {"slots": [{"role": "policy_owner"}]}}


def one(*, from_fork, **given):
    about = facts(**given)
    (answer,) = judge(KIND, replace(about, reviews=replace(about.reviews, from_fork=from_fork)))
    return answer


def test_a_branch_of_this_repository_passes():
    assert one(from_fork=False).outcome is Outcome.PASS


@pytest.mark.parametrize("governance", [None, {**GOVERNANCE, "forks": "refused"}, Missing("there is none")])
def test_a_fork_is_refused_unless_governance_says_otherwise(governance):
    answer = one(from_fork=True, governance=governance)
    assert (answer.outcome, answer.found, answer.expected) == (Outcome.FAIL, "a fork", "this repository")
    assert answer.fix.startswith("push the branch to this repository")


def test_a_fork_that_governance_allows_is_no_ones_business():
    assert one(from_fork=True, governance={**GOVERNANCE, "forks": "allowed"}).outcome is Outcome.NOT_APPLICABLE


def test_an_unknown_repository_is_not_called_this_one():
    assert one(from_fork=None).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("kind", ["rollback", "retire"])
def test_what_goes_down_or_leaves_may_come_from_a_fork(kind):
    assert why_silent(FORKS, facts(kind=kind)) != ""
