"""`smoke/smoke.py`: its list is the page's, what it refuses, and the whole of it against the test forge."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forge.server import Forge
from worlds.actions_world import Actions
from worlds.git_world import GitWorld
from worlds.governed_world import ALICE, OTTO, RITA

ROOT = Path(__file__).resolve().parents[2]
SMOKE = ROOT / "smoke" / "smoke.py"
PAGE = ROOT / "docs" / "reference" / "what-only-github-proves.md"
ACTION = "acme/rampgate@0123456789abcdef0123456789abcdef01234567"
HERE = {
    "status-wakes", "review-wakes", "dismissal-wakes", "merge-blocked", "merge-opens", "rollback-passes",
    "old-commit-fetched", "description-length", "comment-once",
}  # fmt: skip
"""What the test forge has; the others need GitHub."""


def smoke(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_TOKEN")}
    return subprocess.run(
        [sys.executable, str(SMOKE), *words],
        env=kept | environ,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_the_list_is_the_table_of_the_page():
    ids = re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    done = smoke("--list")
    assert (done.returncode, done.stdout.split()) == (0, ids)


TOKENS = {"GH_TOKEN": "t", "SMOKE_REVIEWER_TOKEN": "u"}
REFUSED = {
    "a repository by another name": (("--repository", "acme/models", "--yes"), TOKENS, "`scratch` or `smoke` in its name"),
    "an owner by that name": (("--repository", "smoke/models", "--yes"), TOKENS, "`scratch` or `smoke` in its name"),
    "no repository": (("--yes",), TOKENS, "give --repository owner/name"),
    "no consent": (("--repository", "acme/scratch", "--action", ACTION), TOKENS, "give --yes if that may be"),
    "no action": (("--repository", "acme/scratch", "--yes"), TOKENS, "give --action owner/name@COMMIT"),
    "one person": (
        ("--repository", "acme/scratch", "--yes", "--action", ACTION), {"GH_TOKEN": "t"}, "set SMOKE_REVIEWER_TOKEN",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_refuses_before_anything_is_asked(case):
    words, tokens, message = REFUSED[case]
    done = smoke(*words, **tokens, GITHUB_API_URL="http://127.0.0.1:9/", GITHUB_SERVER_URL="http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (2, ""), done
    assert message in done.stderr


@pytest.fixture
def scratch(start_forge, tmp_path):
    """A forge with a repository `acme/models-scratch` that holds a read-me, on the day of this machine."""
    world = GitWorld(tmp_path)
    world.write("README.md", "# scratch\n")
    world.commit("start")
    forge = start_forge(world, name="models-scratch")
    forge.state.clock.set(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return forge


def against(forge: Forge, *words: str, reviewer=RITA) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in forge.environ("x").items() if name.endswith("_URL")}
    tokens = {"GH_TOKEN": forge.token(OTTO), "SMOKE_REVIEWER_TOKEN": forge.token(reviewer)}
    place = ("--repository", forge.state.full_name, "--action", ACTION, "--yes", "--poll", "0.1")
    return smoke(*place, *words, **environ, **tokens)


def test_what_it_did_not_make_is_left_alone(scratch, tmp_path):
    world = GitWorld(tmp_path, "other")
    world.git("fetch", "-q", str(scratch.hub.git.path), "main")
    world.git("reset", "-q", "--hard", "FETCH_HEAD")
    world.write("train.py", "precious\n")
    world.commit("work")
    scratch.push(world, "main", by=ALICE)
    refs = scratch.hub.git.refs()
    done = against(scratch)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert "the repository holds `train.py`, which smoke did not make" in done.stderr
    assert scratch.hub.git.refs() == refs


def test_one_person_with_two_tokens_is_one_person(scratch):
    done = against(scratch, reviewer=OTTO)
    assert done.returncode == 2, done
    assert "both tokens are of `otto`" in done.stderr


class Runner(threading.Thread):
    """What GitHub does where a workflow listens: looks at the forge, and wakes the judge for what happened."""

    def __init__(self, forge: Forge, folder: Path) -> None:
        super().__init__(daemon=True)
        self.actions = Actions(forge, folder)
        self.forge = forge
        self.ended = threading.Event()
        self.heads: dict[int, str] = {}
        self.reviews: dict[int, str] = {}
        self.runs = []

    def run(self) -> None:
        while not self.ended.wait(0.05):
            with self.forge.desk.lock:
                opened = [each for each in self.forge.hub.open_pulls() if self.heads.get(each.number) != each.head_sha]
                reviewed = [each for each in self.forge.state.reviews if self.reviews.get(each.id) != each.state]
            for pull in opened:
                self.heads[pull.number] = pull.head_sha
                self.runs.append(self.actions.opened(pull, as_process=True))
            for review in reviewed:
                self.reviews[review.id] = review.state
                self.runs.append(self.actions.reviewed(review, as_process=True))


@pytest.fixture
def runner(scratch, tmp_path):
    thread = Runner(scratch, tmp_path / "runner")
    thread.start()
    yield thread
    thread.ended.set()
    thread.join()


def answers(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    found = re.findall(r"^([a-z-]+) +(proven|not so|not tried) +\d+\.\d s  (.+)$", done.stdout, re.MULTILINE)
    return {name: word for name, word, _ in found}


@pytest.mark.peer
def test_what_the_forge_has_is_proven_twice_over_and_nothing_stays(scratch, runner):
    """The second time the repository is set up already, protected, and the model stands where it stood."""
    for _ in range(2):
        done = against(scratch, "--timeout", "60")
        assert done.returncode == 0, (done, runner.runs)
        found = answers(done)
        assert {name for name, word in found.items() if word == "proven"} == HERE, (done.stdout, runner.runs)
        assert set(found.values()) == {"proven", "not tried"}
        assert set(scratch.hub.git.refs()) & {"refs/heads/main"} == {
            name for name in scratch.hub.git.refs() if name.startswith("refs/heads/")
        }
        assert scratch.hub.open_pulls() == []
    assert "token-of" not in done.stdout + done.stderr
    assert [each["name"] for each in scratch.state.rulesets.values()] == ["rampgate: governed branch"]


@pytest.mark.peer
def test_without_a_runner_nothing_is_claimed(scratch):
    """Nobody judges: what waits for a verdict is not so, and what needs none is tried all the same."""
    done = against(scratch, "--timeout", "0.5")
    assert done.returncode == 1, done
    found = answers(done)
    assert [found[name] for name in ("status-wakes", "review-wakes", "merge-opens")] == ["not so"] * 3
    assert found["old-commit-fetched"] == found["description-length"] == "proven"
    assert found["rollback-passes"] == "not tried"
    assert scratch.hub.open_pulls() == []
