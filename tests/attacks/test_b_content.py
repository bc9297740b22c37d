"""Attacks in the content of a pull request: rules softened on the way, evidence that lies, files that are not files."""

from __future__ import annotations

import copy
import hashlib
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from worlds.governed_world import (
    ALICE,
    APPROVAL_RULE,
    ARTIFACT,
    DATASET,
    METRIC_RULE,
    MODELS,
    OLGA,
    OSSI,
    OTTO,
    PEOPLE,
    RAVI,
    RITA,
    STRANGER,
    GovernedWorld,
    approved,
    card,
    dump,
    evidence,
    policy,
)
from worlds.history_world import HistoryWorld

CARD = "model_cards/credit-risk/2.0.0/card.yaml"
FOLDER = "model_cards/credit-risk/2.0.0"
OTHER = "sha256:" + "b" * 64
FLOOR = "evidence.accuracy-floor"
LENIENT = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.10"}}
AS_OTTO = ("otto", OTTO["email"])


def line_of(world: GovernedWorld, path: str, text: str) -> int:
    return 1 + world.read(path)[: world.read(path).index(text)].count("\n")


def event(kind: str, before: str, after: str, **fields: Any) -> str:
    return dump(
        {
            "schema": "rampgate/event/v1",
            "kind": kind,
            "from": before,
            "to": after,
            "reason": "Error rate doubled since noon",
            "by": "alice",
            "date": "2026-11-20",
            **fields,
        }
    )


# B1 to B3: the rules


def test_B1_a_policy_loosened_in_the_same_pull_request_refuses_it(world: GovernedWorld) -> None:
    world.replace_evidence(evidence(50, 50))
    world.base = world.commit("a model that is not good enough")
    world.branch("promote")
    world.edit_card(stage="canary")
    world.write("policies/lending.yaml", dump(policy(LENIENT, APPROVAL_RULE)))
    head = world.commit("promote")
    answer = world.judge(head, reviews=[world.review(each, head) for each in (RITA, OTTO, OLGA)])
    assert (answer.exit, answer.verdict, answer.json["change"]) == (10, "deny", "policy")
    assert answer.failed()["change.is-one"].startswith("a policy change moves no model and brings no waiver")


def test_B1_the_rules_of_base_are_those_that_count(world: GovernedWorld) -> None:
    """The branch is built on a softer policy that has not landed; once it has landed, it counts."""
    world.replace_evidence(evidence(50, 50))
    world.base = world.commit("a model that is not good enough")
    world.branch("soft")
    world.write("policies/lending.yaml", dump(policy(LENIENT, APPROVAL_RULE)))
    soft = world.commit("soft", author=AS_OTTO)
    answer = world.judge(soft, reviews=[world.review(OLGA, soft)], author=OTTO)
    assert (answer.verdict, answer.of("policy.is-approved")[0]["found"]) == ("hold", "1 of 2")
    world.checkout("main")
    head = world.promotion()
    denied = world.judge(head, reviews=[world.review(RITA, head)])
    assert denied.verdict == "deny"
    assert "accuracy is 0.5000" in denied.failed()[FLOOR]
    world.land("soft")
    assert world.judge(head, reviews=[world.review(RITA, head)]).verdict == "allow"


CONTROL = {
    "policies/lending.yaml": dump(policy(LENIENT, APPROVAL_RULE)),
    "policies/README.md": "# Trust me\n",
    "policies/schemas/team.json": "{}\n",
    ".github/workflows/gate.yaml": "on: push\n",
    ".github/CODEOWNERS": "* @mallory\n",
    "CODEOWNERS": "* @mallory\n",
    "docs/CODEOWNERS": "* @mallory\n",
    "Docs/codeowners": "* @mallory\n",
    ".GitHub/workflows/gate.yaml": "on: push\n",
    ".gitattributes": "*.yaml -diff\n",
    "src/deep/.gitattributes": "* merge=union\n",
    ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = https://example.com/x\n',
    ".rampgate-version": "0.0.1\n",
}


@pytest.mark.parametrize("path", CONTROL)
def test_B2_a_control_path_is_a_policy_change_and_moves_no_model(world: GovernedWorld, path: str) -> None:
    world.branch("control")
    world.write(path, CONTROL[path])
    head = world.commit("control", author=AS_OTTO)
    alone = world.judge(head, reviews=[world.review(OLGA, head)], author=OTTO)
    assert (alone.exit, alone.verdict, alone.json["change"]) == (11, "hold", "policy")
    assert alone.outcome("policy.is-approved") == "waiting"
    world.edit_card(stage="canary")
    head = world.commit("and a promotion")
    mixed = approved(world, head)
    assert (mixed.exit, mixed.verdict, mixed.json["change"]) == (10, "deny", "policy")
    assert f"also changes `{CARD}`" in mixed.failed()["change.is-one"]


