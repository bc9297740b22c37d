"""Where the recorder looks and asks: what any source answers, and the forge; see `record_clone` for a clone alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

from rampgate.adapters.git_fetch import fetch, remote_refs
from rampgate.adapters.github.client import GitHub
from rampgate.app.ci.gather import Said, gather, team_of
from rampgate.app.ci.judging import Place, fetch_branch, moment, teams_of
from rampgate.app.github.record import ForgePulls
from rampgate.app.recording.landing import Claim, Pulls
from rampgate.errors import InvalidInput, Problem

TimeSource = Literal["forge", "given"]


class Source(Protocol):
    """What the recorder asks for. url, token: what is pushed to; time_source: who tells the moment."""

    url: str
    token: str
    branch: str
    pulls: Pulls
    time_source: TimeSource

    def now(self) -> str:
        """Return the moment, RFC 3339 in UTC; asked for before the branches are looked at."""

    def governed_tip(self) -> str:
        """Return where the governed branch stands, with every object of it here."""

    def history_tip(self, branch: str) -> str | None:
        """Return where the branch of the history stands, with every object of it here; None where there is none."""

    def bring(self, commit: str) -> None:
        """Bring a commit here that may be on no branch any more, where it can be had."""

    def closed(self, number: int) -> Said:
        """Return what is said of a pull request that was closed."""

    def claimed(self, said: Said, at: str, base: str) -> Claim:
        """Return that pull request as it was at a moment, with every object of it here, and the teams of `base`."""


@dataclass
class ForgeSource:
    """A forge. place: a whole clone, and where it comes from."""

    forge: GitHub
    place: Place
    time_source: TimeSource = "forge"

    def __post_init__(self) -> None:
        """Take over from the place what the recorder pushes to."""
        self.url, self.token, self.branch = self.place.url, self.place.token, self.place.branch
        self.pulls: Pulls = ForgePulls(self.forge, self.place)

    def now(self) -> str:
        """Return the moment by the forge's clock."""
        self.forge.repository()
        return moment(self.forge)

    def governed_tip(self) -> str:
        """Fetch the governed branch and return where it stands."""
        return fetch_branch(self.place)

    def history_tip(self, branch: str) -> str | None:
        """Fetch the history and return where it stands.

        Raises InvalidInput where this clone knows records that the forge does not have any more; the clone then keeps
        what it knows, so that the next run says it again.
        """
        git, there, here = self.place.git, f"refs/heads/{branch}", f"refs/remotes/origin/{branch}"
        known = next(iter(git.tips(here)), None)
        tip = remote_refs(git, self.url, there, token=self.token).get(there)
        if tip is None:
            if known is not None:
                raise _gone(branch, known, "is gone")
            return None
        if tip == known:
            return tip
        fetch(git, self.url, refs=(), shas=(tip,), token=self.token)
        if known is not None and not git.is_on_branch(known, tip):
            raise _gone(branch, known, "was rewritten")
        fetch(git, self.url, refs=(f"+{there}:{here}",), shas=(), token=self.token)
        return git.resolve(here)

    def bring(self, commit: str) -> None:
        """Fetch a commit by its name; GitHub keeps what a forced push has left behind for a while."""
        fetch(self.place.git, self.url, refs=(), shas=(commit,), token=self.token)

    def closed(self, number: int) -> Said:
        """Ask for a pull request."""
        return gather(self.forge, number)

    def claimed(self, said: Said, at: str, base: str) -> Claim:
        """Ask for the members of the teams too, and fetch the head and what was reviewed."""
        teams = [team_of(self.forge, team) for team in teams_of(self.place.git, base)]
        return ForgePulls(self.forge, self.place).claimed(replace(said, teams=teams), at)


def _gone(branch: str, known: str, what: str) -> InvalidInput:
    message = f"the decision history {what} at the forge; this clone knows it up to commit {known}"
    fix = (
        f"find out who did that, and push it back: `git push origin +{known}:refs/heads/{branch}`; "
        f"where it was right, let this clone forget: `git update-ref -d refs/remotes/origin/{branch}`"
    )
    return InvalidInput([Problem(f"refs/heads/{branch}", message, found=what, fix=fix)])
