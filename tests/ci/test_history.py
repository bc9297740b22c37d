"""The judge inside GitHub Actions goes by the decision history as the forge has it, and never by an older one."""

from __future__ import annotations

import pytest

from rampgate.app.ci import judging
from worlds.actions_world import Actions
from worlds.governed_world import ALICE, OTTO, RITA, dump
from worlds.history_world import HistoryWorld


@pytest.fixture
def world(tmp_path):
    """Declared, begun, and one refused request on record: three records."""
    found = HistoryWorld(tmp_path)
    found.begin()
    found.deny(at="2026-11-03T09:00:00Z", stage="canary")
    return found


def promotion(world, forge):
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("promote")
    forge.push(world, "promote", by=ALICE)
    return forge.open_pull("promote", "main", ALICE)


def histories(run):
    return [each["path"] for each in run.report["inputs"] if each["path"].startswith("history:")]


def test_a_record_that_came_after_the_checkout_is_read(world, forge, tmp_path):
    runner = Actions(forge, tmp_path / "runner")
    pull = promotion(world, forge)
    assert histories(runner.opened(pull)) == ["history:3"]
    world.checkout("main")
    world.deny(at="2026-11-04T09:00:00Z", stage="canary")
    forge.push(world, "decisions", by=OTTO)
    run = runner.reviewed(forge.review(pull, RITA, "APPROVED"))
    assert (histories(run), forge.verdict(pull.head_sha).state) == (["history:4"], "success"), run


def test_a_history_that_has_not_begun_stops_no_run(world, forge, tmp_path):
    forge.hub.git.delete_ref("refs/heads/decisions")
    run = Actions(forge, tmp_path / "runner").opened(promotion(world, forge))
    assert run.code in (0, 10, 11, 12), run
    assert histories(run) == []


@pytest.mark.parametrize("length", [0, 1, 2])
def test_a_history_that_was_cut_is_not_gone_by(world, forge, tmp_path, length):
    """A clone that knows a longer history is how a cut is noticed; the branch's own records are all signed."""
    pull = promotion(world, forge)
    runner = Actions(forge, tmp_path / "runner")
    if length:
        world.rebuild(world.steps[:length])
        forge.push(world, "decisions", by=OTTO, force=True)
    else:
        forge.hub.git.delete_ref("refs/heads/decisions")
    run = runner.reviewed(forge.review(pull, RITA, "APPROVED"))
    assert (run.code, forge.verdict(pull.head_sha).state) == (3, "error"), run
    assert "is not the continuation of the one that this clone knows" in run.out + run.error
    again = runner.reviewed(pull)
    assert (again.code, forge.verdict(pull.head_sha).state) == (3, "error"), again


def test_a_rollback_does_not_wait_for_a_history(tmp_path, start_forge):
    world = HistoryWorld(tmp_path, stage="ramp")
    world.begin()
    world.deny(at="2026-11-03T09:00:00Z", stage="majority")
    forge = start_forge(world)
    runner = Actions(forge, tmp_path / "runner")
    forge.hub.git.delete_ref("refs/heads/decisions")
    world.branch("down")
    world.edit_card(stage="canary")
    event = {"schema": "rampgate/event/v1", "kind": "rollback", "from": "ramp", "to": "canary", "by": "alice",
             "reason": "errors doubled within the hour", "date": "2026-11-20"}  # fmt: skip
    world.write("model_cards/credit-risk/2.0.0/events/down.yaml", dump(event))
    world.commit("down")
    forge.push(world, "down", by=ALICE)
    pull = forge.open_pull("down", "main", ALICE)
    run = runner.opened(pull)
    assert (run.code, forge.verdict(pull.head_sha).state) == (0, "success"), run


def test_an_allowance_is_looked_at_again_where_a_record_came_in_meanwhile(world, forge, tmp_path, monkeypatch):
    """It may tell of something that went past the gate, which the first look could not know."""
    pull = promotion(world, forge)
    runner = Actions(forge, tmp_path / "runner")
    seen = []

    def slowly(request):
        judged = examine(request)
        if not seen:
            world.checkout("main")
            world.deny(at="2026-11-04T09:00:00Z", stage="canary")
            forge.push(world, "decisions", by=OTTO)
        seen.extend(each.path for each in judged.decision.inputs if each.path.startswith("history:"))
        return judged

    examine = judging.examine
    monkeypatch.setattr(judging, "examine", slowly)
    run = runner.reviewed(forge.review(pull, RITA, "APPROVED"))
    assert (seen, histories(run)) == (["history:3", "history:4"], ["history:4"])
    assert forge.verdict(pull.head_sha).state == "success"


def test_a_reviewer_sees_the_history_of_the_forge_too(world, forge, tmp_path):
    pull = promotion(world, forge)
    runner = Actions(forge, tmp_path / "runner")
    world.checkout("main")
    world.deny(at="2026-11-04T09:00:00Z", stage="canary")
    forge.push(world, "decisions", by=OTTO)
    for words in (("review", str(pull.number)), ("simulate", "--pr", str(pull.number), "--approve-by", "rita")):
        run = runner.command(*words, "--repo", str(runner.checkout))
        assert run.code in (0, 11), run
    here = (runner.checkout / ".git/refs/remotes/origin/decisions").read_text().strip()
    assert here == forge.hub.git.commit_of("refs/heads/decisions")
