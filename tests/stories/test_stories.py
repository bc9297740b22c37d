"""Every story, told on real Git against the forge; and proof that each of their expectations can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from stories.runner import Templates, folders, loose, told
from worlds.governed_world import GovernedWorld


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The world as it is before a story changes it, built once for each stage."""
    built: dict[str, GovernedWorld] = {}

    def template(stage: str) -> GovernedWorld:
        if stage not in built:
            built[stage] = GovernedWorld(tmp_path_factory.mktemp(f"world-{stage}"), stage=stage)
        return built[stage]

    return template


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_story(folder: Path, templates: Templates, tmp_path: Path) -> None:
    with told(folder, templates, tmp_path) as play:
        assert loose(play) == []
