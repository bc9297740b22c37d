"""Which reviews count; the scenarios are those that other approval engines test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rampgate.approvals.tally import tally, vouchers
from rampgate.model.approval import Contributor, Dismissal, Review, ReviewFacts
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
            {
                "name": name,
                "accounts": [{"forge": "github", "id": i, "login": login} for i, login in accounts],
                "roles": ["head_of_risk"] if name in ("bob", "rita") else [],
            }
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


def dismissed(number, account, by, was="CHANGES_REQUESTED", message="settled in RISK-12", is_bot=False):
    """A review that the account `by` has dismissed."""
    taken = Dismissal(by, "ghost" if by is None else f"login-{by}", is_bot=is_bot, was=was, message=message)
    return replace(review(number, account, "DISMISSED"), dismissal=taken)


def sorted_out(*reviews, contributors=(), lifted_by=(), **fields):
    given = {"given": True, "author": "alice", "author_account": ALICE, "content": CONTENT, "head": HEAD, **fields}
    return tally(ReviewFacts(reviews=reviews, contributors=contributors, **given), PEOPLE, lifted_by)


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
    result = sorted_out(dismissed(1, RITA, BOB, was="APPROVED"))
    assert result.people() == frozenset()
    assert reasons(result) == {1: "dismissed"}
    assert result.objections == result.untold == ()


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


@pytest.mark.parametrize("message", ["", "I was wrong"])
def test_an_objection_ends_when_its_author_dismisses_it(message):
    result = sorted_out(dismissed(1, SAM, SAM, message=message))
    assert result.objections == ()
    assert reasons(result) == {1: "an objection, which `sam` dismissed themselves"}


def test_an_objection_ends_when_its_author_dismisses_it_from_a_second_account():
    assert sorted_out(dismissed(1, RITA, RITA_AT_HOME)).objections == ()


def test_an_objection_is_lifted_by_a_role_that_may_and_says_why():
    result = sorted_out(dismissed(1, SAM, BOB, message="settled\n in RISK-12"), lifted_by=("head_of_risk",))
    assert result.objections == ()
    assert reasons(result) == {1: "an objection, lifted by `bob`: settled in RISK-12"}


STANDS = {
    "a person without such a role": (
        dismissed(1, SAM, ALICE),
        "`alice`, who holds no role that may lift it, dismissed it",
    ),
    "the same without a word": (
        dismissed(1, SAM, BOB, message=" \n"),
        "`bob` dismissed it without saying why",
    ),
    "a stranger": (
        dismissed(1, SAM, 31337),
        "`login-31337`, who is not in policies/people.yaml, dismissed it",
    ),
    "a listed bot": (dismissed(1, SAM, 41898282), "`login-41898282`, a bot, dismissed it"),
    "a bot that a person is listed with": (
        dismissed(1, SAM, BOB, is_bot=True),
        "`login-1002`, a bot, dismissed it",
    ),
    "an account that is gone": (dismissed(1, SAM, None), "an account that no longer exists dismissed it"),
}


@pytest.mark.parametrize(("given", "why"), STANDS.values(), ids=STANDS)
def test_an_objection_that_somebody_else_dismissed_still_stands(given, why):
    result = sorted_out(given, review(2, RITA), lifted_by=("head_of_risk",))
    assert [(each.person, each.review, each.dismissed) for each in result.objections] == [("sam", 1, why)]
    assert result.ignored == ()


def test_nobody_lifts_an_objection_where_no_role_is_named():
    (objection,) = sorted_out(dismissed(1, SAM, BOB)).objections
    assert objection.dismissed == "`bob`, who holds no role that may lift it, dismissed it"


@pytest.mark.parametrize("author", ["bob", "alice"])
def test_who_made_the_change_lifts_no_objection_to_it(author):
    hand = Contributor("committer", "bob", person="bob", commit=HEAD)
    result = sorted_out(
        dismissed(1, SAM, BOB),
        author=author,
        contributors=() if author == "bob" else (hand,),
        lifted_by=("head_of_risk",),
    )
    assert result.objections[0].dismissed == "`bob`, who had a hand in this change, dismissed it"


def test_an_objection_that_was_dismissed_ends_when_its_author_approves_later():
    result = sorted_out(dismissed(1, SAM, BOB), review(2, SAM))
    assert (result.objections, result.people()) == ((), {"sam"})


def test_an_objection_does_not_come_back_when_the_later_approval_is_dismissed():
    result = sorted_out(review(1, SAM, "CHANGES_REQUESTED"), dismissed(2, SAM, BOB, was="APPROVED"))
    assert (result.objections, result.people()) == ((), frozenset())


def test_a_later_comment_that_is_dismissed_takes_no_objection_away():
    result = sorted_out(review(1, SAM, "CHANGES_REQUESTED"), dismissed(2, SAM, BOB, was="COMMENTED"))
    assert [each.review for each in result.objections] == [1]
    assert reasons(result) == {2: "a comment, and dismissed"}


def test_a_later_comment_that_is_dismissed_takes_no_approval_away():
    assert sorted_out(review(1, RITA), dismissed(2, RITA, BOB, was="COMMENTED")).people() == {"rita"}


def test_a_second_objection_stands_though_the_first_was_lifted():
    result = sorted_out(dismissed(1, SAM, SAM), review(2, SAM, "CHANGES_REQUESTED"))
    assert [each.review for each in result.objections] == [2]


def test_a_dismissed_review_of_which_nobody_says_what_it_was_can_not_be_told():
    result = sorted_out(review(1, SAM, "DISMISSED"), review(2, RITA))
    assert [(each.person, each.review) for each in result.untold] == [("sam", 1)]
    assert reasons(result) == {1: "dismissed, and the file does not say by whom"}
    assert (result.objections, result.people()) == ((), {"rita"})


@pytest.mark.parametrize("later", ["APPROVED", "CHANGES_REQUESTED"])
def test_a_later_word_of_the_same_account_makes_a_dismissed_one_unimportant(later):
    result = sorted_out(review(1, SAM, "DISMISSED"), review(2, SAM, later))
    assert result.untold == ()
    assert reasons(result)[1] == "replaced by review 2 of the same account"


def test_a_dismissed_review_of_a_stranger_or_a_bot_need_not_be_told():
    result = sorted_out(review(1, 31337, "DISMISSED"), review(2, 41898282, "DISMISSED"), review(3, None, "DISMISSED"))
    assert result.untold == result.objections == ()
    assert len(result.ignored) == 3


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


EVERY_REASON = {
    1: (review(1, BOB, "COMMENTED"), "a comment, not an approval"),
    2: (review(2, BOB, "PENDING"), "not submitted yet"),
    3: (review(3, None), "its account no longer exists"),
    4: (review(4, 41898282), "a bot, and bots never approve"),
    5: (review(5, 31337, login="jill.doe"), "account 31337 is not in policies/people.yaml"),
    6: (
        review(6, 31338, login="Rita"),
        "account 31338 is not in policies/people.yaml, though `rita` has an account of that login with another number",
    ),
    7: (review(7, ALICE), "opened this pull request"),
    8: (review(8, BOB), "had a hand in this change (committer of abc1234)"),
    9: (review(9, RITA), "replaced by review 11 of the same account"),
    10: (dismissed(10, RITA, BOB, was="COMMENTED"), "a comment, and dismissed"),
    12: (review(12, RITA_AT_HOME), "`rita` counts once, by review 11"),
    13: (dismissed(13, SAM, SAM), "an objection, which `sam` dismissed themselves"),
    20: (dismissed(20, 21, BOB, was="APPROVED"), "dismissed"),
    22: (review(22, 22, "DISMISSED"), "dismissed, and the file does not say by whom"),
    23: (dismissed(23, 23, RITA), "an objection, lifted by `rita`: settled in RISK-12"),
    24: (review(24, 24, content="sha256:before", commit=OLD), "stale: reviewed def5678, the content has changed since"),
    25: (review(25, 25, content=Missing("commit 1111111 can not be read")), "commit 1111111 can not be read"),
    26: (review(26, 26), "`tom` asks for changes from another account"),
}
"""Review -> the one reason why it does not count."""


def test_every_review_that_does_not_count_is_told_with_its_own_reason():
    others = {"ida": [21], "ken": [22], "lou": [23], "mia": [24], "ned": [25], "tom": [26, 27]}
    added = [
        {"name": name, "accounts": [{"forge": "github", "id": i, "login": f"{name}-{i}"} for i in ids]}
        for name, ids in others.items()
    ]
    people = People.model_validate({**PEOPLE.given(), "people": [*PEOPLE.given()["people"], *added]})
    reviews = [given for given, _ in EVERY_REASON.values()]
    reviews += [review(11, RITA), review(27, 27, "CHANGES_REQUESTED")]
    hand = Contributor("committer", "bob", person="bob", commit=HEAD)
    facts = ReviewFacts(
        given=True, author="alice", author_account=ALICE, contributors=(hand,), reviews=tuple(reviews), content=CONTENT
    )
    result = tally(facts, people, ("head_of_risk",))
    assert reasons(result) == {number: reason for number, (_, reason) in EVERY_REASON.items()}
    assert [each.review for each in result.counted] == [11]
    assert [each.review for each in result.objections] == [27]
    unbelieved = tally(replace(facts, faults=("a page is missing",)), people, ("head_of_risk",))
    assert reasons(unbelieved)[11] == "can not be believed: a page is missing"
    assert reasons(unbelieved).keys() == reasons(result).keys() | {11}
