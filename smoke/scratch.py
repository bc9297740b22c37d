"""A scratch repository on GitHub under rampgate, two people in it, and a clone: what `smoke.py` works with."""

# ruff: noqa: INP001 - a script beside another, and no package

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from rampgate.adapters.github.client import GitHub
from rampgate.adapters.github.settings import Settings, basic_authentication
from rampgate.app.ci.publishing import CONTEXT
from rampgate.errors import Unreachable, UsageProblem

MARK: Final = "SMOKE.md"
HARMLESS: Final = re.compile(r"README(\.\w+)?|LICENSE(\.\w+)?|\.gitignore")
OURS: Final = re.compile(r"(promote|rollback)/smoke-.+|smoke/.+")
LADDER: Final = ("pilot", "canary", "ramp", "majority", "full")
MODELS: Final = "schema: rampgate/models/v1\nmodels:\n  smoke: {tier: medium, task: other, owner_team: models}\n"
Seen = TypeVar("Seen")


class NotSoError(Exception):
    """GitHub does something else than what has to be true; the text is what was seen."""


class NotTriedError(Exception):
    """It can not be tried here; the text says what is missing."""


class Person(GitHub):
    """GitHub as one person asks it, with what rampgate itself never does: giving and dismissing reviews, rulesets."""

    def approve(self, number: int, sha: str) -> dict[str, Any]:
        """Approve one commit of a pull request."""
        values = {"event": "APPROVE", "commit_id": sha, "body": "smoke"}
        return self._do("POST", f"{self._home}/pulls/{number:d}/reviews", values, repeatable=False)

    def dismiss(self, number: int, review: int) -> dict[str, Any]:
        """Dismiss a review."""
        path = f"{self._home}/pulls/{number:d}/reviews/{review:d}/dismissals"
        return self._do("PUT", path, {"message": "smoke"}, repeatable=False)

    def add_ruleset(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make a ruleset."""
        return self._do("POST", f"{self._home}/rulesets", body, repeatable=False)


@dataclass
class Clone:
    """A clone of the repository, used with one person's token and no settings of this machine."""

    folder: Path
    settings: Settings
    identity: tuple[str, str]

    def git(self, *words: str, fails: bool = False) -> str:
        """Run Git and return what it prints; `fails` gives "" where it ends with an error."""
        done = subprocess.run(
            ["git", *words], cwd=self.folder, env=self._environment(), capture_output=True, text=True, check=False
        )
        if done.returncode and not fails:
            raise Unreachable(self.settings.redact(f"git {words[0]}: {done.stderr.strip()}"))
        return "" if done.returncode else done.stdout.rstrip("\n")

    def rampgate(self, *words: str) -> str:
        """Run a command of rampgate in the clone."""
        command = [sys.executable, "-m", "rampgate", *words, "--repo", str(self.folder)]
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unreachable(f"rampgate {words[0]} ended with {done.returncode}: {done.stderr or done.stdout}")
        return done.stdout

    def push(self, source: str, branch: str = "", *, force: bool = False) -> None:
        """Push a branch or commit under a name; an empty source deletes it."""
        self.git("push", "-q", self.settings.git_url, f"{'+' if force else ''}{source}:refs/heads/{branch or source}")

    def branches(self) -> dict[str, str]:
        """Return the branches of the repository: name -> commit."""
        lines = self.git("ls-remote", "--heads", self.settings.git_url).splitlines()
        return {name.removeprefix("refs/heads/"): sha for sha, _, name in (line.partition("\t") for line in lines)}

    def on(self, branch: str) -> None:
        """Check out what a branch is at GitHub now."""
        self.git("fetch", "-q", self.settings.git_url, f"+refs/heads/{branch}:refs/remotes/origin/{branch}")
        self.git("checkout", "-q", "-f", "-B", branch, f"refs/remotes/origin/{branch}")

    def commit(self, message: str) -> str:
        """Commit everything, and return the commit."""
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))}
        name, email = self.identity
        people = {f"GIT_{who}_{what}": each for who in ("AUTHOR", "COMMITTER") for what, each in
                  (("NAME", name), ("EMAIL", email))}  # fmt: skip
        header = f"Authorization: Basic {basic_authentication(self.settings.token)}"
        alone = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        asked = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{self.settings.server_url}/.extraheader",
            "GIT_CONFIG_VALUE_0": header,
        }
        return kept | people | alone | asked


@dataclass
class Pull:
    """A pull request that smoke opened."""

    number: int
    head: str
    review: int = 0


