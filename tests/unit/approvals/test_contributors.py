"""Everyone who had a hand in a change, from the forge's lists and from Git's commits."""

from __future__ import annotations

import pytest

from rampgate.approvals.contributors import co_authors, contributors, review_facts
from rampgate.model.approval import Contributor
from rampgate.model.people import People
from rampgate.model.pull_request import CommitPeople, ForgeAccount, ForgeCommit, ForgeReview, RawReviews
from rampgate.model.sourced import Missing

FIRST, HEAD, BASE = "a" * 40, "b" * 40, "0" * 40
ALICE, BOB, WEB_FLOW = ForgeAccount(1001, "alice"), ForgeAccount(1002, "bob"), ForgeAccount(19864447, "web-flow")
STRANGER = ForgeAccount(31337, "mallory")
PEOPLE = People.model_validate(
    {
        "schema": "rampgate/people/v1",
        "people": [
            {"name": "alice", "accounts": [{"forge": "github", "id": 1001, "login": "alice"}], "emails": ["a@x.org"]},
            {"name": "bob", "accounts": [{"forge": "github", "id": 1002, "login": "bob"}], "emails": ["b@x.org"]},
        ],
        "bots": [{"forge": "github", "id": 19864447, "login": "web-flow", "emails": ["noreply@github.com"]}],
    }
)


def commit(sha=HEAD, author="a@x.org", committer="a@x.org", message=""):
    return CommitPeople(sha, author, committer, message)


def raw(*commits, author=ALICE, head=HEAD, reviews=()):
    return RawReviews(7, author, head, BASE, "main", reviews, commits)


def hands(found):
    return {(each.how, each.mark, each.person or each.bot) for each in found}


def test_opener_author_and_committer_are_contributors():
    one = commit(author="b@x.org", committer="noreply@github.com")
    found, faults = contributors(raw(ForgeCommit(one, BOB, WEB_FLOW)), [one], PEOPLE)
    assert faults == ()
    assert hands(found) == {
        ("author", "alice", "alice"),
        ("commit author", "bob", "bob"),
        ("commit author", "b@x.org", "bob"),
        ("committer", "web-flow", "web-flow"),
        ("committer", "noreply@github.com", "web-flow"),
    }
    assert Contributor("committer", "web-flow", bot="web-flow", commit=HEAD) in found


def test_account_and_address_of_different_persons_make_both_contributors():
    one = commit(author="b@x.org")
    found, _ = contributors(raw(ForgeCommit(one, ALICE, ALICE)), [one], PEOPLE)
    assert {each.person for each in found if each.how == "commit author"} == {"alice", "bob"}


def test_a_listed_account_makes_an_unlisted_address_known():
    one = commit(author="old@y.org", committer="old@y.org")
    found, _ = contributors(raw(ForgeCommit(one, BOB, BOB)), [one], PEOPLE)
    assert all(each.is_known for each in found)


def test_an_unlisted_account_stays_unknown_though_the_address_is_somebodys():
    """Anybody can type an address; whose account it is the forge has checked."""
    one = commit(author="b@x.org")
    found, _ = contributors(raw(ForgeCommit(one, STRANGER, ALICE)), [one], PEOPLE)
    assert [each.mark for each in found if not each.is_known] == ["mallory"]
    assert "bob" in {each.person for each in found}


def test_an_address_that_the_forge_knows_nobody_of_is_a_stranger():
    one = commit(author="who@z.org")
    found, _ = contributors(raw(ForgeCommit(one, None, ALICE)), [one], PEOPLE)
    assert [(each.how, each.mark, each.commit) for each in found if not each.is_known] == [
        ("commit author", "who@z.org", HEAD)
    ]


def test_an_opener_who_is_not_listed_is_a_stranger():
    one = commit()
    found, _ = contributors(raw(ForgeCommit(one, ALICE, ALICE), author=STRANGER), [one], PEOPLE)
    assert [each.mark for each in found if not each.is_known] == ["mallory"]
    gone, _ = contributors(raw(ForgeCommit(one, ALICE, ALICE), author=None), [one], PEOPLE)
    assert [each.mark for each in gone if not each.is_known] == ["an account that no longer exists"]


def test_without_reviews_the_commits_of_git_tell_alone():
    found, faults = contributors(None, [commit(author="1002+bob@users.noreply.github.com")], PEOPLE)
    assert faults == ()
    assert hands(found) == {
        ("commit author", "1002+bob@users.noreply.github.com", "bob"),
        ("committer", "a@x.org", "alice"),
    }


def test_every_commit_counts_those_of_a_second_parent_too():
    commits = [commit(FIRST, author="b@x.org"), commit(HEAD)]
    listed = [ForgeCommit(each, None, None) for each in commits]
    found, faults = contributors(raw(*listed), commits, PEOPLE)
    assert faults == ()
    assert ("commit author", "b@x.org", "bob") in hands(found)


