"""Reads a pull request, its reviews and its commits from one JSON file, in the forge's own words.

The file holds `{"pull_request": ..., "reviews": [...], "commits": [...]}`, each as GitHub's REST API answers it
(`GET /repos/{owner}/{repo}/pulls/{number}`, `.../reviews`, `.../commits`), all pages joined. Keys that are not needed
are passed over. What is needed must be there and of its type: a review that could be misread is never guessed at.

Deliberately not here: whose accounts these are (`rampgate.approvals`), and which content a commit has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, get_args

from rampgate.errors import InvalidInput, Problem
from rampgate.formats.documents import Document, Pointer
from rampgate.formats.json_text import load_json
from rampgate.formats.suggest import did_you_mean
from rampgate.model.approval import ReviewState
from rampgate.model.pull_request import CommitPeople, ForgeAccount, ForgeCommit, ForgeReview, RawReviews

STATES: Final[tuple[str, ...]] = get_args(ReviewState)
MOST_COMMITS: Final = 250
"""How many commits of a pull request GitHub lists; more can not be attributed.

Source: docs.github.com, REST API, "List commits on a pull request"."""

_SHA: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_MISSING: Final = object()
_FIX: Final = "hand over the forge's answers verbatim, every page of them"


def load_reviews(data: bytes, path: str) -> RawReviews:
    """Return the pull request that the bytes of a file describe. Raises InvalidInput with every problem of the file.

    Unlike in governed files, any character may stand in its texts: they are what strangers wrote in comments, nobody
    reads them here, and no comment may make a pull request impossible to judge. Columns count such characters as 6.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return parse_reviews(load_json(data, path))
    escaped = _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)
    return parse_reviews(load_json(escaped.encode(), path))


def parse_reviews(document: Document) -> RawReviews:
    """Return the pull request that a file describes. Raises InvalidInput with every problem of the file."""
    return _Reader(document).read()


