"""A restore on real Git: back to at most the stage that a rollback left, once, in time, with that stage's full quorum.

Whoever could forge the memory of a rollback could skip rungs, so most of the stories are of attempts to.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from worlds.governed_world import (
    APPROVAL_RULE,
    ARTIFACT,
    LADDER,
    METRIC_RULE,
    RAVI,
    RITA,
    Answer,
    GovernedWorld,
    card,
    dump,
    evidence,
)

FOLDER = "model_cards/credit-risk/2.0.0"
OTHER_ARTIFACT = "sha256:" + "b" * 64
DAY = "2026-11-20"
MOVE, REASON, ONE = "change.stage-move", "change.reason", "change.is-one"


def event(kind: str, before: str, after: str, date: str = DAY, **fields: Any) -> str:
    value = {
        "schema": "rampgate/event/v1", "kind": kind, "from": before, "to": after, "by": "alice", "date": date,
        "reason": "error rate doubled within the hour", **fields,
    }  # fmt: skip
    return dump(value)


def rolled_back(
    folder: Path, *moves: tuple[str, str, str], stage: str, rules: Any = None, **fields: Any
) -> GovernedWorld:
    """A world at `stage` whose main holds one event per (kind, from, to), a day each, the last one on 2026-11-19."""
    world = GovernedWorld(folder, stage=stage, rules=rules)
    for number, (kind, before, after) in enumerate(moves):
        date = f"2026-11-{20 - len(moves) + number:02}"
        world.write(f"{FOLDER}/events/{date}-{kind}-1.yaml", event(kind, before, after, date, **fields))
    world.base = world.commit("what happened so far")
    return world


def restore(world: GovernedWorld, before: str, to: str, *who: dict[str, Any], now: str = "", **fields: Any) -> Answer:
    """Ask for the restore on a branch and judge it with these approvals."""
    world.branch(f"restore-{len(world.git('branch', '--list').splitlines())}", world.base)
    world.edit_card(stage=to)
    day = now[:10] or DAY
    world.write(f"{FOLDER}/events/{day}-restore-1.yaml", event("restore", before, to, day, **fields))
    return judged(world, *who, now=now)


def judged(world: GovernedWorld, *who: dict[str, Any], now: str = "") -> Answer:
    head = world.commit("restore")
    reviews = [world.review(each, head) for each in who]
    return world.judge(head, reviews=reviews, **({"now": now} if now else {}))


def says(answer: Answer, verdict: str, change: str = "restore") -> None:
    found = (answer.json["verdict"], answer.json["change"])
    assert found == (verdict, change), f"{found}: {answer.failed()} {answer.problems()}"


@pytest.mark.parametrize("to", ["canary", "ramp", "majority"])
def test_a_version_comes_back_to_at_most_the_stage_it_left(tmp_path, to):
    world = rolled_back(tmp_path, ("rollback", "majority", "pilot"), stage="pilot", artifact=ARTIFACT)
    says(restore(world, "pilot", to, RITA), "allow")


def test_a_restore_beyond_the_stage_that_was_left_is_denied(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "ramp", "canary"), stage="canary")
    answer = restore(world, "canary", "majority", RITA)
    says(answer, "deny")
    assert answer.failed() == {MOVE: "the rollback of 2026-11-19 left `ramp`; a restore to `majority` goes beyond it"}


def test_a_restore_needs_the_full_quorum_and_the_evidence_of_the_stage_entered(tmp_path):
    """Rules of other rungs do not speak; those of the rung entered all do."""
    two = {**APPROVAL_RULE, "applies": {"entering": ["majority"]}, "with": {"slots": [{"role": "risk", "count": 2}]}}
    world = rolled_back(tmp_path, ("rollback", "majority", "canary"), stage="canary", rules=(METRIC_RULE, two))
    one = restore(world, "canary", "majority", RITA)
    says(one, "hold")
    assert one.outcome("evidence.accuracy-floor") == "pass"
    says(restore(world, "canary", "majority", RITA, RAVI), "allow")
    world.checkout("main")
    world.edit_card(stage="canary")
    world.replace_evidence(evidence(50, 50))
    world.base = world.commit("worse than thought")
    worse = restore(world, "canary", "majority", RITA, RAVI)
    says(worse, "deny")
    assert set(worse.failed()) == {"evidence.accuracy-floor"}


@pytest.mark.parametrize(("day", "verdict"), [("2026-12-19", "allow"), ("2026-12-20", "deny")])
def test_it_is_possible_for_thirty_days_the_last_included(tmp_path, day, verdict):
    world = rolled_back(tmp_path, ("rollback", "ramp", "canary"), stage="canary")
    answer = restore(world, "canary", "ramp", RITA, now=f"{day}T10:00:00Z")
    says(answer, verdict)
    if verdict == "deny":
        words = "the rollback of 2026-11-19 could be undone within 30 days, until 2026-12-19"
        assert answer.failed() == {MOVE: words}


def test_the_ladder_says_how_many_days(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "ramp", "canary"), stage="canary")
    world.checkout("main")
    world.write("policies/ladder.yaml", dump({**LADDER, "restore_days": 1}))
    world.base = world.commit("one day")
    says(restore(world, "canary", "ramp", RITA, now="2026-11-20T23:59:59Z"), "allow")
    says(restore(world, "canary", "ramp", RITA, now="2026-11-21T00:00:00Z"), "deny")


def test_a_restore_to_the_last_rung_sends_who_serves_there_to_standby(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "full", "ramp"), stage="ramp")
    world.checkout("main")
    world.add_version(card(version="1.4.0", stage="full", artifact={"uri": "s3://old", "digest": OTHER_ARTIFACT}))
    world.base = world.commit("the fallback serves")
    alone = restore(world, "ramp", "full", RITA)
    says(alone, "deny")
    assert "version 1.4.0 still stands at `full`" in alone.failed()[MOVE]
    world.edit_card(version="1.4.0", stage="standby")
    answer = judged(world, RITA)
    says(answer, "allow")
    assert answer.json["transition"]["supersedes"] == "1.4.0"


def test_a_restore_waits_for_no_least_stay(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "ramp", "canary"), stage="canary")
    world.checkout("main")
    stages = [{**each, "dwell_days": 7} if each["name"] == "canary" else each for each in LADDER["stages"]]
    world.write("policies/ladder.yaml", dump({**LADDER, "stages": stages}))
    world.base = world.commit("a week at least")
    says(restore(world, "canary", "ramp", RITA), "allow")


def test_without_a_restore_event_it_stays_a_promotion(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "majority", "canary"), stage="canary")
    world.branch("up")
    world.edit_card(stage="majority")
    answer = judged(world, RITA)
    says(answer, "deny", "promote")
    assert "from `canary` to `ramp`, not to `majority`" in answer.failed()[MOVE]
    world.edit_card(stage="ramp")
    says(judged(world, RITA), "allow", "promote")


def test_a_restore_carries_its_stage_line_and_its_event_alone(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "ramp", "canary"), stage="canary")
    restore(world, "canary", "ramp", RITA)
    world.write(f"{FOLDER}/runbook.md", "call nobody\n")
    answer = judged(world, RITA)
    says(answer, "deny")
    assert f"it also changes `{FOLDER}/runbook.md`" in answer.failed()[ONE]


# B24: rungs are skipped with the help of a rollback


def test_B24_a_restore_without_any_rollback_on_record_is_denied(tmp_path):
    world = rolled_back(tmp_path, stage="pilot")
    answer = restore(world, "pilot", "full", RITA, RAVI)
    says(answer, "deny")
    assert answer.failed() == {MOVE: "nothing can be restored: no rollback of this version is on record"}


def test_B24_a_rollback_in_the_same_pull_request_is_no_memory(tmp_path):
    world = rolled_back(tmp_path, stage="pilot")
    world.branch("forged")
    world.edit_card(stage="full")
    world.write(f"{FOLDER}/events/a.yaml", event("rollback", "full", "pilot", "2026-11-19", artifact=ARTIFACT))
    world.write(f"{FOLDER}/events/b.yaml", event("restore", "pilot", "full"))
    answer = judged(world, RITA)
    says(answer, "deny")
    assert answer.failed()[MOVE] == "nothing can be restored: no rollback of this version is on record"
    assert "adds one event file, not 2" in answer.failed()[ONE]


@pytest.mark.parametrize("what", ["added", "edited", "removed"])
def test_B24_no_event_is_written_without_its_move(tmp_path, what):
    """At the first stage an edit waits for nobody, and a forged event would open the way to everybody."""
    world = rolled_back(tmp_path, ("rollback", "canary", "pilot"), stage="pilot", artifact=ARTIFACT)
    world.branch("forge")
    path = f"{FOLDER}/events/2026-11-19-rollback-1.yaml"
    if what == "removed":
        world.remove(path)
    else:
        path = path if what == "edited" else f"{FOLDER}/events/2026-11-20-rollback-1.yaml"
        world.write(path, event("rollback", "full", "pilot", path.rpartition("/")[2][:10], artifact=ARTIFACT))
    answer = judged(world, RITA)
    says(answer, "deny", "amend")
    assert answer.failed()[ONE].startswith(f"it touches the event `{path}`")


def test_B24_a_new_version_brings_no_event_along(tmp_path):
    world = rolled_back(tmp_path, stage="pilot")
    world.branch("register")
    world.add_version(card(version="3.0.0"))
    world.write("model_cards/credit-risk/3.0.0/events/a.yaml", event("rollback", "full", "pilot", artifact=ARTIFACT))
    answer = judged(world, RITA)
    says(answer, "deny", "register")
    assert "an event comes in the change that makes its move" in answer.failed()[ONE]


def test_B24_a_rollback_that_names_another_artifact_is_denied(tmp_path):
    world = GovernedWorld(tmp_path, stage="canary")
    world.branch("down")
    world.edit_card(stage="pilot")
    world.write(f"{FOLDER}/events/a.yaml", event("rollback", "canary", "pilot", artifact=OTHER_ARTIFACT))
    answer = judged(world)
    says(answer, "deny", "rollback")
    assert answer.failed() == {REASON: "the event names another artifact than the card"}


def test_B24_a_rollback_dated_before_the_last_event_is_denied(tmp_path):
    """It would leave an earlier rollback, from further up, as the last one."""
    world = rolled_back(tmp_path, ("rollback", "full", "canary"), stage="ramp")
    world.branch("down")
    world.edit_card(stage="canary")
    world.write(f"{FOLDER}/events/a.yaml", event("rollback", "ramp", "canary", "2026-11-18"))
    answer = judged(world)
    says(answer, "deny", "rollback")
    assert answer.failed() == {REASON: "the event is dated 2026-11-18, before the last one of this version"}


def test_B24_another_artifact_is_not_restored_from_the_first_stage(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "majority", "pilot"), stage="pilot", artifact=ARTIFACT)
    world.checkout("main")
    world.edit_card(artifact={"uri": "s3://models/y", "digest": OTHER_ARTIFACT})
    body = evidence()
    body["subject"]["artifact"] = OTHER_ARTIFACT
    world.replace_evidence(body)
    world.base = world.commit("another artifact, which the first stage allows")
    answer = restore(world, "pilot", "majority", RITA)
    says(answer, "deny")
    assert answer.failed() == {MOVE: "nothing can be restored: what was rolled back on 2026-11-19 was another artifact"}


def test_B24_an_event_that_names_no_artifact_restores_nothing_from_the_first_stage(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "majority", "pilot"), stage="pilot")
    answer = restore(world, "pilot", "canary", RITA)
    says(answer, "deny")
    assert "names no artifact, and at `pilot` the artifact may have changed since" in answer.failed()[MOVE]


def test_B24_an_artifact_changed_together_with_the_restore_is_denied(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "majority", "pilot"), stage="pilot", artifact=ARTIFACT)
    restore(world, "pilot", "majority", RITA)
    world.edit_card(artifact={"uri": "s3://models/y", "digest": OTHER_ARTIFACT})
    answer = judged(world, RITA)
    says(answer, "deny")
    assert set(answer.failed()) >= {MOVE, ONE}


USED = {
    "a restore has answered it": (
        [("rollback", "full", "canary"), ("restore", "canary", "ramp")],
        "ramp",
        "its last rollback, of 2026-11-18, went to `canary`, and it stands at `ramp`",
    ),
    "one has answered it, and it stands there again": (
        [("rollback", "full", "canary"), ("restore", "canary", "ramp"), ("restore", "standby", "full")],
        "canary",
        "a restore on record has already answered its rollback of 2026-11-17",
    ),
    "it has climbed since": (
        [("rollback", "full", "pilot")],
        "canary",
        "its last rollback, of 2026-11-19, went to `pilot`, and it stands at `canary`",
    ),
    "an earlier rollback came from further up": (
        [("rollback", "full", "majority"), ("rollback", "majority", "canary"), ("restore", "canary", "majority")],
        "majority",
        "its last rollback, of 2026-11-18, went to `canary`, and it stands at `majority`",
    ),
}


@pytest.mark.parametrize("case", USED)
def test_B24_a_rollback_is_undone_once_and_only_while_it_is_the_last(tmp_path, case):
    moves, stage, words = USED[case]
    answer = restore(rolled_back(tmp_path, *moves, stage=stage), stage, "full", RITA)
    says(answer, "deny")
    assert answer.failed() == {MOVE: f"nothing can be restored: {words}"}


def test_B24_two_rollbacks_of_one_day_lead_back_to_the_last_one_s_stage_at_most(tmp_path):
    """Full to majority and on to canary: back to majority, and from there by promotion."""
    world = GovernedWorld(tmp_path, stage="canary")
    world.write(f"{FOLDER}/events/{DAY}-rollback-9.yaml", event("rollback", "full", "majority"))
    world.write(f"{FOLDER}/events/{DAY}-rollback-10.yaml", event("rollback", "majority", "canary"))
    world.base = world.commit("a long night")
    says(restore(world, "canary", "full", RITA), "deny")
    says(restore(world, "canary", "majority", RITA), "allow")


def test_B24_of_two_rollbacks_of_one_day_to_one_stage_the_lower_counts(tmp_path):
    world = GovernedWorld(tmp_path, stage="canary")
    world.write(f"{FOLDER}/events/{DAY}-rollback-1.yaml", event("rollback", "ramp", "canary"))
    world.write(f"{FOLDER}/events/{DAY}-rollback-2.yaml", event("rollback", "full", "canary"))
    world.base = world.commit("twice")
    says(restore(world, "canary", "full", RITA), "deny")
    says(restore(world, "canary", "ramp", RITA), "allow")


def test_B24_a_restore_event_on_the_way_down_changes_no_rule(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "full", "ramp"), stage="ramp")
    world.branch("down")
    world.edit_card(stage="canary")
    world.write(f"{FOLDER}/events/a.yaml", event("restore", "ramp", "full"))
    answer = judged(world)
    says(answer, "deny", "rollback")
    assert answer.failed() == {REASON: "the event tells another move than the cards"}


def test_a_restore_is_accounted_for_by_somebody_who_did_it(tmp_path):
    world = rolled_back(tmp_path, ("rollback", "ramp", "canary"), stage="canary")
    answer = restore(world, "canary", "ramp", RITA, by="rita")
    says(answer, "deny")
    assert answer.failed() == {REASON: "`rita` is named as who did it, but had no hand in this change"}
