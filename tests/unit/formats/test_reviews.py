"""The file that `gate --reviews` reads: GitHub's own answers, refused where they could be misread."""

from __future__ import annotations

import copy
import json

import pytest

from rampgate.errors import InvalidInput
from rampgate.formats.reviews import load_reviews
from rampgate.model.pull_request import (
    CommitPeople,
    ForgeAccount,
    ForgeCommit,
    ForgeDismissal,
    ForgeRepository,
    ForgeReview,
    ForgeTeam,
    RawReviews,
)

HEAD, FIRST, BASE = "b" * 40, "a" * 40, "0" * 40
URL = "https://api.github.com/repos/acme/models/pulls/7"


def account(number, login, kind="User"):
    return {"id": number, "login": login, "type": kind, "node_id": "MDQ6VXNlcjE=", "site_admin": False}


def a_commit(sha, message="promote credit-risk", author=None, committer=None):
    return {
        "sha": sha,
        "node_id": "C_kwDO",
        "author": author,
        "committer": committer,
        "parents": [{"sha": BASE}],
        "commit": {
            "author": {"name": "Alice", "email": "alice@example.com", "date": "2026-11-20T09:00:00Z"},
            "committer": {"name": "GitHub", "email": "noreply@github.com", "date": "2026-11-20T09:00:00Z"},
            "message": message,
            "tree": {"sha": "c" * 40},
        },
    }


GIVEN = {
    "pull_request": {
        "url": URL,
        "number": 7,
        "state": "open",
        "title": "credit-risk 2.0.0 to canary",
        "body": None,
        "commits": 2,
        "user": account(1001, "alice"),
        "head": {"sha": HEAD, "ref": "promote", "label": "acme:promote"},
        "base": {"sha": BASE, "ref": "main"},
    },
    "reviews": [
        {
            "id": 80,
            "user": account(1005, "rita"),
            "body": "Looks good \U0001f469\u200d\U0001f4bb \u202e \u2028 \u0085",
            "state": "APPROVED",
            "commit_id": HEAD,
            "submitted_at": "2026-11-20T10:00:00Z",
            "pull_request_url": URL,
        },
        {"id": 81, "user": None, "state": "COMMENTED", "commit_id": None},
        {"id": 82, "user": account(41898282, "github-actions[bot]", "Bot"), "state": "DISMISSED", "commit_id": FIRST},
    ],
    "commits": [
        a_commit(FIRST, author=account(1001, "alice"), committer=account(19864447, "web-flow")),
        a_commit(HEAD, message="fix\r\n\r\nCo-authored-by: Bob <bob@example.com>", committer={}),
    ],
}


DISMISSAL = {
    "id": 6430295168,
    "event": "review_dismissed",
    "actor": account(1006, "ravi"),
    "dismissed_review": {"state": "changes_requested", "review_id": 82, "dismissal_message": "settled in RISK-12"},
}
FULL = {
    **GIVEN,
    "pull_request": {
        **GIVEN["pull_request"],
        "draft": True,
        "head": {**GIVEN["pull_request"]["head"], "repo": {"id": 501, "full_name": "acme/models", "fork": False}},
        "base": {**GIVEN["pull_request"]["base"], "repo": {"id": 501, "full_name": "acme/models"}},
    },
    "events": [DISMISSAL, {"event": "labeled", "label": {"name": "x"}}],
    "teams": [
        {"organization": "acme", "slug": "model-risk", "members": [account(1005, "rita")]},
        {"organization": "acme", "slug": "security", "problem": "the token may not read teams"},
    ],
}
"""The given file with everything that may be left out."""


def changed(way, value, given=GIVEN):
    """The given file with one value replaced; a value of `...` takes it away."""
    result = copy.deepcopy(given)
    place = result
    for part in way[:-1]:
        place = place[part]
    if value is ...:
        del place[way[-1]]
    else:
        place[way[-1]] = value
    return result


def read(value):
    return load_reviews(json.dumps(value, ensure_ascii=False, indent=1).encode(), "reviews.json")


def problems(value):
    with pytest.raises(InvalidInput) as caught:
        read(value)
    return caught.value.problems


def test_everything_that_matters_is_read_and_the_rest_passed_over():
    alice = ForgeAccount(1001, "alice")
    assert read(GIVEN) == RawReviews(
        number=7,
        author=alice,
        head=HEAD,
        base=BASE,
        base_ref="main",
        reviews=(
            ForgeReview(80, ForgeAccount(1005, "rita"), "APPROVED", HEAD),
            ForgeReview(81, None, "COMMENTED", ""),
            ForgeReview(82, ForgeAccount(41898282, "github-actions[bot]", is_bot=True), "DISMISSED", FIRST),
        ),
        commits=(
            ForgeCommit(
                CommitPeople(FIRST, "alice@example.com", "noreply@github.com", "promote credit-risk"),
                alice,
                ForgeAccount(19864447, "web-flow"),
            ),
            ForgeCommit(
                CommitPeople(
                    HEAD,
                    "alice@example.com",
                    "noreply@github.com",
                    "fix\r\n\r\nCo-authored-by: Bob <bob@example.com>",
                ),
                None,
                None,
            ),
        ),
    )


