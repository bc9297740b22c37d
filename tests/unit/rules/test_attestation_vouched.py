"""`attestation.vouched`: a name in a file becomes a person's word by their own act."""

from __future__ import annotations

from dataclasses import replace

from rampgate.approvals.tally import tally
from rampgate.model.approval import Contributor
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Outcome
from rampgate.rules.attestation_vouched import KIND
from worlds.facts_world import an_attestation, facts, judge, outcomes, some_people, version_facts

BY_SAM = {"security": an_attestation("security", "sam")}


def brought(attestations=None, **fields):
    given = BY_SAM if attestations is None else attestations
    return facts(attestations=given, new_attestations=given.keys(), **fields)


def one(about):
    (answer,) = judge(KIND, about)
    return answer


def test_no_new_attestation_is_nothing_to_vouch_for():
    assert outcomes(judge(KIND, facts())) == ["not_applicable"]


def test_an_attestation_that_stands_on_base_was_vouched_for():
    before = version_facts({"stage": "pilot"}, attestations=BY_SAM)
    assert outcomes(judge(KIND, facts(attestations=BY_SAM, before=before))) == ["not_applicable"]


def test_the_same_bytes_copied_to_another_version_are_new_there():
    """It covers its version; whoever signed for 1.4.0 has not seen 2.0.0."""
    old = version_facts({"version": "1.4.0", "stage": "full"}, attestations=BY_SAM)
    about = facts(attestations=BY_SAM, siblings={"1.4.0": old})
    assert one(about).outcome is Outcome.WAITING


def test_what_covers_the_model_may_be_copied():
    everywhere = {"security": an_attestation("security", "sam", covers="model")}
    assert outcomes(judge(KIND, facts(attestations=everywhere))) == ["not_applicable"]


def test_a_name_typed_into_a_file_waits_for_that_person():
    answer = one(brought(approved_by=["rita"]))
    assert answer.outcome is Outcome.WAITING
    assert answer.message == "the attestation by `sam` as `security` waits for the approval of `sam`"
    assert answer.location.path.endswith("attestations/security.yaml")
    (slot,) = answer.slots
    assert (slot.person, slot.role, slot.missing, slot.candidates) == ("sam", "security", 1, ("sam",))


def test_the_persons_approval_makes_it_theirs():
    answer = one(brought(approved_by=["sam"]))
    assert (answer.outcome, answer.attested) == (Outcome.PASS, True)
    assert answer.message == "`sam` vouches for it as `security`, by approving this content"


def test_opening_the_pull_request_makes_it_theirs():
    answer = one(brought(author="sam"))
    assert (answer.outcome, answer.attested) == (Outcome.PASS, True)


def test_a_person_who_committed_the_file_vouches_by_approving():
    about = brought(approved_by=["sam"])
    hand = Contributor("committer", "sam@example.com", person="sam", commit="c" * 40)
    reviews = replace(about.reviews, contributors=(*about.reviews.contributors, hand))
    about = replace(about, reviews=reviews, tally=tally(reviews, about.people))
    assert about.tally.people() == frozenset()
    assert one(about).outcome is Outcome.PASS


def test_committing_the_file_alone_vouches_for_nothing():
    """Anybody can type sam's address into a commit."""
    about = brought()
    hand = Contributor("committer", "sam@example.com", person="sam", commit="c" * 40)
    about = replace(about, reviews=replace(about.reviews, contributors=(hand,)))
    assert one(about).outcome is Outcome.WAITING


def test_an_approval_of_other_content_vouches_for_nothing():
    about = brought(approved_by=["sam"])
    stale = tuple(replace(each, content="sha256:before") for each in about.reviews.reviews)
    reviews = replace(about.reviews, reviews=stale)
    assert one(replace(about, reviews=reviews, tally=tally(reviews, about.people))).outcome is Outcome.WAITING


def test_a_role_that_the_person_does_not_hold_fails():
    answer = one(brought({"a": an_attestation("risk", "sam")}, approved_by=["sam"]))
    assert answer.outcome is Outcome.FAIL
    assert answer.message == "`sam` does not hold the role `risk` that the attestation claims"


def test_a_person_who_is_not_listed_fails():
    answer = one(brought({"a": an_attestation("security", "samm")}))
    assert answer.outcome is Outcome.FAIL
    assert answer.message == ("the attestation names `samm`, who is not in policies/people.yaml; did you mean `sam`?")


def test_a_person_without_an_account_can_never_vouch():
    people = some_people()
    bare = tuple(each.model_copy(update={"accounts": ()}) if each.name == "sam" else each for each in people.people)
    assert one(brought(people=people.model_copy(update={"people": bare}))).outcome is Outcome.ERROR


def test_each_new_attestation_is_answered():
    both = {**BY_SAM, "reliability": an_attestation("reliability", "carol")}
    assert outcomes(judge(KIND, brought(both, approved_by=["sam"]))) == ["pass", "waiting"]


def test_reviews_that_can_not_be_believed_vouch_for_nothing():
    about = brought(approved_by=["sam"])
    reviews = replace(about.reviews, faults=("broken",))
    assert one(replace(about, reviews=reviews, tally=tally(reviews, about.people))).outcome is Outcome.ERROR


def test_a_version_that_is_not_there_is_insufficient():
    assert outcomes(judge(KIND, replace(facts(), subject=Missing("there is no card")))) == ["insufficient"]
