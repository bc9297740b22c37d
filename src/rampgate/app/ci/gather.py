"""Asks the forge for everything about one pull request, and hands it on verbatim, as the judge reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rampgate.errors import Unreachable
from rampgate.model.people import RoleTeam

Json = Mapping[str, Any]


class Forge(Protocol):
    """The questions that are asked here; `rampgate.adapters.github.GitHub` answers them."""

    def pull(self, number: int) -> dict[str, Any]:
        """Return the pull request."""

    def reviews(self, number: int) -> list[dict[str, Any]]:
        """Return its reviews, every page."""

    def commits(self, number: int) -> list[dict[str, Any]]:
        """Return its commits, every page."""

    def dismissals(self, number: int) -> list[dict[str, Any]]:
        """Return who dismissed which of its reviews."""

    def team_members(self, organization: str, slug: str) -> list[dict[str, Any]]:
        """Return the members of a team."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the forge says of a pull request at one moment, in its own words."""

    pull: Json
    reviews: Sequence[Json]
    commits: Sequence[Json]
    events: Sequence[Json]
    teams: Sequence[Json]

    @property
    def number(self) -> int:
        """Return the number of the pull request."""
        return int(told(self.pull, "number"))

    @property
    def head(self) -> str:
        """Return the commit at its head."""
        return str(told(self.pull, "head", "sha"))

    @property
    def base(self) -> str:
        """Return the branch that it goes into."""
        return str(told(self.pull, "base", "ref"))

    @property
    def is_open(self) -> bool:
        """Return whether it may still be merged."""
        return bool(told(self.pull, "state") == "open")

    def reviewed(self) -> list[str]:
        """Return the commits that were reviewed, each once."""
        return sorted({str(each["commit_id"]) for each in self.reviews if each.get("commit_id")})

    def body(self) -> bytes:
        """Return everything as the JSON that `rampgate gate --reviews` reads too."""
        whole = {
            "pull_request": self.pull,
            "reviews": self.reviews,
            "commits": self.commits,
            "events": self.events,
            "teams": self.teams,
        }
        return json.dumps(whole, indent=1, sort_keys=True).encode()

    def is_as(self, other: Said) -> bool:
        """Return whether nothing that is judged differs: head, base, state, reviews and who dismissed them."""
        mine = (self.head, self.base, self.is_open, self.pull.get("draft"), self.reviews, self.events)
        return mine == (other.head, other.base, other.is_open, other.pull.get("draft"), other.reviews, other.events)


def told(answer: Json, *keys: str) -> Any:
    """Return what an answer says at a path of keys. Raises Unreachable where it says nothing there."""
    value: Any = answer
    for key in keys:
        if not isinstance(value, dict) or value.get(key) is None:
            raise Unreachable(f"GitHub's answer has no `{'.'.join(keys)}`, which it documents; run this again")
        value = value[key]
    return value


def gather(forge: Forge, number: int, teams: Sequence[RoleTeam] = ()) -> Said:
    """Return what the forge says of a pull request. Raises Unreachable where it does not answer whole.

    A team that can not be read is told as such: whether that matters is for the rules to say, and a rollback does not
    wait for it.
    """
    return Said(
        forge.pull(number),
        forge.reviews(number),
        forge.commits(number),
        forge.dismissals(number),
        [team_of(forge, team) for team in teams],
    )


def team_of(forge: Forge, team: RoleTeam) -> Json:
    """Return the members of a team, or why they can not be read."""
    named = {"organization": team.organization, "slug": team.slug}
    try:
        return {**named, "members": forge.team_members(team.organization, team.slug)}
    except Unreachable as error:
        return {**named, "problem": str(error)}