def test_an_author_whose_account_is_gone_is_nobody():
    assert read(changed(("pull_request", "user"), None)).author is None


WRONG = {
    "an unknown state": (
        ("reviews", 0, "state"),
        "APROVED",
        "unknown review state `APROVED`; did you mean `APPROVED`?",
    ),
    "a state in other letters": (("reviews", 0, "state"), "approved", "unknown review state `approved`"),
    "an empty state": (("reviews", 0, "state"), "", "unknown review state ``"),
    "no state": (("reviews", 0, "state"), ..., "`state` is missing"),
    "a review id that is a text": (("reviews", 0, "id"), "80", "`id` must be a whole number above 0"),
    "a review id that is true": (("reviews", 0, "id"), True, "`id` must be a whole number above 0"),
    "a review id with a fraction": (("reviews", 0, "id"), 80.5, "`id` must be a whole number above 0"),
    "a review id that comes twice": (("reviews", 1, "id"), 80, "review `80` is listed twice"),
    "an account id that is a text": (("reviews", 0, "user", "id"), "1005", "`id` must be a whole number above 0"),
    "a reviewer left out": (("reviews", 0, "user"), ..., "`user` is missing"),
    "a reviewer without an id": (("reviews", 0, "user"), {}, "`login` is missing"),
    "a reviewer that is a name": (("reviews", 0, "user"), "rita", "`user` must be an object, or null for nobody"),
    "a login with a line break": (("reviews", 0, "user", "login"), "ri\nta", "this is no login"),
    "a kind of account that is a number": (("reviews", 0, "user", "type"), 1, "expected a text"),
    "a short commit id": (("reviews", 0, "commit_id"), "bbbbbbb", "`bbbbbbb` is no full commit id"),
    "no commit id": (("reviews", 0, "commit_id"), ..., "`commit_id` is missing"),
    "a review of another pull request": (
        ("reviews", 0, "pull_request_url"),
        URL.replace("/7", "/8"),
        "the review belongs to another pull request",
    ),
    "reviews that are an object": (("reviews",), {}, "`reviews` must be a list"),
    "no reviews": (("reviews",), ..., "`reviews` is missing"),
    "a review that is null": (("reviews", 0), None, "expected an object"),
    "no commits": (("commits",), ..., "`commits` is missing"),
    "a commit that comes twice": (("commits", 1, "sha"), FIRST, f"commit `{FIRST}` is listed twice"),
    "a commit without its author": (("commits", 0, "author"), ..., "`author` is missing"),
    "a commit without addresses": (("commits", 0, "commit", "author"), ..., "`author` is missing"),
    "an address that is null": (("commits", 0, "commit", "committer", "email"), None, "`email` must be a text"),
    "a page left out": (("pull_request", "commits"), 3, "2 of the pull request's 3 commits are listed"),
    "more commits than are listed": (
        ("pull_request", "commits"),
        251,
        "the pull request has 251 commits, and the forge lists at most 250",
    ),
    "no pull request": (("pull_request",), ..., "`pull_request` is missing"),
    "no head": (("pull_request", "head"), ..., "`head` is missing"),
    "a head in capitals": (("pull_request", "head", "sha"), "B" * 40, f"`{'B' * 40}` is no full commit id"),
    "a number of 0": (("pull_request", "number"), 0, "`number` must be a whole number above 0"),
    "a base branch that is a list": (("pull_request", "base", "ref"), ["main"], "`ref` must be a text"),
}


@pytest.mark.parametrize(("way", "value", "message"), WRONG.values(), ids=WRONG)
def test_what_could_be_misread_is_refused_at_its_place(way, value, message):
    first = problems(changed(way, value))[0]
    assert first.message.startswith(message) or message in {each.message for each in problems(changed(way, value))}
    assert first.path == "reviews.json"
    assert first.line >= 1
    assert first.fix


def test_what_may_be_left_out_is_read_where_it_is_given():
    raw = read(FULL)
    assert raw.dismissals == (
        ForgeDismissal(82, ForgeAccount(1006, "ravi"), "CHANGES_REQUESTED", "settled in RISK-12"),
    )
    assert raw.teams == (
        ForgeTeam("acme", "model-risk", (ForgeAccount(1005, "rita"),)),
        ForgeTeam("acme", "security", problem="the token may not read teams"),
    )
    assert (raw.draft, raw.from_fork, raw.base_repository) == (True, False, ForgeRepository(501, "acme/models"))


def test_events_that_are_left_out_are_unknown_and_an_empty_list_is_none():
    assert read(GIVEN).dismissals is None
    assert read({**GIVEN, "events": []}).dismissals == ()


@pytest.mark.parametrize("state", ["approved", "changes_requested", "commented", "CHANGES_REQUESTED"])
def test_the_state_before_a_dismissal_is_one_of_a_reviews_states(state):
    (each,) = read(changed(("events", 0, "dismissed_review", "state"), state, FULL)).dismissals
    assert each.was == state.upper()


