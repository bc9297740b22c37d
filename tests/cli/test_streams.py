"""Streams that are closed, full or gone: a line and an exit code, and never a stack of calls."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from rampgate.cli import show
from worlds.governed_world import GovernedWorld


@pytest.fixture
def world(tmp_path):
    world = GovernedWorld(tmp_path)
    world.branch("work")
    world.edit_card(stage="canary")
    world.commit("change")
    return world


def shell(world, line: str) -> subprocess.CompletedProcess[str]:
    command = f"'{sys.executable}' -m rampgate"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        ["bash", "-c", line.replace("rampgate", command, 1)],
        cwd=world.path, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_closed_output_keeps_the_exit_code_of_the_verdict(world):
    said = shell(world, "rampgate gate --base main --head work")
    closed = shell(world, "rampgate gate --base main --head work >&-")
    assert said.returncode in (10, 11, 12)
    assert (closed.returncode, closed.stderr) == (said.returncode, "")


def test_a_full_output_is_told_in_a_line(world):
    done = shell(world, "rampgate gate --base main --head work > /dev/full")
    assert done.returncode == 4
    assert done.stderr == "rampgate: the output can not be written: No space left on device\n"


def test_no_stream_is_no_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert not show.has_colour()
