"""`waiver.granted`: an exception is given by who may, and by somebody else than who asks."""

from __future__ import annotations

from dataclasses import replace

from rampgate.approvals.tally import tally
from rampgate.model.approval import Contributor
from rampgate.model.change import Change, TouchedPath
from rampgate.model.vocabulary import ChangeKind, Outcome
from rampgate.model.waiver import Waiver
from rampgate.rules.waiver_granted import KIND
from worlds.facts_world import facts, judge, outcomes, sourced

PATH = "policies/waivers/W-1.yaml"
RULE = "fairness.selection-rate-by-sex"
WAIVER = {
    "schema": "rampgate/waiver/v1",
    "id": "W-1",
    "rule": RULE,
    "model": "credit-risk",
    "version": "2.0.0",
    "entering": "ramp",
    "reason": "The group is under 100 until March",
    "owner": "alice",
    "approved_by": "rita",
    "starts": "2026-11-20",
    "ends": "2026-12-20",
}


def adding(change=None, **fields):
    waiver = {**WAIVER, **(change or {})}
    return facts(
        change=Change(ChangeKind.WAIVER, touched=(TouchedPath(PATH, "", "a" * 40),)),
        waiver=waiver,
        waivable_roles={RULE: ("risk",), "card.complete": ("policy_owner",)},
        **fields,
    )


def one(about):
    (answer,) = judge(KIND, about)
    return answer


def test_the_grantors_approval_grants_it():
    answer = one(adding(approved_by=["rita"]))
    assert answer.outcome is Outcome.PASS
    assert answer.message == "`rita` grants it until 2026-12-20; `alice` answers for it"


def test_it_waits_for_the_grantor_whoever_else_approves():
    answer = one(adding(approved_by=["raj"]))
    assert (answer.outcome, answer.message) == (Outcome.WAITING, "the waiver waits for the approval of `rita`")
    (slot,) = answer.slots
    assert (slot.person, slot.role, slot.missing) == ("rita", "risk", 1)
    assert answer.location.path == PATH


def test_a_grantor_without_a_role_that_may_waive_fails():
    answer = one(adding({"approved_by": "sam"}, approved_by=["sam"]))
    assert (answer.outcome, answer.message) == (Outcome.FAIL, f"`sam` holds no role that may waive `{RULE}`")
    assert (answer.found, answer.expected) == ("`security`", "`risk`")


def test_the_author_can_not_grant_what_they_bring():
    answer = one(adding(author="rita"))
    assert answer.outcome is Outcome.FAIL
    assert answer.message == "`rita` opened the pull request and can not grant the waiver that it brings"


def test_the_owner_can_not_grant_it_to_themselves():
    """The file itself is refused; should one slip through, the rule refuses it too."""
    about = adding(approved_by=["rita"])
    noun = about.waiver.noun.model_copy(update={"owner": "rita"})
    assert one(replace(about, waiver=replace(about.waiver, noun=noun))).outcome is Outcome.FAIL


def test_a_rule_that_can_not_be_waived_fails():
    answer = one(adding({"rule": "fairness.selection-rate-by-sx"}, approved_by=["rita"]))
    assert answer.outcome is Outcome.FAIL
    assert answer.message == f"no policy has a waivable rule `fairness.selection-rate-by-sx`; did you mean `{RULE}`?"


def test_strangers_in_the_file_fail_each_at_its_place():
    answers = judge(KIND, adding({"owner": "alicia", "approved_by": "ritta"}))
    assert outcomes(answers) == ["fail", "fail"]
    assert [answer.message for answer in answers] == [
        "`alicia` is not in policies/people.yaml; did you mean `alice`?",
        "`ritta` is not in policies/people.yaml; did you mean `rita`?",
    ]
    assert answers[0].location != answers[1].location


def test_a_grantor_with_a_hand_in_the_change_can_never_grant_it():
    about = adding(approved_by=["rita"])
    hand = Contributor("committer", "rita@example.com", person="rita", commit="c" * 40)
    reviews = replace(about.reviews, contributors=(*about.reviews.contributors, hand))
    about = replace(about, reviews=reviews, tally=tally(reviews, about.people))
    assert one(about).outcome is Outcome.ERROR


def test_reviews_that_can_not_be_believed_are_an_error():
    about = adding(approved_by=["rita"])
    assert one(replace(about, reviews=replace(about.reviews, faults=("broken",)))).outcome is Outcome.ERROR


def test_taking_a_waiver_away_needs_no_grant():
    removed = Change(ChangeKind.WAIVER, touched=(TouchedPath(PATH, "a" * 40, ""),))
    assert one(facts(change=removed)).outcome is Outcome.PASS


def test_a_waiver_that_could_not_be_read_is_insufficient():
    added = Change(ChangeKind.WAIVER, touched=(TouchedPath(PATH, "", "a" * 40),))
    assert one(facts(change=added)).outcome is Outcome.INSUFFICIENT
    assert one(facts(change=Change(ChangeKind.WAIVER))).outcome is Outcome.INSUFFICIENT


def test_other_changes_bring_no_waiver():
    about = facts()
    assert one(replace(about, waiver=sourced(Waiver, WAIVER, PATH))).outcome is Outcome.NOT_APPLICABLE
