"""Tells the stories: reads `<sentence>/story.yaml`, builds its world, does its steps, and holds it to what it expects.

Example::

    with told(Path("an-approval-dies-with-a-changed-byte"), templates, tmp_path) as play:
        assert play.seen
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forge.server import Forge
from forge.state import Account
from rampgate.formats.yaml_text import load_yaml
from stories.checks import CHECKS, expect
from stories.given import accounts, begin
from stories.play import Play
from stories.steps import STEPS
from stories.table import perform
from stories.words import BadStory, Mismatch
from worlds.actions_world import Actions
from worlds.governed_world import GovernedWorld

STORIES = Path(__file__).resolve().parent
KEYS = {"story", "shows", "given", "steps"}
SHOWN = re.compile(r"policy-bot \d+|prow \d+|gittuf \d+|tuf \d+|branch-deploy \d+|[A-G]\d+|ours: .+")
Templates = Callable[[str], GovernedWorld]

STEPS["expect"] = expect


@dataclass(frozen=True)
class Story:
    """One story as it is written. shows: the lines of the catalogue, and the suites, that it stands for."""

    sentence: str
    shows: tuple[str, ...]
    given: Mapping[str, Any]
    steps: list[Any]


def folders() -> list[Path]:
    """Every folder that holds a story, in order."""
    return sorted(path.parent for path in STORIES.glob("*/story.yaml"))


def load(folder: Path) -> Story:
    """Read one story. Raises InvalidInput for what is no YAML, BadStory for what is no story."""
    path = folder / "story.yaml"
    value = load_yaml(path.read_bytes(), f"{folder.name}/story.yaml").value
    if unknown := sorted(set(value) - KEYS):
        raise BadStory(f"unknown {unknown}; known: {sorted(KEYS)}")
    if missing := sorted({"story", "shows", "steps"} - set(value)):
        raise BadStory(f"{missing} must be said")
    if wrong := [each for each in value["shows"] if not SHOWN.fullmatch(each)]:
        raise BadStory(f"`shows` names no line of the catalogue: {wrong}")
    if not any(isinstance(step, dict) and "expect" in step for step in value["steps"]):
        raise BadStory("a story without `expect` shows nothing")
    return Story(value["story"], tuple(value["shows"]), value.get("given") or {}, value["steps"])


@contextmanager
def told(folder: Path, templates: Templates, place: Path) -> Iterator[Play]:
    """Tell the story of a folder, in a place of its own. Raises Mismatch where it goes otherwise than it expects."""
    story = load(folder)
    world = begin(story.given, templates, place)
    with Forge(place) as forge:
        forge.hub.git.begin_as(world.root / ".git")
        people = accounts(story.given)
        for each in people.values():
            forge.state.accounts.setdefault(each["login"], Account.of(each))
        play = Play(world, forge, Actions(forge, place / "runner"), people, {"base": world.base})
        perform(play, story.steps)
        if forge.violations:
            raise Mismatch("GitHub's contract was broken:\n" + "\n".join(forge.violations))
        if forge.desk.faults.left:
            raise Mismatch(f"{forge.desk.faults.left} faults never happened: nothing made the call")
        yield play


def loose(play: Play) -> list[str]:
    """Expectations that would hold though they were written otherwise, or that ask nothing: they prove nothing."""
    found = []
    for name, seen, expected in play.seen:
        others = CHECKS[name].flips(expected)
        found += [
            f"{name}: {other!r} holds as well as {expected!r}" for other in others if CHECKS[name].holds(seen, other)
        ]
        found += [] if others else [f"{name}: {expected!r} asks nothing"]
    return found
