"""`rampgate github doctor` on a repository that records its decisions, with one thing changed at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from forge.server import Forge
from rampgate.app.github.files import files
from rampgate.app.github.files import rulesets as ruleset_bodies
from worlds.command_line import said_here
from worlds.git_world import clean_environment
from worlds.github_set_up import STRONG
from worlds.governed_world import dump
from worlds.history_world import HistoryWorld, settings
from worlds.ssh_signer import SIGNER, WITNESS


@pytest.fixture
def world(tmp_path):
    """Under the gate; three records, of which the newest accounts for the tip of main."""
    found = HistoryWorld(tmp_path)
    for path, data in files(STRONG).items():
        found.write(path, data.decode())
    found.base = found.commit("under the gate")
    found.begin()
    found.deny(at="2026-11-03T09:00:00Z", stage="canary")
    return found


def doctor(world: HistoryWorld, forge: Forge) -> Any:
    """What it finds, check -> what is there, once all that happened is at the forge and was fetched."""
    state = forge.state
    state.rulesets = dict(enumerate(ruleset_bodies(STRONG).values(), 1))
    named = {"protected_branches": False, "custom_branch_policies": True}
    state.environments["model-gate"] = {"deployment_branch_policy": named, "can_admins_bypass": False}
    state.environment_branches["model-gate"] = ["main"]
    ended = "2026-11-20T05:30:00Z"
    times = {"created_at": ended, "run_started_at": ended, "updated_at": ended}
    state.runs["rampgate-monitor.yml"] = [
        {"id": 1, "event": "schedule", "status": "completed", "conclusion": "success", **times}
    ]
    forge.hub.git.fetch_from(world.root, "+refs/heads/*:refs/heads/*")
    world.git("fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*")
    environ = {**clean_environment(), **forge.environ()}
    said = said_here(["github", "doctor", "--repo", str(world.root), "--format", "json"], environ)
    assert said.exit in (0, 10), said.err
    return {each["check"]: each["found"] for each in json.loads(said.out)["findings"]}


def test_a_history_that_is_complete_has_no_hole(world, start_forge):
    assert doctor(world, start_forge(world)) == {}


def _slip(world: HistoryWorld) -> None:
    world.slip(stage="canary")


def _slip_twice(world: HistoryWorld) -> None:
    world.slip(stage="canary")
    world.write("README.md", "nothing that is governed\n")
    world.commit("prose")
    world.slip(stage="ramp")


def _prose(world: HistoryWorld) -> None:
    world.write("README.md", "nothing that is governed\n")
    world.commit("prose")


def _rewritten(world: HistoryWorld) -> None:
    world.git("commit", "-q", "--amend", "-m", "another base")


def _redeclared(**fields: Any) -> Callable[[HistoryWorld], None]:
    """Other keys, from a landing that is on record."""

    def change(world: HistoryWorld) -> None:
        value = settings({"name": SIGNER.name, "key": SIGNER.public, **fields}, **OTHERS)
        world.push(lambda: world.write("policies/history.yaml", dump(value)), at="2026-11-04T09:00:00Z")

    return change


OTHERS: dict[str, Any] = {"witnesses": [{"name": WITNESS.name, "key": WITNESS.public}]}
REVOKED = {"from": 4, "on": "2026-11-04", "reason": "the laptop was stolen"}

# sentence -> (what happens, check -> words that must be found)
CHANGES: dict[str, tuple[Callable[[HistoryWorld], object], dict[str, str]]] = {
    "somebody pushed past the record": (_slip, {"history-behind": "is on no record"}),
    "two landed past the record": (_slip_twice, {"history-behind": "and 1 after it is on no record"}),
    "prose needs no record": (_prose, {}),
    "the branch was rewritten": (_rewritten, {"history-behind": "is not on `main` any more"}),
    "the history was never begun": (lambda world: world.rebuild([]), {"history-absent": "there is no branch"}),
    "the key has ended": (_redeclared(to=3), {"history-signer": "no key may sign record 4"}),
    "the key is revoked": (_redeclared(revoked=REVOKED), {"history-signer": "no key may sign record 4"}),
    "the newest record is forged": (
        lambda world: world.rebuild([*world.steps[:-1], world.resigned(world.steps[-1], WITNESS)]),
        {"history-behind": "can not be believed", "history-signer": "can not be believed"},
    ),
}


@pytest.mark.parametrize("sentence", CHANGES)
def test_what_was_changed_is_found_and_nothing_else(world, start_forge, sentence):
    change, expected = CHANGES[sentence]
    change(world)
    if sentence == "the history was never begun":
        world.git("update-ref", "-d", "refs/heads/decisions")
    found = doctor(world, start_forge(world))
    assert found.keys() == expected.keys(), found
    assert all(words in found[check] for check, words in expected.items()), found


def test_the_key_that_comes_next_is_named(world, start_forge):
    """The secret still holds the old one, and the next run would fail."""
    first = {"name": SIGNER.name, "key": SIGNER.public, "to": 3}
    value = settings(first, {"name": "second", "key": WITNESS.public, "from": 4})
    value["witnesses"] = []
    world.push(lambda: world.write("policies/history.yaml", dump(value)), at="2026-11-04T09:00:00Z")
    found = doctor(world, start_forge(world))
    assert found == {
        "history-signer": f"the key `{SIGNER.name}`, which signed the newest record, may not sign record 4: key "
        f"`{SIGNER.name}` counts up to record 3"
    }
