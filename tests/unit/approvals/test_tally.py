"""Which reviews count; the scenarios are those that other approval engines test."""

from __future__ import annotations

import pytest

from rampgate.approvals.tally import tally, vouchers
from rampgate.model.approval import Contributor, Review, ReviewFacts
from rampgate.model.people import People
from rampgate.model.sourced import Missing

CONTENT = "sha256:now"
HEAD = "abc1234" + "0" * 33
OLD = "def5678" + "0" * 33
ALICE, BOB, RITA, RITA_AT_HOME, SAM = 1001, 1002, 1005, 2005, 1004
PEOPLE = People.model_validate(
    {
        "schema": "rampgate/people/v1",
        "people": [
            {"name": name, "accounts": [{"forge": "github", "id": i, "login": login} for i, login in accounts]}
            for name, accounts in {
                "alice": [(ALICE, "alice")],
                "bob": [(BOB, "bob")],
                "rita": [(RITA, "rita"), (RITA_AT_HOME, "rita-at-home")],
                "sam": [(SAM, "sam")],
            }.items()
        ],
        "bots": [{"forge": "github", "id": 41898282, "login": "github-actions[bot]"}],
    }
)


def review(number, account, state="APPROVED", login="somebody", content=CONTENT, is_bot=False, commit=HEAD):
    return Review(number, account, login, is_bot=is_bot, state=state, commit=commit, content=content)


def sorted_out(*reviews, contributors=(), **fields):
    given = {"given": True, "author": "alice", "author_account": ALICE, "content": CONTENT, "head": HEAD, **fields}
    return tally(ReviewFacts(reviews=reviews, contributors=contributors, **given), PEOPLE)


def reasons(result):
    return {each.review: each.reason for each in result.ignored}


def test_an_approval_of_this_content_counts():
    result = sorted_out(review(1, RITA, login="rita"))
    assert [(each.person, each.login, each.review) for each in result.counted] == [("rita", "rita", 1)]
    assert result.ignored == result.objections == ()


def test_the_author_cannot_approve_their_own_request():
    result = sorted_out(review(1, ALICE), review(2, RITA))
    assert result.people() == {"rita"}
    assert reasons(result) == {1: "opened this pull request"}


@pytest.mark.parametrize("how", ["commit author", "committer", "co-author"])
def test_who_had_a_hand_in_the_change_cannot_approve_it(how):
    hand = Contributor(how, "rita@example.com", person="rita", commit=HEAD)
    result = sorted_out(review(1, RITA), contributors=(hand,))
    assert result.people() == frozenset()
    assert reasons(result) == {1: f"had a hand in this change ({how} of abc1234)"}


def test_a_contributor_cannot_approve_from_a_second_account():
    hand = Contributor("committer", "rita", person="rita", commit=HEAD)
    assert sorted_out(review(1, RITA_AT_HOME), contributors=(hand,)).people() == frozenset()


def test_a_bot_that_commits_does_not_free_the_human_who_wrote_it():
    hands = (
        Contributor("commit author", "rita", person="rita", commit=HEAD),
        Contributor("committer", "github-actions[bot]", bot="github-actions[bot]", commit=HEAD),
    )
    assert sorted_out(review(1, RITA), contributors=hands).people() == frozenset()


def test_three_approvals_of_one_person_count_once():
    result = sorted_out(review(1, RITA), review(2, RITA), review(3, RITA))
    assert [each.review for each in result.counted] == [3]
    assert reasons(result) == dict.fromkeys((1, 2), "replaced by review 3 of the same account")


def test_two_accounts_of_one_person_count_once():
    result = sorted_out(review(1, RITA), review(2, RITA_AT_HOME))
    assert [(each.person, each.review) for each in result.counted] == [("rita", 1)]
    assert reasons(result) == {2: "`rita` counts once, by review 1"}


def test_push_after_approval_voids_it():
    result = sorted_out(review(1, RITA, content="sha256:before", commit=OLD))
    assert result.people() == frozenset()
    assert reasons(result) == {1: "stale: reviewed def5678, the content has changed since"}


def test_approving_the_new_content_after_a_push_counts():
    result = sorted_out(review(1, RITA, content="sha256:before", commit=OLD), review(2, RITA))
    assert [each.review for each in result.counted] == [2]


def test_an_approval_of_another_commit_with_the_same_content_counts():
    """An amended message or a rebase changes the commit and nothing that was approved."""
    assert sorted_out(review(1, RITA, commit=OLD)).people() == {"rita"}


def test_an_approval_of_a_commit_that_can_not_be_read_is_ignored_with_that_reason():
    result = sorted_out(review(1, RITA, content=Missing("commit def5678 can not be read")))
    assert reasons(result) == {1: "commit def5678 can not be read"}


def test_an_unknown_content_equals_no_other_unknown_content():
    assert sorted_out(review(1, RITA, content=""), content="").people() == frozenset()


def test_a_comment_after_an_approval_takes_nothing_away():
    result = sorted_out(review(1, RITA), review(2, RITA, "COMMENTED"), review(3, RITA, "PENDING"))
    assert result.people() == {"rita"}
    assert reasons(result) == {2: "a comment, not an approval", 3: "not submitted yet"}


def test_a_comment_is_never_an_approval():
    assert sorted_out(review(1, RITA, "COMMENTED")).people() == frozenset()


def test_a_dismissed_approval_is_none():
    result = sorted_out(review(1, RITA, "DISMISSED"))
    assert result.people() == frozenset()
    assert reasons(result) == {1: "dismissed"}


