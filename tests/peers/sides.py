"""The two GitHubs behind one set of words, so that one scenario runs against both.

A side has one open pull request 1 from `promote` into `main`, of one commit by alice-b, and a team `model-risk`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from forge.server import Forge
from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.settings import Settings
from worlds.governed_world import ALICE, RAVI, RITA, GovernedWorld

REPO = "/repos/acme/models"
CARD = "model_cards/credit-risk/2.0.0/card.yaml"


@dataclass(frozen=True)
class Side:
    """One GitHub. `head` is the pull request's commit, `card` what CARD holds there."""

    api: str
    head: str
    card: bytes

    def client(self, login: str = "otto") -> GitHub:
        """rampgate's own client, with that person's token."""
        return GitHub(Settings(self.api, self.api, "acme/models", f"token-of-{login}"), sleep=lambda seconds: None)

    def act(self, login: str, method: str, path: str, body: Any = None) -> Any:
        """A call that rampgate never makes, as somebody."""
        headers = {"Authorization": f"Bearer token-of-{login}", "User-Agent": "test"}
        answer = httpx.request(method, self.api + path, json=body, headers=headers, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def review(self, login: str, event: str, body: str = "looked at it") -> dict[str, Any]:
        return self.act(login, "POST", f"{REPO}/pulls/1/reviews", {"event": event, "body": body})


def own(forge: Forge, world: GovernedWorld) -> Side:
    """The forge of the tests, filled by real Git."""
    world.branch("promote")
    world.edit_card(stage="canary")
    head = world.commit("promote")
    forge.push(world, "promote", ALICE)
    forge.open_pull("promote", "main", ALICE)
    forge.team("model-risk", RITA, RAVI)
    return Side(forge.environ()["GITHUB_API_URL"], head, world.read(CARD).encode())


def emulated(url: str, folder: Path) -> Side:
    """emulate, filled by calls."""
    side = Side(url, "", b"stage: canary\n")
    base = side.act("alice-b", "GET", f"{REPO}/git/ref/heads/main")["object"]["sha"]
    side.act("alice-b", "POST", f"{REPO}/git/refs", {"ref": "refs/heads/promote", "sha": base})
    file = {"message": "promote", "branch": "promote", "content": base64.b64encode(side.card).decode()}
    side.act("alice-b", "PUT", f"{REPO}/contents/{CARD}", file)
    pull = side.act("alice-b", "POST", f"{REPO}/pulls", {"title": "promote", "head": "promote", "base": "main"})
    side.act("otto", "POST", "/orgs/acme/teams", {"name": "model-risk"})
    for login in ("rita", "ravi"):
        side.act("otto", "PUT", f"/orgs/acme/teams/model-risk/memberships/{login}", {"role": "member"})
    return Side(url, pull["head"]["sha"], side.card)
