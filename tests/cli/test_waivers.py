"""`rampgate waivers` on real repositories: which state, why, the next step, and when the exit code is 10."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import GOVERNANCE, LADDER, METRIC_RULE, GovernedWorld, card, dump, evidence, policy

FLOOR = METRIC_RULE["id"]
TODAY = "2026-11-20"
EVENT = "model_cards/credit-risk/2.0.0/events/inc-7.yaml"


@pytest.fixture
def world(tmp_path) -> GovernedWorld:
    world = GovernedWorld(tmp_path)
    world.replace_evidence(evidence(50, 50))
    world.base = world.commit("the floor is not met")
    return world


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def grant(world: GovernedWorld, id_: str = "W-1", **fields: Any) -> None:
    value = {
        "schema": "rampgate/waiver/v1", "id": id_, "rule": FLOOR, "model": "credit-risk", "version": "2.0.0",
        "entering": "canary", "reason": "agreed until the new data arrives", "owner": "alice", "approved_by": "rita",
        "starts": "2026-11-15", "ends": "2026-12-14",
    }  # fmt: skip
    world.write(f"policies/waivers/{id_}.yaml", dump(value | fields))
    world.commit("a waiver")


def listed(rampgate, *more: str, now: str = TODAY) -> tuple[int, dict[str, Any]]:
    said = rampgate("waivers", "--now", now, "--format", "json", *more)
    assert said.out, said.err
    return said.exit, json.loads(said.out)


def only(rampgate, *more: str, **options: str) -> dict[str, Any]:
    (row,) = listed(rampgate, *more, **options)[1]["waivers"]
    return row


def test_nothing_needs_a_hand_where_there_is_nothing(rampgate):
    said = rampgate("waivers")
    assert (said.exit, said.out) == (0, "There are no waivers and no break-glass here.\n")


def test_a_live_waiver_that_excuses_something_needs_nothing(world, rampgate):
    """It lasts from the 15th of November to the 14th of December; on the 20th that leaves 25 days, both counted."""
    grant(world)
    code, found = listed(rampgate)
    assert code == 0
    (row,) = found["waivers"]
    assert (row["states"], row["days_left"], row["next_step"]) == (["live"], 25, None)


DAYS = {
    "the day before it starts": ("2026-11-14", ["not_started"]),
    "its first day": ("2026-11-15", ["live"]),
    "fifteen days before its last": ("2026-11-29", ["live"]),
    "fourteen days before its last": ("2026-11-30", ["live", "expiring"]),
    "its last day": ("2026-12-14", ["live", "expiring"]),
    "the day after": ("2026-12-15", ["expired"]),
}


@pytest.mark.parametrize("case", DAYS)
def test_a_waiver_is_what_its_days_say(case, world, rampgate):
    grant(world)
    now, states = DAYS[case]
    assert only(rampgate, now=now)["states"] == states


def test_how_soon_is_soon_can_be_said(world, rampgate):
    grant(world)
    assert "expiring" not in only(rampgate, "--expiring", "23")["states"]
    assert "expiring" in only(rampgate, "--expiring", "24")["states"]


def passes(world: GovernedWorld) -> None:
    world.replace_evidence(evidence(90, 10))


def other_task(world: GovernedWorld) -> None:
    rule = {**METRIC_RULE, "applies": {"models": ["fraud"]}}
    world.write("policies/lending.yaml", dump(policy(rule)))


def only_warns(world: GovernedWorld) -> None:
    world.write("policies/lending.yaml", dump(policy({**METRIC_RULE, "effect": "warn"})))


def only_insufficient(world: GovernedWorld) -> None:
    terms = {**METRIC_RULE["waivable"], "outcomes": ["insufficient"]}
    world.write("policies/lending.yaml", dump(policy({**METRIC_RULE, "waivable": terms})))


def at(stage: str) -> Any:
    return lambda world: world.edit_card(stage=stage)


UNUSED = {
    "the rule passes": (passes, f"`{FLOOR}` passes"),
    "the rule is about something else": (other_task, f"`{FLOOR}` does not apply: it is for `fraud`"),
    "the rule only warns": (only_warns, f"`{FLOOR}` does not block at `canary`"),
    "the rule fails where only too little may be waived": (only_insufficient, f"`{FLOOR}` is fail, for which"),
    "the version stands there already": (at("canary"), "stands at `canary` already"),
    "the version is beyond": (at("ramp"), "stands at `ramp` already, beyond `canary`"),
    "the version has left": (at("retired"), "stands at `retired`, beside the ladder"),
}


@pytest.mark.parametrize("case", UNUSED)
def test_a_waiver_that_excuses_nothing_is_unused(case, world, rampgate):
    grant(world)
    assert only(rampgate)["states"] == ["live"]
    change, words = UNUSED[case]
    change(world)
    code, found = listed(rampgate)
    (row,) = found["waivers"]
    assert (code, row["states"]) == (0, ["live", "unused"])
    assert words in row["reasons"][0]
    assert row["next_step"] == "remove policies/waivers/W-1.yaml, in a pull request of its own"


def shorter(world: GovernedWorld) -> None:
    world.write("policies/lending.yaml", dump(policy({**METRIC_RULE, "waivable": {"by": ["risk"], "max_days": 29}})))


def capped(days: object) -> Any:
    return lambda world: world.write("policies/governance.yaml", dump({**GOVERNANCE, "waivers": {"max_days": days}}))


TOO_WIDE = {
    "the rule allows less now": (shorter, "it lasts 30 days, and the rule allows 29 at `canary`", "at most 29 days"),
    "the organisation allows less now": (capped(10), "policies/governance.yaml allows 10 at `canary`", "at most 10"),
    "the organisation allows none there": (capped({"ramp": 30}), "allows no waiver at `canary`", "remove "),
}


@pytest.mark.parametrize("case", TOO_WIDE)
def test_a_waiver_beyond_what_is_allowed_now_needs_a_hand(case, world, rampgate):
    grant(world)
    assert listed(rampgate)[0] == 0
    change, words, step = TOO_WIDE[case]
    change(world)
    code, found = listed(rampgate)
    (row,) = found["waivers"]
    assert (code, row["states"]) == (10, ["too_wide"])
    assert words in row["reasons"][0]
    assert step in row["next_step"]


def no_rule(world: GovernedWorld) -> None:
    world.write("policies/lending.yaml", dump(policy({**METRIC_RULE, "id": "evidence.accuracy-at-least"})))


def not_waivable(world: GovernedWorld) -> None:
    world.write("policies/lending.yaml", dump(policy({k: v for k, v in METRIC_RULE.items() if k != "waivable"})))


def without(name: str) -> Any:
    def change(world: GovernedWorld) -> None:
        people = json.loads(world.read("policies/people.yaml"))
        people["people"] = [each for each in people["people"] if each["name"] != name]
        world.write("policies/people.yaml", dump(people))

    return change


def loses_role(world: GovernedWorld) -> None:
    people = json.loads(world.read("policies/people.yaml"))
    for each in people["people"]:
        each["roles"] = [role for role in each["roles"] if each["name"] != "rita"]
    world.write("policies/people.yaml", dump(people))


def no_stage(world: GovernedWorld) -> None:
    stages = [each for each in LADDER["stages"] if each["name"] != "canary"]
    world.write("policies/ladder.yaml", dump({**LADDER, "stages": stages}))


def other_version(world: GovernedWorld) -> None:
    world.remove("model_cards/credit-risk/2.0.0")
    world.add_version(card(version="3.0.0"), evidence())


VOID = {
    "its rule is gone": (no_rule, f"there is no rule `{FLOOR}`"),
    "its rule can not be waived any more": (not_waivable, f"the rule `{FLOOR}` can not be waived any more"),
    "its approver left": (without("rita"), "its approver `rita` is not in policies/people.yaml"),
    "its approver lost the role": (loses_role, "`rita` holds none of the roles that may grant it (risk)"),
    "its stage is gone": (no_stage, "there is no stage `canary`"),
    "its version is gone": (other_version, "there is no version `2.0.0` of `credit-risk`"),
    "its model is gone": (lambda world: world.remove("model_cards/credit-risk"), "there is no model `credit-risk`"),
}


def test_a_waiver_of_a_rule_of_rampgate_itself_is_void_and_said_to_be(world, rampgate):
    grant(world, rule="people.known")
    words = "`people.known` is a rule of rampgate itself, and can not be waived"
    code, found = listed(rampgate)
    assert (code, found["waivers"][0]["states"], found["waivers"][0]["reasons"]) == (10, ["void"], [words])
    assert words in rampgate("check").out


@pytest.mark.parametrize("case", VOID)
def test_a_waiver_of_what_is_gone_needs_a_hand(case, world, rampgate):
    grant(world)
    assert listed(rampgate)[0] == 0
    change, words = VOID[case]
    change(world)
    code, found = listed(rampgate)
    (row,) = found["waivers"]
    assert (code, row["states"]) == (10, ["void"])
    assert any(reason.startswith(words) for reason in row["reasons"]), row["reasons"]
    assert row["next_step"].startswith("remove policies/waivers/W-1.yaml")


def test_an_owner_who_left_voids_it_too(world, rampgate):
    grant(world, owner="sam")
    assert listed(rampgate)[0] == 0
    without("sam")(world)
    assert (listed(rampgate)[0], only(rampgate)["reasons"]) == (
        10,
        ["its owner `sam` is not in policies/people.yaml"],
    )


def test_an_ended_waiver_is_overdue_while_what_it_let_in_still_fails(world, rampgate):
    grant(world)
    world.edit_card(stage="canary")
    code, found = listed(rampgate, now="2026-12-15")
    (row,) = found["waivers"]
    assert (code, row["states"]) == (10, ["expired", "overdue"])
    assert row["reasons"][0].startswith(f"`{FLOOR}` is fail without it")
    assert "rampgate plan credit-risk --version 2.0.0" in row["next_step"]
    passes(world)
    assert (listed(rampgate, now="2026-12-15")[0], only(rampgate, now="2026-12-15")["states"]) == (0, ["expired"])


def test_an_ended_waiver_of_a_stage_that_was_never_entered_is_not_overdue(world, rampgate):
    grant(world)
    assert "waiver W-1: it ended on 2026-12-14\n  next: remove" in rampgate("waivers", "--now", "2026-12-15").out
    assert (listed(rampgate, now="2026-12-15")[0], only(rampgate, now="2026-12-15")["states"]) == (0, ["expired"])


def test_a_new_waiver_takes_the_place_of_the_overdue_one(world, rampgate):
    grant(world)
    grant(world, "W-2", starts="2026-12-15", ends="2027-01-10")
    world.edit_card(stage="canary")
    code, found = listed(rampgate, now="2026-12-16")
    assert code == 0
    assert [row["states"] for row in found["waivers"]] == [["expired"], ["live", "unused"]]


def test_plan_tells_the_same_overdue_waiver(world, rampgate):
    grant(world)
    world.edit_card(stage="canary")
    late = ("plan", "credit-risk", "--now", "2026-12-15T00:00:00Z", "--format", "json")
    assert [each["id"] for each in json.loads(rampgate(*late).out)["plans"][0]["overdue_waivers"]] == ["W-1"]
    passes(world)
    assert json.loads(rampgate(*late).out)["plans"][0]["overdue_waivers"] == []


def test_the_waivers_of_one_model_can_be_asked_for(world, rampgate):
    grant(world)
    grant(world, "W-2", model="fraud", version="1.0.0")
    assert [row["id"] for row in listed(rampgate, "--model", "credit-risk")[1]["waivers"]] == ["W-1"]
    assert [row["id"] for row in listed(rampgate, "--model", "fraud")[1]["waivers"]] == ["W-2"]
    said = rampgate("waivers", "--model", "credit-rsk")
    assert (said.exit, "did you mean `credit-risk`?" in said.err) == (2, True)


def test_files_that_are_not_valid_end_with_3(world, rampgate):
    world.write("policies/waivers/W-1.yaml", "schema: rampgate/waiver/v1\n")
    assert rampgate("waivers").exit == 3


def bypass(world: GovernedWorld, **fields: Any) -> None:
    terms = {"by": ["risk"], "reviewed_by": ["security"], "review_within_days": 7}
    world.write("policies/governance.yaml", dump({**GOVERNANCE, "break_glass": terms}))
    value = {
        "schema": "rampgate/break-glass/v1", "from": "pilot", "to": "canary", "rules": [FLOOR],
        "reason": "the serving version rejects every payment", "ticket": "INC-7", "by": "bob", "second": "rita",
        "date": "2026-11-14", "review_by": "2026-11-21",
    }  # fmt: skip
    world.write(EVENT, dump(value | fields))


REVIEW = {
    "schema": "rampgate/break-glass-review/v1", "of": "inc-7", "by": "sam", "conclusion": "rolled_back",
    "reason": "the old version serves again", "date": "2026-11-20",
}  # fmt: skip


def test_a_break_glass_is_open_until_its_day_and_overdue_after(world, rampgate):
    bypass(world)
    code, found = listed(rampgate)
    (row,) = found["break_glass"]
    assert (code, row["state"], row["review"]) == (0, "open", None)
    assert row["next_step"].startswith("`sam` reviews it: `rampgate break-glass review inc-7 ")
    assert listed(rampgate, now="2026-11-21")[0] == 0
    assert (
        listed(rampgate, now="2026-11-22")[0],
        listed(rampgate, now="2026-11-22")[1]["break_glass"][0]["state"],
    ) == (
        10,
        "overdue",
    )
    world.write(EVENT.replace("inc-7", "inc-7-review"), dump(REVIEW))
    code, found = listed(rampgate, now="2026-11-22")
    assert (code, found["break_glass"][0]["state"]) == (0, "reviewed")
    assert found["break_glass"][0]["review"] == {"by": "sam", "conclusion": "rolled_back", "date": "2026-11-20"}


def test_a_review_by_one_of_the_two_is_none(world, rampgate):
    bypass(world)
    world.write(EVENT.replace("inc-7", "inc-7-review"), dump({**REVIEW, "by": "rita"}))
    assert listed(rampgate, now="2026-11-22")[0] == 10


def test_plan_and_status_tell_a_review_that_is_owed(world, rampgate):
    bypass(world)
    plan = rampgate("plan", "credit-risk", "--now", "2026-11-22T00:00:00Z")
    assert "break-glass inc-7 of 2.0.0 is not reviewed (overdue since 2026-11-21)" in " ".join(plan.out.split())
    assert "break-glass.is-reviewed" in plan.out
    status = rampgate("status", "credit-risk", "--now", "2026-11-22T00:00:00Z")
    assert "inc-7 (INC-7), review overdue since 2026-11-21" in status.out
    assert "review overdue 2026-11-21" in rampgate("status", "--now", "2026-11-22T00:00:00Z").out
    assert "review by 2026-11-21" in rampgate("status", "--now", "2026-11-20T00:00:00Z").out


def test_check_finds_what_is_wrong_with_a_break_glass(world, rampgate):
    bypass(world, second="ritta", to="canry")
    said = rampgate("check")
    assert said.exit == 3
    told = said.out + said.err
    assert "inc-7.yaml:" in told
    assert "unknown person `ritta`; did you mean `rita`?" in told
    assert "unknown stage `canry`; did you mean `canary`?" in told


HOSTILE = "INC-7 | <img src=x> \u202eevil @everyone"


def test_what_a_file_says_can_not_change_what_the_list_looks_like(world, rampgate):
    bypass(world, ticket="INC-7 | <script>@everyone `x`")
    shown = rampgate("waivers", "--now", TODAY, "--format", "markdown").out
    row = next(line for line in shown.splitlines() if "script" in line)
    assert "`` INC-7 \\| <script>@everyone `x` ``" in row
    assert "\\u001b" not in shown
    assert "\x1b" not in rampgate("waivers", "--now", TODAY).out


@pytest.fixture(params=[40, 60, 100])
def columns(request, monkeypatch) -> Iterator[int]:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return request.param


def test_the_list_fits_a_narrow_terminal(columns, world, rampgate):
    """Words are never broken, so that a path can be copied; nothing else may be wider than the window."""
    grant(world)
    bypass(world)
    said = rampgate("waivers", "--now", "2026-12-15")
    wide = [line for line in said.out.splitlines() if len(line) > columns]
    assert all(max(map(len, line.split())) + 4 > columns for line in wide), wide
    assert "W-1" in said.out
    assert "expired" in said.out
    assert "inc-7" in said.out


def test_a_day_that_is_none_is_refused_as_a_day(rampgate):
    said = rampgate("waivers", "--now", "2026-13-01")
    assert (said.exit, "--now `2026-13-01` is no day; write YYYY-MM-DD" in said.err) == (2, True)
