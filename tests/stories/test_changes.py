"""Every kind of change on real Git: what the two trees say it is, and how it is judged.

One model, `credit-risk`, in a repository whose only policy asks for an accuracy of at least 0.80 and one approval by
risk from outside the owner's team.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from worlds.governed_world import (
    ALICE,
    APPROVAL_RULE,
    BOB,
    GOVERNANCE,
    LADDER,
    METRIC_RULE,
    MODELS,
    NOW,
    OLGA,
    OSSI,
    OTTO,
    PEOPLE,
    RAVI,
    RITA,
    STRANGER,
    Answer,
    GovernedWorld,
    card,
    dump,
    evidence,
    policy,
)

QUORUM, ACCURACY = "approval.risk-agrees", "evidence.accuracy-floor"
FOLDER = "model_cards/credit-risk/2.0.0"
PREVIOUS = {"kind": "previous_model", "target": "credit-risk@1.4.0"}
OTHER_ARTIFACT = "sha256:" + "b" * 64
ATTESTATION = {
    "schema": "rampgate/attestation/v1",
    "role": "business_owner",
    "person": "alice",
    "statement": "the budget is approved until June",
    "covers": "version",
    "date": "2026-11-18",
    "expires": "2027-11-18",
}


def old(stage: str, version: str = "1.4.0", **fields: Any) -> dict[str, Any]:
    """The card of an earlier version."""
    return card(version=version, stage=stage, artifact={"uri": "s3://models/old", "digest": OTHER_ARTIFACT}, **fields)


def event(kind: str, from_: str, to: str, by: str = "alice", **fields: Any) -> str:
    return dump(
        {
            "schema": "rampgate/event/v1",
            "kind": kind,
            "from": from_,
            "to": to,
            "reason": "error rate doubled within the hour",
            "by": by,
            "date": "2026-11-20",
            **fields,
        }
    )


def waiver(**fields: Any) -> dict[str, Any]:
    return {
        "schema": "rampgate/waiver/v1",
        "id": "W-1",
        "rule": ACCURACY,
        "model": "credit-risk",
        "version": "2.0.0",
        "entering": "canary",
        "reason": "group under a hundred until March, agreed",
        "owner": "alice",
        "approved_by": "rita",
        "starts": "2026-11-10",
        "ends": "2026-12-01",
        **fields,
    }


def make(tmp_path: Path, *others: dict[str, Any], stage: str = "pilot", **fields: Any) -> GovernedWorld:
    """A world with more versions on base, and fields in the card of 2.0.0."""
    world = GovernedWorld(tmp_path, stage=stage)
    for other in others:
        world.add_version(other)
    if fields:
        world.edit_card(**fields)
    world.base = world.commit("more", author=("Otto", OTTO["email"]))
    world.branch("work")
    return world


def start(world: GovernedWorld) -> GovernedWorld:
    world.branch("work")
    return world


def approved(world: GovernedWorld, *people: dict[str, Any], author: dict[str, Any] = ALICE, **more: Any) -> Answer:
    """Commit, let people approve, judge."""
    head = world.commit("change")
    return world.judge(head, reviews=[world.review(who, head) for who in people], author=author, **more)


def asks(answer: Answer, verdict: str | None, change: str) -> None:
    exits = {"allow": 0, "deny": 10, "hold": 11, "undecided": 12, None: 0}
    assert (answer.verdict, answer.json["change"], answer.exit) == (verdict, change, exits[verdict]), answer.text


# Register


def test_a_new_version_at_the_first_stage_needs_nobody(tmp_path):
    world = make(tmp_path)
    world.add_version(card(version="2.1.0"))
    answer = world.judge(world.commit("register"))
    asks(answer, "allow", "register")
    assert answer.json["transition"] == {
        "model": "credit-risk",
        "version": "2.1.0",
        "artifact": "sha256:" + "a" * 64,
        "from": None,
        "to": "pilot",
        "supersedes": None,
    }


@pytest.mark.parametrize("stage", ["canary", "full", "standby", "retired"])
def test_a_new_version_starts_nowhere_else(tmp_path, stage):
    world = make(tmp_path)
    world.add_version(card(version="2.1.0", stage=stage))
    answer = world.judge(world.commit("register"))
    asks(answer, "deny", "register")
    assert answer.failed()["change.stage-move"] == f"a new version starts at `pilot`, not at `{stage}`"


def test_the_first_version_of_a_model_that_models_yaml_does_not_list_is_registered(tmp_path):
    world = make(tmp_path)
    world.add_version(card(model="pricing", version="1.0.0", tier="low"))
    asks(world.judge(world.commit("register")), "allow", "register")


def test_registering_where_the_first_stage_serves_somebody_needs_a_rule(tmp_path):
    """A ladder that begins with traffic lets nobody in by the built-in rules alone."""
    world = GovernedWorld(tmp_path)
    ladder = copy.deepcopy(LADDER)
    ladder["stages"][0]["exposure_percent"] = 1
    world.write("policies/ladder.yaml", dump(ladder))
    world.base = world.commit("a ladder with traffic at its foot")
    start(world).add_version(card(version="2.1.0"))
    asks(world.judge(world.commit("register")), "undecided", "register")


def test_two_new_versions_are_two_changes(tmp_path):
    world = make(tmp_path)
    world.add_version(card(version="2.1.0"))
    world.add_version(card(version="2.2.0"))
    answer = world.judge(world.commit("register"))
    asks(answer, "deny", "register")
    assert answer.failed()["change.is-one"] == (
        "it also changes version 2.2.0; one pull request is one change of one version"
    )


# Amend


def test_an_edit_at_the_first_stage_needs_nobody(tmp_path):
    world = make(tmp_path)
    world.edit_card(artifact={"uri": "s3://models/y", "digest": OTHER_ARTIFACT})
    answer = world.judge(world.commit("amend"))
    asks(answer, "allow", "amend")
    assert (answer.json["transition"]["from"], answer.json["transition"]["to"]) == ("pilot", "pilot")


def test_an_edit_beyond_the_first_stage_needs_the_approvals_of_that_stage(tmp_path):
    world = make(tmp_path, stage="canary")
    world.edit_card(summary="another summary")
    head = world.commit("amend")
    waiting = world.judge(head, reviews=[])
    asks(waiting, "hold", "amend")
    assert waiting.outcome(QUORUM) == "waiting"
    assert waiting.outcome(ACCURACY) == "not_applicable"
    asks(world.judge(head, reviews=[world.review(RITA, head)]), "allow", "amend")


def test_a_rule_for_a_rung_above_asks_nothing_of_an_edit_below(tmp_path):
    rule = {**APPROVAL_RULE, "applies": {"entering": ["full"]}}
    world = GovernedWorld(tmp_path, stage="canary", rules=(METRIC_RULE, rule))
    start(world).edit_card(summary="another summary")
    answer = world.judge(world.commit("amend"), reviews=[])
    asks(answer, "undecided", "amend")
    assert answer.of(QUORUM)[0]["outcome"] == "not_applicable"


@pytest.mark.parametrize("what", ["evidence", "attestation of the author"])
def test_adding_to_a_live_card_needs_nobody(tmp_path, what):
    world = make(tmp_path, stage="canary")
    if what == "evidence":
        world.add_version(world.cards["credit-risk", "2.0.0"], evidence(kind="drift"))
    else:
        world.write(f"{FOLDER}/attestations/goal.yaml", dump(ATTESTATION))
    asks(approved(world), "allow", "amend")


@pytest.mark.parametrize("what", ["removed evidence", "changed evidence", "removed attestation", "runbook"])
def test_taking_away_or_rewriting_is_no_addition(tmp_path, what):
    world = GovernedWorld(tmp_path, stage="canary")
    world.write(f"{FOLDER}/attestations/goal.yaml", dump(ATTESTATION))
    world.base = world.commit("an attestation")
    start(world)
    value = world.cards["credit-risk", "2.0.0"]
    if what == "removed evidence":
        world.remove(f"{FOLDER}/evidence/performance.json")
        world.edit_card(evidence=None)
    elif what == "changed evidence":
        world.add_version({k: v for k, v in value.items() if k != "evidence"}, evidence(99, 1))
    elif what == "removed attestation":
        world.remove(f"{FOLDER}/attestations/goal.yaml")
    else:
        world.write(f"{FOLDER}/runbook.md", "call otto\n")
    asks(approved(world), "hold", "amend")


def test_additions_are_judged_where_a_rule_names_amend(tmp_path):
    rule = {**METRIC_RULE, "applies": {"changes": ["promote", "amend"]}}
    world = GovernedWorld(tmp_path, stage="canary", rules=(rule,))
    start(world).add_version(world.cards["credit-risk", "2.0.0"], evidence(50, 50, window=None) | {"note": None})
    world.remove(f"{FOLDER}/evidence/performance.json")
    world.add_version(
        {k: v for k, v in world.cards["credit-risk", "2.0.0"].items() if k != "evidence"}, evidence(50, 50)
    )
    answer = approved(world)
    asks(answer, "deny", "amend")
    assert answer.outcome(ACCURACY) == "fail"


def test_an_edit_of_a_standby_is_judged_as_at_the_last_rung(tmp_path):
    rule = {**APPROVAL_RULE, "applies": {"entering": ["full"]}}
    world = GovernedWorld(tmp_path, stage="standby", rules=(rule,))
    start(world).edit_card(summary="another summary")
    asks(approved(world), "hold", "amend")


def test_the_artifact_never_changes_after_the_first_stage(tmp_path):
    world = make(tmp_path, stage="canary")
    world.edit_card(artifact={"uri": "s3://models/y", "digest": OTHER_ARTIFACT})
    answer = approved(world, RITA)
    asks(answer, "deny", "amend")
    assert answer.failed()["change.same-artifact"] == "the artifact of version 2.0.0 changed after `pilot`"


def test_an_artifact_that_changes_on_the_way_out_of_the_first_stage_leaves_its_evidence_behind(tmp_path):
    world = make(tmp_path)
    world.edit_card(stage="canary", artifact={"uri": "s3://models/y", "digest": OTHER_ARTIFACT})
    answer = approved(world, RITA)
    asks(answer, "undecided", "promote")
    assert "it is about artifact `sha256:aaaaaaaaaaaa`" in answer.failed()[ACCURACY]


def test_a_card_does_not_choose_its_own_tier(tmp_path):
    world = make(tmp_path)
    world.edit_card(tier="low")
    answer = world.judge(world.commit("amend"))
    asks(answer, "deny", "amend")
    assert "fixed in `policies/models.yaml`" in answer.failed()["change.card-identity"]


# Promote


def test_a_promotion_goes_one_rung_up(tmp_path):
    world = make(tmp_path)
    world.edit_card(stage="canary")
    asks(approved(world), "hold", "promote")
    asks(approved(world, RITA), "allow", "promote")


@pytest.mark.parametrize("to", ["ramp", "full"])
def test_a_rung_is_never_skipped(tmp_path, to):
    world = make(tmp_path)
    world.edit_card(stage=to)
    answer = approved(world, RITA)
    asks(answer, "deny", "promote")
    assert (
        answer.failed()["change.stage-move"] == f"a promotion goes one rung up: from `pilot` to `canary`, not to `{to}`"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [("full", "standby"), ("retired", "pilot"), ("retired", "full"), ("standby", "canary"), ("canary", "standby")],
)
def test_what_is_no_move_of_the_ladder_is_denied(tmp_path, before, after):
    world = make(tmp_path, stage=before)
    world.edit_card(stage=after)
    answer = approved(world, RITA)
    asks(answer, "deny", "promote")
    assert "change.stage-move" in answer.failed()


def test_a_stage_that_is_on_no_ladder_is_invalid_with_the_nearest(tmp_path):
    world = make(tmp_path)
    world.edit_card(stage="cannary")
    answer = approved(world, RITA)
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "unknown stage `cannary`; did you mean `canary`?" in answer.problems()


def test_a_promotion_with_edits_is_judged_as_an_amendment_too(tmp_path):
    rules = (
        {**METRIC_RULE, "applies": {"changes": ["amend"]}},
        {**APPROVAL_RULE, "applies": {"changes": ["promote"], "entering": ["ramp"]}},
    )
    world = GovernedWorld(tmp_path, stage="canary", rules=rules)
    start(world).edit_card(stage="ramp")
    plain = approved(world, RITA)
    asks(plain, "allow", "promote")
    assert plain.outcome(ACCURACY) == "not_applicable"
    world.edit_card(summary="and an edit")
    edited = approved(world, RITA)
    asks(edited, "allow", "promote")
    assert edited.outcome(ACCURACY) == "pass"


def test_edits_on_the_way_up_need_the_approvals_of_the_stage_that_is_left_too(tmp_path):
    """Its effect there decides, not that of the stage entered, at which the rule says nothing."""
    present = {**APPROVAL_RULE, "applies": {"entering": ["canary"]}, "effect": {"canary": "block"}}
    world = GovernedWorld(tmp_path, stage="canary", rules=(METRIC_RULE, present))
    start(world).edit_card(stage="ramp", summary="an edit on the way")
    answer = approved(world)
    asks(answer, "hold", "promote")
    assert (answer.of(QUORUM)[0]["outcome"], answer.of(QUORUM)[0]["effect"]) == ("waiting", "block")


def test_promoting_to_the_last_rung_puts_the_incumbent_on_standby(tmp_path):
    world = make(tmp_path, old("full"), stage="majority")
    world.edit_card(stage="full")
    alone = approved(world, RITA)
    asks(alone, "deny", "promote")
    assert "version 1.4.0 still stands at `full`" in alone.failed()["change.stage-move"]
    world.edit_card(version="1.4.0", stage="standby")
    answer = approved(world, RITA)
    asks(answer, "allow", "promote")
    assert answer.json["transition"]["supersedes"] == "1.4.0"


def test_the_incumbent_that_steps_aside_changes_nothing_else(tmp_path):
    world = make(tmp_path, old("full"), stage="majority")
    world.edit_card(stage="full")
    world.edit_card(version="1.4.0", stage="standby", summary="and a word more")
    answer = approved(world, RITA)
    asks(answer, "deny", "promote")
    assert (
        answer.failed()["change.is-one"]
        == "version 1.4.0 may change its `stage` alone when another version takes its place"
    )


def test_there_is_one_challenger(tmp_path):
    world = make(tmp_path, old("ramp"))
    world.edit_card(stage="canary")
    answer = approved(world, RITA)
    asks(answer, "deny", "promote")
    assert "version 1.4.0 already stands between" in answer.failed()["change.stage-move"]


def test_a_least_stay_that_nobody_recorded_is_undecided(tmp_path):
    world = GovernedWorld(tmp_path, stage="canary")
    ladder = copy.deepcopy(LADDER)
    ladder["stages"][1]["dwell_days"] = 7
    world.write("policies/ladder.yaml", dump(ladder))
    world.base = world.commit("a least stay")
    start(world).edit_card(stage="ramp")
    answer = approved(world, RITA)
    asks(answer, "undecided", "promote")
    assert answer.failed() == {
        "rollout.has-dwelt": "a version stays at `canary` for 7 days at least; there is no decision history to go by"
    }


# Rollback, retire, restore


@pytest.mark.parametrize("to", ["ramp", "canary", "pilot"])
def test_a_rollback_goes_to_any_lower_rung_without_approval(tmp_path, to):
    world = make(tmp_path, stage="majority")
    world.edit_card(stage=to)
    world.write(f"{FOLDER}/events/down.yaml", event("rollback", "majority", to))
    answer = approved(world)
    asks(answer, "allow", "rollback")
    assert answer.of("change.reason")[0]["message"] == "`alice` gives the reason: error rate doubled within the hour"


def test_a_rollback_needs_its_event(tmp_path):
    world = make(tmp_path, stage="ramp")
    world.edit_card(stage="canary")
    answer = approved(world)
    asks(answer, "deny", "rollback")
    assert answer.failed() == {"change.reason": "a rollback needs one event file with its reason"}


ROLLBACK_FAULTS = {
    "a runbook": ({"runbook.md": "call\n"}, {}, "it also changes `model_cards/credit-risk/2.0.0/runbook.md`"),
    "a second event": ({"events/two.yaml": event("rollback", "ramp", "canary")}, {}, "adds one event file, not 2"),
    "an edit of the card": ({}, {"summary": "better"}, "changes nothing in the card but `stage`"),
    "a file elsewhere": ({"../../../src/app.py": "x\n"}, {}, "it also changes `src/app.py`"),
    "the readme": ({"../../README.md": "x\n"}, {}, "it also changes `model_cards/README.md`"),
}


@pytest.mark.parametrize("case", ROLLBACK_FAULTS)
def test_a_rollback_carries_nothing_else(tmp_path, case):
    files, fields, words = ROLLBACK_FAULTS[case]
    world = make(tmp_path, stage="ramp")
    world.edit_card(stage="canary", **fields)
    world.write(f"{FOLDER}/events/down.yaml", event("rollback", "ramp", "canary"))
    for path, content in files.items():
        world.write(f"{FOLDER}/{path}", content)
    answer = approved(world)
    asks(answer, "deny", "rollback")
    assert words in answer.failed()["change.is-one"]


EVENT_FAULTS = {
    "another move": (event("rollback", "ramp", "pilot"), "the event tells another move than the cards"),
    "another kind": (event("retire", "ramp", "canary"), "the event tells another move than the cards"),
    "somebody who had no hand in it": (
        event("rollback", "ramp", "canary", by="rita"),
        "`rita` is named as who did it, but had no hand in this change",
    ),
    "nobody": (event("rollback", "ramp", "canary", by="zoe"), "`zoe` is nobody in `policies/people.yaml`"),
    "a day to come": (
        event("rollback", "ramp", "canary", date="2026-11-21"),
        "the event is dated 2026-11-21, after today",
    ),
}


@pytest.mark.parametrize("case", EVENT_FAULTS)
def test_an_event_tells_what_happened_and_who_did_it(tmp_path, case):
    content, words = EVENT_FAULTS[case]
    world = make(tmp_path, stage="ramp")
    world.edit_card(stage="canary")
    world.write(f"{FOLDER}/events/down.yaml", content)
    answer = approved(world)
    asks(answer, "deny", "rollback")
    assert answer.failed()["change.reason"] == words


def test_a_stranger_rolls_nothing_back_by_typing_a_name_into_a_commit(tmp_path):
    world = make(tmp_path, stage="ramp")
    world.edit_card(stage="canary")
    world.write(f"{FOLDER}/events/down.yaml", event("rollback", "ramp", "canary"))
    answer = approved(world, author=STRANGER)
    asks(answer, "deny", "rollback")
    assert answer.failed() == {
        "change.reason": "`mallory`, who opened the pull request, is nobody in `policies/people.yaml`"
    }


def test_a_rollback_from_the_last_rung_brings_the_fallback_back(tmp_path):
    world = make(tmp_path, old("standby"), stage="full", fallback=PREVIOUS)
    world.edit_card(stage="canary")
    world.write(f"{FOLDER}/events/down.yaml", event("rollback", "full", "canary"))
    alone = approved(world)
    asks(alone, "deny", "rollback")
    assert "the fallback `credit-risk@1.4.0` must serve again" in alone.failed()["change.stage-move"]
    world.edit_card(version="1.4.0", stage="full")
    answer = approved(world)
    asks(answer, "allow", "rollback")
    assert answer.json["transition"]["supersedes"] == "1.4.0"


@pytest.mark.parametrize("target", ["standby", "retired"])
def test_a_rollback_brings_no_other_version_back_than_the_fallback(tmp_path, target):
    """Whether the fallback is ready or not: nobody approved that the third version serves everybody."""
    world = make(tmp_path, old(target), old("standby", "1.3.0"), stage="full", fallback=PREVIOUS)
    world.edit_card(stage="canary")
    world.edit_card(version="1.3.0", stage="full")
    world.write(f"{FOLDER}/events/down.yaml", event("rollback", "full", "canary"))
    answer = approved(world)
    asks(answer, "deny", "rollback")
    assert (
        answer.failed()["change.stage-move"] == "version 1.3.0 is brought back, but the fallback is `credit-risk@1.4.0`"
    )


def test_a_rollback_from_the_last_rung_works_where_no_fallback_is_ready(tmp_path):
    world = make(tmp_path, old("retired"), stage="full", fallback=PREVIOUS)
    world.edit_card(stage="canary")
    world.write(f"{FOLDER}/events/down.yaml", event("rollback", "full", "canary"))
    asks(approved(world), "allow", "rollback")


BROKEN_POLICIES = {
    "a kind that is gone": {**METRIC_RULE, "kind": "evidence.metric_witin"},
    "a parameter that is gone": {**METRIC_RULE, "with": {"evidence": "performance"}},
}


@pytest.mark.parametrize("case", BROKEN_POLICIES)
def test_rules_that_do_not_work_stop_promotions_and_no_rollback(tmp_path, case):
    world = GovernedWorld(tmp_path, stage="ramp", rules=(APPROVAL_RULE, BROKEN_POLICIES[case]))
    start(world).edit_card(stage="canary")
    world.write(f"{FOLDER}/events/down.yaml", event("rollback", "ramp", "canary"))
    asks(approved(world), "allow", "rollback")
    world.branch("up", world.base)
    world.edit_card(stage="majority")
    up = approved(world, RITA)
    assert (up.exit, up.verdict) == (3, "undecided")
    assert "policies/lending.yaml" in up.problems()


def test_rules_that_do_not_work_can_be_repaired(tmp_path):
    world = GovernedWorld(tmp_path, rules=(APPROVAL_RULE, {**METRIC_RULE, "kind": "evidence.metric_witin"}))
    start(world).write("policies/lending.yaml", dump(policy(METRIC_RULE, APPROVAL_RULE)))
    asks(approved(world, OLGA, OSSI, author=OTTO), "allow", "policy")


def test_a_rollback_works_after_its_owner_left_and_the_registry_got_stricter(tmp_path):
    world = make(tmp_path, stage="ramp", tier="high")
    people = copy.deepcopy(PEOPLE)
    people["people"] = [each for each in people["people"] if each["name"] != "bob"]
    models = copy.deepcopy(MODELS)
    models["models"]["credit-risk"]["task"] = "regression"
    world.checkout("main")
    world.write("policies/people.yaml", dump(people))
    world.write("policies/models.yaml", dump(models))
    world.base = world.commit("bob left")
    world.branch("down")
    world.edit_card(stage="canary")
    world.write(f"{FOLDER}/events/down.yaml", event("rollback", "ramp", "canary"))
    asks(approved(world), "allow", "rollback")


def test_an_owner_who_left_is_replaced_card_by_card(tmp_path):
    """The version that stood before names somebody unknown, and so do its siblings: neither stops the repair."""
    world = make(tmp_path, old("retired"))
    people = copy.deepcopy(PEOPLE)
    people["people"] = [each for each in people["people"] if each["name"] != "bob"]
    world.checkout("main")
    world.write("policies/people.yaml", dump(people))
    world.base = world.commit("bob left")
    world.branch("repair")
    world.edit_card(summary="a word")
    left = approved(world)
    assert "unknown person `bob`" in left.problems()
    assert left.exit == 3
    world.edit_card(owners={"business": "alice", "technical": "rita"})
    asks(approved(world), "allow", "amend")


def test_a_version_retires_with_a_reason_and_nobodys_approval(tmp_path):
    world = make(tmp_path, stage="ramp")
    world.edit_card(stage="retired")
    asks(approved(world), "deny", "retire")
    world.write(f"{FOLDER}/events/away.yaml", event("retire", "ramp", "retired"))
    asks(approved(world), "allow", "retire")


def test_who_serves_everybody_does_not_retire_without_a_process_that_takes_over(tmp_path):
    world = make(tmp_path, stage="full", fallback=PREVIOUS)
    world.edit_card(stage="retired")
    world.write(f"{FOLDER}/events/away.yaml", event("retire", "full", "retired"))
    answer = approved(world)
    asks(answer, "deny", "retire")
    assert "no process is named that takes over" in answer.failed()["change.stage-move"]


def test_who_serves_everybody_retires_where_people_take_over(tmp_path):
    world = make(tmp_path, stage="full", fallback={"kind": "human", "target": "the lending desk"})
    world.edit_card(stage="retired")
    world.write(f"{FOLDER}/events/away.yaml", event("retire", "full", "retired"))
    asks(approved(world), "allow", "retire")


def test_a_standby_comes_back_with_the_quorum_of_the_last_rung(tmp_path):
    rule = {**APPROVAL_RULE, "applies": {"entering": ["full"]}}
    world = GovernedWorld(tmp_path, stage="standby", rules=(rule,))
    world.add_version(old("full"))
    world.base = world.commit("an incumbent")
    start(world).edit_card(stage="full")
    world.edit_card(version="1.4.0", stage="standby")
    world.write(f"{FOLDER}/events/back.yaml", event("restore", "standby", "full"))
    asks(approved(world), "hold", "restore")
    answer = approved(world, RITA)
    asks(answer, "allow", "restore")
    assert answer.json["transition"]["supersedes"] == "1.4.0"


# More than one change, and none


def test_two_models_are_two_changes(tmp_path):
    world = make(tmp_path, card(model="fraud", version="1.0.0", tier="medium"))
    world.edit_card(stage="canary")
    world.edit_card("fraud", "1.0.0", stage="canary")
    answer = approved(world, RITA)
    assert (answer.verdict, answer.exit) == ("deny", 10)
    assert answer.failed()["change.is-one"] == (
        "it changes 2 models (`credit-risk`, `fraud`); one pull request is one change of one model"
    )


def test_a_rollback_hides_no_promotion(tmp_path):
    world = make(tmp_path, old("ramp"))
    world.edit_card(stage="canary")
    world.edit_card(version="1.4.0", stage="pilot")
    world.write("model_cards/credit-risk/1.4.0/events/down.yaml", event("rollback", "ramp", "pilot"))
    answer = approved(world)
    asks(answer, "deny", "rollback")
    assert "it also changes version 2.0.0" in answer.failed()["change.is-one"]


@pytest.mark.parametrize("keep", [True, False])
def test_a_card_is_never_deleted(tmp_path, keep):
    world = make(tmp_path, stage="canary")
    world.remove(f"{FOLDER}/card.yaml" if keep else FOLDER)
    answer = approved(world, RITA)
    asks(answer, "deny", "amend")
    assert (
        answer.failed()["change.is-one"]
        == "it removes the card of version 2.0.0, which stood at `canary`; a version leaves by `stage: retired`, and its card stays"
    )


def test_a_version_is_not_renamed(tmp_path):
    world = make(tmp_path, stage="canary")
    world.move(FOLDER, "model_cards/credit-risk/2.0.1")
    value = {**world.cards["credit-risk", "2.0.0"], "version": "2.0.1"}
    world.write("model_cards/credit-risk/2.0.1/card.yaml", dump(value))
    answer = approved(world, RITA)
    asks(answer, "deny", "register")
    assert set(answer.failed()) >= {"change.is-one", "change.stage-move"}


def test_a_folder_without_a_card_is_no_version(tmp_path):
    world = make(tmp_path)
    world.write("model_cards/credit-risk/2.1.0/runbook.md", "call\n")
    answer = approved(world)
    asks(answer, "deny", "amend")
    assert answer.failed()["change.is-one"] == "version 2.1.0 has files but no `card.yaml`"


def test_what_touches_nothing_governed_is_not_judged(tmp_path):
    world = make(tmp_path)
    world.write("src/app.py", "x\n")
    world.write("model_cards/README.md", "prose\n")
    answer = approved(world)
    asks(answer, None, "none")
    assert (answer.json["findings"], answer.json["problems"]) == ([], [])


def test_a_conflict_is_undecided_and_says_what_to_do(tmp_path):
    world = make(tmp_path)
    world.edit_card(stage="canary")
    head = world.commit("promote")
    world.checkout("main")
    world.write(f"{FOLDER}/card.yaml", dump(card(summary="somebody else was faster", stage="retired")))
    world.base = world.commit("faster")
    answer = world.judge(head, reviews=[world.review(RITA, head)])
    asks(answer, "undecided", "none")
    (finding,) = answer.json["findings"]
    assert (finding["rule"], finding["outcome"], finding["effect"]) == ("change.merges", "insufficient", "block")
    assert finding["message"] == f"head does not merge into base without conflict: `{FOLDER}/card.yaml`"
    assert finding["fix"] == "update the branch, and solve the conflict there"
    assert world.gate(head, as_process=True).exit == 12


# No rule applies


@pytest.mark.parametrize(
    "rules",
    {
        "no rule at all": (),
        "another tier": ({**METRIC_RULE, "applies": {"tiers": ["low"]}},),
        "another task": ({**METRIC_RULE, "applies": {"tasks": ["regression"]}},),
        "another stage": ({**METRIC_RULE, "applies": {"entering": ["full"]}},),
        "another model": ({**METRIC_RULE, "applies": {"models": ["fraud"]}},),
        "not yet": ({**METRIC_RULE, "in_force": {"from": "2026-11-21"}},),
        "no more": ({**METRIC_RULE, "in_force": {"to": "2026-11-19"}},),
        "warnings alone": ({**METRIC_RULE, "effect": "warn"},),
    }.items(),
    ids=lambda case: case[0],
)
def test_a_promotion_to_which_no_rule_applies_is_undecided(tmp_path, rules):
    world = GovernedWorld(tmp_path, rules=rules[1])
    start(world).edit_card(stage="canary")
    asks(approved(world, RITA), "undecided", "promote")


@pytest.mark.parametrize(("day", "outcome"), [("2026-11-19", "not_applicable"), ("2026-11-20", "pass"),
                                              ("2026-12-31", "pass"), ("2027-01-01", "not_applicable")])  # fmt: skip
def test_a_rule_is_in_force_on_its_first_and_last_day(tmp_path, day, outcome):
    rule = {**METRIC_RULE, "in_force": {"from": "2026-11-20", "to": "2026-12-31"}}
    world = GovernedWorld(tmp_path, rules=(rule, APPROVAL_RULE))
    start(world).edit_card(stage="canary")
    answer = approved(world, RITA, now=f"{day}T23:59:59Z")
    assert (answer.verdict, answer.outcome(ACCURACY)) == ("allow", outcome)


@pytest.mark.parametrize(("day", "verdict"), [("2026-11-30", "allow"), ("2026-12-01", "deny")])
def test_a_revision_tightens_from_its_day_on(tmp_path, day, verdict):
    """The accuracy is 0.90; 0.80 is asked for, and 0.95 from December."""
    revision = {"from": "2026-12-01", "with": {"at_least": "0.95"}}
    world = GovernedWorld(tmp_path, rules=({**METRIC_RULE, "revisions": [revision]},))
    start(world).edit_card(stage="canary")
    asks(approved(world, now=f"{day}T10:00:00Z"), verdict, "promote")


@pytest.mark.parametrize(("day", "effect"), [("2026-11-30", "warn"), ("2026-12-01", "block")])
def test_a_revision_changes_the_effect_from_its_day_on(tmp_path, day, effect):
    strict = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.99"}, "effect": "warn",
              "revisions": [{"from": "2026-12-01", "effect": "block"}]}  # fmt: skip
    world = GovernedWorld(tmp_path, rules=(strict, APPROVAL_RULE))
    start(world).edit_card(stage="canary")
    answer = approved(world, RITA, now=f"{day}T10:00:00Z")
    assert answer.of(ACCURACY)[0]["effect"] == effect
    assert answer.verdict == ("allow" if effect == "warn" else "deny")


@pytest.mark.parametrize(("before", "after", "verdict"), [("pilot", "canary", "allow"), ("canary", "ramp", "deny")])
def test_an_effect_is_that_of_the_stage_entered(tmp_path, before, after, verdict):
    strict = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.99"},
              "effect": {"canary": "warn", "ramp": "block", "majority": "block", "full": "block"}}  # fmt: skip
    world = GovernedWorld(tmp_path, stage=before, rules=(strict, APPROVAL_RULE))
    start(world).edit_card(stage=after)
    asks(approved(world, RITA), verdict, "promote")


def test_a_model_that_models_yaml_does_not_list_is_judged_as_high_and_by_the_rules_of_every_task(tmp_path):
    rule = {**METRIC_RULE, "applies": {"tiers": ["high"], "tasks": ["regression"]}}
    world = GovernedWorld(tmp_path, rules=(rule, {**APPROVAL_RULE, "with": {"slots": [{"role": "risk"}]}}))
    world.add_version(card(model="pricing", version="1.0.0", tier="low"))
    world.base = world.commit("a model that nobody listed")
    start(world).edit_card("pricing", "1.0.0", stage="canary")
    answer = approved(world, RITA)
    asks(answer, "undecided", "promote")
    assert answer.outcome(ACCURACY) == "insufficient"


def test_a_card_that_is_stricter_than_the_registry_is_judged_by_its_own_tier(tmp_path):
    rule = {**APPROVAL_RULE, "applies": {"tiers": ["high"]}}
    world = GovernedWorld(tmp_path, rules=(rule,))
    world.add_version(card(model="fraud", version="1.0.0", tier="high"))
    world.add_version(card(model="fraud", version="1.1.0", tier="medium"))
    world.base = world.commit("fraud")
    start(world).edit_card("fraud", "1.0.0", stage="canary")
    assert approved(world).outcome(QUORUM) == "waiting"
    world.branch("other", world.base)
    world.edit_card("fraud", "1.1.0", stage="canary")
    assert approved(world).outcome(QUORUM) == "not_applicable"


# Waivers


def failing(tmp_path: Path, *waivers: dict[str, Any], **rule: Any) -> GovernedWorld:
    """A promotion that misses its accuracy, with waivers on base."""
    strict = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.95"}, **rule}
    strict = {key: value for key, value in strict.items() if value is not None}
    world = GovernedWorld(tmp_path, rules=(strict, APPROVAL_RULE))
    for each in waivers:
        world.write(f"policies/waivers/{each['id']}.yaml", dump(each))
    world.base = world.commit("waivers")
    start(world).edit_card(stage="canary")
    return world


def test_a_live_waiver_excuses_and_the_decision_ends_with_it(tmp_path):
    answer = approved(failing(tmp_path, waiver()), RITA)
    asks(answer, "allow", "promote")
    (found,) = answer.of(ACCURACY)
    assert (found["outcome"], found["waiver"], found["valid_until"]) == ("waived", "W-1", "2026-12-01")
    assert answer.json["valid_until"] == "2026-12-01"
    assert answer.json["summary"]["waived"] == 1


def test_a_decision_stands_until_the_earliest_end_of_what_it_rests_on(tmp_path):
    """The evidence of 19 November may be five days old; the waiver of another rule would last longer."""
    aged = {"id": "evidence.fresh", "kind": "evidence.present", "effect": "block",
            "with": {"kind": "performance", "max_age_days": 5}}  # fmt: skip
    strict = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.95"}}
    world = GovernedWorld(tmp_path, rules=(strict, aged, APPROVAL_RULE))
    world.write("policies/waivers/W-1.yaml", dump(waiver()))
    world.base = world.commit("a waiver")
    start(world).edit_card(stage="canary")
    answer = approved(world, RITA)
    asks(answer, "allow", "promote")
    assert answer.json["valid_until"] == "2026-11-24"


@pytest.mark.parametrize(("day", "verdict"), [("2026-11-20", "deny"), ("2026-11-21", "allow"),
                                              ("2026-12-01", "allow"), ("2026-12-02", "deny")])  # fmt: skip
def test_a_waiver_counts_from_its_first_to_its_last_day(tmp_path, day, verdict):
    asks(approved(failing(tmp_path, waiver(starts="2026-11-21")), RITA, now=f"{day}T00:00:00Z"), verdict, "promote")


DEAD_WAIVERS = {
    "ended": (waiver(starts="2026-10-01", ends="2026-10-20"), {}, "it ended on 2026-10-20"),
    "not started": (waiver(starts="2026-11-25"), {}, "it starts on 2026-11-25"),
    "another stage": (waiver(entering="ramp"), {}, "it is for entering `ramp`, this is `canary`"),
    "too long": (waiver(ends="2026-12-10"), {}, "it lasts 31 days, and the rule allows 30 at `canary`"),
    "no days for this stage": (waiver(), {"waivable": {"by": ["risk"], "max_days": {"ramp": 30}}}, "the rule allows 0 at `canary`"),
    "a grantor without the role": (waiver(approved_by="otto"), {}, "`otto` holds none of the roles that may grant it (risk)"),
    "a grantor who is gone": (waiver(approved_by="zoe"), {}, "`zoe` holds none of the roles"),
    "a rule that is not waivable": (waiver(), {"waivable": None}, "the rule can not be waived"),
    "an outcome that is not excusable": (
        waiver(),
        {"waivable": {"by": ["risk"], "max_days": 30, "outcomes": ["insufficient"]}},
        "the rule may be waived when it is insufficient, and it is fail",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DEAD_WAIVERS)
def test_a_waiver_that_does_not_count_says_why(tmp_path, case):
    given, rule, words = DEAD_WAIVERS[case]
    answer = approved(failing(tmp_path, given, **rule), RITA)
    asks(answer, "deny", "promote")
    assert f"waiver W-1 does not help: {words}" in answer.failed()[ACCURACY] or words in answer.failed()[ACCURACY]


@pytest.mark.parametrize("other", [{"version": "1.9.0"}, {"model": "fraud"}, {"rule": "evidence.other"}])
def test_a_waiver_of_something_else_is_not_even_mentioned(tmp_path, other):
    answer = approved(failing(tmp_path, waiver(**other)), RITA)
    asks(answer, "deny", "promote")
    assert "waiver" not in answer.failed()[ACCURACY]


def test_a_dead_waiver_does_not_spoil_a_live_one(tmp_path):
    dead = waiver(id="W-0", starts="2026-10-01", ends="2026-10-20")
    answer = approved(failing(tmp_path, dead, waiver()), RITA)
    asks(answer, "allow", "promote")
    assert answer.of(ACCURACY)[0]["waiver"] == "W-1"


def test_a_waiver_of_one_rule_fills_no_quorum(tmp_path):
    asks(approved(failing(tmp_path, waiver())), "hold", "promote")


def test_a_malformed_waiver_on_base_allows_nothing(tmp_path):
    broken = waiver()
    del broken["ends"]
    answer = approved(failing(tmp_path, broken), RITA)
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "policies/waivers/W-1.yaml" in answer.problems()


def test_a_waiver_is_granted_by_whom_it_names(tmp_path):
    world = make(tmp_path)
    world.write("policies/waivers/W-1.yaml", dump(waiver()))
    asks(approved(world), "hold", "waiver")
    asks(approved(world, RAVI), "hold", "waiver")
    asks(approved(world, RITA), "allow", "waiver")


def test_taking_a_waiver_away_needs_nobody(tmp_path):
    world = failing(tmp_path, waiver())
    world.git("checkout", "-q", "-f", "-b", "away", world.base)
    world.remove("policies/waivers/W-1.yaml")
    asks(approved(world), "allow", "waiver")


WAIVER_FAULTS = {
    "two": ({"W-2": waiver(id="W-2"), "W-3": waiver(id="W-3")}, "it changes 2 waivers"),
    "an edit": ({"W-1": waiver(ends="2026-11-30")}, "it edits `policies/waivers/W-1.yaml`"),
}


@pytest.mark.parametrize("case", WAIVER_FAULTS)
def test_a_waiver_change_adds_or_removes_one(tmp_path, case):
    files, words = WAIVER_FAULTS[case]
    world = failing(tmp_path, waiver())
    world.git("checkout", "-q", "-f", "-b", "other", world.base)
    for name, value in files.items():
        world.write(f"policies/waivers/{name}.yaml", dump(value))
    answer = approved(world, RITA)
    asks(answer, "deny", "waiver")
    assert words in answer.failed()["change.is-one"]


def test_a_waiver_moves_no_model_with_it(tmp_path):
    world = make(tmp_path)
    world.write("policies/waivers/W-1.yaml", dump(waiver()))
    world.edit_card(stage="canary")
    answer = approved(world, RITA)
    asks(answer, "deny", "waiver")
    assert "a waiver comes or goes alone" in answer.failed()["change.is-one"]


# Policy changes


def tightened() -> str:
    return dump(policy({**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.85"}}, APPROVAL_RULE))


def test_the_rules_change_by_quorum(tmp_path):
    world = make(tmp_path)
    world.write("policies/lending.yaml", tightened())
    asks(approved(world, OLGA, author=OTTO), "hold", "policy")
    asks(approved(world, OLGA, OSSI, author=OTTO), "allow", "policy")


@pytest.mark.parametrize("path", [".github/workflows/ci.yml", "CODEOWNERS", "docs/CODEOWNERS", "src/.gitattributes",
                                  ".rampgate-version", ".gitmodules"])  # fmt: skip
def test_what_runs_the_gate_changes_by_quorum_too(tmp_path, path):
    world = make(tmp_path)
    world.write(path, "x\n")
    asks(approved(world, author=OTTO), "hold", "policy")


def without(value: dict[str, Any], name: str) -> dict[str, Any]:
    people = copy.deepcopy(value)
    people["people"] = [each for each in people["people"] if each["name"] not in name.split()]
    return people


LADDER_WITHOUT_PILOT = {**LADDER, "stages": LADDER["stages"][1:]}
BAD_POLICIES: dict[str, tuple[str, Any, str]] = {
    "no YAML": ("lending.yaml", "rules: [", "policies/lending.yaml"),
    "an unknown kind": ("lending.yaml", policy({**METRIC_RULE, "kind": "evidence.metric_witin"}), "did you mean `evidence.metric_within`?"),
    "an effect that loosens": (
        "lending.yaml",
        policy({**METRIC_RULE, "effect": {"canary": "block", "ramp": "warn", "majority": "warn", "full": "warn"}}),
        "the effect loosens up the ladder",
    ),
    "a rule that has ended": ("lending.yaml", policy({**METRIC_RULE, "in_force": {"to": "2026-11-19"}}), "it ended on 2026-11-19"),
    "a quorum that nobody reaches": ("governance.yaml", {**GOVERNANCE, "policy_change": {"slots": [{"role": "policy_owner", "count": 3}]}}, "could never get its quorum"),
    "too few people for the quorum": ("people.yaml", without(PEOPLE, "ossi"), "could never get its quorum"),
    "a role that nobody holds any more": ("people.yaml", without(PEOPLE, "rita ravi bob"), "nobody holds the role `risk`"),
    "a stage in use that is gone": ("ladder.yaml", LADDER_WITHOUT_PILOT, "card.yaml:5:11: unknown stage `pilot`"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_POLICIES)
def test_rules_that_would_not_work_are_denied_whoever_approves(tmp_path, case):
    name, content, words = BAD_POLICIES[case]
    world = make(tmp_path)
    world.write(f"policies/{name}", content if isinstance(content, str) else dump(content))
    answer = approved(world, OLGA, OSSI, author=OTTO)
    asks(answer, "deny", "policy")
    assert any(words in each["message"] for each in answer.of("policy.is-approved")), answer.of("policy.is-approved")


def test_deleting_a_control_file_is_denied(tmp_path):
    world = make(tmp_path)
    world.remove("policies/governance.yaml")
    answer = approved(world, OLGA, OSSI, author=OTTO)
    asks(answer, "deny", "policy")
    assert "policies/governance.yaml: the file is missing" in answer.failed()["policy.is-approved"]


def test_a_stage_is_renamed_with_its_former_name_and_cards_stay_where_they_stand(tmp_path):
    world = make(tmp_path, stage="canary")
    ladder = copy.deepcopy(LADDER)
    ladder["stages"][1] = {"name": "trial", "exposure_percent": 5, "formerly": ["canary"]}
    world.write("policies/ladder.yaml", dump(ladder))
    head = world.commit("rename")
    asks(
        world.judge(head, reviews=[world.review(OLGA, head), world.review(OSSI, head)], author=OTTO), "allow", "policy"
    )
    world.checkout("main")
    world.base = world.merge("work")
    world.branch("up")
    world.edit_card(stage="ramp")
    answer = approved(world, RITA)
    asks(answer, "allow", "promote")
    assert (answer.json["transition"]["from"], answer.json["transition"]["to"]) == ("trial", "ramp")


def test_writing_the_new_name_of_a_stage_is_an_edit_and_no_move(tmp_path):
    world = GovernedWorld(tmp_path, stage="canary")
    ladder = copy.deepcopy(LADDER)
    ladder["stages"][1] = {"name": "trial", "exposure_percent": 5, "formerly": ["canary"]}
    world.write("policies/ladder.yaml", dump(ladder))
    world.base = world.commit("renamed")
    start(world).edit_card(stage="trial")
    asks(approved(world), "allow", "amend")


def test_a_policy_change_moves_no_model(tmp_path):
    world = make(tmp_path)
    world.write("policies/lending.yaml", tightened())
    world.edit_card(stage="canary")
    answer = approved(world, OLGA, OSSI, author=OTTO)
    asks(answer, "deny", "policy")
    assert "a policy change moves no model" in answer.failed()["change.is-one"]


def bootstrap(tmp_path: Path) -> GovernedWorld:
    """A repository without rules, and a branch that brings the first ones."""
    world = GovernedWorld(tmp_path)
    world.git("checkout", "-q", "--orphan", "fresh")
    world.git("rm", "-rfq", "--cached", ".")
    for name in ("policies", "model_cards"):
        world.remove(name)
    world.write("README.md", "a repository\n")
    world.base = world.commit("a repository")
    world.git("branch", "-f", "main", "fresh")
    world.branch("init")
    for name, value in (("people", PEOPLE), ("ladder", LADDER), ("models", MODELS), ("governance", GOVERNANCE)):
        world.write(f"policies/{name}.yaml", dump(value))
    world.write("policies/lending.yaml", tightened())
    return world


def test_the_first_rules_are_judged_by_what_they_bring(tmp_path):
    world = bootstrap(tmp_path)
    asks(approved(world, author=OTTO), "hold", "policy")
    asks(approved(world, OLGA, OSSI, author=OTTO), "allow", "policy")


def test_the_first_rules_are_not_approved_by_their_author(tmp_path):
    answer = approved(bootstrap(tmp_path), OTTO, OLGA, author=OTTO)
    asks(answer, "hold", "policy")
    assert answer.ignored() == {"otto": "opened this pull request"}


def test_the_first_rules_come_without_cards(tmp_path):
    world = bootstrap(tmp_path)
    world.add_version(card(stage="full"))
    asks(approved(world, OLGA, OSSI, author=OTTO), "deny", "policy")


def test_cards_without_any_rules_are_invalid(tmp_path):
    world = bootstrap(tmp_path)
    world.remove("policies")
    world.add_version(card())
    answer = approved(world)
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "there are no policies on the base branch" in answer.problems()


# Input that can not be believed


def test_a_reviews_file_that_is_no_json_is_an_undecided_decision(tmp_path):
    world = make(tmp_path)
    world.edit_card(stage="canary")
    head = world.commit("promote")
    path = tmp_path / "broken.json"
    path.write_text('{"reviews": [')
    answer = world.gate(head, extra=("--reviews", str(path)))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "broken.json" in answer.problems()


def test_a_policy_rule_does_not_take_the_id_of_a_rule_of_rampgate(tmp_path):
    """A waivable rule of that id would let a waiver excuse the built-in one."""
    world = GovernedWorld(tmp_path, rules=({**METRIC_RULE, "id": "change.is-one"},))
    start(world).edit_card(stage="canary")
    answer = approved(world, RITA)
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "rule id `change.is-one` belongs to a rule that rampgate applies by itself" in answer.problems()


def test_the_moment_is_part_of_the_input_and_nothing_else_is(tmp_path):
    world = make(tmp_path)
    world.edit_card(stage="canary")
    head = world.commit("promote")
    reviews = [world.review(RITA, head)]
    first = world.judge(head, reviews=reviews)
    world.write(f"{FOLDER}/card.yaml", "stage: [what the work tree holds plays no part\n")
    again = world.judge(head, reviews=reviews)
    assert first.text == again.text
    assert first.json["evaluated_at"] == NOW


def test_the_work_of_another_person_is_counted_against_them(tmp_path):
    world = make(tmp_path)
    world.edit_card(stage="canary")
    head = world.commit("promote", author=("Rita", RITA["email"]))
    answer = world.judge(head, reviews=[world.review(RITA, head), world.review(BOB, head)])
    asks(answer, "hold", "promote")
