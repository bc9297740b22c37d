"""A change of the rules in words: by the ids of rules, by persons and stages; looser or stricter only where certain."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pytest

from rampgate.app.judging.gate import GateRequest, examine
from rampgate.core.brief import brief_of
from rampgate.core.brief_changes import MOST
from rampgate.core.brief_control import control_changes
from rampgate.model.change import TouchedPath
from rampgate.model.sourced import Missing
from worlds.governed_world import (
    APPROVAL_RULE,
    GOVERNANCE,
    LADDER,
    METRIC_RULE,
    MODELS,
    NOW,
    PEOPLE,
    GovernedWorld,
    dump,
    policy,
)

LENDING = "policies/lending.yaml"
BASE: dict[str, Any] = {
    LENDING: policy(METRIC_RULE, APPROVAL_RULE),
    "policies/people.yaml": PEOPLE,
    "policies/ladder.yaml": LADDER,
    "policies/models.yaml": MODELS,
    "policies/governance.yaml": GOVERNANCE,
}
FLOOR, AGREES = METRIC_RULE["id"], APPROVAL_RULE["id"]
WAIVER = {
    "schema": "rampgate/waiver/v1", "id": "W-1", "rule": FLOOR, "model": "credit-risk", "version": "2.0.0",
    "entering": "canary", "reason": "agreed until March", "owner": "alice", "approved_by": "rita",
    "starts": "2026-11-01", "ends": "2026-12-01",
}  # fmt: skip


@dataclass
class Change:
    touched: tuple[TouchedPath, ...]


@dataclass
class Told:
    """The facts that the words rest on."""

    control_before: dict[str, Any]
    control_after: Any
    change: Change
    today: str = "2026-11-20"


def words(before: dict[str, Any], after: dict[str, Any] | Missing, *others: str) -> list[str]:
    new = {} if isinstance(after, Missing) else after
    paths = [path for path in {**before, **new} if before.get(path) != new.get(path) or path in others]
    touched = [TouchedPath(p, "1" if p in before else "", "2" if p in new else "", "100644") for p in sorted(paths)]
    return list(control_changes(Told(before, after, Change(tuple(touched)))).sentences)


def rules(*given: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**BASE, LENDING: policy(*given) | fields}


def metric(**fields: Any) -> dict[str, Any]:
    return copy.deepcopy(METRIC_RULE) | fields


def asks(*slots: dict[str, Any]) -> dict[str, Any]:
    return APPROVAL_RULE | {"with": {"slots": list(slots)}}


TWO = {"role": "risk", "count": 2}
ONE = {"role": "risk", "count": 1}
STAGES = {"pilot": "audit", "canary": "warn", "ramp": "block", "majority": "block", "full": "block"}
OF_RULES = {
    "a limit": (
        [METRIC_RULE], [metric(**{"with": METRIC_RULE["with"] | {"at_least": "0.90"}})],
        [f"rule {FLOOR}: at_least: 0.80 -> 0.90"],
    ),
    "an effect that is weaker": (
        [METRIC_RULE], [metric(effect="warn")], [f"looser: rule {FLOOR}: effect: block -> warn"]
    ),
    "an effect that is stronger": (
        [metric(effect="audit")], [metric(effect="warn")], [f"stricter: rule {FLOOR}: effect: audit -> warn"]
    ),
    "an effect by stage": (
        [METRIC_RULE], [metric(effect=STAGES)],
        [f"looser: rule {FLOOR}: effect at pilot: block -> audit", f"looser: rule {FLOOR}: effect at canary: block -> warn"],
    ),
    "an effect where the rule does not speak": (
        [metric(applies={"entering": ["full"]}, effect=STAGES)],
        [metric(applies={"entering": ["full"]}, effect=STAGES | {"canary": "block"})],
        [f"rule {FLOOR}: effect at canary: warn -> block"],
    ),
    "an effect beside another scope": (
        [METRIC_RULE], [metric(effect="warn", applies={"changes": ["promote", "restore"]})],
        [f"rule {FLOOR}: effect: block -> warn", f"rule {FLOOR}: applies.tasks: 1 removed (binary_classification)"],
    ),
    "an effect that a revision has replaced": (
        [metric(revisions=[{"from": "2026-01-01", "effect": "block"}])],
        [metric(effect="warn", revisions=[{"from": "2026-01-01", "effect": "block"}])],
        [f"rule {FLOOR}: effect: block -> warn"],
    ),
    "dates": (
        [metric(in_force={"from": "2026-01-01"})], [metric(in_force={"from": "2027-01-01", "to": "2027-06-01"})],
        [
            f"rule {FLOOR}: in_force.from: 2026-01-01 -> 2027-01-01",
            f"rule {FLOOR}: in_force.to: added, 2027-06-01",
        ],
    ),
    "a revision": (
        [metric(revisions=[{"from": "2027-01-01", "with": {"at_least": "0.85"}}])],
        [metric(revisions=[
            {"from": "2027-01-01", "with": {"at_least": "0.82"}}, {"from": "2027-06-01", "effect": "warn"},
        ])],
        [
            f"rule {FLOOR}: revision from 2027-01-01.with.at_least: 0.85 -> 0.82",
            f"rule {FLOOR}: revision from 2027-06-01: added, {{effect}}",
        ],
    ),
    "a rule that is gone": (
        [METRIC_RULE, APPROVAL_RULE], [APPROVAL_RULE],
        [f"looser: rule {FLOOR}: removed (evidence.metric_within; block)"],
    ),
    "a rule that only warned and is gone": (
        [metric(effect="warn"), APPROVAL_RULE], [APPROVAL_RULE],
        [f"rule {FLOOR}: removed (evidence.metric_within; warn)"],
    ),
    "a rule that had ended and is gone": (
        [metric(in_force={"to": "2026-11-19"}), APPROVAL_RULE], [APPROVAL_RULE],
        [f"rule {FLOOR}: removed (evidence.metric_within; block)"],
    ),
    "a rule in place of another of its kind": (
        [METRIC_RULE], [metric(id="evidence.floor-2", effect="warn")],
        [
            f"rule {FLOOR}: removed (evidence.metric_within; block)",
            "rule evidence.floor-2: added (evidence.metric_within; warn)",
        ],
    ),
    "a rule of another name": (
        [METRIC_RULE], [metric(id="evidence.floor-2")], [f"rule {FLOOR}: its id is evidence.floor-2 now"]
    ),
    "a rule that comes": (
        [APPROVAL_RULE], [APPROVAL_RULE, METRIC_RULE], [f"rule {FLOOR}: added (evidence.metric_within; block)"]
    ),
    "fewer persons": ([asks(TWO)], [asks(ONE)], [f"looser: rule {AGREES}: risk: 2 -> 1 persons"]),
    "more persons": ([asks(ONE)], [asks(TWO)], [f"stricter: rule {AGREES}: risk: 1 -> 2 persons"]),
    "a place that is gone": (
        [asks(ONE, {"role": "security"})], [asks(ONE)], [f"looser: rule {AGREES}: no longer asks for 1 x security"]
    ),
    "a place in place of another": (
        [APPROVAL_RULE], [asks(ONE)],
        [
            f"rule {AGREES}: no longer asks for 1 x risk, independent of the owner's team",
            f"rule {AGREES}: asks for 1 x risk",
        ],
    ),
    "another order of rules": (
        [METRIC_RULE, APPROVAL_RULE], [APPROVAL_RULE, METRIC_RULE], [f"{LENDING}: its rules stand in another order"]
    ),
    "what got looser comes first": (
        [METRIC_RULE, asks(ONE)],
        [metric(title="A floor"), asks(TWO) | {"effect": "warn"}],
        [
            f"looser: rule {AGREES}: effect: block -> warn",
            f"stricter: rule {AGREES}: risk: 1 -> 2 persons",
            f"rule {FLOOR}: title: added, A floor",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_RULES)
def test_a_rule_that_differs_is_told_by_its_id(case):
    before, after, sentences = OF_RULES[case]
    assert words(rules(*before), rules(*after)) == sentences


def test_a_rule_that_moves_to_another_file_is_neither_gone_nor_new():
    more = policy(METRIC_RULE) | {"policy": "numbers"}
    assert words(BASE, rules(APPROVAL_RULE) | {"policies/numbers.yaml": more}) == [
        f"rule {FLOOR}: it stands in policies/numbers.yaml now, and not in {LENDING}",
        "file policies/numbers.yaml: added",
    ]


def people(**changed: dict[str, Any] | None) -> dict[str, Any]:
    found = [
        each | (changed.get(each["name"]) or {})
        for each in PEOPLE["people"]
        if changed.get(each["name"], {}) is not None
    ]
    return {**BASE, "policies/people.yaml": PEOPLE | {"people": found}}


def test_persons_are_told_by_name_with_their_roles():
    found = people(
        bob=None, sam={"roles": ["security", "risk"]}, rita={"accounts": [{"forge": "github", "id": 9, "login": "r"}]}
    )
    found["policies/people.yaml"]["people"].append({"name": "eve", "roles": ["policy_owner", "risk"]})
    found["policies/people.yaml"]["teams"] = [
        {"forge": "github", "organization": "acme", "slug": "model-risk", "roles": ["risk"]}
    ]
    assert words(BASE, found) == [
        "person rita: accounts: 1 added (r (9)), 1 removed (rita (1005))",
        "person sam: roles: 1 added (risk)",
        "person eve: added, roles policy_owner, risk",
        "person bob: removed, roles engineer, risk",
        "team acme/model-risk: added, roles risk",
    ]


def test_stages_are_told_by_name_and_a_new_name_beside_the_old_one():
    stages = copy.deepcopy(LADDER["stages"])
    stages[1] |= {"name": "trial", "formerly": ["canary"], "exposure_percent": 10}
    after = {**BASE, "policies/ladder.yaml": LADDER | {"stages": stages, "restore_days": 14}}
    assert words(BASE, after) == [
        "stage canary: name: canary -> trial",
        "stage canary: exposure_percent: 5 -> 10",
        "stage canary: formerly: 1 added (canary)",
        "ladder: restore_days: added, 14",
    ]


def test_an_effect_by_stage_is_the_same_under_the_stages_new_name():
    stages = copy.deepcopy(LADDER["stages"])
    stages[1] |= {"name": "trial", "formerly": ["canary"]}
    renamed = {("trial" if name == "canary" else name): effect for name, effect in STAGES.items()}
    before = rules(metric(effect=STAGES))
    after = rules(metric(effect=renamed)) | {"policies/ladder.yaml": LADDER | {"stages": stages}}
    assert not [each for each in words(before, after) if "effect" in each]


def test_governance_models_and_waivers_are_told():
    before = BASE | {"policies/waivers/W-1.yaml": WAIVER}
    cap = GOVERNANCE | {"policy_change": {"slots": [{"role": "policy_owner"}]}, "waivers": {"max_days": 90}}
    models = copy.deepcopy(MODELS)
    models["models"]["fraud"]["tier"] = "low"
    after = {**BASE, "policies/governance.yaml": cap, "policies/models.yaml": models}
    assert words(before, after) == [
        "looser: for a change of the rules: policy_owner: 2 -> 1 persons",
        "governance: waivers: added, {max_days}",
        "model fraud: tier: medium -> low",
        f"waiver W-1: removed, it excused {FLOOR} of credit-risk 2.0.0 for canary, to 2026-12-01",
    ]


def test_a_change_of_the_layout_alone_is_called_so():
    assert words(BASE, BASE, LENDING) == [f"file {LENDING}: only comments or the layout changed"]


def test_what_can_not_be_read_is_not_told():
    assert words(BASE, Missing("it can not be read")) == []


def test_the_brief_of_a_policy_change_tells_it_and_how_much_more_there_is(tmp_path):
    world = GovernedWorld(tmp_path)
    world.branch("work")
    many = [metric(id=f"evidence.floor-{number}") for number in range(MOST + 4)]
    world.write(LENDING, dump(policy(*many, APPROVAL_RULE)))
    world.write(".github/CODEOWNERS", "* @acme/risk\n")
    head = world.commit("rules")
    answer = examine(GateRequest(world.root, world.base, head, NOW))
    told = brief_of(answer.decision, answer.facts)
    # The old rule has a new name, all but one are new, and the file beside them is told last.
    assert told.changes[0] == f"rule {FLOOR}: its id is evidence.floor-0 now"
    assert told.changes[1] == "rule evidence.floor-1: added (evidence.metric_within; block)"
    assert (len(told.changes), told.more_changes) == (MOST, 5)


def test_a_policy_that_does_not_work_is_told_as_a_file(tmp_path):
    world = GovernedWorld(tmp_path)
    world.branch("work")
    world.write(LENDING, "rules: 7\n")
    head = world.commit("broken")
    answer = examine(GateRequest(world.root, world.base, head, NOW))
    assert brief_of(answer.decision, answer.facts).changes == (f"file {LENDING}: changed",)
