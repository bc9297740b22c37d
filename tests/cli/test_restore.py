"""`rampgate restore` on real repositories: after a rollback, back up in one step, and judged as what it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rampgate.formats.yaml_text import load_yaml
from worlds.command_line import CommandLine
from worlds.governed_world import ARTIFACT, DATASET, METRIC_RULE, GovernedWorld, card, dump, evidence

FOLDER = "model_cards/credit-risk/2.0.0"
WHY = "the feed is repaired, INC-812 is closed"
TODAY = datetime.now(UTC).date()


def of(version: str):
    return evidence(subject={"model": "credit-risk", "version": version, "artifact": ARTIFACT, "dataset": DATASET})


@pytest.fixture
def make(tmp_path, capsys):
    def made(stage, **other):
        world = GovernedWorld(tmp_path, stage=stage, rules=(METRIC_RULE,))
        world.edit_card(fallback={"kind": "previous_model", "target": "credit-risk@1.4.0"})
        for version, where in other.items():
            name = version.replace("v", "").replace("_", ".")
            world.add_version(card(version=name, stage=where), of(name))
        world.base = world.commit("more")
        return world, CommandLine(capsys, world.root)

    return made


def roll_back(world: GovernedWorld, rampgate: CommandLine, to: str) -> None:
    said = rampgate(
        "rollback", "credit-risk", "--version", "2.0.0", "--to", to, "--reason", "approvals fell", "--local"
    )
    assert said.exit == 0, said.err
    world.land(world.git("branch", "--show-current"))


def restore(rampgate: CommandLine, to: str, *more: str):
    return rampgate("restore", "credit-risk", "--to", to, "--reason", WHY, "--local", *more)


def judged(world: GovernedWorld):
    return world.gate(now=datetime.now(UTC).strftime("%Y-%m-%dT23:59:59Z"))


@pytest.mark.parametrize(("down", "up"), [("pilot", "majority"), ("pilot", "canary"), ("ramp", "majority")])
def test_what_it_commits_is_a_restore_and_allowed(make, down, up):
    world, rampgate = make("majority")
    roll_back(world, rampgate, down)
    said = restore(rampgate, up)
    assert said.exit == 0, said.err
    answer = judged(world)
    assert (answer.json["change"], answer.verdict, answer.exit) == ("restore", "allow", 0), answer.text
    assert world.git("branch", "--show-current") == f"restore/credit-risk-2.0.0-{up}"
    assert len(world.git("diff", "--name-only", "main", "HEAD").split()) == 2


def test_the_event_says_who_why_and_which_artifact(make):
    world, rampgate = make("ramp")
    roll_back(world, rampgate, "canary")
    assert restore(rampgate, "ramp").exit == 0
    (path,) = (world.root / FOLDER / "events").glob("*-restore-1.yaml")
    told = load_yaml(path.read_bytes(), path.name).value
    assert told == {
        "schema": "rampgate/event/v1", "kind": "restore", "from": "canary", "to": "ramp", "reason": WHY, "by": "alice",
        "date": told["date"], "artifact": ARTIFACT,
    }  # fmt: skip


def test_the_fallback_that_serves_meanwhile_goes_back_to_standby(make):
    world, rampgate = make("full", v1_4_0="standby")
    roll_back(world, rampgate, "ramp")
    assert "full" in world.read("model_cards/credit-risk/1.4.0/card.yaml")
    world.cards["credit-risk", "1.4.0"]["stage"] = "full"
    said = restore(rampgate, "full")
    assert said.exit == 0, said.err
    answer = judged(world)
    assert (answer.json["change"], answer.verdict) == ("restore", "allow"), answer.text
    assert answer.json["transition"]["supersedes"] == "1.4.0"


def test_a_standby_comes_back_without_a_rollback(make):
    world, rampgate = make("canary", v1_4_0="standby", v1_5_0="full")
    said = restore(rampgate, "full", "--version", "1.4.0")
    assert said.exit == 0, said.err
    answer = judged(world)
    assert (answer.json["change"], answer.verdict) == ("restore", "allow"), answer.text


def refused(world: GovernedWorld, said, words: str) -> None:
    assert (said.exit, words in said.err) == (2, True), said.err
    assert world.git("branch", "--list", "restore/*") == ""
    assert world.git("status", "--porcelain") == ""


def test_without_a_rollback_it_says_so_for_each_version(make):
    world, rampgate = make("canary", v1_4_0="full")
    said = restore(rampgate, "full")
    refused(world, said, "  2.0.0: no rollback of this version is on record")
    assert "  1.4.0: it stands at `full` already" in said.err


def test_beyond_the_stage_that_was_left_it_says_the_highest(make):
    world, rampgate = make("ramp")
    roll_back(world, rampgate, "canary")
    refused(world, restore(rampgate, "majority"), "left `ramp`, so that is the highest to come back to")


def test_too_late_it_says_until_when(make):
    world, rampgate = make("canary")
    past = TODAY - timedelta(days=40)
    told = {"schema": "rampgate/event/v1", "kind": "rollback", "from": "ramp", "to": "canary", "reason": "approvals fell",
            "by": "alice", "date": past.isoformat()}  # fmt: skip
    world.write(f"{FOLDER}/events/{past}-rollback-1.yaml", dump(told))
    world.base = world.commit("an old rollback")
    refused(world, restore(rampgate, "ramp"), f"could be undone until {past + timedelta(days=30)}")


def test_who_asks_must_be_known_and_say_why(make):
    world, rampgate = make("ramp")
    roll_back(world, rampgate, "canary")
    refused(world, restore(rampgate, "ramp", "--as", "zoe"), "`zoe` is nobody in policies/people.yaml")
    short = rampgate("restore", "credit-risk", "--to", "ramp", "--reason", "fine", "--local")
    refused(world, short, "a reason of at least 10 characters is needed")


def test_without_a_stage_it_tells_how_far_each_version_can_come_back(make):
    world, rampgate = make("ramp", v1_4_0="standby", v1_3_0="full")
    roll_back(world, rampgate, "canary")
    said = rampgate("restore", "credit-risk")
    last = (TODAY + timedelta(days=30)).isoformat()
    refused(world, said, f"  2.0.0 stands at `canary`; it can come back to at most `ramp`, until {last}")
    assert "  1.4.0 stands at `standby`; it can come back to `full`" in said.err
    assert "  1.3.0 stands at `full`; no rollback of this version is on record" in said.err
