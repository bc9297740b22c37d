"""`rampgate ci` against a forge with real Git: what wakes it, what it publishes, and that it fails closed."""

from __future__ import annotations

from worlds.actions_world import Actions
from worlds.governed_world import ALICE, RITA, SAM


def promotion(world, forge):
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    return forge.open_pull("promote", "main", ALICE)


def test_an_approval_leads_to_success_by_itself(world, forge, tmp_path):
    pull = promotion(world, forge)
    runner = Actions(forge, tmp_path / "runner")
    run = runner.opened(pull)
    assert (run.code, forge.verdict(pull.head_sha).state) == (11, "pending"), run
    run = runner.reviewed(forge.review(pull, RITA, "APPROVED"))
    assert (run.code, forge.verdict(pull.head_sha).state) == (0, "success"), run
    assert [each.state for each in forge.statuses(pull.head_sha)] == ["pending", "pending", "pending", "success"]
