"""`rampgate plan` on real repositories: what is missing before any pull request, and the gate agrees."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import APPROVAL_RULE, LADDER, METRIC_RULE, NOW, GovernedWorld, card, dump, evidence

TOO_HIGH = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.95"}}
BY_SAM = {
    "id": "attestation.by-security", "kind": "attestation.current", "effect": "block", "with": {"roles": ["security"]},
}  # fmt: skip


class Planned(CommandLine):
    """Calls `rampgate plan credit-risk` and reads its JSON."""

    def json(self, *words: str, now: str = NOW):
        said = self("plan", "credit-risk", "--now", now, "--format", "json", *words)
        assert said.exit == 0, said.err
        return json.loads(said.out)["plans"]


@pytest.fixture
def make(tmp_path, capsys):
    def made(*rules, **settings):
        world = GovernedWorld(tmp_path, rules=rules or None, **settings)
        return world, Planned(capsys, world.root)

    return made


def waiver(**fields):
    return {
        "schema": "rampgate/waiver/v1", "id": "W-2026-001", "rule": "evidence.accuracy-floor", "model": "credit-risk",
        "version": "2.0.0", "entering": "canary", "reason": "agreed until the spring", "owner": "alice",
        "approved_by": "rita", "starts": "2026-11-01", "ends": "2026-11-25", **fields,
    }  # fmt: skip


def attestation(**fields):
    return {
        "schema": "rampgate/attestation/v1", "role": "security", "person": "sam", "statement": "Reviewed TM-12 today",
        "covers": "version", "date": "2026-11-18", "expires": "2027-11-18", **fields,
    }  # fmt: skip


def test_every_rung_up_to_the_last_is_planned(make):
    _, plan = make()
    (one,) = plan.json()
    assert [rung["stage"] for rung in one["rungs"]] == ["canary", "ramp", "majority", "full"]
    assert (one["stage"], one["tier"]) == ("pilot", "high")


def test_up_to_the_rung_that_is_asked_for(make):
    _, plan = make()
    (one,) = plan.json("--to", "ramp")
    assert [rung["stage"] for rung in one["rungs"]] == ["canary", "ramp"]


def test_an_unmet_rule_comes_with_its_fix_and_a_missing_approval_with_names(make):
    _, plan = make(TOO_HIGH, APPROVAL_RULE)
    rung = plan.json()[0]["rungs"][0]
    assert [each["rule"] for each in rung["unmet"]] == ["evidence.accuracy-floor"]
    assert rung["unmet"][0]["fix"]
    # bob holds the role too, but is in the team that owns the model
    assert [(s["role"], s["missing"], s["candidates"]) for s in rung["missing_approvals"]] == [
        ("risk", 1, ["rita", "ravi"])
    ]


STATES = {
    "all but the approval": (METRIC_RULE, APPROVAL_RULE),
    "a metric too low": (TOO_HIGH, APPROVAL_RULE),
    "nothing that speaks": ({**METRIC_RULE, "applies": {"tiers": ["low"]}},),
    "a rule that passes and nobody to ask": (METRIC_RULE,),
    "an attestation that is not there": (METRIC_RULE, BY_SAM),
    "a rule of another stage": (
        {**TOO_HIGH, "applies": {"entering": ["full"]}},
        METRIC_RULE | {"id": "evidence.lower"},
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_the_gate_says_of_the_pull_request_what_the_plan_said_before(state, make):
    world, plan = make(*STATES[state])
    rung = plan.json()[0]["rungs"][0]
    world.branch("promote")
    world.edit_card(stage="canary")
    answer = world.gate(head=world.commit("promote"))
    assert rung["verdict"] == answer.verdict
    assert {each["rule"] for each in rung["unmet"]} == set(answer.failed())


def test_an_edit_that_is_not_committed_counts(make):
    world, plan = make(METRIC_RULE)
    assert plan.json()[0]["rungs"][0]["verdict"] == "allow"
    world.write("policies/lending.yaml", world.read("policies/lending.yaml").replace('"0.80"', '"0.95"'))
    assert plan.json()[0]["rungs"][0]["verdict"] == "deny"


def test_a_folder_without_git_can_be_planned(make, tmp_path, capsys):
    world, _ = make(METRIC_RULE)
    bare = tmp_path / "bare"
    (world.root / "policies").rename(bare.mkdir() or bare / "policies")
    (world.root / "model_cards").rename(bare / "model_cards")
    assert Planned(capsys, bare).json()[0]["rungs"][0]["verdict"] == "allow"


def test_dwell_of_rungs_between_moves_the_earliest_day(make):
    world, plan = make(METRIC_RULE)
    ladder = copy.deepcopy(LADDER)
    ladder["stages"][1]["dwell_days"] = 7
    ladder["stages"][2]["dwell_days"] = 14
    world.write("policies/ladder.yaml", dump(ladder))
    days = {rung["stage"]: rung["not_before"] for rung in plan.json()[0]["rungs"]}
    assert days == {"canary": "2026-11-20", "ramp": "2026-11-27", "majority": "2026-12-11", "full": "2026-12-11"}


def test_dwell_of_the_present_rung_needs_the_history(make):
    world, plan = make(METRIC_RULE, stage="canary")
    ladder = copy.deepcopy(LADDER)
    ladder["stages"][1]["dwell_days"] = 7
    world.write("policies/ladder.yaml", dump(ladder))
    (words,) = plan.json()[0]["rungs"][0]["unknown"]
    assert words == "at least 7 days at `canary` since it was entered, which needs the decision history"


def test_a_waiver_that_starts_later_moves_the_earliest_day(make):
    world, plan = make(TOO_HIGH)
    world.write("policies/waivers/W-2026-001.yaml", dump(waiver(starts="2026-11-24", ends="2026-12-10")))
    rung = plan.json()[0]["rungs"][0]
    assert (rung["verdict"], rung["not_before"]) == ("deny", "2026-11-24")
    assert rung["days"] == ["waiver W-2026-001 counts from 2026-11-24"]


def test_an_attestation_of_a_later_day_moves_the_earliest_day(make):
    world, plan = make(BY_SAM)
    world.write("model_cards/credit-risk/2.0.0/attestations/security.yaml", dump(attestation(date="2026-12-01")))
    rung = plan.json()[0]["rungs"][0]
    assert (rung["not_before"], rung["days"]) == ("2026-12-01", ["attestation `security` counts from 2026-12-01"])


def test_a_live_waiver_is_told_with_its_end(make):
    world, plan = make(TOO_HIGH)
    world.write("policies/waivers/W-2026-001.yaml", dump(waiver()))
    (one,) = plan.json()
    assert one["rungs"][0]["verdict"] == "allow"
    assert [(each["rule"], each["waiver"]) for each in one["rungs"][0]["waived"]] == [
        ("evidence.accuracy-floor", "W-2026-001")
    ]
    assert [each["id"] for each in one["ending_waivers"]] == ["W-2026-001"]
    assert one["rungs"][1]["verdict"] == "deny", "a waiver is for one stage"


def test_a_waiver_that_ended_under_the_present_stage_is_overdue(make):
    world, plan = make(TOO_HIGH, stage="canary")
    world.write("policies/waivers/W-2026-001.yaml", dump(waiver(ends="2026-11-19")))
    world.write("policies/waivers/W-2026-002.yaml", dump(waiver(id="W-2026-002", entering="ramp", ends="2026-11-19")))
    (one,) = plan.json()
    assert [each["id"] for each in one["overdue_waivers"]] == ["W-2026-001"]
    said = plan("plan", "credit-risk", "--now", NOW)
    assert "overdue: waiver W-2026-001 of evidence.accuracy-floor" in said.out


def test_a_waiver_counts_on_its_last_day_and_is_overdue_on_the_next(make):
    world, plan = make(TOO_HIGH, stage="canary")
    world.write("policies/waivers/W-2026-001.yaml", dump(waiver()))
    assert plan.json(now="2026-11-25T23:59:59Z")[0]["overdue_waivers"] == []
    assert len(plan.json(now="2026-11-26T00:00:00Z")[0]["overdue_waivers"]) == 1


def test_an_attestation_that_ends_soon_is_told(make):
    world, plan = make(BY_SAM)
    world.write("model_cards/credit-risk/2.0.0/attestations/security.yaml", dump(attestation(expires="2026-12-20")))
    (soon,) = plan.json()[0]["rungs"][0]["expiring"]
    assert (soon["rule"], soon["valid_until"]) == ("attestation.by-security", "2026-12-20")
    world.write("model_cards/credit-risk/2.0.0/attestations/security.yaml", dump(attestation(expires="2026-12-21")))
    assert plan.json()[0]["rungs"][0]["expiring"] == []


def test_an_attestation_on_the_governed_branch_needs_no_approval_again(make):
    world, plan = make(BY_SAM)
    path = "model_cards/credit-risk/2.0.0/attestations/security.yaml"
    world.write(path, dump(attestation()))
    rung = plan.json()[0]["rungs"][0]
    assert [slot["person"] for slot in rung["missing_approvals"]] == ["sam"]
    world.commit("attested")
    assert plan.json()[0]["rungs"][0]["missing_approvals"] == []
    world.write(path, dump(attestation(statement="Reviewed TM-12 and TM-13")))
    assert [slot["person"] for slot in plan.json()[0]["rungs"][0]["missing_approvals"]] == ["sam"]


def test_the_last_rung_is_planned_with_the_incumbent_going_to_standby(make):
    world, plan = make(METRIC_RULE, stage="majority")
    world.add_version(
        card(version="1.4.0", stage="full"), evidence(subject={**evidence()["subject"], "version": "1.4.0"})
    )
    (one,) = plan.json()
    assert (one["version"], [rung["verdict"] for rung in one["rungs"]]) == ("2.0.0", ["allow"])


def test_a_version_that_serves_has_no_rung_above_it(make):
    _, plan = make(METRIC_RULE, stage="full")
    (one,) = plan.json()
    assert one["rungs"] == []
    assert "no rung is above it" in plan("plan", "credit-risk").out


def test_text_is_narrow_where_the_window_is(make, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    _, plan = make(TOO_HIGH, APPROVAL_RULE)
    said = plan("plan", "credit-risk", "--now", NOW)
    assert said.exit == 0
    long = [
        line for line in said.out.splitlines() if len(line) > 60 and "card.yaml:" not in line and "% of" not in line
    ]
    assert long == []
    assert "\x1b" not in said.out
    assert "approvals: risk (`rita` or `ravi`)" in said.out
    assert "still not met, as told above: evidence.accuracy-floor" in said.out


USAGE = {
    "a misspelt model": (("plan", "credit-rsk"), "did you mean `credit-risk`?"),
    "a misspelt stage": (("plan", "credit-risk", "--to", "canry"), "did you mean `canary`?"),
    "a stage that is not above": (("plan", "credit-risk", "--to", "pilot"), "is below `pilot`"),
    "an unknown version": (("plan", "credit-risk", "--version", "9.9"), "has no version `9.9`"),
    "a moment without its offset": (("plan", "credit-risk", "--now", "2026-11-20"), "is not a moment in time"),
}


@pytest.mark.parametrize("case", USAGE)
def test_words_that_do_not_fit_are_refused(case, make):
    words, message = USAGE[case]
    _, plan = make()
    said = plan(*words)
    assert (said.exit, message in said.err) == (2, True), said.err


def test_invalid_files_are_told_with_their_places(make):
    world, plan = make()
    world.edit_card(owners={"business": "alicia", "technical": "bob"})
    said = plan("plan", "credit-risk")
    assert said.exit == 3
    assert "unknown person `alicia`; did you mean `alice`?" in said.err


def test_a_waiver_that_has_not_landed_is_told_so(make):
    world, plan = make(TOO_HIGH)
    world.write("policies/waivers/W-2026-001.yaml", dump(waiver()))
    assert [each["id"] for each in plan.json()[0]["waivers_not_landed"]] == ["W-2026-001"]
    assert "is not on the governed branch yet: `rita` approves" in " ".join(plan("plan", "credit-risk").out.split())
    world.commit("waiver")
    assert plan.json()[0]["waivers_not_landed"] == []


def test_a_rollback_that_can_be_undone_is_told_with_its_last_day(tmp_path, capsys):
    world = GovernedWorld(tmp_path, stage="ramp")
    rampgate = CommandLine(capsys, world.root)
    said = rampgate("rollback", "credit-risk", "--to", "pilot", "--reason", "approvals fell", "--local")
    assert said.exit == 0, said.err
    today = datetime.now(UTC).date()
    until = today + timedelta(days=30)
    told = " ".join(rampgate("plan", "credit-risk").out.split())
    assert f"until {until}, `rampgate restore` brings it back there at most" in told
    (plan,) = json.loads(rampgate("plan", "credit-risk", "--format", "json").out)["plans"]
    assert plan["comeback"] == {"to": "ramp", "on": today.isoformat(), "until": until.isoformat()}
    late = rampgate("plan", "credit-risk", "--now", f"{until + timedelta(days=1)}T00:00:00Z")
    assert "restore" not in late.out
