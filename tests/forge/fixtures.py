"""Fixtures that start a forge, and that fail a test whose exchanges broke GitHub's contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from forge.contract import ABSENT, SLICE
from forge.server import Forge
from worlds.git_world import GitWorld
from worlds.governed_world import GovernedWorld

StartForge = Callable[..., Forge]


def pytest_report_header() -> str:
    return "forge: " + ("each exchange is held against GitHub's description" if SLICE.exists() else ABSENT)


@pytest.fixture
def start_forge() -> Iterator[StartForge]:
    """Start a forge for a world: `start_forge(world, private=True)`; each is stopped and looked at in the end."""
    started: list[Forge] = []

    def start(world: GitWorld, **options: Any) -> Forge:
        started.append(Forge.of(world, **options))
        return started[-1]

    yield start
    for each in started:
        each.stop()
    look_at(started)


def look_at(started: list[Forge]) -> None:
    """Fail where an exchange broke GitHub's contract."""
    violations = [violation for each in started for violation in each.violations]
    assert not violations, "GitHub's contract was broken:\n" + "\n".join(violations)


@pytest.fixture
def world(tmp_path: Path) -> GovernedWorld:
    """A governed repository with one model that may move."""
    return GovernedWorld(tmp_path)


@pytest.fixture
def forge(start_forge: StartForge, world: GovernedWorld) -> Forge:
    """A forge that holds the `world` of the same test."""
    return start_forge(world)