FAULTS = {
    "a commit that only the forge has": (
        [FIRST, HEAD],
        [HEAD],
        "the forge lists commit aaaaaaa that Git does not have",
    ),
    "a commit that only Git has": ([HEAD], [FIRST, HEAD], "Git has commit aaaaaaa between base and head"),
    "a head that is nowhere": ([FIRST], [FIRST], "the head bbbbbbb is not among the commits"),
    "no commits at all": ([], [], "the head bbbbbbb is not among the commits"),
}


@pytest.mark.parametrize(("theirs", "ours", "fault"), FAULTS.values(), ids=FAULTS)
def test_lists_that_do_not_agree_can_not_be_believed(theirs, ours, fault):
    listed = [ForgeCommit(commit(sha), ALICE, ALICE) for sha in theirs]
    _, faults = contributors(raw(*listed), [commit(sha) for sha in ours], PEOPLE)
    assert faults[0].startswith(fault)


def test_who_stands_in_commits_that_only_the_forge_lists_is_a_contributor_all_the_same():
    listed = [ForgeCommit(commit(FIRST, author="b@x.org"), BOB, ALICE), ForgeCommit(commit(), ALICE, ALICE)]
    found, _ = contributors(raw(*listed), [commit()], PEOPLE)
    assert "bob" in {each.person for each in found}


def test_many_unlisted_commits_are_counted_rather_than_all_named():
    ours = [commit(f"{at:040x}") for at in range(5)] + [commit()]
    _, faults = contributors(raw(ForgeCommit(commit(), ALICE, ALICE)), ours, PEOPLE)
    assert "Git has commits 0000000, 0000000, 0000000 and 2 more between" in faults[0]


def test_co_authors_are_contributors_in_any_spelling():
    message = "Fix\n\nco-authored-BY: Bob <B@X.org>\r\nCo-Authored-By:who@z.org"
    one = commit(message=message)
    found, _ = contributors(raw(ForgeCommit(one, ALICE, ALICE)), [one], PEOPLE)
    assert {each for each in hands(found) if each[0] == "co-author"} == {
        ("co-author", "B@X.org", "bob"),
        ("co-author", "who@z.org", ""),
    }


TRAILERS = {
    "none": ("Fix the card", ()),
    "two": ("Fix\n\nCo-authored-by: A <a@x.org>\nCo-authored-by: B <b@x.org>\n", ("a@x.org", "b@x.org")),
    "twice the same": ("Co-authored-by: A <a@x.org>\nCo-authored-by: A <a@x.org>", ("a@x.org",)),
    "two in one line": ("Co-authored-by: A <a@x.org>, B <b@x.org>", ("a@x.org", "b@x.org")),
    "in the middle": ("Fix\n\n  Co-authored-by : A <a@x.org>\n\nmore words", ("a@x.org",)),
    "no address": ("Co-authored-by: somebody", ("somebody",)),
    "nobody": ("Co-authored-by:", ()),
    "in a sentence": ("see the Co-authored-by: lines", ()),
}


@pytest.mark.parametrize(("message", "expected"), TRAILERS.values(), ids=TRAILERS)
def test_trailers_are_read_wherever_they_stand(message, expected):
    assert co_authors(message) == expected


def a_request(head=HEAD):
    reviews = (
        ForgeReview(80, BOB, "APPROVED", HEAD),
        ForgeReview(81, BOB, "APPROVED", FIRST),
        ForgeReview(82, None, "APPROVED", ""),
        ForgeReview(83, ForgeAccount(5, "ai", is_bot=True), "APPROVED", "d" * 40),
    )
    request = raw(ForgeCommit(commit(), ALICE, ALICE), reviews=reviews)
    contents = {HEAD: "sha256:now", FIRST: Missing("commit aaaaaaa is not in this clone")}
    return review_facts(request, [commit()], PEOPLE, head=head, content="sha256:now", contents=contents)


def test_reviews_get_the_content_that_they_saw():
    facts = a_request()
    assert (facts.given, facts.number, facts.author, facts.author_account) == (True, 7, "alice", 1001)
    assert facts.faults == ()
    assert [each.content for each in facts.reviews] == [
        "sha256:now",
        Missing("commit aaaaaaa is not in this clone"),
        Missing("the forge does not say which commit was reviewed"),
        Missing("the reviewed commit can not be read"),
    ]
    assert [each.login for each in facts.reviews] == ["bob", "bob", "ghost", "ai"]
    assert facts.reviews[3].is_bot


def test_reviews_of_another_head_can_not_be_believed():
    assert a_request(head="f" * 40).faults[0].startswith("the reviews are of a pull request at bbbbbbb, not at fffffff")


def test_nothing_is_given_before_there_is_a_pull_request():
    facts = review_facts(None, [commit()], PEOPLE, head=HEAD, content="sha256:now", contents={})
    assert (facts.given, facts.author, facts.reviews, facts.faults) == (False, "", (), ())
    assert facts.people_behind() == {"alice"}
