"""What the decision history of this clone says of a model, for commands that look ahead; it may be absent or behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from rampgate.adapters import packaged
from rampgate.app.judging.trees import Tree
from rampgate.errors import InvalidInput, Unreachable, UsageProblem
from rampgate.model.sourced import Missing, Sourced

if TYPE_CHECKING:
    from rampgate.model.history import History, HistorySettings

SETTINGS: Final = "policies/history.yaml"
NOT_DECLARED: Final = Missing(f"there is no `{SETTINGS}`", "set up recording first")


def settings_in(tree: Tree) -> Sourced[HistorySettings] | Missing:
    """Return how a tree declares the history, or why it does not; for those that read no other control file."""
    from rampgate.formats.nouns import noun_of  # noqa: PLC0415 - few repositories that are looked at declare one
    from rampgate.formats.yaml_text import load_yaml  # noqa: PLC0415
    from rampgate.model.history import HistorySettings  # noqa: PLC0415

    if not tree.exists(SETTINGS):
        return NOT_DECLARED
    try:
        document = load_yaml(tree.read(SETTINGS), SETTINGS)
        return noun_of(document, HistorySettings, "history", packaged.schema("history"))
    except InvalidInput as error:
        return Missing(str(error.problems[0]), "`rampgate check` lists every problem")


def history_here(
    root: Path, declared: Sourced[HistorySettings] | Missing, branch: str, model: str
) -> History | Missing:
    """Return what the history of a clone says of a model as of its governed branch, or why it says nothing.

    branch: the governed branch; what the forge has of it, as far as it was fetched, comes before the clone's own.
    """
    from rampgate.adapters.git_objects import GitObjects  # noqa: PLC0415
    from rampgate.app.judging.chronicle import history_of  # noqa: PLC0415

    if isinstance(declared, Missing):
        return declared
    try:
        with GitObjects.open(root) as git:
            tips = git.tips(f"refs/remotes/origin/{branch}", f"refs/heads/{branch}")
            if not tips:
                return Missing(f"there is no branch `{branch}` here", f"fetch it: `git fetch origin {branch}`")
            return history_of(git, declared, model, tips[0])
    except (Unreachable, UsageProblem, InvalidInput) as error:
        return Missing(str(error).splitlines()[0])
