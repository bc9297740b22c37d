"""Reads a pull request, its reviews and its commits from one JSON file, in the forge's own words.

The file holds `{"pull_request": ..., "reviews": [...], "commits": [...]}`, each as GitHub's REST API answers it
(`GET /repos/{owner}/{repo}/pulls/{number}`, `.../reviews`, `.../commits`), all pages joined. Keys that are not needed
are passed over. What is needed must be there and of its type: a review that could be misread is never guessed at.

Two more keys may be left out. `events` holds the items of `GET .../issues/{number}/events` that are of the kind
`review_dismissed`; without it nobody can tell an objection that was dismissed from an approval. `teams` holds the
members of teams: `{"organization": ..., "slug": ..., "members": [...]}`, or why they could not be read as `problem`.

Deliberately not here: whose accounts these are (`rampgate.approvals`), and which content a commit has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from rampgate.errors import InvalidInput
from rampgate.formats.documents import Document, Pointer
from rampgate.formats.forge_json import MISSING, ForgeReader, load_answer, shown
from rampgate.formats.suggest import did_you_mean
from rampgate.model.approval import ReviewState
from rampgate.model.pull_request import (
    CommitPeople,
    ForgeCommit,
    ForgeDismissal,
    ForgeRepository,
    ForgeReview,
    ForgeTeam,
    RawReviews,
)

STATES: Final[tuple[str, ...]] = get_args(ReviewState)
MOST_COMMITS: Final = 250
"""How many commits of a pull request GitHub lists; more can not be attributed.

Source: docs.github.com, REST API, "List commits on a pull request"."""

_STATE_BEFORE: Final[Mapping[str, ReviewState]] = {
    "approved": "APPROVED",
    "changes_requested": "CHANGES_REQUESTED",
    "commented": "COMMENTED",
}
"""What a review was before its dismissal, as GitHub's events say it: in small letters, unlike its reviews."""


def load_reviews(data: bytes, path: str) -> RawReviews:
    """Return the pull request that the bytes of a file describe. Raises InvalidInput with every problem of the file."""
    return parse_reviews(load_answer(data, path))


def parse_reviews(document: Document) -> RawReviews:
    """Return the pull request that a file describes. Raises InvalidInput with every problem of the file."""
    return _Reader(document).read()


