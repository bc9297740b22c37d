"""A run that is killed, at whatever step, never leaves a success that no longer holds."""

from __future__ import annotations

import importlib
import itertools
import json
import signal
import time
from collections.abc import Iterator

import pytest

from forge import webhooks
from history.forks import Forks, Running
from worlds.actions_world import Actions
from worlds.git_world import clean_environment
from worlds.governed_world import ALICE, RITA

SHARES = 4
RUNS = itertools.count()


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    for name in ("httpx", "rampgate.cli.ci", "rampgate.app.ci.run", "rampgate.app.judging.gate"):
        importlib.import_module(name)
    with Forks() as started:
        yield started


@pytest.fixture
def dismissed(world, forge, tmp_path):
    """A pull request whose success rests on an approval that has just been dismissed."""
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    pull = forge.open_pull("promote", "main", ALICE)
    review = forge.review(pull, RITA, "APPROVED")
    runner = Actions(forge, tmp_path / "runner")
    assert runner.opened(pull).code == 0
    assert forge.verdict(pull.head_sha).state == "success"
    forge.dismiss(review, RITA, "I looked again")
    return pull, runner


def start(forks, forge, runner, pull):
    """Start the command as a process on the end of `signal`."""
    event = webhooks.workflow_run(
        forge.desk, event="pull_request_review", head_sha=pull.head_sha, head_branch=pull.head_ref, pull=pull
    )
    path = runner.folder / "event.json"
    path.write_text(json.dumps(event))
    environ = {
        **clean_environment(),
        **runner.environ,
        "GITHUB_EVENT_NAME": "workflow_run",
        "GITHUB_EVENT_PATH": str(path),
    }
    return forks.start(["ci", "--repo", str(runner.checkout)], environ, runner.folder / f"process-{next(RUNS)}")


def calls_of_one_run(forge, runner, pull):
    before = len(forge.calls)
    assert runner.reviewed(pull).code == 11
    return len(forge.calls) - before


def restore_success(forge, pull):
    """Put the world back to where a success stands that no longer holds."""
    forge.hub.set_status(pull.head_sha, forge.state.accounts["rita"], "success", "rampgate/verdict", "", "")
    assert forge.verdict(pull.head_sha).state == "success"


def kill_at(forks, forge, runner, pull, step, *, answered):
    """Kill a run when its call number `step` (from 0) arrives, before or after it is done."""
    running: list[Running] = []

    def kill():
        while not running:
            time.sleep(0.001)
        running[0].kill(alone=True)
        running[0].wait()

    forge.when("*", "*", kill, skip=step, done=answered)
    running.append(start(forks, forge, runner, pull))
    assert running[0].wait() == -signal.SIGKILL, f"it ended before call {step}"


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("answered", [False, pytest.param(True, marks=pytest.mark.scale)])
def test_a_run_killed_at_any_call_leaves_no_stale_success(dismissed, forge, forks, share, answered):
    pull, runner = dismissed
    steps = range(share, calls_of_one_run(forge, runner, pull), SHARES)
    for step in steps:
        if step == 0 and not answered:
            continue  # killed before its first word, a run has not begun
        restore_success(forge, pull)
        kill_at(forks, forge, runner, pull, step, answered=answered)
        assert forge.verdict(pull.head_sha).state != "success", f"killed at call {step}"
        assert runner.reviewed(pull).code == 11, "the next run finds nothing broken"
        assert forge.verdict(pull.head_sha).state == "pending"
        assert len(forge.state.comments) == 1


@pytest.mark.scale
def test_a_run_killed_at_any_moment_leaves_no_stale_success(dismissed, forge, forks):
    pull, runner = dismissed
    began = time.monotonic()
    start(forks, forge, runner, pull).wait()
    whole = time.monotonic() - began
    for part in range(1, 60):
        restore_success(forge, pull)
        before = len(forge.statuses(pull.head_sha))
        running = start(forks, forge, runner, pull)
        time.sleep(whole * part / 60)
        running.kill(alone=True)
        running.wait()
        if len(forge.statuses(pull.head_sha)) > before:
            assert forge.verdict(pull.head_sha).state != "success"
        assert runner.reviewed(pull).code == 11
