"""A runner of GitHub Actions for tests: a clone of the default branch, and `rampgate ci` woken by events of the forge.

Example::

    runner = Actions(forge, tmp_path / "runner")
    run = runner.opened(pull)
    assert (run.code, forge.verdict(pull.head_sha).state) == (11, "pending")
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forge import webhooks
from forge.server import Forge
from forge.state import Pull, Review
from worlds.command_line import said_here
from worlds.copied import copy_tree
from worlds.git_world import clean_environment


@dataclass(frozen=True)
class Run:
    """How a run ended, and what it left."""

    code: int
    out: str
    error: str
    outputs: dict[str, str]
    summary: str
    report: dict[str, Any] | None


class Actions:
    """One runner. `as_process` starts the installed command; without it the same code runs in this process."""

    def __init__(self, forge: Forge, folder: Path, *, token: str | None = None, like: Actions | None = None) -> None:
        """like: a runner whose clone is taken over as it is, of this forge from here on; None clones."""
        self.forge = forge
        self.folder = folder
        self.environ = forge.environ(token)
        self.checkout = folder / "checkout"
        self._runs = 0
        if like is None:
            words = ["git", "clone", "-q", str(forge.hub.git.path), str(self.checkout)]
            subprocess.run(words, check=True, env=clean_environment())
            return
        copy_tree(like.checkout, self.checkout)
        config = self.checkout / ".git" / "config"
        config.write_text(config.read_text().replace(str(like.forge.hub.git.path), str(forge.hub.git.path)))

    # What wakes it

    def opened(self, pull: Pull, action: str = "opened", **options: Any) -> Run:
        return self.wake("pull_request_target", webhooks.pull_request(self.forge.desk, pull, action), **options)

    def reviewed(self, what: Review | Pull, **options: Any) -> Run:
        """The `signal` workflow has ended after a review was submitted, edited or dismissed."""
        pull = what if isinstance(what, Pull) else self.forge.state.pulls[what.pull]
        event = webhooks.workflow_run(
            self.forge.desk, event="pull_request_review", head_sha=pull.head_sha, head_branch=pull.head_ref, pull=pull
        )
        return self.wake("workflow_run", event, **options)

    def queued(self, event: dict[str, Any], *, by_signal: bool = True, **options: Any) -> Run:
        """The queue asks: by the end of `signal`, as on GitHub, or by the event itself."""
        if not by_signal:
            return self.wake("merge_group", event, **options)
        group = event["merge_group"]
        branch = group["head_ref"].removeprefix("refs/heads/")
        ended = webhooks.workflow_run(
            self.forge.desk, event="merge_group", head_sha=group["head_sha"], head_branch=branch
        )
        return self.wake("workflow_run", ended, **options)

    def base_moved(self, **options: Any) -> Run:
        tip = self.forge.hub.git.commit_of("refs/heads/main")
        assert tip
        by = next(iter(self.forge.state.accounts.values()))
        return self.wake("push", webhooks.push(self.forge.desk, "main", tip, tip, by), **options)

    def nightly(self, **options: Any) -> Run:
        return self.wake("schedule", webhooks.schedule(self.forge.desk), **options)

    def wake(
        self,
        name: str,
        event: dict[str, Any],
        *,
        arguments: tuple[str, ...] = (),
        as_process: bool = False,
        **more: str,
    ) -> Run:
        """Run `rampgate ci` on an event; `more` are further variables of the environment."""
        self._runs += 1
        place = self.folder / f"run-{self._runs}"
        place.mkdir(parents=True)
        files = {each: place / each for each in ("event.json", "output", "summary", "decision.json")}
        files["event.json"].write_text(json.dumps(event, ensure_ascii=False), encoding="utf-8")
        environ = {
            **clean_environment(),
            **self.environ,
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(files["event.json"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_RUN_ID": "77",
            **more,
        }
        words = ["ci", "--repo", str(self.checkout), "--json", str(files["decision.json"]), *arguments]
        code, out, error = _process(words, environ) if as_process else _here(words, environ)
        return Run(
            code,
            out,
            error,
            _outputs(files["output"]),
            files["summary"].read_text() if files["summary"].exists() else "",
            json.loads(files["decision.json"].read_text()) if files["decision.json"].exists() else None,
        )

    def command(self, *words: str) -> Run:
        """Run any other command with the environment of the runner."""
        code, out, error = _here(list(words), {**clean_environment(), **self.environ})
        return Run(code, out, error, {}, "", None)


def _process(words: list[str], environ: dict[str, str]) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "rampgate", *words], env=environ, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def _here(words: list[str], environ: dict[str, str]) -> tuple[int, str, str]:
    said = said_here(words, environ)
    return said.exit, said.out, said.err


def _outputs(path: Path) -> dict[str, str]:
    """What GitHub reads of the file: `name<<mark`, lines, `mark`."""
    text = path.read_text() if path.exists() else ""
    return {found[1]: found[3] for found in re.finditer(r"^([a-z-]+)<<(.+)\n((?:.|\n)*?)\n\2$", text, re.MULTILINE)}
