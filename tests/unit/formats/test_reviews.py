"""The file that `gate --reviews` reads: GitHub's own answers, refused where they could be misread."""

from __future__ import annotations

import copy
import json

import pytest

from rampgate.errors import InvalidInput
from rampgate.formats.reviews import load_reviews
from rampgate.model.pull_request import CommitPeople, ForgeAccount, ForgeCommit, ForgeReview, RawReviews

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


def changed(way, value):
    """The given file with one value replaced; a value of `...` takes it away."""
    result = copy.deepcopy(GIVEN)
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
