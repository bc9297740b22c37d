"""`rampgate whatif` on real repositories: what other policies would flip, and why."""

from __future__ import annotations

import json

import pytest

from rampgate.app.planning import whatif_past
from rampgate.app.planning.whatif import WhatIfRequest
from rampgate.app.planning.whatif import whatif as whatif_of
from rampgate.formats.record import input_path
from worlds.command_line import CommandLine
from worlds.governed_world import (
    APPROVAL_RULE,
    LADDER,
    METRIC_RULE,
    NOW,
    PEOPLE,
    GovernedWorld,
    card,
    dump,
    evidence,
    policy,
)
from worlds.history_world import HistoryWorld

FLOOR = "evidence.accuracy-floor"


def floor(at_least: str, **fields):
    return {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": at_least}, **fields}


class Asked(CommandLine):
    """Calls `rampgate whatif` and reads its JSON."""

    def json(self, policies: object):
        said = self("whatif", "--policies", str(policies), "--now", NOW, "--format", "json")
        assert said.exit == 0, said.err
        return json.loads(said.out)


@pytest.fixture
def world(tmp_path):
    return GovernedWorld(tmp_path)


@pytest.fixture
def whatif(world, capsys):
    return Asked(capsys, world.root)


def on_branch(world: GovernedWorld, *rules, name: str = "other", **files) -> str:
    """Commit other policies on a branch and go back to main."""
    world.branch(name)
    world.write("policies/lending.yaml", dump(policy(*rules)))
    for path, value in files.items():
        world.write(f"policies/{path}.yaml", dump(value))
    world.commit(name)
    world.checkout("main")
    return name


def draft(tmp_path, *rules):
    folder = tmp_path / "drafts"
    folder.mkdir()
    (folder / "lending.yaml").write_text(dump(policy(*rules)))
    return folder


def test_a_stricter_revision_flips_the_next_promotion(world, whatif):
    answer = whatif.json(on_branch(world, floor("0.95"), APPROVAL_RULE))
    (row,) = answer["rows"]
    assert (row["question"], row["entering"], row["now"], row["then"], row["flips"]) == (
        "next",
        "canary",
        "hold",
        "deny",
        True,
    )
    assert row["rules"] == [{"rule": FLOOR, "now": "pass", "then": "fail"}]
    assert answer["summary"] == {"questions": 1, "versions": 1, "flips": 1}


def test_nothing_differs_under_the_same_policies(world, whatif):
    answer = whatif.json("HEAD")
    assert answer["summary"]["flips"] == 0
    assert answer["rows"][0]["rules"] == []
    assert "no verdict differs" in whatif("whatif", "--policies", "HEAD").out


def test_a_version_that_serves_is_judged_where_it_stands_as_if_approved(tmp_path, capsys):
    world = GovernedWorld(tmp_path, stage="ramp")
    answer = Asked(capsys, world.root).json(on_branch(world, floor("0.95"), APPROVAL_RULE))
    rows = {row["question"]: (row["entering"], row["now"], row["then"]) for row in answer["rows"]}
    assert rows == {"next": ("majority", "hold", "deny"), "standing": ("ramp", "allow", "deny")}


def test_a_folder_of_drafts_borrows_everything_but_rules(world, whatif, tmp_path):
    answer = whatif.json(draft(tmp_path, floor("0.95")))
    assert answer["rows"][0]["then"] == "deny"
    assert answer["borrowed"] == [
        "policies/governance.yaml", "policies/ladder.yaml", "policies/models.yaml", "policies/people.yaml",
    ]  # fmt: skip


def test_rules_that_a_folder_lacks_are_gone(world, whatif, tmp_path):
    (row,) = whatif.json(draft(tmp_path, METRIC_RULE))["rows"]
    assert (row["now"], row["then"]) == ("hold", "allow")
    assert row["rules"] == [{"rule": "approval.risk-agrees", "now": "waiting for 1 x risk", "then": "-"}]


def test_a_waiver_of_the_repository_counts_under_drafts_too(world, whatif, tmp_path):
    world.write("policies/waivers/W-2026-001.yaml", dump({
        "schema": "rampgate/waiver/v1", "id": "W-2026-001", "rule": FLOOR, "model": "credit-risk", "version": "2.0.0",
        "entering": "canary", "reason": "agreed until the spring", "owner": "alice", "approved_by": "rita",
        "starts": "2026-11-01", "ends": "2026-11-25",
    }))  # fmt: skip
    (row,) = whatif.json(draft(tmp_path, floor("0.95")))["rows"]
    assert row["rules"][0] == {"rule": FLOOR, "now": "pass", "then": "waived"}


def test_an_effect_that_changes_is_told(world, whatif):
    (row,) = whatif.json(on_branch(world, floor("0.80", effect="warn"), APPROVAL_RULE))["rows"]
    assert row["rules"] == [{"rule": FLOOR, "now": "pass", "then": "pass (warn)"}]
    assert not row["flips"]
    assert "the same verdict, for other reasons" in whatif("whatif", "--policies", "other").out


def test_a_larger_quorum_is_told_though_the_verdict_stays(world, whatif):
    rule = {**APPROVAL_RULE, "with": {"slots": [{"role": "risk", "count": 2}]}}
    (row,) = whatif.json(on_branch(world, METRIC_RULE, rule))["rows"]
    assert (row["now"], row["then"]) == ("hold", "hold")
    assert row["rules"] == [
        {"rule": "approval.risk-agrees", "now": "waiting for 1 x risk", "then": "waiting for 2 x risk"}
    ]


def test_cards_that_other_policies_make_invalid_are_told_and_stop_nothing(world, whatif):
    world.add_version(
        card(model="fraud", version="1.0.0", tier="medium", owners={"business": "sam", "technical": "sam"})
    )
    world.commit("fraud")
    people = {**PEOPLE, "people": [each for each in PEOPLE["people"] if each["name"] != "sam"]}
    answer = whatif.json(on_branch(world, METRIC_RULE, APPROVAL_RULE, people=people))
    rows = {row["model"]: (row["now"], row["then"]) for row in answer["rows"]}
    assert rows == {"credit-risk": ("hold", "hold"), "fraud": ("undecided", "invalid")}
    assert any("unknown person `sam`" in each for each in answer["problems"]["then"])
    assert answer["problems"]["now"] == []


def test_a_ladder_with_fewer_rungs_asks_another_question(world, whatif):
    ladder = {**LADDER, "stages": [LADDER["stages"][0], LADDER["stages"][-1]]}
    (row,) = whatif.json(on_branch(world, METRIC_RULE, APPROVAL_RULE, ladder=ladder))["rows"]
    assert row["entering"] == "canary / full"


def test_the_totals_count_flips_by_what_they_become(world, whatif):
    world.add_version(
        card(model="fraud", version="1.0.0"),
        evidence(subject={**evidence()["subject"], "model": "fraud", "version": "1.0.0"}),
    )
    world.commit("fraud")
    on_branch(world, floor("0.95"), APPROVAL_RULE)
    said = whatif("whatif", "--policies", "other", "--now", NOW)
    assert said.exit == 0, said.err
    assert "2 questions about 2 versions: 2 flip; 2 hold -> deny" in said.out
    assert "evidence.accuracy-floor: pass -> fail" in said.out


def test_a_narrow_window_gets_blocks_in_place_of_columns(world, whatif, monkeypatch):
    monkeypatch.setenv("COLUMNS", "44")
    on_branch(world, floor("0.95"), APPROVAL_RULE)
    said = whatif("whatif", "--policies", "other", "--now", NOW)
    assert max(map(len, said.out.splitlines())) <= 44
    assert "hold -> deny" in said.out


def test_broken_policies_are_told_where_they_stand(world, whatif, tmp_path):
    folder = draft(tmp_path, {**METRIC_RULE, "kind": "evidence.metric_withn"})
    said = whatif("whatif", "--policies", str(folder))
    assert said.exit == 3
    assert f"{folder}/lending.yaml:" in said.err
    assert "did you mean `evidence.metric_within`?" in said.err
    on_branch(world, {**METRIC_RULE, "kind": "evidence.metric_withn"})
    assert "other:policies/lending.yaml:" in whatif("whatif", "--policies", "other").err


def test_what_is_neither_folder_nor_revision_is_refused(whatif, tmp_path):
    said = whatif("whatif", "--policies", "no-such-branch")
    assert (said.exit, "`no-such-branch` is neither a folder nor a revision" in said.err) == (2, True)
    (tmp_path / "empty").mkdir()
    said = whatif("whatif", "--policies", str(tmp_path / "empty"))
    assert (said.exit, "holds no policy files" in said.err) == (2, True)


def test_every_model_is_told_of_while_it_takes_its_time(world):
    told = []
    whatif_of(WhatIfRequest(world.root, "HEAD", NOW, world.root), lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def test_a_link_among_drafts_is_told_with_the_folder_that_was_given(world, whatif, tmp_path):
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    (drafts / "lending.yaml").write_text(dump(policy(METRIC_RULE)))
    (drafts / "people.yaml").symlink_to(world.root / "policies/people.yaml")
    done = whatif("whatif", "--policies", str(drafts), "--now", NOW)
    assert done.exit == 3
    assert f"{drafts}/people.yaml: a symbolic link stands where only a regular file may" in done.err


# What was decided before


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """0, 1: it begins; 2, 3: allowed; 4: held, and closed."""
    world = HistoryWorld(tmp_path_factory.mktemp("history"))
    world.begin()
    world.land(at="2026-11-20T09:00:00Z", stage="canary", verdict="allow")
    world.land(at="2026-11-22T09:00:00Z", stage="ramp", verdict="allow")
    world.deny(at="2026-11-23T09:00:00Z", stage="majority")
    return world


@pytest.fixture
def past(recorded, tmp_path, capsys):
    world = recorded.copy(tmp_path)
    return world, Asked(capsys, world.root)


def test_decisions_on_record_are_made_again_under_the_other_policies(past):
    world, whatif = past
    answer = whatif.json(on_branch(world, floor("0.95"), APPROVAL_RULE))["past"]
    rows = {row["seq"]: (row["was"], row["would_be"]) for row in answer["decisions"]}
    assert rows == {2: ("allow", "deny"), 3: ("allow", "deny"), 4: ("hold", "deny")}
    assert [each["rule"] for each in answer["decisions"][0]["rules"]] == [FLOOR]
    assert answer["summary"] == {
        "decisions": 3, "flips": 3, "not_replayable": 0, "left_out": 0, "not_judged": 0,
    }  # fmt: skip


def test_flips_for_the_same_reason_are_told_together(past):
    world, whatif = past
    said = whatif("whatif", "--policies", on_branch(world, floor("0.95"), APPROVAL_RULE), "--now", NOW)
    assert said.exit == 0
    assert "what was decided before, each at its own moment:\n2 would have been denied (was allow)\n" in said.out
    assert f"  {FLOOR}: fail (was pass)\n    2  2026-11-20  promote credit-risk 2.0.0: pilot -> canary\n" in said.out
    assert "1 would have been denied (was hold)\n" in said.out
    assert said.out.endswith("3 past decisions judged again: 3 flip (2 allow -> deny, 1 hold -> deny); 0 unchanged\n")
    assert max(map(len, said.out.splitlines())) <= 100


def test_decisions_before_a_day_are_not_looked_at(past, capsys):
    world, _ = past
    name = on_branch(world, floor("0.95"), APPROVAL_RULE)
    words = ("whatif", "--policies", name, "--now", NOW, "--since", "2026-11-22", "--format", "json")
    answer = json.loads(CommandLine(capsys, world.root)(*words).out)["past"]
    assert [row["seq"] for row in answer["decisions"]] == [3, 4]


def test_without_a_day_the_newest_are_looked_at_and_the_rest_is_counted(past, monkeypatch):
    world, whatif = past
    monkeypatch.setattr(whatif_past, "NEWEST", 2)
    answer = whatif.json(on_branch(world, floor("0.95"), APPROVAL_RULE))["past"]
    assert [row["seq"] for row in answer["decisions"]] == [3, 4]
    assert answer["summary"]["left_out"] == 1


def test_a_folder_of_drafts_is_asked_about_the_past_too(past, tmp_path):
    _, whatif = past
    answer = whatif.json(draft(tmp_path, floor("0.50"), APPROVAL_RULE))["past"]
    assert [(row["seq"], row["flips"]) for row in answer["decisions"]] == [(2, False), (3, False), (4, False)]


def test_a_decision_that_can_not_be_made_again_is_counted_and_named(past):
    world, whatif = past
    (reviews,) = [each.sha256 for each in world.records()[3].decision.inputs if each.path == "reviews"]
    world.tamper({input_path(reviews): None})
    answer = whatif.json(on_branch(world, floor("0.50"), APPROVAL_RULE))["past"]
    assert answer["summary"]["not_replayable"] == 1
    assert "a record names this content, and it is not there" in answer["decisions"][1]["why"]
    said = whatif("whatif", "--policies", "other", "--now", NOW)
    assert "1 can not be judged again (record 3)" in said.out


def test_without_a_history_it_says_so_and_judges_what_stands(world, whatif):
    name = on_branch(world, floor("0.95"), APPROVAL_RULE)
    answer = whatif.json(name)
    assert answer["summary"]["flips"] == 1
    assert "this repository keeps no decision history" in answer["past"]["missing"]
    said = whatif("whatif", "--policies", name, "--now", NOW)
    assert "no past decisions were judged: this repository keeps no decision history" in " ".join(said.out.split())


def test_a_history_that_is_not_believed_is_not_told_from(past):
    world, whatif = past
    world.rebuild([*world.steps[:2], *world.steps[3:]])
    answer = whatif.json(on_branch(world, floor("0.95"), APPROVAL_RULE))["past"]
    assert not answer["decisions"]
    assert "the log has a gap" in answer["missing"]
