"""What is known of the people behind a pull request: who wrote it, who reviewed it, and of which content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rampgate.model.sourced import Missing

ReviewState = Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Who dismissed a review, why, and what it was before.

    account_id: numeric id at the forge, None for an account that no longer exists. message: "" where none was given.
    """

    account_id: int | None
    login: str
    is_bot: bool
    was: ReviewState
    message: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """One native review, in the order in which the forge lists them.

    account_id: numeric id at the forge, None for an account that no longer exists. commit: the reviewed commit.
    content: the content key of the reviewed commit (see `content_key`), or why it is not known. dismissal: None where
    the review was not dismissed, or where nobody says who did it.
    """

    id: int
    account_id: int | None
    login: str
    is_bot: bool
    state: ReviewState
    commit: str
    content: str | Missing
    dismissal: Dismissal | None = None


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who had a hand in the change.

    how: `author` (opened the pull request), `commit author`, `committer` or `co-author`.
    mark: the login or address that says so. person: the name in the people file, or "" for a stranger; bot: a listed
    bot. commit: where, "" for the pull request itself.
    """

    how: Literal["author", "commit author", "committer", "co-author"]
    mark: str
    person: str = ""
    bot: str = ""
    commit: str = ""

    @property
    def is_known(self) -> bool:
        """Return whether the people file names this contributor."""
        return bool(self.person or self.bot)


@dataclass(frozen=True, slots=True)
class UnreadTeam:
    """A team whose members are not known, so that nobody holds its roles by it. name: such as `acme/model-risk`."""

    name: str
    roles: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """Everything about a pull request's people, as of one moment.

    given: False where no reviews were handed over (a run before any pull request exists); approvals are then
    "none yet". author: the person who opened it, "" where unknown. faults: why the reviews can not be believed
    (a head that is not among the commits, a repeated id); any of them is an error, never an approval.
    """

    given: bool
    number: int = 0
    author: str = ""
    author_account: int | None = None
    contributors: tuple[Contributor, ...] = ()
    reviews: tuple[Review, ...] = ()
    content: str = ""
    head: str = ""
    faults: tuple[str, ...] = ()
    draft: bool = False
    from_fork: bool | None = None
    """Whether the branch is of another repository than the one it goes into; None where nobody says."""
    unread_teams: tuple[UnreadTeam, ...] = ()

    def people_behind(self) -> frozenset[str]:
        """Return the names of every person who contributed."""
        return frozenset(each.person for each in self.contributors if each.person)


@dataclass(frozen=True, slots=True)
class CountedApproval:
    """One person's approval of this very content."""

    person: str
    login: str
    review: int


@dataclass(frozen=True, slots=True)
class Objection:
    """One person's request for changes, which stands until it is lifted.

    dismissed: who dismissed it and why that does not lift it, in words; "" where nobody did.
    """

    person: str
    login: str
    review: int
    dismissed: str = ""


@dataclass(frozen=True, slots=True)
class IgnoredReview:
    """A review that does not count, and why."""

    login: str
    review: int
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The reviews of a pull request, sorted: who approved, who objects, what was ignored and why.

    untold: those of the ignored ones that may have been objections, for nobody says who dismissed what.
    """

    counted: tuple[CountedApproval, ...] = ()
    objections: tuple[Objection, ...] = ()
    ignored: tuple[IgnoredReview, ...] = ()
    untold: tuple[Objection, ...] = ()

    def people(self) -> frozenset[str]:
        """Return the names of the persons whose approvals count."""
        return frozenset(each.person for each in self.counted)


@dataclass(frozen=True, slots=True)
class SlotState:
    """How far one slot of a quorum is filled.

    rule: who asks. filled: names in the slot. missing: how many more. candidates: who could still fill it.
    """

    rule: str
    role: str
    count: int
    filled: tuple[str, ...] = ()
    missing: int = 0
    candidates: tuple[str, ...] = ()
    independent_of: str = ""
    person: str = ""
    """Set where one named person must approve (an attestation, a waiver)."""
