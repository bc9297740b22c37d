"""A team's own JSON Schemas in `policies/schemas/` hold for every card, or for those that a rule names."""

from __future__ import annotations

import json
from pathlib import Path

from worlds.governed_world import APPROVAL_RULE, METRIC_RULE, OTTO, GovernedWorld, dump, policy, run_rampgate

HOUSE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["summary"],
    "properties": {"summary": {"type": "string", "minLength": 20}},
}
RULE = {
    "id": "card.house-style",
    "kind": "card.matches_schema",
    "applies": {"changes": ["promote"], "entering": ["full"]},
    "effect": "block",
    "with": {"schema": "house.json"},
}


def with_schema(tmp_path: Path, *rules: dict) -> GovernedWorld:
    world = GovernedWorld(tmp_path)
    world.write("policies/schemas/house.json", json.dumps(HOUSE, indent=1) + "\n")
    world.write("policies/lending.yaml", dump(policy(METRIC_RULE, APPROVAL_RULE, *rules)))
    world.base = world.commit("house style", author=("Otto", OTTO["email"]), committer=("Otto", OTTO["email"]))
    return world


def test_a_schema_that_no_rule_names_holds_for_every_card_in_check_and_gate(tmp_path: Path) -> None:
    world = with_schema(tmp_path)
    answer = run_rampgate("check", "--repo", str(world.root))
    assert answer.exit == 3
    assert "model_cards/credit-risk/2.0.0/card.yaml:1:1: missing key `summary`" in answer.text
    world.branch("promote")
    world.edit_card(stage="canary", summary="too short")
    world.commit("promote")
    judged = world.gate()
    assert (judged.exit, judged.verdict) == (3, "undecided")
    assert "at least 20 characters" in judged.problems()
    world.edit_card(summary="A score of consumer loan applications.")
    world.commit("say more")
    assert world.gate().verdict == "hold"


def test_a_schema_that_a_rule_names_is_left_to_that_rule(tmp_path: Path) -> None:
    world = with_schema(tmp_path, RULE)
    assert run_rampgate("check", "--repo", str(world.root)).exit == 0
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    assert world.gate().verdict == "hold"
