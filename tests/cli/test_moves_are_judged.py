"""What `promote` and `rollback` commit is what the gate takes them for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import ARTIFACT, DATASET, METRIC_RULE, GovernedWorld, card, evidence

WHY = "approvals fell by a third"


def of(version: str):
    return evidence(subject={"model": "credit-risk", "version": version, "artifact": ARTIFACT, "dataset": DATASET})


@pytest.fixture
def make(tmp_path, capsys):
    def made(stage, **other):
        world = GovernedWorld(tmp_path, stage=stage, rules=(METRIC_RULE,))
        for version, where in other.items():
            name = version.replace("v", "").replace("_", ".")
            world.add_version(card(version=name, stage=where), of(name))
        world.base = world.commit("more")
        return world, CommandLine(capsys, world.root)

    return made


def judged(world: GovernedWorld):
    return world.gate(now=datetime.now(UTC).strftime("%Y-%m-%dT23:59:59Z"))


def test_a_promotion_is_a_promotion_and_allowed(make):
    world, rampgate = make("pilot")
    assert rampgate("promote", "credit-risk", "--to", "canary", "--local").exit == 0
    answer = judged(world)
    assert (answer.json["change"], answer.verdict, answer.exit) == ("promote", "allow", 0), answer.text


def test_a_promotion_to_the_last_rung_takes_the_incumbents_place(make):
    world, rampgate = make("majority", v1_4_0="full")
    assert rampgate("promote", "credit-risk", "--to", "full", "--local").exit == 0
    answer = judged(world)
    assert (answer.verdict, answer.json["transition"]["supersedes"]) == ("allow", "1.4.0"), answer.text


def test_a_rollback_is_allowed_without_any_approval(make):
    world, rampgate = make("ramp")
    assert rampgate("rollback", "credit-risk", "--to", "pilot", "--reason", WHY, "--local").exit == 0
    answer = judged(world)
    assert (answer.json["change"], answer.verdict, answer.exit) == ("rollback", "allow", 0), answer.text


def test_a_rollback_of_the_incumbent_brings_its_fallback_back(make):
    world, rampgate = make("full", v1_4_0="standby")
    world.edit_card(fallback={"kind": "previous_model", "target": "credit-risk@1.4.0"})
    world.base = world.commit("fallback")
    assert rampgate("rollback", "credit-risk", "--to", "ramp", "--reason", WHY, "--local").exit == 0
    answer = judged(world)
    assert (answer.json["change"], answer.verdict) == ("rollback", "allow"), answer.text
    assert answer.json["transition"]["supersedes"] == "1.4.0"


def test_a_retirement_is_allowed_without_any_approval(make):
    world, rampgate = make("full", v1_4_0="standby")
    said = rampgate("rollback", "credit-risk", "--version", "1.4.0", "--to", "retired", "--reason", WHY, "--local")
    assert said.exit == 0, said.err
    answer = judged(world)
    assert (answer.json["change"], answer.verdict) == ("retire", "allow"), answer.text


UNWRITABLE = {
    "a control character": "it fell \x1b[31mhard",
    "a hidden direction": "it fell \u202e hard",
    "a book": "x" * 4001,
}


@pytest.mark.parametrize("case", UNWRITABLE)
def test_words_that_no_file_may_hold_are_refused_and_nothing_is_written(case, make):
    world, rampgate = make("ramp")
    said = rampgate("rollback", "credit-risk", "--to", "pilot", "--reason", UNWRITABLE[case], "--local")
    assert (said.exit, "this can not be written into" in said.err) == (2, True), said.err
    assert "\x1b" not in said.err
    assert world.git("status", "--porcelain") == ""
    assert world.git("branch", "--format=%(refname:short)") == "main"
