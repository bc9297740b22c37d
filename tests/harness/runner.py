"""Runs a composite action as a runner of GitHub does: its expressions, its steps, its files, its limits.

What is not here: steps with `uses`, containers, and everything of a job beside one action. The environment holds what a
runner gives and nothing of the machine's own, so a variable that the action forgets to pass on is missing here too.

Example::

    with Expressions() as expressions:
        ran = Runner(tmp_path, expressions).run(action, {"command": "check"}, Event("push", {}))
        assert (ran.conclusion, ran.outputs["exit-code"]) == ("success", "0")
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from harness import command_files
from harness.expressions import Expressions
from harness.log import Annotation, Log

SHELLS = {
    "bash": ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"],
    "sh": ["sh", "-e"],
    "python": ["python3"],
}
LARGEST_SUMMARY = 1024 * 1024
FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")


@dataclass(frozen=True)
class Event:
    """What woke the run. github: more of the `github` context, such as `sha` and `ref_name`."""

    name: str
    payload: Mapping[str, Any]
    github: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Ran:
    """What became of one action. conclusion: `success` or `failure`; steps: id -> conclusion."""

    conclusion: str = "success"
    outputs: dict[str, str] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    exits: list[int] = field(default_factory=list)
    summary: str = ""
    warnings: list[str] = field(default_factory=list)
    log: Log = field(default_factory=Log)

    @property
    def annotations(self) -> list[Annotation]:
        """The annotations that the forge would keep."""
        return self.log.annotations


class Runner:
    """A job's worth of one machine: a workspace, a folder for what is temporary, and an environment."""

    def __init__(
        self, folder: Path, expressions: Expressions, *, environ: Mapping[str, str] | None = None,
        workspace: Path | None = None, secrets: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.folder = folder
        self.expressions = expressions
        self.workspace = workspace or folder / "workspace"
        self.temp = folder / "temp"
        for each in (self.workspace, self.temp, folder / "home"):
            each.mkdir(parents=True, exist_ok=True)
        self.secrets = secrets
        self.environ = {
            "PATH": os.environ["PATH"], "HOME": str(folder / "home"), "LANG": "C.UTF-8", "CI": "true",
            "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.workspace), "RUNNER_TEMP": str(self.temp),
            "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64", "GITHUB_RUN_ID": "1234567890", **(environ or {}),
        }  # fmt: skip

    def run(self, action: Path, given: Mapping[str, str], event: Event) -> Ran:
        """Run the action in a folder with what a workflow's `with:` gives it."""
        described = yaml.load((action / "action.yml").read_text(), yaml.BaseLoader)
        ran = Ran()
        ran.log.masks += [secret for secret in self.secrets if secret]
        environ = self.environ | self._event_environ(event) | {"GITHUB_ACTION_PATH": str(action)}
        github = {
            "event": dict(event.payload), "event_name": event.name, "action_path": str(action),
            "workspace": str(self.workspace), **event.github,
        }  # fmt: skip
        contexts: dict[str, Any] = {
            "github": github, "inputs": self._inputs(described, given, github, ran), "steps": {}, "env": {},
            "runner": {"temp": str(self.temp), "os": "Linux"},
        }  # fmt: skip
        for number, step in enumerate(described["runs"]["steps"]):
            self._step(step, step.get("id", f"step-{number}"), contexts, environ, ran)
        ran.outputs = {
            name: self.expressions.text(output["value"], contexts)
            for name, output in described.get("outputs", {}).items()
        }
        return ran

    def _event_environ(self, event: Event) -> dict[str, str]:
        path = self.temp / "event.json"
        path.write_text(json.dumps(event.payload))
        names = {"sha": "GITHUB_SHA", "ref": "GITHUB_REF", "ref_name": "GITHUB_REF_NAME"}
        more = {names[key]: str(value) for key, value in event.github.items() if key in names}
        return {"GITHUB_EVENT_NAME": event.name, "GITHUB_EVENT_PATH": str(path), **more}

    def _inputs(
        self, described: Mapping[str, Any], given: Mapping[str, str], github: Mapping[str, Any], ran: Ran
    ) -> dict[str, str]:
        known = described.get("inputs", {})
        unexpected = sorted(set(given) - set(known))
        if unexpected:
            ran.warnings.append(f"unexpected inputs {unexpected}, valid inputs are {list(known)}")
        missing = [
            name for name, each in known.items() if each.get("required") == "true" and not given.get(name)
        ]  # fmt: skip
        if missing:
            ran.warnings.append(f"required inputs {missing} are not given")
        defaults = {
            name: self.expressions.text(each.get("default", ""), {"github": dict(github)})
            for name, each in known.items()
        }
        return defaults | {name: value for name, value in given.items() if name in known}

    def _step(
        self, step: Mapping[str, Any], name: str, contexts: dict[str, Any], environ: dict[str, str], ran: Ran
    ) -> None:
        if not self.expressions.holds(step.get("if"), contexts, ran.conclusion):
            ran.steps[name] = "skipped"
            contexts["steps"][name] = {"outputs": {}, "outcome": "skipped", "conclusion": "skipped"}
            return
        if "uses" in step:
            raise NotImplementedError(f"`{step['uses']}`: a step that uses another action is not run here")
        own = {
            key: self.expressions.text(value, contexts, ran.conclusion) for key, value in step.get("env", {}).items()
        }
        files = {each: self._empty_file(each) for each in FILES}
        done = subprocess.run(
            [*SHELLS[step["shell"]], str(self._script(step, contexts, ran))],
            cwd=self.workspace / self.expressions.text(step.get("working-directory", "."), contexts),
            env=environ | own | {key: str(path) for key, path in files.items()},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        ran.exits.append(done.returncode)
        ran.log.feed(done.stdout)
        ran.log.end_of_step()
        outputs = self._collect(files, environ, ran)
        outcome = "success" if done.returncode == 0 and outputs is not None else "failure"
        conclusion = "success" if step.get("continue-on-error") == "true" else outcome
        ran.steps[name] = conclusion
        if conclusion == "failure":
            ran.conclusion = "failure"
        contexts["steps"][name] = {"outputs": outputs or {}, "outcome": outcome, "conclusion": conclusion}

    def _script(self, step: Mapping[str, Any], contexts: dict[str, Any], ran: Ran) -> Path:
        path = self.temp / f"{uuid.uuid4()}.sh"
        path.write_text(self.expressions.text(step["run"], contexts, ran.conclusion))
        return path

    def _empty_file(self, name: str) -> Path:
        path = self.temp / "_runner_file_commands" / f"{name.lower()}_{uuid.uuid4()}"
        path.parent.mkdir(exist_ok=True)
        path.touch()
        return path

    def _collect(self, files: Mapping[str, Path], environ: dict[str, str], ran: Ran) -> dict[str, str] | None:
        """Return the outputs of a step, or None where one of its files ends it with an error."""
        summary = files["GITHUB_STEP_SUMMARY"].read_bytes()
        if len(summary) > LARGEST_SUMMARY:
            ran.log.annotations.append(Annotation("error", "the step summary is larger than 1 MiB, and not shown"))
        else:
            ran.summary += summary.decode()
        try:
            environ.update(command_files.pairs(files["GITHUB_ENV"].read_text()))
            outputs = command_files.pairs(files["GITHUB_OUTPUT"].read_text())
        except command_files.FileFault as fault:
            ran.log.annotations.append(Annotation("error", str(fault)))
            return None
        for line in files["GITHUB_PATH"].read_text().splitlines():
            environ["PATH"] = f"{line}{os.pathsep}{environ['PATH']}"
        return outputs

    def end(self) -> None:
        """Empty what a runner empties after a job."""
        shutil.rmtree(self.temp)
