"""`rampgate simulate --pr N`: what the gate would say of a pull request at the forge if other people approved it."""

from __future__ import annotations

import json

import pytest

from worlds.actions_world import Run, _here
from worlds.git_world import clean_environment
from worlds.governed_world import ALICE, RITA


@pytest.fixture
def simulate(world, forge):
    def run(*words: str, **changed: str | None) -> Run:
        environ = {**forge.environ(forge.token(RITA)), **changed}
        kept = {name: value for name, value in environ.items() if value is not None}
        words = ("simulate", "--repo", str(world.root), *words)
        return Run(*_here(list(words), {**clean_environment(), **kept}), {}, "", None)

    return run


@pytest.fixture
def pull(world, forge):
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    world.checkout("main")
    world.git("branch", "-q", "-D", "promote")
    return forge.open_pull("promote", "main", ALICE)


def test_an_approval_that_nobody_gave_turns_hold_into_allow(forge, pull, simulate):
    run = simulate("--pr", "1", "--approve-by", "rita", "--format", "json")
    assert run.code == 0, run
    value = json.loads(run.out)
    assert value["verdict"] == {"before": "hold", "after": "allow"}
    assert value["assumed"] is None, "the forge said who opened it"
    assert value["after"]["head"] == pull.head_sha
    assert {each.method for each in forge.calls if each.login == "rita"} <= {"GET", "POST"}
    assert forge.statuses(pull.head_sha) == []


def test_the_reviews_of_the_forge_can_be_left_out(forge, pull, simulate):
    forge.review(pull, RITA, "APPROVED")
    run = simulate("--pr", "1", "--ignore", "rita", "--format", "json", GITHUB_REPOSITORY=None)
    assert run.code == 11, run
    assert json.loads(run.out)["verdict"] == {"before": "allow", "after": "hold"}


def test_the_author_of_the_pull_request_approves_nothing(pull, simulate):
    run = simulate("--pr", "1", "--approve-by", "alice")
    assert run.code == 11, run


def test_another_day_can_be_supposed(pull, simulate):
    run = simulate("--pr", "1", "--approve-by", "rita", "--now", "2026-12-24T10:00:00Z", "--format", "json")
    assert json.loads(run.out)["after"]["evaluated_at"] == "2026-12-24T10:00:00Z"


def test_a_number_that_is_no_pull_request_is_told_as_such(forge, simulate):
    run = simulate("--pr", "7", "--approve-by", "rita")
    assert run.code == 4, run
    assert "`acme/models` has no pull request 7" in run.error


REFUSED = {
    "both a pull request and a base": (("--pr", "1", "--base", "main"), "--pr says what --base would"),
    "neither": ((), "say what is judged: --pr N, or both --base and --head"),
    "a base alone": (("--base", "main"), "say what is judged: --pr N, or both --base and --head"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_judged_is_said_once(simulate, case):
    words, message = REFUSED[case]
    run = simulate(*words, "--approve-by", "rita")
    assert run.code == 2, run
    assert message in run.error
