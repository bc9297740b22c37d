"""`approval.no_objection`: whoever asks for changes is heard, whatever else is approved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rampgate.core.builtin import BUILT_IN
from rampgate.core.check import check
from rampgate.core.decide import decide
from rampgate.core.select import why_silent
from rampgate.model.approval import CountedApproval, Objection, ReviewFacts, Tally
from rampgate.model.vocabulary import ChangeKind, Outcome, Verdict
from rampgate.rules.approval_no_objection import KIND
from worlds.facts_world import facts, judge, outcomes

(VETO,) = (bound for bound in BUILT_IN if bound.rule.id == "approval.no-veto")
SAM = Objection("sam", "sam-gh", 11)
RITA_APPROVES = (CountedApproval("rita", "rita-gh", 10),)
LIFTING = {
    "schema": "rampgate/governance/v1",
    "policy_change": {"slots": [{"role": "policy_owner"}]},
    "veto_lifted_by": ["risk", "security"],
}


def one(about):
    (answer,) = judge(KIND, about)
    return answer


def test_nobody_objecting_passes():
    answer = one(facts(approved_by=["rita"]))
    assert (answer.outcome, answer.message) == (Outcome.PASS, "nobody asks for changes")


def test_no_pull_request_yet_leaves_nothing_to_judge():
    assert one(facts(reviews=ReviewFacts(given=False), tally=Tally())).outcome is Outcome.NOT_APPLICABLE


def test_an_objection_fails_whoever_else_approves():
    answer = one(facts(tally=Tally(counted=RITA_APPROVES, objections=(SAM,))))
    assert (answer.outcome, answer.message) == (Outcome.FAIL, "`sam` asked for changes")
    assert answer.fix == "settle it with `sam`: only their own approval lifts it"


def test_the_roles_that_may_lift_it_are_told():
    answer = one(facts(tally=Tally(objections=(SAM,)), governance=LIFTING))
    assert answer.fix.endswith("or a `risk` or `security` who dismisses it and says why")


def test_who_dismissed_an_objection_that_stands_is_told():
    standing = replace(SAM, dismissed="`bob`, who holds no role that may lift it, dismissed it")
    answer = one(facts(tally=Tally(objections=(standing,))))
    assert answer.message == "`sam` asked for changes, and `bob`, who holds no role that may lift it, dismissed it"


def test_everybody_who_objects_is_told_once():
    again, lena = replace(SAM, review=12), Objection("lena", "lena-gh", 13)
    answers = judge(KIND, facts(tally=Tally(objections=(SAM, again, lena))))
    assert [answer.message for answer in answers] == ["`sam` asked for changes", "`lena` asked for changes"]


def test_a_dismissal_that_nobody_tells_of_is_an_error():
    answer = one(facts(tally=Tally(counted=RITA_APPROVES, untold=(SAM,))))
    assert answer.outcome is Outcome.ERROR
    assert answer.message == "review 11 by `sam` was dismissed, and the file does not say by whom"
    assert answer.fix == "hand over `events`, the forge's events of the pull request"


def test_an_objection_of_the_same_person_says_enough():
    assert outcomes(judge(KIND, facts(tally=Tally(objections=(SAM,), untold=(replace(SAM, review=9),))))) == ["fail"]


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_reviewed_kind_of_change_is_asked_and_what_goes_down_is_not(kind):
    asked = {"register", "amend", "promote", "restore", "waiver", "policy"}
    about = facts(kind=kind) if kind not in ("none", "waiver", "policy") else facts()
    about = replace(about, change=replace(about.change, kind=kind))
    assert (why_silent(VETO, about) == "") is (kind in asked)


def test_it_denies_where_no_quorum_is_asked_for():
    about = facts(tally=Tally(objections=(SAM,)))
    assert decide(check([(VETO, "")], about)) is Verdict.DENY


def test_nobody_objecting_allows_no_promotion_by_itself():
    assert decide(check([(VETO, "")], facts(approved_by=["rita"]))) is Verdict.UNDECIDED
