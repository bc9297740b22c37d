"""One story while it is told: its world, its forge, its runner, and the names that it gives to commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forge.server import Forge
from forge.state import Account, Pull, Review
from stories.words import BadStory
from worlds.actions_world import Actions, Run
from worlds.governed_world import GovernedWorld


@dataclass
class Play:
    """Where a story stands. waits: the seconds that the client would have slept. seen: every expectation that held."""

    world: GovernedWorld
    forge: Forge
    runner: Actions
    people: dict[str, dict[str, Any]]
    commits: dict[str, str] = field(default_factory=dict)
    groups: list[dict[str, Any]] = field(default_factory=list)
    run: Run | None = None
    waits: list[float] = field(default_factory=list)
    seen: list[tuple[str, Any, Any]] = field(default_factory=list)

    def who(self, name: str) -> dict[str, Any]:
        """The account of somebody whom the story names."""
        if name not in self.people:
            raise BadStory(f"nobody is called `{name}`; known: {sorted(self.people)}")
        return self.people[name]

    def account(self, name: str) -> Account:
        return Account.of(self.who(name))

    def signature(self, name: str) -> tuple[str, str]:
        """Name and address for a commit; a text with `@` is an address of nobody that the story knows."""
        if "@" in name:
            return (name.partition("@")[0], name)
        who = self.who(name)
        return (who["name"].capitalize(), who["email"])

    def pull(self, number: int) -> Pull:
        return self.forge.hub.pull(number)

    def commit(self, name: str) -> str:
        """The commit that the story calls so; a pull request's number means its head, `main` the base branch."""
        if name in self.commits:
            return self.commits[name]
        found = self.forge.hub.git.commit_of(f"refs/heads/{name}")
        if found is None:
            raise BadStory(f"no commit or branch is called `{name}`; known: {sorted(self.commits)}")
        return found

    def last_review(self, name: str, pull: int) -> Review:
        """The last review of somebody that can still be dismissed."""
        who = self.who(name)["id"]
        mine = [
            each
            for each in self.forge.state.reviews_of(pull)
            if each.account and each.account.id == who and each.state in ("APPROVED", "CHANGES_REQUESTED")
        ]
        if not mine:
            raise BadStory(f"`{name}` has no review of pull request {pull} that can be dismissed")
        return mine[-1]

    def report(self) -> Mapping[str, Any]:
        """The decision that the last run wrote; empty where it wrote none."""
        return (self.run and self.run.report) or {}
