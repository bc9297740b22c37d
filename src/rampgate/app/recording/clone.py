"""A clone by itself as the source of the recorder: for other forges, for trying out, and for auditors' own tests.

Its own branches are looked at and pushed to, and the moment is given; nobody else is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.ci.gather import Said
from rampgate.app.recording.landing import NOBODY, Claim, Pulls, Step
from rampgate.app.recording.source import TimeSource
from rampgate.errors import Unreachable, UsageProblem
from rampgate.formats.reviews import load_reviews
from rampgate.model.pull_request import RawReviews

_NAME = "the reviews"


@dataclass
class CloneSource:
    """One clone, and what is said of its newest landing.

    reviews: what the forge said of the pull request that the newest landing came from, None for none; head: its head,
    "" for the second parent of a merge, else the landed commit itself.
    """

    git: GitObjects
    branch: str
    given: str
    reviews: bytes | None = None
    head: str = ""
    time_source: TimeSource = "given"
    token: str = ""

    def __post_init__(self) -> None:
        """Push into the clone itself, by its path."""
        self.url = str(self.git.git_dir)
        self.pulls: Pulls = self

    def now(self) -> str:
        """Return the moment that was given."""
        return self.given

    def governed_tip(self) -> str:
        """Return where the governed branch of the clone stands."""
        tips = self.git.tips(f"refs/heads/{self.branch}")
        if not tips:
            raise Unreachable(f"this clone has no branch `{self.branch}` of its own; name the governed one by --branch")
        return tips[0]

    def history_tip(self, branch: str) -> str | None:
        """Return where the history stands in the clone."""
        return next(iter(self.git.tips(f"refs/heads/{branch}")), None)

    def bring(self, commit: str) -> None:
        """Leave the clone as it is: nobody else is asked."""

    def closed(self, number: int) -> Said:
        """Refuse: nobody can be asked."""
        raise UsageProblem(
            f"pull request {number} is asked for at the forge; leave out --offline, or leave out --closed"
        )

    def claimed(self, said: Said, at: str, base: str) -> Claim:
        """Refuse, as `closed` does."""
        raise UsageProblem(f"pull request {said.number} can not be asked for offline ({at}, {base[:7]})")

    def merged_as(self, step: Step, *, newest: bool) -> list[tuple[int, str]]:
        """Return the pull request that was described, for the newest landing; nothing is known of another."""
        raw = self._described()
        return [(raw.number, self.given)] if raw is not None and newest and step.commit else []

    def claim(self, step: Step, number: int) -> Claim:
        """Return the pull request that was described."""
        raw = self._described()
        assert raw is not None, "without reviews no pull request is claimed"
        assert self.reviews is not None
        parents = self.git.commit(step.commit).parents
        head = self.git.resolve(self.head) if self.head else (*parents[1:2], step.commit)[0]
        reviewed = tuple(sorted({each.commit for each in raw.reviews if each.commit}))
        return Claim(number, head, self.reviews, self.given, raw.author.login if raw.author else NOBODY, reviewed)

    def _described(self) -> RawReviews | None:
        return None if self.reviews is None else load_reviews(self.reviews, _NAME)