@pytest.mark.parametrize("message", [None, ...])
def test_a_dismissal_without_a_message_has_an_empty_one(message):
    (each,) = read(changed(("events", 0, "dismissed_review", "dismissal_message"), message, FULL)).dismissals
    assert each.message == ""


def test_who_dismissed_may_be_an_account_that_is_gone():
    assert read(changed(("events", 0, "actor"), None, FULL)).dismissals[0].by is None


@pytest.mark.parametrize(
    ("head", "is_fork"),
    [({"id": 501, "full_name": "acme/models"}, False), ({"id": 777, "full_name": "acme/models"}, True), (None, True)],
    ids=["the same number", "another number under the same name", "a fork that is gone"],
)
def test_the_number_of_the_repository_says_whether_the_branch_is_a_forks(head, is_fork):
    assert read(changed(("pull_request", "head", "repo"), head, FULL)).from_fork is is_fork


def test_a_file_that_says_nothing_of_repositories_leaves_it_unknown():
    assert (read(GIVEN).from_fork, read(GIVEN).base_repository) == (False, None)


WRONG_BESIDE = {
    "events that are null": (("events",), None, "`events` must be a list"),
    "an event that is null": (("events", 0), None, "expected an object"),
    "an event without a kind": (("events", 0, "event"), ..., "`event` is missing"),
    "a dismissal without its review": (("events", 0, "dismissed_review"), ..., "`dismissed_review` is missing"),
    "a dismissal of no number": (("events", 0, "dismissed_review", "review_id"), "82", "`review_id` must be a whole"),
    "a dismissal without who did it": (("events", 0, "actor"), ..., "`actor` is missing"),
    "an unknown state before": (
        ("events", 0, "dismissed_review", "state"),
        "change_requested",
        "unknown state before the dismissal `change_requested`; did you mean `changes_requested`?",
    ),
    "a message that is a number": (
        ("events", 0, "dismissed_review", "dismissal_message"),
        5,
        "`dismissal_message` must be a text",
    ),
    "a dismissal that comes twice": (("events", 1), DISMISSAL, "the dismissal of review `82` is listed twice"),
    "a review fetched before its dismissal": (
        ("reviews", 2, "state"),
        "CHANGES_REQUESTED",
        "review `82` was dismissed, and is listed as `CHANGES_REQUESTED`",
    ),
    "teams that are an object": (("teams",), {}, "`teams` must be a list"),
    "a team without members": (("teams", 0, "members"), ..., "`members` is missing"),
    "a member that is null": (("teams", 0, "members", 0), None, "expected an object"),
    "a member that is a login": (("teams", 0, "members", 0), "rita", "expected an object"),
    "a member without a number": (("teams", 0, "members", 0, "id"), ..., "`id` is missing"),
    "a team that comes twice": (("teams", 1, "slug"), "Model-Risk", "team `acme/model-risk` is listed twice"),
    "a team with members and a problem": (
        ("teams", 1, "members"),
        [],
        "a team has either `members` or a `problem` in words",
    ),
    "a problem without words": (("teams", 1, "problem"), " ", "a team has either `members` or a `problem` in words"),
    "a draft in words": (("pull_request", "draft"), "no", "`draft` must be true or false"),
    "a head without its repository": (("pull_request", "head", "repo"), {}, "`id` is missing"),
    "a base without its repository": (("pull_request", "base", "repo"), ..., "`repo` is missing"),
    "a base whose repository is null": (("pull_request", "base", "repo"), None, "`repo` must be an object"),
    "a repository without a number": (("pull_request", "base", "repo", "id"), "501", "`id` must be a whole number"),
}


@pytest.mark.parametrize(("way", "value", "message"), WRONG_BESIDE.values(), ids=WRONG_BESIDE)
def test_what_may_be_left_out_is_never_guessed_at_either(way, value, message):
    found = problems(changed(way, value, FULL))
    assert any(each.message.startswith(message) for each in found), [each.message for each in found]
    assert all(each.path == "reviews.json" and each.line >= 1 and each.fix for each in found)


def test_a_problem_is_placed_at_the_value():
    text = '{\n "pull_request": {\n  "number": "7"}, "reviews": [],\n "commits": []}'
    with pytest.raises(InvalidInput) as caught:
        load_reviews(text.encode(), "reviews.json")
    placed = {each.message: (each.line, each.column) for each in caught.value.problems}
    assert placed["`number` must be a whole number above 0"] == (3, 13)


def test_every_problem_of_a_file_is_told_once():
    value = changed(("reviews", 0, "state"), "MAYBE")
    del value["pull_request"]["head"]
    value["commits"][1]["sha"] = 5
    assert [each.message for each in problems(value)] == [
        "`head` is missing",
        "unknown review state `MAYBE`",
        "`sha` must be a text",
    ]


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"\xff\xfe", b"{", b'{"reviews": [], "reviews": []}', b"\xef\xbb\xbf{}"]
)
def test_bytes_that_are_no_object_are_invalid_and_never_crash(data):
    with pytest.raises(InvalidInput):
        load_reviews(data, "reviews.json")
