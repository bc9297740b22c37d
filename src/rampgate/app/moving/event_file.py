"""The event file of a move: its path, its reason, who gives it, and the artifact that moves."""

from __future__ import annotations

from typing import Final

from rampgate.app.judging.trees import WorkTree
from rampgate.app.moving.who import Known
from rampgate.core.paths import version_folder
from rampgate.errors import UsageProblem
from rampgate.formats.documents import Document
from rampgate.model.card import Artifact

LEAST_REASON: Final = 10
"""The fewest characters of a reason; what is shorter explains nothing to whoever reads it later."""

BREAK_GLASS: Final = "-break-glass"
"""What follows the day in the name of the file of a break-glass."""


def is_break_glass(path: str) -> bool:
    """Return whether a file under `events/` was written as a break-glass, by its name."""
    return BREAK_GLASS in path.rpartition("/")[2]


def refuse_short(reason: str) -> None:
    """Raise UsageProblem for a reason that explains nothing."""
    if len(reason.strip()) < LEAST_REASON:
        raise UsageProblem(f'a reason of at least {LEAST_REASON} characters is needed: --reason "what happened"')


def event_path(tree: WorkTree, model: str, version: str, day: str, kind: str) -> str:
    """Return a path that is free for an event of a day; numbers rise, so that the names of a day tell their order."""
    folder = f"{version_folder(model, version)}/events"
    taken = set(tree.names(folder))
    number = next(n for n in range(1, 10_000) if f"{day}-{kind}-{n}.yaml" not in taken)
    return f"{folder}/{day}-{kind}-{number}.yaml"


def artifact_named(card: Document) -> dict[str, str]:
    """Return the `artifact` of an event, nothing where the card's can not be read: that must not stop a rollback."""
    written = card.value.get("artifact")
    try:
        return {"artifact": Artifact.model_validate(written).identity}
    except ValueError:
        return {}


def whose_word(known: Known) -> tuple[str, ...]:
    """Return a note where the address that Git commits with is not the person's."""
    if known.by_address:
        return ()
    name = known.person.name
    return (f"the address that Git commits with is not one of `{name}`'s; let `{name}` open the pull request",)