def test_a_dismissed_approval_brings_no_older_one_back():
    result = sorted_out(review(1, RITA), review(2, RITA, "DISMISSED"))
    assert result.people() == frozenset()
    assert reasons(result)[1] == "replaced by review 2 of the same account"


def test_an_approval_after_a_dismissal_counts():
    assert sorted_out(review(1, RITA, "DISMISSED"), review(2, RITA)).people() == {"rita"}


@pytest.mark.parametrize(
    "bot",
    [
        review(1, 41898282, login="renamed"),
        review(1, RITA, login="rita", is_bot=True),
        review(1, RITA, login="Rita[BOT]"),
    ],
    ids=["listed", "said by the forge", "by its login"],
)
def test_a_bot_never_approves(bot):
    result = sorted_out(bot)
    assert result.people() == frozenset()
    assert reasons(result) == {1: "a bot, and bots never approve"}


def test_a_stranger_is_not_counted():
    result = sorted_out(review(1, 31337, login="jill.doe"))
    assert reasons(result) == {1: "account 31337 is not in policies/people.yaml"}


@pytest.mark.parametrize("login", ["rita", "RITA"])
def test_a_login_registered_again_by_somebody_else_is_a_stranger(login):
    result = sorted_out(review(1, 31337, login=login))
    assert result.people() == frozenset()
    assert "not in policies/people.yaml, though `rita` has an account of that login" in reasons(result)[1]


@pytest.mark.parametrize("login", ["rita", "renamed", "\u0430lice", "\u212arita"])
def test_the_account_number_decides_whatever_the_login_says(login):
    assert sorted_out(review(1, RITA, login=login)).people() == {"rita"}


def test_a_deleted_account_is_ignored():
    result = sorted_out(review(1, None, login="ghost"), review(2, None, "CHANGES_REQUESTED", login="ghost"))
    assert set(reasons(result).values()) == {"its account no longer exists"}


def test_an_objection_is_not_ignored_and_not_counted():
    result = sorted_out(review(1, RITA), review(2, SAM, "CHANGES_REQUESTED", login="sam"))
    assert [(each.person, each.review) for each in result.objections] == [("sam", 2)]
    assert result.people() == {"rita"}
    assert result.ignored == ()


def test_an_objection_stands_on_content_that_has_changed_since():
    result = sorted_out(review(1, SAM, "CHANGES_REQUESTED", content="sha256:before", commit=OLD))
    assert [each.person for each in result.objections] == ["sam"]


def test_an_objection_ends_when_its_author_approves():
    result = sorted_out(review(1, SAM, "CHANGES_REQUESTED"), review(2, SAM))
    assert result.objections == ()
    assert result.people() == {"sam"}


def test_an_objection_ends_when_its_author_approves_even_what_is_stale_now():
    result = sorted_out(review(1, SAM, "CHANGES_REQUESTED"), review(2, SAM, content="sha256:before"))
    assert result.objections == ()
    assert result.people() == frozenset()


def test_an_objection_ends_when_it_is_dismissed():
    assert sorted_out(review(1, SAM, "DISMISSED")).objections == ()


def test_an_approval_by_somebody_else_lifts_no_objection():
    result = sorted_out(review(1, SAM, "CHANGES_REQUESTED"), review(2, RITA))
    assert [each.person for each in result.objections] == ["sam"]


def test_a_person_who_objects_from_one_account_approves_from_none():
    result = sorted_out(review(1, RITA), review(2, RITA_AT_HOME, "CHANGES_REQUESTED"))
    assert result.people() == frozenset()
    assert reasons(result) == {1: "`rita` asks for changes from another account"}


def test_strangers_and_bots_can_not_object():
    result = sorted_out(review(1, 31337, "CHANGES_REQUESTED"), review(2, 41898282, "CHANGES_REQUESTED"))
    assert result.objections == ()
    assert set(reasons(result)) == {1, 2}


def test_a_contributor_can_object():
    hand = Contributor("committer", "sam", person="sam", commit=HEAD)
    result = sorted_out(review(1, SAM, "CHANGES_REQUESTED"), contributors=(hand,))
    assert [each.person for each in result.objections] == ["sam"]


def test_reviews_that_can_not_be_believed_never_count():
    result = sorted_out(review(1, RITA), faults=("the head is not among the commits",))
    assert result.people() == frozenset()
    assert reasons(result) == {1: "can not be believed: the head is not among the commits"}


def test_reviews_count_in_the_order_of_their_ids_however_they_are_listed():
    assert sorted_out(review(2, RITA, "DISMISSED"), review(1, RITA)).people() == frozenset()


def test_a_contributor_vouches_by_approving_though_it_fills_no_place():
    hand = Contributor("committer", "sam", person="sam", commit=HEAD)
    facts = ReviewFacts(given=True, reviews=(review(1, SAM),), contributors=(hand,), content=CONTENT)
    assert tally(facts, PEOPLE).people() == frozenset()
    assert vouchers(facts, PEOPLE) == {"sam"}


@pytest.mark.parametrize(
    "reviews",
    {
        "stale": (review(1, SAM, content="sha256:before"),),
        "dismissed later": (review(1, SAM), review(2, SAM, "DISMISSED")),
        "objecting elsewhere": (review(1, RITA), review(2, RITA_AT_HOME, "CHANGES_REQUESTED")),
        "a bot": (review(1, SAM, is_bot=True),),
        "a stranger": (review(1, 31337),),
        "a comment": (review(1, SAM, "COMMENTED"),),
    }.values(),
)
def test_what_is_no_approval_of_this_content_vouches_for_nothing(reviews):
    assert vouchers(ReviewFacts(given=True, reviews=reviews, content=CONTENT), PEOPLE) == frozenset()