class _Reader(ForgeReader):
    """Reads the parts of the file, each as the forge gives it."""

    def read(self) -> RawReviews:
        root = self.document.value
        if not isinstance(root, dict):
            self.say((), "expected an object with `pull_request`, `reviews` and `commits`", root)
            raise InvalidInput(self.problems)
        here: Pointer = ("pull_request",)
        request = self.mapping(root, "pull_request", ())
        head, base = (self.mapping(request, side, here) for side in ("head", "base"))
        from_fork, repository = self._repositories(head, base)
        raw = RawReviews(
            number=self.number(request, "number", here),
            author=self.account(request, "user", here),
            head=self.sha(head, "sha", (*here, "head")),
            base=self.sha(base, "sha", (*here, "base")),
            base_ref=self.text(base, "ref", (*here, "base")),
            reviews=tuple(self._review(each, at, request) for at, each in self.items(root, "reviews")),
            commits=tuple(self._commit(each, at) for at, each in self.items(root, "commits")),
            dismissals=self._dismissals(root),
            teams=tuple(self._team(each, at) for at, each in self.items(root, "teams")) if "teams" in root else (),
            draft=self.flag(request, "draft", here),
            from_fork=from_fork,
            base_repository=repository,
        )
        self.check_once([(("reviews", at, "id"), review.id) for at, review in enumerate(raw.reviews)], "review")
        commits = [(("commits", at, "sha"), commit.people.sha) for at, commit in enumerate(raw.commits)]
        self.check_once(commits, "commit")
        teams = [(("teams", at, "slug"), each.name.casefold()) for at, each in enumerate(raw.teams)]
        self.check_once(teams, "team")
        self._check_same_state(raw)
        self._check_complete(request, len(raw.commits))
        if self.problems:
            raise InvalidInput(self.problems)
        return raw

    def _review(self, value: Any, at: int, request: dict[str, Any]) -> ForgeReview:
        here: Pointer = ("reviews", at)
        review = self.as_mapping(value, here)
        self._check_same_request(review, here, request)
        commit = "" if review.get("commit_id", MISSING) is None else self.sha(review, "commit_id", here)
        return ForgeReview(
            self.number(review, "id", here), self.account(review, "user", here), self._state(review, here), commit
        )

    def _commit(self, value: Any, at: int) -> ForgeCommit:
        here: Pointer = ("commits", at)
        commit = self.as_mapping(value, here)
        inner = self.mapping(commit, "commit", here)
        inside: Pointer = (*here, "commit")
        author, committer = (self.mapping(inner, role, inside) for role in ("author", "committer"))
        people = CommitPeople(
            self.sha(commit, "sha", here),
            self.text(author, "email", (*inside, "author")),
            self.text(committer, "email", (*inside, "committer")),
            self.text(inner, "message", inside),
        )
        accounts = (self.account(commit, role, here) for role in ("author", "committer"))
        return ForgeCommit(people, *accounts)

    def _repositories(self, head: dict[str, Any], base: dict[str, Any]) -> tuple[bool, ForgeRepository | None]:
        """Return whether the branch is a fork's, and the repository that the pull request goes into.

        GitHub answers null for the head's repository once a fork is deleted.
        """
        if "repo" not in head and "repo" not in base:
            return False, None
        at: Pointer = ("pull_request", "base")
        own = self.mapping(base, "repo", at)
        home = ForgeRepository(self.number(own, "id", (*at, "repo")), self.text(own, "full_name", (*at, "repo")))
        if head.get("repo", MISSING) is None:
            return True, home
        other = self.mapping(head, "repo", ("pull_request", "head"))
        return self.number(other, "id", ("pull_request", "head", "repo")) != home.id, home

    def _dismissals(self, root: dict[str, Any]) -> tuple[ForgeDismissal, ...] | None:
        """Return who dismissed which review, None where the file does not say; other events are passed over."""
        if "events" not in root:
            return None
        found: dict[int, ForgeDismissal] = {}
        for at, value in self.items(root, "events"):
            here: Pointer = ("events", at)
            event = self.as_mapping(value, here)
            if self.text(event, "event", here) != "review_dismissed":
                continue
            each = self._dismissal(event, here)
            if each.review and each.review in found:
                # A review is dismissed once; two events leave open who did it.
                self.say(here, f"the dismissal of review `{each.review}` is listed twice", each.review)
            found[each.review] = each
        return tuple(found.values())

    def _dismissal(self, event: dict[str, Any], here: Pointer) -> ForgeDismissal:
        inside: Pointer = (*here, "dismissed_review")
        dismissed = self.mapping(event, "dismissed_review", here)
        word = self.text(dismissed, "state", inside)
        was = _STATE_BEFORE.get(word.casefold())
        if was is None and isinstance(dismissed.get("state"), str):
            hint = did_you_mean(word.casefold(), _STATE_BEFORE)
            self.say((*inside, "state"), f"unknown state before the dismissal `{shown(word)}`{hint}", word)
        unsaid = dismissed.get("dismissal_message") is None
        message = "" if unsaid else self.text(dismissed, "dismissal_message", inside)
        review = self.number(dismissed, "review_id", inside)
        return ForgeDismissal(review, self.account(event, "actor", here), was or "PENDING", message)

    def _team(self, value: Any, at: int) -> ForgeTeam:
        here: Pointer = ("teams", at)
        team = self.as_mapping(value, here)
        organization, slug = (self.text(team, key, here) for key in ("organization", "slug"))
        if "problem" in team:
            problem = self.text(team, "problem", here)
            if "members" in team or not problem.strip():
                self.say((*here, "problem"), "a team has either `members` or a `problem` in words", problem)
            return ForgeTeam(organization, slug, problem=problem)
        members = tuple(
            self.account_of(self.as_mapping(each, (*here, "members", number)), (*here, "members", number))
            for number, each in self.items(team, "members", here)
        )
        return ForgeTeam(organization, slug, members)

    def _state(self, review: dict[str, Any], here: Pointer) -> ReviewState:
        word = self.text(review, "state", here)
        for state in get_args(ReviewState):
            if word == state:
                return state  # type: ignore[no-any-return]  # get_args forgets that these are the literals
        if isinstance(review.get("state"), str):
            hint = did_you_mean(word, STATES)
            self.say((*here, "state"), f"unknown review state `{word}`{hint}", word, ", ".join(STATES))
        return "PENDING"

    def _check_same_state(self, raw: RawReviews) -> None:
        """Refuse reviews that were fetched before their dismissal was, and a list that lacks a dismissed one."""
        listed = {review.id: (at, review.state) for at, review in enumerate(raw.reviews)}
        for each in raw.dismissals or ():
            at, state = listed.get(each.review, (0, ""))
            if not state:
                message = f"review `{each.review}` was dismissed, and is not listed"
                self.say(("reviews",), message, each.review, fix="fetch reviews and events again")
            elif state != "DISMISSED":
                message = f"review `{each.review}` was dismissed, and is listed as `{state}`"
                self.say(("reviews", at, "state"), message, state, "DISMISSED", "fetch reviews and events again")

    def _check_complete(self, request: dict[str, Any], listed: int) -> None:
        """Compare with the count that the forge gives along, where it does; a page left out hides contributors."""
        count = request.get("commits")
        if isinstance(count, bool) or not isinstance(count, int):
            return
        if count > MOST_COMMITS:
            self.say(
                ("pull_request", "commits"),
                f"the pull request has {count} commits, and the forge lists at most {MOST_COMMITS}",
                count,
                fix="split the change, or squash it",
            )
        elif count != listed:
            self.say(("commits",), f"{listed} of the pull request's {count} commits are listed", listed)

    def _check_same_request(self, review: dict[str, Any], here: Pointer, request: dict[str, Any]) -> None:
        """Refuse a review that says itself that it belongs to another pull request."""
        of_review, own = review.get("pull_request_url"), request.get("url")
        if isinstance(of_review, str) and isinstance(own, str) and of_review.casefold() != own.casefold():
            self.say((*here, "pull_request_url"), "the review belongs to another pull request", of_review, own)
