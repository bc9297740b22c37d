"""`people.attributable`: nobody unknown has a hand in a change."""

from __future__ import annotations

from dataclasses import replace

from rampgate.model.approval import Contributor, ReviewFacts
from rampgate.model.vocabulary import Outcome
from rampgate.rules.people_attributable import KIND
from worlds.facts_world import facts, judge, outcomes

COMMIT, NEXT = "abc1234" + "0" * 33, "def5678" + "0" * 33
ALICE = Contributor("author", "alice-gh", person="alice")


def answers(*contributors, given=True, faults=()):
    reviews = ReviewFacts(given=given, author="alice", contributors=contributors, faults=faults)
    return judge(KIND, replace(facts(), reviews=reviews))


def test_known_people_and_listed_bots_pass():
    bot = Contributor("committer", "noreply@github.com", bot="web-flow", commit=COMMIT)
    (answer,) = answers(ALICE, bot)
    assert (answer.outcome, answer.found) == (Outcome.PASS, "alice, web-flow")


def test_an_unknown_commit_author_is_an_error_that_says_what_to_add():
    (answer,) = answers(ALICE, Contributor("commit author", "who@z.org", commit=COMMIT))
    assert answer.outcome is Outcome.ERROR
    assert answer.message == "`who@z.org`, commit author of abc1234, is not in policies/people.yaml"
    assert answer.fix.startswith("add the address to `emails` of its person (or bot) in policies/people.yaml")


def test_an_unknown_account_is_to_be_added_to_the_accounts():
    (answer,) = answers(ALICE, Contributor("committer", "mallory", commit=COMMIT))
    assert answer.outcome is Outcome.ERROR
    assert answer.fix.startswith("add the account to `accounts`")


def test_an_unknown_opener_is_an_error():
    (answer,) = answers(Contributor("author", "mallory"))
    assert answer.outcome is Outcome.ERROR
    assert answer.message == "`mallory`, who opened the pull request, is not in policies/people.yaml"


def test_many_commits_of_one_stranger_are_told_once():
    strangers = [
        Contributor("commit author", mark, commit=sha) for mark in ("w@z.org", "W@z.org") for sha in (COMMIT, NEXT)
    ]
    assert outcomes(answers(ALICE, *strangers)) == ["error"]


def test_an_unknown_co_author_is_a_warning():
    known, warning = answers(ALICE, Contributor("co-author", "who@z.org", commit=COMMIT))
    assert known.outcome is Outcome.PASS
    assert warning.outcome is Outcome.NOT_APPLICABLE
    assert "co-author `who@z.org` of abc1234 is not in policies/people.yaml" in warning.message


def test_lists_that_can_not_be_believed_are_an_error_and_never_a_pass():
    assert outcomes(answers(ALICE, faults=("the forge lists a commit that Git does not have",))) == ["error"]


def test_a_pull_request_that_nobody_opened_is_an_error():
    hand = Contributor("committer", "a@x.org", person="alice", commit=COMMIT)
    assert outcomes(answers(hand)) == ["error"]


def test_before_any_commit_there_is_nothing_to_attribute():
    assert outcomes(answers(given=False)) == ["not_applicable"]


def test_commits_are_attributed_before_there_is_a_pull_request():
    assert outcomes(answers(Contributor("committer", "who@z.org", commit=COMMIT), given=False)) == ["error"]
