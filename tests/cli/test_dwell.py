"""`plan`, `status`, `promote` and `check` tell of a least stay, with the history of the clone and without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import LADDER, METRIC_RULE, OTTO, GovernedWorld, dump
from worlds.history_world import HistoryWorld

CAME, NOW = "2026-11-21T09:00:00Z", "2026-11-25T08:00:00Z"


def a_week(*stages: str, days: int = 7) -> str:
    rungs = [{**each, "dwell_days": days} if each["name"] in stages else each for each in LADDER["stages"]]
    return dump({**LADDER, "stages": rungs})


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> HistoryWorld:
    """At canary since the 21st at nine, on a ladder that asks for a week at canary and at ramp."""
    world = HistoryWorld(tmp_path_factory.mktemp("dwell"), rules=(METRIC_RULE,))
    world.write("policies/ladder.yaml", a_week("canary", "ramp"))
    world.base = world.commit("a week", author=("Otto", OTTO["email"]))
    world.begin(at="2026-11-20T09:00:00Z")
    world.land(at=CAME, stage="canary", verdict="allow")
    return world


@pytest.fixture
def world(template: HistoryWorld, tmp_path: Path) -> HistoryWorld:
    return template.copy(tmp_path)  # type: ignore[return-value]


class Rampgate(CommandLine):
    def plan(self, now: str = NOW) -> dict[str, Any]:
        said = self("plan", "credit-risk", "--now", now, "--format", "json")
        assert said.exit == 0, said.err
        (one,) = json.loads(said.out)["plans"]
        return one  # type: ignore[no-any-return]


@pytest.fixture
def rampgate(world: HistoryWorld, capsys: pytest.CaptureFixture[str]) -> Rampgate:
    return Rampgate(capsys, world.root)


# plan


def test_a_plan_shows_the_earliest_day_of_every_rung(rampgate: Rampgate) -> None:
    """The 21st and seven days are the 28th at nine; a week at ramp later it is the 5th, and majority asks for none."""
    one = rampgate.plan()
    assert one["since"] == CAME
    assert {each["stage"]: each["not_before"] for each in one["rungs"]} == {
        "ramp": "2026-11-28", "majority": "2026-12-05", "full": "2026-12-05",
    }  # fmt: skip
    first, second, _ = one["rungs"]
    assert first["days"] == [f"7 days at `canary` since {CAME}, 4 days left, until 2026-11-28T09:00:00Z"]
    assert second["days"] == [*first["days"], "7 days at `ramp`"]
    assert first["unknown"] == second["unknown"] == []
    assert (first["verdict"], [each["rule"] for each in first["waiting"]]) == ("hold", ["rollout.has-dwelt"])
    assert second["waiting"][0]["message"] == "it stays at `ramp` for at least 7 days, once it gets there"


def test_once_the_stay_is_over_it_is_today(rampgate: Rampgate) -> None:
    one = rampgate.plan("2026-11-28T09:00:00Z")
    assert (one["rungs"][0]["verdict"], one["rungs"][0]["not_before"], one["rungs"][0]["days"]) == (
        "allow",
        "2026-11-28",
        [],
    )
    assert one["rungs"][1]["not_before"] == "2026-12-05"


def test_a_rule_of_a_policy_asks_for_days_too(world: HistoryWorld, rampgate: Rampgate) -> None:
    rule = {"id": "rollout.long", "kind": "rollout.dwell", "applies": {"changes": ["promote"], "entering": ["ramp"]},
            "effect": "block", "with": {"min_days": 10}}  # fmt: skip
    policy = json.loads(world.read("policies/lending.yaml"))
    world.write("policies/lending.yaml", dump({**policy, "rules": [*policy["rules"], rule]}))
    assert {each["stage"]: each["not_before"] for each in rampgate.plan()["rungs"]} == {
        "ramp": "2026-12-01", "majority": "2026-12-08", "full": "2026-12-08",
    }  # fmt: skip


def test_the_gate_says_of_the_pull_request_what_the_plan_said_before(world: HistoryWorld, rampgate: Rampgate) -> None:
    head = world.promotion("ramp")
    world.checkout("main")
    for now in (NOW, "2026-11-28T08:59:59Z", "2026-11-28T09:00:00Z"):
        assert rampgate.plan(now)["rungs"][0]["verdict"] == world.judge(head, now=now).verdict


def test_where_the_history_can_not_tell_the_plan_says_why(world: HistoryWorld, rampgate: Rampgate) -> None:
    world.rebuild([])
    one = rampgate.plan()
    assert (one["since"], one["rungs"][0]["verdict"], one["rungs"][0]["not_before"]) == (
        None,
        "undecided",
        "2026-11-25",
    )
    (words,) = one["rungs"][0]["unknown"]
    assert words == (
        "at least 7 days at `canary` since it was entered: the decision history is not here: there is no branch "
        "`decisions`; fetch it: `git fetch origin decisions`; where it has not begun, `rampgate record` begins it"
    )


def test_the_plan_in_words(rampgate: Rampgate) -> None:
    said = " ".join(rampgate("plan", "credit-risk", "--now", NOW, "--to", "ramp").out.split())
    assert f"credit-risk 2.0.0 stands at `canary` since {CAME} (tier high), as of 2026-11-25" in said
    assert "earliest: 2026-11-28 (7 days at `canary`" in said


def test_what_the_forge_has_comes_before_the_own_branch(world: HistoryWorld, rampgate: Rampgate) -> None:
    world.git("update-ref", "refs/remotes/origin/decisions", "refs/heads/decisions")
    world.git("update-ref", "refs/heads/decisions", "refs/heads/decisions~1")
    assert rampgate.plan()["since"] == CAME


# status


def test_status_says_since_when(world: HistoryWorld, rampgate: Rampgate) -> None:
    assert f"canary since {CAME}, 5% of traffic" in rampgate("status", "credit-risk", "--now", NOW).out
    world.rebuild([])
    said = rampgate("status", "credit-risk", "--now", NOW)
    assert (said.exit, "canary, 5% of traffic" in said.out) == (0, True)


def test_status_says_nothing_of_a_stay_that_the_card_does_not_have(world: HistoryWorld, rampgate: Rampgate) -> None:
    world.edit_card(stage="ramp")
    assert "ramp, 25% of traffic" in rampgate("status", "credit-risk", "--now", NOW).out


# promote


def test_promote_says_until_when_the_gate_holds_it(
    world: HistoryWorld, rampgate: Rampgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rampgate.app.moment.moment", lambda *_: NOW)
    said = rampgate("promote", "credit-risk", "--to", "ramp", "--local")
    assert said.exit == 0, said.err
    words = " ".join(said.out.split())
    assert "note: a version stays at `canary` for 7 days at least; it stands there since" in words
    assert "and the gate holds it until 2026-11-28T09:00:00Z" in words
    assert world.git("branch", "--show-current") == "promote/credit-risk-2.0.0-ramp"


def test_promote_says_nothing_once_the_stay_is_over(rampgate: Rampgate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rampgate.app.moment.moment", lambda *_: "2026-11-28T09:00:00Z")
    assert "note:" not in rampgate("promote", "credit-risk", "--to", "ramp", "--local").out


def test_promote_says_where_nobody_can_tell(
    world: HistoryWorld, rampgate: Rampgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rampgate.app.moment.moment", lambda *_: NOW)
    world.rebuild([])
    words = " ".join(rampgate("promote", "credit-risk", "--to", "ramp", "--local").out.split())
    assert "nothing here tells since when it stands there: the decision history is not here" in words


# check


def test_check_notes_days_that_nobody_can_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = GovernedWorld(tmp_path, rules=(METRIC_RULE,))
    world.write("policies/ladder.yaml", a_week("canary"))
    said = CommandLine(capsys, world.root)("check")
    assert said.exit == 0, said.err
    assert (
        "no promotion from `canary` is decided: its days are counted from the decision history" in said.out + said.err
    )


def test_check_notes_nothing_where_a_history_is_declared(rampgate: Rampgate) -> None:
    said = rampgate("check")
    assert (said.exit, "is decided" in said.out + said.err) == (0, False)
