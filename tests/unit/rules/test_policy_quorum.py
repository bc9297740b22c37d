"""`policy.quorum`: the rules change only by those who may change them."""

from __future__ import annotations

from rampgate.model.change import Change
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import ChangeKind, Outcome
from rampgate.rules.policy_quorum import KIND
from worlds.facts_world import facts, judge, outcomes

POLICY = Change(ChangeKind.POLICY)


def test_two_policy_owners_change_the_rules():
    assert outcomes(judge(KIND, facts(change=POLICY, approved_by=["olga", "omar"]))) == ["pass"]


def test_one_of_two_waits_for_the_other():
    (answer,) = judge(KIND, facts(change=POLICY, approved_by=["olga"]))
    assert answer.message == "1 of 2 approvals; waiting for a `policy_owner`: omar"
    assert answer.slots[0].rule == "policy.quorum"


def test_who_owns_models_does_not_change_the_rules():
    (answer,) = judge(KIND, facts(change=POLICY, approved_by=["rita", "sam"]))
    assert (answer.outcome, answer.found) == (Outcome.WAITING, "0 of 2")


def test_an_author_who_is_needed_leaves_the_quorum_to_nobody():
    (answer,) = judge(KIND, facts(change=POLICY, author="olga", approved_by=["omar"]))
    assert answer.outcome is Outcome.ERROR
    assert "`olga` opened the pull request" in answer.message


def test_rules_that_would_not_work_fail_whoever_approves():
    about = facts(change=POLICY, approved_by=["olga", "omar"], policy_problems=("policies/a.yaml:3:1: unknown kind",))
    failed, quorum = judge(KIND, about)
    assert (failed.outcome, quorum.outcome) == (Outcome.FAIL, Outcome.PASS)
    assert failed.message == "the rules would not work: policies/a.yaml:3:1: unknown kind"


def test_without_governance_nobody_may_change_the_rules():
    (answer,) = judge(KIND, facts(change=POLICY, governance=Missing("there is no policies/governance.yaml")))
    assert (answer.outcome, answer.message) == (Outcome.INSUFFICIENT, "there is no policies/governance.yaml")


def test_other_changes_touch_no_rules():
    assert outcomes(judge(KIND, facts())) == ["not_applicable"]
