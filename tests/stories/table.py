"""The table of steps, and how they are done one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stories.play import Play
from stories.words import BadStory

Step = Callable[[Play, Any], None]

STEPS: dict[str, Step] = {}
"""Name of a step -> what it does; filled by `stories.steps`, `stories.history` and `stories.checks`."""


def perform(play: Play, steps: list[Any]) -> None:
    """Do the steps one after the other."""
    for step in steps:
        if not isinstance(step, dict) or len(step) != 1:
            raise BadStory(f"a step is a mapping of one key, not {step}")
        ((name, said),) = step.items()
        if name not in STEPS:
            raise BadStory(f"unknown step `{name}`; known: {sorted(STEPS)}")
        STEPS[name](play, said)
