"""The action of this repository, woken by events of the forge on a runner of the harness.

Example::

    action = Action(forge, tmp_path / "runner", expressions)
    ran = action.opened(pull)
    assert (ran.conclusion, ran.outputs["verdict"]) == ("success", "hold")
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from forge.server import Forge
from harness.expressions import Expressions
from harness.runner import Event, Ran, Runner
from worlds.actions_world import Actions

ROOT = Path(__file__).resolve().parents[2]


class Action(Actions):
    """One job after the other, each on a machine of its own, in a checkout of the default branch.

    The Python of the tests stands in for the one that the action would install into: both have the locked requirements.
    """

    def __init__(self, forge: Forge, folder: Path, expressions: Expressions, *, token: str | None = None) -> None:
        super().__init__(forge, folder, token=token)
        self.expressions = expressions

    def wake(self, name: str, event: dict[str, Any], **given: Any) -> Ran:  # type: ignore[override]
        """Run the action on an event; `given` is what the workflow's `with` says, with `_` for `-`."""
        self._runs += 1
        environ = dict(self.environ)
        # A job's environment has no token: what the workflow gives the action is all that it gets.
        token = environ.pop("GITHUB_TOKEN")
        github = {"ref_name": "main", "ref": "refs/heads/main", "event_name": name}
        runner = Runner(
            self.folder / f"run-{self._runs}", self.expressions, environ=environ, workspace=self.checkout,
            secrets=(token,),
        )  # fmt: skip
        inputs = {"token": token, "install": "false", "python": sys.executable}
        inputs |= {key.replace("_", "-"): value for key, value in given.items()}
        return runner.run(ROOT, inputs, Event(name, event, github))
