"""What the forge remembers: plain values, no Git, no HTTP, no JSON.

Times come from a clock of its own that starts at a fixed moment and goes on by one second at every look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

WRITE_ALL = {
    "metadata": "read",
    "contents": "write",
    "pull_requests": "write",
    "issues": "write",
    "statuses": "write",
    "members": "read",
    "actions": "read",
    "administration": "write",
}
"""What a token may do unless a test says otherwise, in the words of GitHub's permission keys."""


class Clock:
    """Rises by one second whenever it is read."""

    def __init__(self) -> None:
        self._next = START

    def now(self) -> str:
        moment, self._next = self._next, self._next + timedelta(seconds=1)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def http_date(self) -> str:
        """What an answer's `Date` says now; looking at it moves nothing."""
        return format_datetime(self._next, usegmt=True)

    @property
    def next(self) -> str:
        """The moment that is told next."""
        return self._next.isoformat()

    def set(self, moment: str) -> None:
        """Go to another moment, `2026-12-01T10:00:00Z`."""
        self._next = datetime.fromisoformat(moment)


@dataclass(frozen=True)
class Account:
    """A user or a bot; `email` is what commits are attributed by."""

    id: int
    login: str
    kind: str = "User"
    email: str = ""
    name: str = ""

    @classmethod
    def of(cls, who: Account | Mapping[str, Any]) -> Account:
        """Return the account that a test names by `{"id", "login", "email"}`."""
        if isinstance(who, Account):
            return who
        kind = "Bot" if who["login"].endswith("[bot]") else "User"
        return cls(who["id"], who["login"], who.get("type", kind), who.get("email", ""), who.get("name", ""))


@dataclass(frozen=True)
class Token:
    """What a secret stands for. An installation token belongs to an App and may not ask who it is."""

    account: Account
    permissions: Mapping[str, str]
    installation: bool = False

    def may(self, permission: str, level: str) -> bool:
        held = self.permissions.get(permission, "none")
        return held in ("write", level)


@dataclass
class Pull:
    """A pull request; `head_owner` is another account's login where it comes from a fork."""

    number: int
    author: Account
    title: str
    body: str
    head_owner: str
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    created: str
    updated: str
    draft: bool = False
    state: str = "open"
    mergeable: bool = True
    merged_at: str | None = None
    merged_by: Account | None = None
    merge_commit: str | None = None


@dataclass
class Review:
    """A review; `account` is None once the user is deleted, `commit` is what the reviewer saw."""

    id: int
    pull: int
    account: Account | None
    state: str
    commit: str
    body: str
    at: str


@dataclass
class Comment:
    id: int
    pull: int
    account: Account
    body: str
    created: str
    updated: str


@dataclass(frozen=True)
class Status:
    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    account: Account
    at: str


@dataclass(frozen=True)
class Event:
    """What happened to a pull request; `dismissed` tells which review, and in which state it was."""

    id: int
    pull: int
    kind: str
    account: Account
    at: str
    dismissed: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Queued:
    """An entry of the merge queue and the ref that holds the tree to be judged."""

    pull: int
    ref: str
    base: str
    head: str


@dataclass
class State:
    """Everything of one repository but its commits. Tests may change any field between two calls."""

    owner: str = "acme"
    name: str = "models"
    repository_id: int = 42
    default_branch: str = "main"
    private: bool = False
    clock: Clock = field(default_factory=Clock)
    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    permissions: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    reviews: list[Review] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    queue: list[Queued] = field(default_factory=list)
    teams: dict[tuple[str, str], list[Account]] = field(default_factory=dict)
    rulesets: dict[int, dict[str, Any]] = field(default_factory=dict)
    environments: dict[str, dict[str, Any]] = field(default_factory=dict)
    environment_branches: dict[str, list[str]] = field(default_factory=dict)
    branch_protection: dict[str, dict[str, Any]] = field(default_factory=dict)
    rule_suites: list[dict[str, Any]] = field(default_factory=list)
    runs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    codeowners_errors: list[dict[str, Any]] = field(default_factory=list)
    required_contexts: list[str] = field(default_factory=list)
    workflow_permissions: dict[str, Any] = field(
        default_factory=lambda: {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
    )
    dismiss_stale_reviews: bool = False
    last_id: int = 1000

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    def new_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def account_by_email(self, email: str) -> Account | None:
        return next((each for each in self.accounts.values() if email and each.email == email), None)

    def reviews_of(self, number: int) -> list[Review]:
        return [each for each in self.reviews if each.pull == number]

    def latest_statuses(self, sha: str) -> list[Status]:
        """The last status of each context, newest first, as GitHub combines them."""
        last: dict[str, Status] = {}
        for each in self.statuses:
            if each.sha == sha:
                last.pop(each.context, None)
                last[each.context] = each
        return list(reversed(last.values()))