class _Reader:
    """Collects every problem of one file while reading it; what is wrong reads as a harmless stand-in."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._problems: list[Problem] = []

    def read(self) -> RawReviews:
        root = self._document.value
        if not isinstance(root, dict):
            self._say((), "expected an object with `pull_request`, `reviews` and `commits`", root)
            raise InvalidInput(self._problems)
        here: Pointer = ("pull_request",)
        request = self._mapping(root, "pull_request", ())
        head, base = (self._mapping(request, side, here) for side in ("head", "base"))
        raw = RawReviews(
            number=self._number(request, "number", here),
            author=self._account(request, "user", here),
            head=self._sha(head, "sha", (*here, "head")),
            base=self._sha(base, "sha", (*here, "base")),
            base_ref=self._text(base, "ref", (*here, "base")),
            reviews=tuple(self._review(each, at, request) for at, each in self._items(root, "reviews")),
            commits=tuple(self._commit(each, at) for at, each in self._items(root, "commits")),
        )
        self._check_once([(("reviews", at, "id"), review.id) for at, review in enumerate(raw.reviews)], "review")
        commits = [(("commits", at, "sha"), commit.people.sha) for at, commit in enumerate(raw.commits)]
        self._check_once(commits, "commit")
        self._check_complete(request, len(raw.commits))
        if self._problems:
            raise InvalidInput(self._problems)
        return raw

    def _review(self, value: Any, at: int, request: dict[str, Any]) -> ForgeReview:
        here: Pointer = ("reviews", at)
        review = self._as_mapping(value, here)
        self._check_same_request(review, here, request)
        commit = "" if review.get("commit_id", _MISSING) is None else self._sha(review, "commit_id", here)
        return ForgeReview(
            self._number(review, "id", here), self._account(review, "user", here), self._state(review, here), commit
        )

    def _commit(self, value: Any, at: int) -> ForgeCommit:
        here: Pointer = ("commits", at)
        commit = self._as_mapping(value, here)
        inner = self._mapping(commit, "commit", here)
        inside: Pointer = (*here, "commit")
        author, committer = (self._mapping(inner, role, inside) for role in ("author", "committer"))
        people = CommitPeople(
            self._sha(commit, "sha", here),
            self._text(author, "email", (*inside, "author")),
            self._text(committer, "email", (*inside, "committer")),
            self._text(inner, "message", inside),
        )
        accounts = (self._account(commit, role, here) for role in ("author", "committer"))
        return ForgeCommit(people, *accounts)

    def _account(self, parent: dict[str, Any], key: str, here: Pointer) -> ForgeAccount | None:
        # GitHub answers `{}` for an author whom it can not map, as well as null.
        if parent.get(key, _MISSING) is None or (parent.get(key) == {} and here[0] == "commits"):
            return None
        user = parent.get(key, _MISSING)
        if not isinstance(user, dict):
            self._absent_or_wrong(here, key, user, "an object, or null for nobody")
            return None
        place = (*here, key)
        kind = user.get("type", "User")
        if not isinstance(kind, str):
            self._say((*place, "type"), "expected a text", kind)
        login = self._text(user, "login", place)
        if len(login) > 100 or not login.isprintable():
            self._say((*place, "login"), "this is no login", login)
        return ForgeAccount(self._number(user, "id", place), login, kind != "User")

    def _state(self, review: dict[str, Any], here: Pointer) -> ReviewState:
        word = self._text(review, "state", here)
        for state in get_args(ReviewState):
            if word == state:
                return state  # type: ignore[no-any-return]  # get_args forgets that these are the literals
        if isinstance(review.get("state"), str):
            hint = did_you_mean(word, STATES)
            self._say((*here, "state"), f"unknown review state `{word}`{hint}", word, ", ".join(STATES))
        return "PENDING"

    def _check_once(self, given: Sequence[tuple[Pointer, Any]], what: str) -> None:
        seen: set[Any] = set()
        for pointer, value in given:
            if value and value in seen:
                self._say(pointer, f"{what} `{value}` is listed twice", value)
            seen.add(value)

    def _check_complete(self, request: dict[str, Any], listed: int) -> None:
        """Compare with the count that the forge gives along, where it does; a page left out hides contributors."""
        count = request.get("commits")
        if isinstance(count, bool) or not isinstance(count, int):
            return
        if count > MOST_COMMITS:
            self._say(
                ("pull_request", "commits"),
                f"the pull request has {count} commits, and the forge lists at most {MOST_COMMITS}",
                count,
                fix="split the change, or squash it",
            )
        elif count != listed:
            self._say(("commits",), f"{listed} of the pull request's {count} commits are listed", listed)

    def _check_same_request(self, review: dict[str, Any], here: Pointer, request: dict[str, Any]) -> None:
        """Refuse a review that says itself that it belongs to another pull request."""
        of_review, own = review.get("pull_request_url"), request.get("url")
        if isinstance(of_review, str) and isinstance(own, str) and of_review.casefold() != own.casefold():
            self._say((*here, "pull_request_url"), "the review belongs to another pull request", of_review, own)

    def _items(self, root: dict[str, Any], key: str) -> Iterator[tuple[int, Any]]:
        value = root.get(key, _MISSING)
        if isinstance(value, list):
            return iter(enumerate(value))
        self._absent_or_wrong((), key, value, "a list")
        return iter(())

    def _mapping(self, parent: dict[str, Any], key: str, here: Pointer) -> dict[str, Any]:
        value = parent.get(key, _MISSING)
        if isinstance(value, dict):
            return value
        self._absent_or_wrong(here, key, value, "an object")
        return {}

    def _as_mapping(self, value: Any, here: Pointer) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self._say(here, "expected an object", value)
        return {}

    def _number(self, parent: dict[str, Any], key: str, here: Pointer) -> int:
        value = parent.get(key, _MISSING)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self._absent_or_wrong(here, key, value, "a whole number above 0")
        return 0

    def _text(self, parent: dict[str, Any], key: str, here: Pointer) -> str:
        value = parent.get(key, _MISSING)
        if isinstance(value, str):
            return value
        self._absent_or_wrong(here, key, value, "a text")
        return ""

    def _sha(self, parent: dict[str, Any], key: str, here: Pointer) -> str:
        value = self._text(parent, key, here)
        if isinstance(parent.get(key), str) and not _SHA.fullmatch(value):
            self._say((*here, key), f"`{_shown(value)}` is no full commit id", value)
        return value

    def _absent_or_wrong(self, here: Pointer, key: str, value: Any, expected: str) -> None:
        # Everything inside a part that is itself absent or wrong has been said already.
        if here and self._is_said(here):
            return
        if value is _MISSING:
            self._say(here, f"`{key}` is missing", "", expected)
        else:
            self._say((*here, key), f"`{key}` must be {expected}", value, expected)

    def _is_said(self, here: Pointer) -> bool:
        value = self._document.value
        for part in here:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return True
        return not isinstance(value, dict)

    def _say(self, pointer: Pointer, message: str, found: Any, expected: str = "", fix: str = _FIX) -> None:
        problem = self._document.problem(pointer, message, found=_shown(found), expected=expected, fix=fix)
        self._problems.append(problem)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
