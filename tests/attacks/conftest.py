"""One governed repository for a file of attacks; every attack gets a copy of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from worlds.governed_world import GovernedWorld


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> GovernedWorld:
    return GovernedWorld(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: GovernedWorld, tmp_path: Path) -> GovernedWorld:
    return template.copy(tmp_path)
