"""What the forge and Git say about a pull request, as they say it; who is who is decided elsewhere.

Names and addresses in commits are typed by whoever commits; accounts are what the forge vouches for.
"""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.model.approval import ReviewState


@dataclass(frozen=True, slots=True)
class ForgeAccount:
    """An account at the forge, as it was when asked; only the number stays."""

    id: int
    login: str
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class ForgeReview:
    """One native review. account: None where it no longer exists. commit: "" where the forge does not say."""

    id: int
    account: ForgeAccount | None
    state: ReviewState
    commit: str


@dataclass(frozen=True, slots=True)
class CommitPeople:
    """The people whom a commit itself names, as Git has it; `message` may hold `Co-authored-by` trailers."""

    sha: str
    author_email: str
    committer_email: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class ForgeCommit:
    """A commit as the forge lists it; an account is None where the forge knows nobody of that address."""

    people: CommitPeople
    author: ForgeAccount | None
    committer: ForgeAccount | None


@dataclass(frozen=True, slots=True)
class ForgeDismissal:
    """That a review was dismissed.

    by: None where the account no longer exists. was: the state of the review before. message: "" where none was given.
    """

    review: int
    by: ForgeAccount | None
    was: ReviewState
    message: str = ""


@dataclass(frozen=True, slots=True)
class ForgeTeam:
    """A team of an organisation and its members, or why they could not be read."""

    organization: str
    slug: str
    members: tuple[ForgeAccount, ...] = ()
    problem: str = ""

    @property
    def name(self) -> str:
        """Return the team as it is written, `acme/model-risk`."""
        return f"{self.organization}/{self.slug}"


@dataclass(frozen=True, slots=True)
class ForgeRepository:
    """A repository at the forge, as it was when asked; only the number stays."""

    id: int
    full_name: str


@dataclass(frozen=True, slots=True)
class RawReviews:
    """A pull request with its reviews and commits, verbatim from the forge.

    author: None where the account no longer exists. head, base: full commit ids. base_ref: the branch it goes into.
    dismissals: None where they were not handed over, which is not the same as none. base_repository: None where the
    file says nothing of repositories; whether the branch is a fork's is then unknown, and `from_fork` is False.
    """

    number: int
    author: ForgeAccount | None
    head: str
    base: str
    base_ref: str
    reviews: tuple[ForgeReview, ...] = ()
    commits: tuple[ForgeCommit, ...] = ()
    dismissals: tuple[ForgeDismissal, ...] | None = None
    teams: tuple[ForgeTeam, ...] = ()
    draft: bool = False
    from_fork: bool = False
    base_repository: ForgeRepository | None = None