@dataclass
class Scratch:
    """The repository. timeout and poll: seconds; pull: the promotion that most is tried on."""

    settings: Settings
    owner: Person
    reviewer: Person
    clone: Clone
    branch: str
    action: str
    timeout: float
    poll: float
    pull: Pull | None = None
    merged: bool = False
    notes: list[str] = field(default_factory=list)

    def until(self, what: str, ask: Callable[[], Seen | None]) -> tuple[Seen, float]:
        """Ask until there is an answer; return it and the seconds it took. Raises NotSoError after the timeout."""
        begun = time.monotonic()
        while True:
            found = ask()
            passed = time.monotonic() - begun
            if found:
                return found, passed
            if passed > self.timeout:
                raise NotSoError(f"{what} did not come within {self.timeout:.0f} s")
            time.sleep(self.poll)

    def status(self, sha: str) -> dict[str, Any]:
        """Return the verdict's status on a commit, {} where there is none."""
        every = self.owner.statuses(sha)["statuses"]
        return next((each for each in every if each["context"] == CONTEXT), {})

    def judged(self, sha: str, *states: str) -> tuple[dict[str, Any], float]:
        """Wait for a verdict on a commit whose state is one of these, and return it with the seconds it took."""

        def ask() -> dict[str, Any] | None:
            found = self.status(sha)
            is_ready = found.get("state") in states and found.get("description") != "judging..."
            return found if is_ready else None

        return self.until(f"{CONTEXT} as {' or '.join(states)} on {sha[:7]}", ask)

    def open(self, branch: str, title: str) -> Pull:
        """Push the branch that is checked out, and open its pull request."""
        self.clone.push(branch, force=True)
        opened = self.owner.create_pull(title, "Opened by smoke.py.", branch, self.branch)
        return Pull(int(opened["number"]), self.clone.git("rev-parse", branch))

    def promotion(self) -> Pull:
        """Return the pull request that asks for one stage up."""
        if self.pull is None:
            self.clone.on(self.branch)
            card = (self.clone.folder / "model_cards/smoke/1.0.0/card.yaml").read_text(encoding="utf-8")
            found = re.search(r"^stage: (\w+)", card, re.MULTILINE)
            place = LADDER.index(found[1]) if found and found[1] in LADDER[:-1] else -1
            if place < 0:
                raise NotTriedError("the model stands at no stage from which it can go up; roll it back")
            self.clone.rampgate("promote", "smoke", "--to", LADDER[place + 1], "--local")
            self.pull = self.open(self.clone.git("branch", "--show-current"), "smoke: one stage up")
        return self.pull

    def protect(self) -> None:
        """Apply the ruleset that `rampgate github init` wrote, unless it is there."""
        body = json.loads((self.clone.folder / ".github/rampgate/ruleset.json").read_text(encoding="utf-8"))
        if body["name"] not in [each["name"] for each in self.owner.rulesets()]:
            self.owner.add_ruleset(body)

    def set_up(self) -> None:
        """Bring policies, workflows and one model onto the branch, unless an earlier call did."""
        branches = self.clone.branches()
        if self.branch in branches:
            self.clone.on(self.branch)
            refuse_other_files(self.clone.git("ls-files").splitlines())
            if (self.clone.folder / MARK).exists():
                return
        owner, reviewer = (_account(each.viewer()) for each in (self.owner, self.reviewer))
        people = ["--business-owner", f"owner:{owner}", "--risk", f"reviewer:{reviewer}",
                  "--policy-owner", f"owner:{owner}", "--policy-owner", f"reviewer:{reviewer}"]  # fmt: skip
        self.clone.rampgate("init", *people, "--start", "warn", "--branch", self.branch, "--yes")
        where, _, reference = self.action.partition("@")
        self.clone.rampgate(
            *("github", "init", "--profile", "light", "--action", where, "--action-ref", reference, "--yes")
        )
        (self.clone.folder / "policies/models.yaml").write_text(MODELS, encoding="utf-8")
        self.clone.rampgate("new", "smoke", "1.0.0", "--digest", f"sha256:{'5' * 63}0")
        (self.clone.folder / MARK).write_text("Made by rampgate's smoke.py; nothing here is worth keeping.\n")
        self.clone.commit("Set up by smoke.py")
        self.clone.push("HEAD", self.branch)

    def tidy(self) -> None:
        """Delete every branch that smoke made, which closes its pull requests."""
        for branch in self.clone.branches():
            if OURS.fullmatch(branch):
                self.clone.push("", branch)


def _account(viewer: dict[str, Any] | None) -> str:
    if viewer is None:
        raise UsageProblem("both tokens must be a person's: an App approves nothing")
    return f"{viewer['id']}:{viewer['login']}"


def refuse_other_files(paths: list[str]) -> None:
    """Raise UsageProblem where a repository holds what smoke did not make."""
    if MARK in paths:
        return
    others = [path for path in paths if not HARMLESS.fullmatch(path)]
    if others:
        raise UsageProblem(f"the repository holds `{others[0]}`, which smoke did not make; give it an empty one")


def scratch(settings: Settings, reviewer_token: str, folder: Path, **options: Any) -> Scratch:
    """Return the repository with both people in it. Raises UsageProblem where they are one, or no persons."""
    owner, reviewer = Person(settings), Person(replace(settings, token=reviewer_token))
    first, second = owner.viewer(), reviewer.viewer()
    if first is None or second is None:
        raise UsageProblem("both tokens must be a person's: an App approves nothing")
    if first["id"] == second["id"]:
        raise UsageProblem(f"both tokens are of `{first['login']}`; nobody approves their own pull request")
    identity = (first["login"], f"{first['id']}+{first['login']}@users.noreply.github.com")
    branch = str(owner.repository()["default_branch"])
    clone = Clone(folder, settings, identity)
    clone.git("init", "-q", "-b", branch, ".")
    return Scratch(settings, owner, reviewer, clone, branch, **options)