@pytest.mark.parametrize("path", ["Policies/lending.yaml", "POLICIES/extra.yaml", "policie\u017f/extra.yaml"])
def test_B2_another_spelling_of_the_policies_folder_is_refused(world: GovernedWorld, path: str) -> None:
    world.branch("control")
    world.write(path, dump(policy(LENIENT)))
    answer = approved(world, world.commit("control"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "the name differs from" in answer.problems()
    assert "only by case or accents" in answer.problems()


def test_B2_a_removed_control_file_is_a_policy_change_that_is_denied(world: GovernedWorld) -> None:
    world.branch("control")
    world.remove("policies/governance.yaml")
    answer = approved(world, world.commit("no more governance"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "policies/governance.yaml: the file is missing" in answer.failed()["policy.is-approved"]


def test_B2_a_waiver_in_a_promotion_refuses_it(world: GovernedWorld) -> None:
    head = world.promotion()
    world.write("policies/waivers/W-1.yaml", waiver())
    head = world.commit("and a waiver")
    answer = approved(world, head)
    assert (answer.exit, answer.verdict, answer.json["change"]) == (10, "deny", "waiver")
    assert answer.failed()["change.is-one"].startswith("a waiver comes or goes alone")


def test_B2_whoever_leaves_the_people_file_may_not_leave_cards_without_an_owner(world: GovernedWorld) -> None:
    """A card that names nobody can not be judged any more; the change that would do so is denied."""
    people = copy.deepcopy(PEOPLE)
    people["people"] = [each for each in people["people"] if each["name"] != "bob"]
    world.branch("people")
    world.write("policies/people.yaml", dump(people))
    head = world.commit("bob leaves", author=AS_OTTO)
    answer = approved(world, head, author=OTTO)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert f"{CARD}:" in answer.failed()["policy.is-approved"]
    assert "unknown person `bob`" in answer.failed()["policy.is-approved"]


def test_B3_a_second_policy_only_adds_rules(world: GovernedWorld) -> None:
    """A team's own file can tighten what another file asks, and never lower it: every file's rules must pass."""
    world.replace_evidence(evidence(50, 50))
    team = {**LENIENT, "id": "team.accuracy-floor"}
    world.write("policies/team.yaml", dump(policy(team)))
    world.base = world.commit("a team policy", author=AS_OTTO)
    head = world.promotion()
    answer = approved(world, head)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert set(answer.failed()) == {FLOOR}
    assert answer.outcome("team.accuracy-floor") == "pass"


@pytest.mark.parametrize("rule_id", [FLOOR, "people.known", "change.is-one"])
def test_B3_a_rule_can_not_take_the_id_of_another(world: GovernedWorld, rule_id: str) -> None:
    """A waivable rule under the id of one that rampgate applies by itself would excuse that one."""
    world.branch("policy")
    world.write("policies/team.yaml", dump(policy({**LENIENT, "id": rule_id})))
    answer = approved(world, world.commit("policy", author=AS_OTTO), author=OTTO)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert f"rule id `{rule_id}`" in answer.failed()["policy.is-approved"]


def test_B3_the_first_policies_are_not_approved_by_who_brings_them(world: GovernedWorld) -> None:
    """They are judged by the governance that they bring, so that must ask for somebody else."""
    policies = world.base
    world.git("checkout", "-q", "--orphan", "fresh")
    world.git("rm", "-rfq", ".")
    world.write("README.md", "before there were rules\n")
    world.base = world.commit("first")
    world.git("branch", "-f", "main", "fresh")
    world.branch("rules", "main")
    world.git("checkout", "-q", policies, "--", "policies")
    head = world.commit("rules", author=AS_OTTO)
    control = world.judge(head, reviews=[world.review(OLGA, head)], author=OTTO)
    assert (control.verdict, control.of("policy.is-approved")[0]["found"]) == ("hold", "1 of 2")
    assert world.judge(head, reviews=[world.review(each, head) for each in (OLGA, OSSI)], author=OTTO).exit == 0
    alone = {"policy_change": {"slots": [{"role": "business_owner", "author_counts": True}]}}
    world.write("policies/governance.yaml", dump({"schema": "rampgate/governance/v1", **alone}))
    answer = world.judge(world.commit("just me"), reviews=[], author=ALICE)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "policies/governance.yaml" in answer.failed()["policy.is-approved"]
    assert "would approve it by asking; another person has to" in answer.failed()["policy.is-approved"]


# B4 to B10: the move


def test_B4_a_moved_card_is_a_removed_and_a_new_one(world: GovernedWorld) -> None:
    world.branch("move")
    world.move(FOLDER, "model_cards/credit-risk/2.0.1")
    world.cards["credit-risk", "2.0.1"] = {**world.cards["credit-risk", "2.0.0"], "version": "2.0.1"}
    world.edit_card(version="2.0.1", stage="canary")
    answer = approved(world, world.commit("rename"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert answer.failed()["change.stage-move"] == "a new version starts at `pilot`, not at `canary`"
    assert "it removes the card of version 2.0.0, which stood at `pilot`" in answer.of("change.is-one")[0]["message"]


def test_B4_a_card_moved_to_another_model_is_denied(world: GovernedWorld) -> None:
    world.branch("move")
    world.move(FOLDER, "model_cards/fraud/2.0.0")
    answer = approved(world, world.commit("rename"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert answer.failed()["change.is-one"].startswith("it changes 2 models (`credit-risk`, `fraud`)")


def test_B4_a_card_whose_folder_says_another_version_is_refused(world: GovernedWorld) -> None:
    world.branch("twin")
    world.write("model_cards/credit-risk/2.1.0/card.yaml", world.read(CARD))
    answer = approved(world, world.commit("twin"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "the folder says `2.1.0`, the card says `2.0.0`" in answer.problems()


@pytest.mark.parametrize("stage", ["pilot", "ramp"])
def test_B5_a_deleted_card_is_denied(tmp_path: Path, stage: str) -> None:
    world = GovernedWorld(tmp_path, stage=stage)
    world.branch("delete")
    world.remove(FOLDER)
    answer = approved(world, world.commit("delete"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert f"it removes the card of version 2.0.0, which stood at `{stage}`" in answer.failed()["change.is-one"]
    # The way out is a retirement, which leaves the card.
    world.checkout("main")
    world.branch("retire")
    world.edit_card(stage="retired")
    world.write(f"{FOLDER}/events/retired.yaml", event("retire", stage, "retired"))
    control = world.judge(world.commit("retire"), reviews=[])
    assert (control.exit, control.verdict, control.json["change"]) == (0, "allow", "retire")


def test_B6_two_models_in_one_pull_request_are_denied(world: GovernedWorld) -> None:
    world.branch("two")
    world.edit_card(stage="canary")
    world.add_version(card("fraud", "1.0.0", tier="medium"))
    answer = approved(world, world.commit("two"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert answer.failed()["change.is-one"].startswith("it changes 2 models (`credit-risk`, `fraud`)")


def test_B6_two_versions_in_one_pull_request_are_denied(world: GovernedWorld) -> None:
    world.branch("two")
    world.edit_card(stage="canary")
    world.add_version(card(version="3.0.0"))
    answer = approved(world, world.commit("two"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "it also changes version 3.0.0" in answer.failed()["change.is-one"]


def test_B7_a_skipped_stage_is_denied(world: GovernedWorld) -> None:
    head = world.promotion("full")
    answer = world.judge(head, reviews=[world.review(RITA, head)])
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert answer.failed() == {
        "change.stage-move": "a promotion goes one rung up: from `pilot` to `canary`, not to `full`"
    }
    place = answer.of("change.stage-move")[0]["location"]
    assert (place["path"], place["line"]) == (CARD, line_of(world, CARD, '"stage"'))


@pytest.mark.parametrize("stage", ["standby", "retired"])
def test_B7_nothing_leaves_the_ladder_sideways_without_its_reason(world: GovernedWorld, stage: str) -> None:
    answer = approved(world, world.promotion(stage))
    assert (answer.exit, answer.verdict) == (10, "deny")
    rule = "change.stage-move" if stage == "standby" else "change.reason"
    assert rule in answer.failed()


def test_B7_an_unknown_stage_is_refused(world: GovernedWorld) -> None:
    answer = approved(world, world.promotion("canry"))
    assert answer.exit == 3
    assert "unknown stage `canry`; did you mean `canary`?" in answer.problems()


def test_B8_an_event_that_tells_another_move_than_the_card_is_denied(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, stage="ramp")
    world.branch("rollback")
    world.edit_card(stage="pilot")
    world.write(f"{FOLDER}/events/e1.yaml", event("rollback", "ramp", "canary"))
    answer = world.judge(world.commit("rollback"), reviews=[])
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert answer.failed() == {"change.reason": "the event tells another move than the cards"}
    world.write(f"{FOLDER}/events/e1.yaml", event("rollback", "ramp", "pilot"))
    control = world.judge(world.commit("rollback"), reviews=[])
    assert (control.exit, control.verdict) == (0, "allow")


def test_B8_what_the_pull_request_declares_plays_no_part(world: GovernedWorld) -> None:
    head = world.promotion("full")
    file = world.pull_request(head, world.base, ALICE, [world.review(RITA, head)])
    file["pull_request"]["title"] = "rollback credit-risk 2.0.0 to pilot"
    answer = world.judge(head, file=file)
    assert (answer.verdict, answer.json["change"]) == ("deny", "promote")


@pytest.mark.parametrize("stage", ["canary", "full", "standby", "retired"])
def test_B9_a_new_card_beyond_the_first_stage_is_denied(world: GovernedWorld, stage: str) -> None:
    world.branch("register")
    world.add_version(card(version="3.0.0", stage=stage))
    answer = approved(world, world.commit("register"))
    assert (answer.exit, answer.verdict, answer.json["change"]) == (10, "deny", "register")
    assert answer.failed() == {"change.stage-move": f"a new version starts at `pilot`, not at `{stage}`"}
    world.edit_card(version="3.0.0", stage="pilot")
    control = approved(world, world.commit("register"))
    assert (control.exit, control.verdict) == (0, "allow")


@pytest.mark.parametrize("kind", ["amend", "promote", "rollback"])
def test_B10_an_artifact_changed_after_the_first_stage_is_denied(tmp_path: Path, kind: str) -> None:
    """It is a new version; nothing is reset."""
    world = GovernedWorld(tmp_path, stage="canary")
    world.branch("swap")
    stage = {"amend": "canary", "promote": "ramp", "rollback": "pilot"}[kind]
    world.edit_card(stage=stage, artifact={"uri": "s3://models/x", "digest": OTHER})
    body = evidence()
    body["subject"]["artifact"] = OTHER
    if kind == "rollback":
        world.write(f"{FOLDER}/events/e1.yaml", event("rollback", "canary", "pilot"))
    else:
        world.replace_evidence(body)
    answer = approved(world, world.commit("swap"))
    assert (answer.exit, answer.verdict, answer.json["change"]) == (10, "deny", kind)
    assert answer.failed()["change.same-artifact"] == "the artifact of version 2.0.0 changed after `pilot`"
    finding = answer.of("change.same-artifact")[0]
    assert (finding["found"], finding["expected"], finding["location"]["path"]) == (OTHER, ARTIFACT, CARD)


def test_B10_an_artifact_may_change_at_the_first_stage(world: GovernedWorld) -> None:
    world.branch("swap")
    world.edit_card(artifact={"uri": "s3://models/x", "digest": OTHER}, evidence=None)
    world.remove(f"{FOLDER}/evidence")
    answer = approved(world, world.commit("swap"))
    assert (answer.exit, answer.verdict, answer.json["change"]) == (0, "allow", "amend")


def test_B10_an_artifact_swapped_after_the_approval_of_its_promotion_voids_it(world: GovernedWorld) -> None:
    """At the first stage the artifact may still change; evidence and approvals belong to its digest."""
    head = world.promotion()
    reviews = [world.review(RITA, head)]
    assert world.judge(head, reviews=reviews).verdict == "allow"
    world.edit_card(artifact={"uri": "s3://models/x", "digest": OTHER})
    swapped = world.commit("swap")
    answer = world.judge(swapped, reviews=reviews)
    assert (answer.exit, answer.verdict) == (12, "undecided")
    assert "it is about artifact" in answer.failed()[FLOOR]
    assert answer.ignored()["rita"].startswith("stale")
    assert answer.json["transition"]["artifact"] == OTHER


# B11 to B14: the evidence


def test_B11_evidence_edited_behind_the_cards_back_is_refused(world: GovernedWorld) -> None:
    head = world.promotion()
    world.write(f"{FOLDER}/evidence/performance.json", dump(evidence(99, 1)))
    edited = world.commit("a better number")
    answer = world.gate(edited, reviews=[world.review(RITA, edited)])
    assert (answer.exit, answer.verdict) == (3, "undecided")
    [problem] = answer.json["problems"]
    assert problem["message"] == "`performance.json` has another digest than the card says"
    assert problem["location"]["path"] == CARD
    assert (
        problem["location"]["line"]
        == line_of(
            world,
            CARD,
            '"digest": "sha256:',
        )
        or problem["location"]["line"] > 1
    )
    assert approved(world, head).verdict == "allow"


def test_B11_evidence_and_digest_edited_after_the_approval_void_it(world: GovernedWorld) -> None:
    head = world.promotion()
    reviews = [world.review(RITA, head)]
    assert world.judge(head, reviews=reviews).verdict == "allow"
    world.replace_evidence(evidence(99, 1))
    answer = world.judge(world.commit("a better number"), reviews=reviews)
    assert (answer.exit, answer.verdict) == (11, "hold")
    assert answer.ignored()["rita"].startswith("stale")


def test_B11_evidence_edited_where_a_version_serves_needs_its_quorum(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, stage="ramp")
    world.branch("amend")
    world.replace_evidence(evidence(99, 1))
    head = world.commit("history, improved")
    answer = world.judge(head, reviews=[])
    assert (answer.exit, answer.verdict, answer.json["change"]) == (11, "hold", "amend")
    assert answer.outcome("approval.risk-agrees") == "waiting"
    assert approved(world, head).verdict == "allow"


def test_B11_evidence_that_no_card_lists_is_refused(world: GovernedWorld) -> None:
    head = world.promotion()
    world.write(f"{FOLDER}/evidence/extra.json", dump(evidence()))
    answer = approved(world, world.commit("unlisted"))
    assert answer.exit == 3
    assert "`evidence/extra.json` is not listed under `evidence`" in answer.problems()
    assert approved(world, head).verdict == "allow"


@pytest.mark.parametrize("what", ["model", "version", "artifact", "declared dataset", "required dataset"])
def test_B12_evidence_about_something_else_is_not_enough(tmp_path: Path, what: str) -> None:
    strict = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "dataset": DATASET}}
    rules = (strict if what == "required dataset" else METRIC_RULE, APPROVAL_RULE)
    world = GovernedWorld(tmp_path, rules=rules)
    body = evidence()
    fields: dict[str, Any] = {}
    match what:
        case "model":
            body["subject"]["model"] = "fraud"
            words = "it is about fraud 2.0.0, not credit-risk 2.0.0"
        case "version":
            body["subject"]["version"] = "1.0.0"
            words = "it is about credit-risk 1.0.0, not credit-risk 2.0.0"
        case "artifact":
            body["subject"]["artifact"] = OTHER
            words = "it is about artifact"
        case "declared dataset":
            body["subject"] |= {"dataset": OTHER, "dataset_name": "holdout"}
            fields["data"] = {"sets": [{"name": "holdout", "role": "test", "digest": DATASET}]}
            words = "its data set `holdout` is"
        case _:
            body["subject"]["dataset"] = OTHER
            words = "it is about data set"
    assert approved(world, world.promotion()).verdict == "allow"
    world.replace_evidence(body)
    world.edit_card(**fields)
    answer = approved(world, world.commit("borrowed evidence"))
    assert (answer.exit, answer.verdict) == (12, "undecided")
    assert set(answer.failed()) == {FLOOR}
    assert words in answer.failed()[FLOOR]


def test_B12_a_second_file_that_fits_does_not_hide_one_that_does_not(world: GovernedWorld) -> None:
    """All that match are judged, and the worst counts: nobody picks the better run."""
    world.branch("promote")
    world.edit_card(stage="canary")
    world.replace_evidence(evidence(95, 5), evidence(60, 40))
    answer = approved(world, world.commit("two runs"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "`evidence/performance1.json`: accuracy is 0.6000" in answer.failed()[FLOOR]


@pytest.mark.parametrize("age", ["too old", "to come"])
def test_B12_evidence_of_another_day_is_not_enough(tmp_path: Path, age: str) -> None:
    rule = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "max_age_days": 30}}
    world = GovernedWorld(tmp_path, rules=(rule, APPROVAL_RULE))
    head = world.promotion()
    assert approved(world, head).verdict == "allow"
    now = "2026-12-21T00:00:00Z" if age == "too old" else "2026-11-18T00:00:00Z"
    answer = world.judge(head, reviews=[world.review(RITA, head)], now=now)
    assert (answer.exit, answer.verdict) == (12, "undecided")
    assert set(answer.failed()) == {FLOOR}


@pytest.mark.parametrize("key", ["thresholds", "verdict", "approved_by", "policy"])
def test_B13_a_card_holds_no_thresholds_and_no_verdict(world: GovernedWorld, key: str) -> None:
    answer = approved(world, world.promotion(**{key: {"accuracy": "0.10"}}))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert f"`{key}`" in answer.problems()
    assert answer.json["problems"][0]["location"]["line"] == line_of(world, CARD, f'"{key}"')


def test_B13_what_the_evidence_says_of_limits_is_not_read(world: GovernedWorld) -> None:
    world.branch("promote")
    world.edit_card(stage="canary")
    world.replace_evidence(evidence(50, 50, results={"accuracy": "0.99", "passed": True, "at_least": "0.10"}))
    answer = approved(world, world.commit("promote"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "accuracy is 0.5000" in answer.failed()[FLOOR]


def test_B13_measures_that_contradict_their_counts_are_refused(world: GovernedWorld) -> None:
    measures = [{"metric": "accuracy", "n": 200, "k": 198, "value": "0.99"}]
    world.branch("promote")
    world.edit_card(stage="canary")
    world.replace_evidence(evidence(50, 50, measures=measures))
    answer = approved(world, world.commit("promote"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "k is recorded as 198, but the counts give 100" in answer.problems()
    assert f"{FOLDER}/evidence/performance.json" in answer.problems()


def fairness(cells: dict[str, tuple[int, int]], **fields: Any) -> dict[str, Any]:
    """Fairness evidence by sex: group -> (selected, not selected), every label right."""
    rows = []
    for group, (selected, rest) in cells.items():
        rows += [[group, 0, 0, rest], [group, 1, 1, selected]]
    total = sum(row[-1] for row in rows)
    return evidence(
        kind="fairness",
        counts={"columns": ["sex", "y_true", "y_pred", "n"], "rows": rows},
        source={"uri": "scores.csv", "digest": DATASET, "rows": total},
        **fields,
    )


GROUPS_RULE: dict[str, Any] = {
    "id": "fairness.groups-are-covered",
    "kind": "fairness.groups_covered",
    "effect": "block",
    "with": {"evidence": "fairness", "by": ["sex"], "groups": ["Female", "Male"], "min_group": 100},
}
RATIO_RULE: dict[str, Any] = {
    "id": "fairness.selection-rate-by-sex",
    "kind": "fairness.ratio_at_least",
    "effect": "block",
    "with": {
        "evidence": "fairness", "metric": "selection_rate", "by": ["sex"], "at_least": "0.80", "min_group": 100,
        "decide_on": "point",
    },
}  # fmt: skip


@pytest.mark.parametrize("how", ["dropped", "too few", "suppressed", "renamed", "not split", "rows left out"])
def test_B14_a_hidden_group_is_never_a_pass(tmp_path: Path, how: str) -> None:
    world = GovernedWorld(tmp_path, rules=(GROUPS_RULE, RATIO_RULE, APPROVAL_RULE))
    world.branch("promote")
    world.edit_card(stage="canary")
    world.replace_evidence(fairness({"Female": (90, 110), "Male": (100, 100)}))
    control = approved(world, world.commit("both groups"))
    assert (control.exit, control.verdict) == (0, "allow")
    female: dict[str, Any] = {"suppressed": [{"sex": "Female"}], "minimum_cell": 10}
    expected, exit_code = "fairness.groups-are-covered", 12
    match how:
        case "dropped":
            body = fairness({"Male": (100, 100)})
        case "too few":
            body = fairness({"Female": (9, 10), "Male": (100, 100)})
        case "suppressed":
            body = fairness({"Male": (100, 100)}, **female)
        case "renamed":
            body = fairness({"female": (90, 110), "Male": (100, 100)})
        case "not split":
            body = evidence(kind="fairness")
        case _:
            body = fairness({"Male": (100, 100)}, **female)
            body["source"]["rows"] = 400
            exit_code = 3
    world.replace_evidence(body)
    answer = approved(world, world.commit(how))
    assert answer.exit == exit_code
    assert answer.verdict == "undecided"
    if exit_code == 3:
        assert "200 of the source's 400 rows are neither counted nor in a suppressed group" in answer.problems()
    else:
        assert expected in answer.failed()


def test_B14_a_failing_group_is_not_excused_by_a_thin_one(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, rules=(RATIO_RULE, APPROVAL_RULE))
    world.branch("promote")
    world.edit_card(stage="canary")
    world.replace_evidence(fairness({"Female": (20, 180), "Male": (100, 100), "Other": (1, 1)}))
    answer = approved(world, world.commit("promote"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert set(answer.failed()) == {"fairness.selection-rate-by-sex"}


# B15 to B22: files that are not what they look like


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../1.0.0/evidence/performance.json",
        "evidence/../../1.0.0/evidence/performance.json",
        "evidence/./performance.json",
        "evidence//performance.json",
        "evidence\\performance.json",
        "evidence/performance.json\u0000",
        "evidence/performance.json/",
        "~/performance.json",
        "https://example.com/performance.json",
        "",
    ],
)
def test_B15_a_path_that_leads_out_of_the_folder_is_refused(world: GovernedWorld, path: str) -> None:
    """A sibling version's evidence, the machine's own files, the network: none can be named."""
    old = evidence()
    old["subject"]["version"] = "1.0.0"
    world.add_version(card(version="1.0.0"), old)
    world.base = world.commit("an older version")
    digest = world.cards["credit-risk", "1.0.0"]["evidence"][0]["digest"]
    answer = approved(world, world.promotion(evidence=[{"path": path, "digest": digest}]))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    places = {problem["location"]["path"] for problem in answer.json["problems"]}
    assert places == {CARD}
    assert "path" in answer.text


def test_B15_a_path_that_exists_on_disk_alone_is_not_there(world: GovernedWorld) -> None:
    head = world.promotion(
        evidence=[*world.cards["credit-risk", "2.0.0"]["evidence"], {"path": "evidence/x.json", "digest": OTHER}]
    )
    world.write(f"{FOLDER}/evidence/x.json", dump(evidence()))
    answer = approved(world, head)
    assert answer.exit == 3
    assert "there is no file `evidence/x.json`" in answer.problems()


LINKS = {
    "evidence": f"{FOLDER}/evidence/performance.json",
    "card": CARD,
    "version folder": FOLDER,
    "model folder": "model_cards/credit-risk",
    "cards folder": "model_cards",
    "people": "policies/people.yaml",
    "policies folder": "policies",
    "prose": "model_cards/credit-risk/README.md",
    "workflows": ".github",
}


@pytest.mark.parametrize("what", LINKS)
def test_B16_symlinked_evidence_is_refused(world: GovernedWorld, what: str) -> None:
    """To Git a link is the text of its target; whoever opens it reads another file."""
    path = LINKS[what]
    world.promotion()
    if (world.root / path).exists():
        world.move(path, "elsewhere/real")
        world.symlink(path, "/".join([".."] * path.count("/") + ["elsewhere/real"]))
    else:
        world.symlink(path, "/etc")
    answer = approved(world, world.commit("link"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert f"{path}: a symbolic link stands where only a regular file may" in answer.problems()


def test_B16_a_link_alone_is_refused_where_only_prose_stands(world: GovernedWorld) -> None:
    world.branch("link")
    world.symlink("model_cards/credit-risk/README.md", "/etc/passwd")
    answer = approved(world, world.commit("link"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "a symbolic link" in answer.problems()


@pytest.mark.parametrize("path", [FOLDER + "/evidence/data", "model_cards/fraud", "policies/shared", ".github/actions"])
def test_B17_a_submodule_is_refused(world: GovernedWorld, path: str) -> None:
    world.promotion()
    world.gitlink(path)
    answer = approved(
        world,
        world._commit_index("submodule", ("Alice", ALICE["email"]), None, "2026-01-05T12:00:00Z", allow_empty=False),
    )
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert f"{path}: a submodule stands where only a regular file may" in answer.problems()


def test_B17_an_lfs_pointer_is_not_the_evidence(world: GovernedWorld) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'c' * 64}\nsize 1234\n"
    digest = "sha256:" + hashlib.sha256(pointer.encode()).hexdigest()
    world.branch("promote")
    world.write(f"{FOLDER}/evidence/performance.json", pointer)
    world.edit_card(stage="canary", evidence=[{"path": "evidence/performance.json", "digest": digest}])
    answer = approved(world, world.commit("lfs"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "this is a Git LFS pointer, not the evidence itself" in answer.problems()


def test_B18_attributes_do_not_change_what_is_read(world: GovernedWorld) -> None:
    """`ident` and `eol` change the bytes of the work tree; the judge reads the objects."""
    world.write(".gitattributes", "*.json text eol=crlf ident\n*.yaml -diff linguist-generated\n")
    world.base = world.commit("attributes, on base", author=AS_OTTO)
    head = world.promotion()
    answer = approved(world, head)
    assert (answer.exit, answer.verdict) == (0, "allow")


@pytest.mark.parametrize("path", [f"{FOLDER}/.gitattributes", "model_cards/.gitattributes"])
def test_B18_attributes_beside_a_card_are_refused(world: GovernedWorld, path: str) -> None:
    world.promotion()
    world.write(path, "card.yaml merge=union -diff\n")
    answer = approved(world, world.commit("attributes"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert f"{path}: rampgate does not know this file" in answer.problems()


def test_B18_a_union_merge_in_the_tree_does_not_settle_a_conflict(world: GovernedWorld) -> None:
    world.write(".gitattributes", "*.yaml merge=union\n")
    world.base = world.commit("union", author=AS_OTTO)
    head = world.promotion()
    world.checkout("main")
    world.edit_card(stage="retired")
    world.base = world.commit("meanwhile")
    answer = approved(world, head)
    assert answer.verdict == "undecided"
    assert answer.exit != 0
    assert CARD in answer.text
    assert "update the branch" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "Model_Cards/credit-risk/2.0.0/card.yaml",
        "MODEL_CARDS/evil/1.0/card.yaml",
        "model_cards/Credit-Risk/2.0.0/card.yaml",
        f"{FOLDER}/CARD.yaml",
        f"{FOLDER}/card.yml",
        f"{FOLDER}/card.yaml ",
        f"{FOLDER}/card.yaml.",
        "model_cards/credit-risk/2.0.0./card.yaml",
        "model_cards/credit-risk /2.0.0/card.yaml",
        f"{FOLDER}/evidence/Performance.JSON",
        f"{FOLDER}/Evidence/performance.json",
        f"{FOLDER}/events/\u212a.yaml",
    ],
)
def test_B19_names_that_another_system_takes_for_the_same_are_refused(world: GovernedWorld, path: str) -> None:
    world.promotion()
    world.write(path, "{}\n")
    answer = approved(world, world.commit("twin"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert f"{path}: " in answer.problems()
    assert "rampgate does not know this file" in answer.problems() or "only by case" in answer.problems()


@pytest.mark.parametrize("twin", ["2.0.0-RC", "Notes.md"])
def test_B19_twins_of_allowed_names_are_refused_too(world: GovernedWorld, twin: str) -> None:
    if twin == "Notes.md":
        world.branch("twins")
        world.write(f"{FOLDER}/notes.md", "a")
        world.write(f"{FOLDER}/Notes.md", "b")
    else:
        world.add_version(card(version="2.0.0-rc"))
        world.base = world.commit("one of them")
        world.branch("twins")
        world.add_version(card(version=twin))
    answer = approved(world, world.commit("the other"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "only by case" in answer.problems()


@pytest.mark.parametrize(
    "name", ["f\u00f6o", unicodedata.normalize("NFD", "f\u00f6o"), "a\nb", 'a"b', "a\tb", "\u202efdp", "-x", "a b"]
)
def test_B20_names_of_any_bytes_are_seen_and_refused(world: GovernedWorld, name: str) -> None:
    world.promotion()
    path = f"model_cards/{name}/1.0.0/card.yaml"
    world.write(path, dump(card()))
    head = world.commit("odd name")
    answer = approved(world, head)
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert path in {problem["location"]["path"] for problem in answer.json["problems"]}


def test_B20_a_name_that_is_no_text_is_refused(world: GovernedWorld) -> None:
    blob = world.hash_object(b"{}\n")
    version = world.make_tree([("100644", b"c\xff.yaml", blob)])
    cards = world.git("rev-parse", "HEAD:model_cards")
    model = world.make_tree([("40000", b"1.0.0", version)])
    inner = world.make_tree(
        [("40000", b"credit-risk", world.rev("HEAD:model_cards/credit-risk")), ("40000", b"x", model)]
    )
    root = world.make_tree([("40000", b"model_cards", inner), ("40000", b"policies", world.rev("HEAD:policies"))])
    head = world.make_commit(root, (world.base,))
    assert cards != inner
    answer = world.judge(head)
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "the path is not UTF-8" in answer.problems()


def test_B21_evidence_that_is_too_large_is_refused(world: GovernedWorld) -> None:
    body = dump(evidence())[:-2] + " " * (17 * 1024 * 1024) + "}\n"
    digest = "sha256:" + hashlib.sha256(body.encode()).hexdigest()
    world.branch("promote")
    world.write(f"{FOLDER}/evidence/performance.json", body)
    world.edit_card(stage="canary", evidence=[{"path": "evidence/performance.json", "digest": digest}])
    answer = approved(world, world.commit("large"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "performance.json" in answer.text or "bytes" in answer.problems()


@pytest.mark.parametrize("content", [b"\x00\x01\x02" * 100, b"\xff\xfe{}", b""])
def test_B21_evidence_that_is_no_text_is_refused(world: GovernedWorld, content: bytes) -> None:
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    world.branch("promote")
    world.write(f"{FOLDER}/evidence/performance.json", content)
    world.edit_card(stage="canary", evidence=[{"path": "evidence/performance.json", "digest": digest}])
    answer = approved(world, world.commit("binary"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert {p["location"]["path"] for p in answer.json["problems"]} == {f"{FOLDER}/evidence/performance.json"}


def many_commits(world: GovernedWorld, number: int, head_tree_from: str) -> str:
    """Return a branch of so many commits that ends in the tree of a commit."""
    tree, parent = world.tree(), world.base
    stream = []
    for count in range(number - 1):
        who = f"Alice <{ALICE['email']}> 1767614400 +0000"
        stream.append(
            f"commit refs/heads/many\nmark :{count + 1}\nauthor {who}\ncommitter {who}\ndata 1\nx\n"
            + (f"from {parent}\n" if count == 0 else "")
            + "\n"
        )
    world.git("fast-import", "--quiet", stdin="".join(stream))
    assert tree == world.tree(world.base)
    return world.make_commit(world.tree(head_tree_from), (world.rev("many"),))


def test_B21_more_commits_than_a_forge_lists_can_not_be_attributed(world: GovernedWorld) -> None:
    head = world.promotion()
    world.checkout("main")
    few, most = many_commits(world, 5, head), 251
    assert approved(world, few).verdict == "allow"
    world.git("branch", "-D", "many")
    answer = approved(world, many_commits(world, most, head))
    assert answer.verdict != "allow"
    assert answer.exit in (10, 12)
    assert any("more than 250" in each["message"] for each in answer.of("people.known"))


def test_B22_a_byte_order_mark_is_refused(world: GovernedWorld) -> None:
    world.promotion()
    world.write(CARD, b"\xef\xbb\xbf" + world.read(CARD).encode())
    answer = approved(world, world.commit("bom"))
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert {p["location"]["path"] for p in answer.json["problems"]} == {CARD}
    assert "byte order mark" in answer.problems().lower() or "U+FEFF" in answer.problems()


def test_B22_other_line_ends_void_an_approval(world: GovernedWorld) -> None:
    """The bytes are what is approved: two files that mean the same are not the same."""
    head = world.promotion()
    reviews = [world.review(RITA, head)]
    world.write(CARD, world.read(CARD).replace("\n", "\r\n"))
    answer = world.judge(world.commit("crlf"), reviews=reviews)
    assert (answer.exit, answer.verdict) == (11, "hold")
    assert answer.ignored()["rita"].startswith("stale")


def test_B22_other_line_ends_of_evidence_have_another_digest(world: GovernedWorld) -> None:
    world.promotion()
    path = f"{FOLDER}/evidence/performance.json"
    world.write(path, world.read(path).replace("\n", "\r\n"))
    answer = approved(world, world.commit("crlf"))
    assert answer.exit == 3
    assert "has another digest than the card says" in answer.problems()


# B23


def test_B23_a_revert_of_a_rollback_is_judged_as_the_move_that_it_is(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, stage="majority")
    world.branch("down")
    world.edit_card(stage="pilot")
    world.write(f"{FOLDER}/events/e1.yaml", event("rollback", "majority", "pilot"))
    down = world.commit("roll back")
    assert world.judge(down, reviews=[]).verdict == "allow"
    world.land("down")
    world.branch("revert")
    world.git("revert", "--no-edit", down)
    answer = approved(world, world.head)
    assert (answer.exit, answer.verdict, answer.json["change"]) == (10, "deny", "promote")
    assert "from `pilot` to `canary`, not to `majority`" in answer.failed()["change.stage-move"]


@pytest.fixture(scope="module")
def rolled_back_template(tmp_path_factory: pytest.TempPathFactory) -> HistoryWorld:
    world = HistoryWorld(tmp_path_factory.mktemp("rolled-back"))
    world.begin(at="2026-11-20T09:00:00Z")
    world.land(at="2026-11-21T09:00:00Z", stage="canary", verdict="allow")
    happened = lambda: world.write(f"{FOLDER}/events/e1.yaml", event("rollback", "canary", "pilot", artifact=ARTIFACT))  # noqa: E731
    world.land(happened, at="2026-11-22T09:00:00Z", stage="pilot", approved_by=(), verdict="allow")
    return world


@pytest.fixture
def rolled_back(rolled_back_template: HistoryWorld, tmp_path: Path) -> HistoryWorld:
    """Promoted to canary by record 2, and rolled back to pilot by record 3."""
    return rolled_back_template.copy(tmp_path)  # type: ignore[return-value]


REPLAYED, LATER = "stage.is-not-replayed", "2026-11-23T09:00:00Z"


def revert_of_the_rollback(world: GovernedWorld, branch: str) -> str:
    world.branch(branch)
    world.git("revert", "--no-edit", "-m", "1", world.base)
    return world.head


def test_B23_a_revert_of_a_revert_brings_no_old_promotion_back(rolled_back: HistoryWorld) -> None:
    world = rolled_back
    answer = approved(world, revert_of_the_rollback(world, "revert"), now=LATER)
    assert (answer.exit, answer.verdict, answer.json["change"]) == (10, "deny", "promote")
    assert answer.failed()[REPLAYED] == (
        "this very content came up before, by record 2; an old decision is no decision about today"
    )


def test_B23_the_same_bytes_by_another_hand_are_the_same(rolled_back: HistoryWorld) -> None:
    """Not the commit counts, nor who wrote it, nor what it is called."""
    world = rolled_back
    world.branch("by-hand")
    world.remove(f"{FOLDER}/events/e1.yaml")
    world.edit_card(stage="canary")
    head = world.commit("a promotion like any other", author=("Bob", "bob@example.com"))
    answer = approved(world, head, now=LATER)
    assert (answer.exit, answer.outcome(REPLAYED)) == (10, "fail")


def test_B23_new_evidence_beside_the_event_is_a_promotion_of_its_own(rolled_back: HistoryWorld) -> None:
    world = rolled_back
    world.branch("again")
    world.replace_evidence(evidence(95, 5))
    world.edit_card(stage="canary")
    answer = approved(world, world.commit("measured again"), now=LATER)
    assert (answer.exit, answer.verdict, answer.outcome(REPLAYED)) == (0, "allow", "pass")


def test_B23_a_restore_brings_it_back_and_says_why(rolled_back: HistoryWorld) -> None:
    world = rolled_back
    world.branch("restore")
    world.edit_card(stage="canary")
    world.write(f"{FOLDER}/events/e2.yaml", event("restore", "pilot", "canary", artifact=ARTIFACT, date="2026-11-23"))
    answer = approved(world, world.commit("restore"), now=LATER)
    assert (answer.exit, answer.verdict, answer.json["change"]) == (0, "allow", "restore")
    assert answer.outcome(REPLAYED) == "pass"


def test_B23_without_its_history_a_repository_that_declares_one_decides_nothing(rolled_back: HistoryWorld) -> None:
    world = rolled_back
    head = revert_of_the_rollback(world, "revert")
    world.rebuild([])
    answer = approved(world, head, now=LATER)
    assert answer.outcome(REPLAYED) == "insufficient"
    assert "there is no branch `decisions`" in answer.failed()[REPLAYED]


def test_B23_a_promotion_that_went_past_the_gate_holds_back_the_next(rolled_back: HistoryWorld) -> None:
    """Merged by an administrator although it was denied: on record, and so is what it cost."""
    world = rolled_back
    world.land(at=LATER, stage="canary", approved_by=(), verdict="hold")
    world.branch("next")
    world.edit_card(stage="ramp")
    head = world.commit("and on")
    answer = approved(world, head, now=LATER)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "record 4 (credit-risk)" in answer.failed()["record.is-clean"]
    world.checkout("main")
    said = {"schema": "rampgate/correction/v1", "corrects": 4, "conclusion": "accepted", "by": "otto",
            "reason": "the approval was there, on paper", "date": "2026-11-23"}  # fmt: skip
    world.land(lambda: world.write("policies/corrections/000004.yaml", dump(said)), at=LATER, by=OTTO,
               approved_by=(OLGA, OSSI), verdict="allow", corrects=[4])  # fmt: skip
    assert approved(world, head, now=LATER).verdict == "allow"


def rollback(world: GovernedWorld, to: str, before: str, **fields: Any) -> str:
    world.branch("rollback")
    world.edit_card(stage=to, **fields)
    world.write(f"{FOLDER}/events/e1.yaml", event("rollback", before, to))
    return world.commit("rollback")


def test_B24_a_rollback_that_goes_up_is_a_promotion(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, stage="canary")
    answer = approved(world, rollback(world, "majority", "canary"))
    assert (answer.exit, answer.verdict, answer.json["change"]) == (10, "deny", "promote")
    assert "from `canary` to `ramp`, not to `majority`" in answer.failed()["change.stage-move"]


def test_B24_a_rollback_needs_no_approval_and_carries_nothing_else(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, stage="majority")
    head = rollback(world, "canary", "majority")
    plain = world.gate(head, reviews=[])
    assert (plain.exit, plain.verdict, plain.json["change"]) == (0, "allow", "rollback")
    world.edit_card(summary="and a little edit")
    edit = world.judge(world.commit("edit"), reviews=[])
    assert (edit.exit, edit.verdict) == (10, "deny")
    assert edit.failed() == {"change.is-one": "a rollback changes nothing in the card but `stage`"}


@pytest.mark.parametrize("path", [f"{FOLDER}/runbook.md", "src/model.py", "model_cards/README.md"])
def test_B24_a_rollback_brings_no_other_file_in(tmp_path: Path, path: str) -> None:
    world = GovernedWorld(tmp_path, stage="majority")
    rollback(world, "canary", "majority")
    world.write(path, "something that nobody approved\n")
    answer = world.judge(world.commit("extra"), reviews=[])
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert f"it also changes `{path}`" in answer.failed()["change.is-one"]


def test_B24_a_rollback_brings_back_no_version_but_its_fallback(tmp_path: Path) -> None:
    """Otherwise an old version goes to everybody without anybody's approval."""
    world = GovernedWorld(tmp_path, stage="full")
    world.edit_card(fallback={"kind": "previous_model", "target": "credit-risk@1.1.0"})
    for version, stage in (("1.0.0", "standby"), ("1.1.0", "retired")):
        world.add_version(card(version=version, stage=stage))
    world.base = world.commit("older versions")
    head = rollback(world, "pilot", "full")
    assert world.judge(head, reviews=[]).verdict == "allow"
    world.edit_card(version="1.0.0", stage="full")
    answer = world.judge(world.commit("and an older one to everybody"), reviews=[])
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "version 1.0.0 is brought back" in answer.failed()["change.stage-move"]


def test_B24_a_rollback_by_somebody_unknown_is_denied(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, stage="majority")
    head = rollback(world, "canary", "majority")
    answer = world.judge(head, reviews=[], author=STRANGER)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "`mallory`, who opened the pull request" in answer.failed()["change.reason"]


# Beyond the list: waivers, scope, and what stands where a version serves


def waiver(**fields: Any) -> str:
    return dump(
        {
            "schema": "rampgate/waiver/v1",
            "id": "W-1",
            "rule": FLOOR,
            "model": "credit-risk",
            "version": "2.0.0",
            "entering": "canary",
            "reason": "Agreed in the risk committee",
            "owner": "alice",
            "approved_by": "rita",
            "starts": "2026-11-10",
            "ends": "2026-11-30",
            **fields,
        }
    )


WAIVERS: dict[str, tuple[dict[str, Any], str]] = {
    "another stage": ({"entering": "ramp"}, "it is for entering `ramp`, this is `canary`"),
    "another version": ({"version": "1.0.0"}, ""),
    "another rule": ({"rule": "approval.risk-agrees"}, ""),
    "ended yesterday": ({"ends": "2026-11-19"}, "it ended on 2026-11-19"),
    "starts tomorrow": ({"starts": "2026-11-21"}, "it starts on 2026-11-21"),
    "too long": ({"ends": "2026-12-31"}, "it lasts 52 days, and the rule allows 30 at `canary`"),
    "granted by nobody": ({"approved_by": "sam"}, "`sam` holds none of the roles that may grant it (risk)"),
}


@pytest.mark.parametrize("case", WAIVERS)
def test_F5_a_waiver_excuses_exactly_what_it_names(world: GovernedWorld, case: str) -> None:
    world.replace_evidence(evidence(50, 50))
    world.write("policies/waivers/W-1.yaml", waiver())
    world.base = world.commit("a waiver that holds")
    head = world.promotion()
    control = approved(world, head)
    assert (control.verdict, control.outcome(FLOOR)) == ("allow", "waived")
    assert control.json["valid_until"] == "2026-11-30"
    world.checkout("main")
    fields, words = WAIVERS[case]
    world.write("policies/waivers/W-1.yaml", waiver(**fields))
    world.base = world.commit("a waiver that does not")
    answer = approved(world, head)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert answer.outcome(FLOOR) == "fail"
    assert words in answer.failed()[FLOOR]


def test_F4_a_waiver_that_ended_before_the_merge_no_longer_helps(world: GovernedWorld) -> None:
    world.replace_evidence(evidence(50, 50))
    world.write("policies/waivers/W-1.yaml", waiver())
    world.base = world.commit("a waiver")
    head = world.promotion()
    reviews = [world.review(RITA, head)]
    assert world.judge(head, reviews=reviews, now="2026-11-30T23:59:59Z").verdict == "allow"
    assert world.judge(head, reviews=reviews, now="2026-12-01T00:00:00Z").verdict == "deny"


def test_F5_a_waiver_is_granted_by_who_it_names_and_by_nobody_else(world: GovernedWorld) -> None:
    world.branch("waiver")
    world.write("policies/waivers/W-1.yaml", waiver())
    head = world.commit("waiver")
    assert world.judge(head, reviews=[world.review(RAVI, head)]).verdict == "hold"
    assert world.judge(head, reviews=[world.review(RITA, head)]).verdict == "allow"
    by_rita = world.judge(head, reviews=[world.review(RITA, head)], author=RITA)
    assert (by_rita.exit, by_rita.verdict) == (10, "deny")
    assert "`rita` opened the pull request" in by_rita.failed()["waiver.is-granted"]


@pytest.mark.parametrize(
    ("fields", "exit_code", "message"),
    [
        ({"owner": "rita"}, 3, "can not grant a waiver to themselves"),
        ({"approved_by": "sam"}, 10, "`sam` holds no role that may waive"),
        ({"rule": "approval.risk-agrees"}, 10, "no policy has a waivable rule `approval.risk-agrees`"),
        ({"rule": "people.known"}, 10, "no policy has a waivable rule `people.known`"),
        ({"ends": "2027-11-30"}, 10, "and the rule allows 30"),
        ({"ends": "2026-02-31"}, 3, "2026-02-31"),
        ({"ends": None}, 3, "policies/waivers/W-1.yaml"),
        ({"version": "*"}, 3, "version"),
        ({"id": "W-2"}, 3, "a waiver's file is named by its id"),
    ],
)
def test_F5_a_waiver_too_wide_too_long_or_granted_to_oneself_never_lands(
    world: GovernedWorld, fields: dict[str, Any], exit_code: int, message: str
) -> None:
    world.branch("waiver")
    world.write("policies/waivers/W-1.yaml", waiver(**fields))
    answer = approved(world, world.commit("waiver"))
    assert answer.exit == exit_code
    assert message in (answer.problems() if exit_code == 3 else answer.failed()["waiver.is-granted"])


def test_F5_a_waiver_is_not_renewed_by_an_edit(world: GovernedWorld) -> None:
    world.write("policies/waivers/W-1.yaml", waiver())
    world.base = world.commit("a waiver")
    world.branch("renew")
    world.write("policies/waivers/W-1.yaml", waiver(starts="2026-11-20", ends="2026-12-15"))
    answer = approved(world, world.commit("renew"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "it edits `policies/waivers/W-1.yaml`" in answer.failed()["change.is-one"]


def test_F8_a_rule_that_is_put_off_needs_the_quorum_like_any_other_change(world: GovernedWorld) -> None:
    world.branch("later")
    later = {**METRIC_RULE, "in_force": {"from": "2099-01-01"}}
    world.write("policies/lending.yaml", dump(policy(later, APPROVAL_RULE)))
    head = world.commit("later", author=AS_OTTO)
    answer = world.judge(head, reviews=[world.review(OLGA, head)], author=OTTO)
    assert (answer.exit, answer.verdict, answer.json["change"]) == (11, "hold", "policy")
    assert answer.of("policy.is-approved")[0]["found"] == "1 of 2"


def test_scope_is_not_self_service_tier(world: GovernedWorld) -> None:
    answer = approved(world, world.promotion(tier="low"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "the tier of `credit-risk` is fixed" in answer.failed()["change.card-identity"]


def test_scope_is_not_self_service_task(world: GovernedWorld) -> None:
    answer = approved(world, world.promotion(task="regression"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "the task of `credit-risk` is fixed" in answer.failed()["change.card-identity"]
    assert answer.outcome(FLOOR) == "pass"


def test_a_model_that_no_registry_names_is_judged_as_high_and_by_every_tasks_rules(tmp_path: Path) -> None:
    rule = {**METRIC_RULE, "applies": {"tiers": ["high"], "tasks": ["binary_classification"]}}
    world = GovernedWorld(tmp_path, rules=(rule, {**APPROVAL_RULE, "with": {"slots": [{"role": "risk"}]}}))
    body = evidence(50, 50)
    body["subject"] |= {"model": "shadow", "version": "1.0.0"}
    world.add_version(card("shadow", "1.0.0", tier="low", task="regression"), body)
    world.base = world.commit("a model that no registry names")
    world.branch("promote")
    world.edit_card("shadow", "1.0.0", stage="canary")
    answer = approved(world, world.commit("promote"))
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert set(answer.failed()) == {FLOOR}


def test_a_registry_changed_in_the_same_pull_request_refuses_it(world: GovernedWorld) -> None:
    models = copy.deepcopy(MODELS)
    models["models"]["credit-risk"]["tier"] = "low"
    world.promotion(tier="low")
    world.write("policies/models.yaml", dump(models))
    answer = approved(world, world.commit("lower"))
    assert (answer.exit, answer.verdict, answer.json["change"]) == (10, "deny", "policy")


def test_what_was_approved_can_not_be_edited_away_where_it_serves(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, stage="ramp")
    world.branch("amend")
    world.edit_card(owners={"business": "alice", "technical": "alice"})
    head = world.commit("another owner")
    assert (world.judge(head, reviews=[]).verdict, world.judge(head, reviews=[]).exit) == ("hold", 11)
    assert approved(world, head).verdict == "allow"


def test_an_amendment_where_no_rule_asks_for_anybody_is_undecided(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, stage="ramp", rules=(METRIC_RULE,))
    world.branch("amend")
    world.edit_card(summary="an edit that nobody is asked about")
    answer = approved(world, world.commit("amend"))
    assert (answer.exit, answer.verdict) == (12, "undecided")


def test_a_promotion_to_which_no_rule_applies_is_undecided(tmp_path: Path) -> None:
    rule = {**METRIC_RULE, "applies": {"tiers": ["low"]}}
    world = GovernedWorld(tmp_path, rules=(rule,))
    answer = approved(world, world.promotion())
    assert (answer.exit, answer.verdict) == (12, "undecided")
    assert json.loads(answer.text)["summary"]["failed"] == 0
