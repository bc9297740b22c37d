"""What `rampgate record` writes is enough: every decision is made again in a fresh clone, offline, to the last byte."""

from __future__ import annotations

import json

import pytest

from rampgate.adapters.git_objects import GitObjects
from worlds.governed_world import ALICE, METRIC_RULE, OLGA, OSSI, OTTO, RAVI, RITA, dump, evidence, policy
from worlds.recorder_world import begun


@pytest.fixture
def recorder(start_forge, tmp_path):
    return begun(start_forge, tmp_path)


def landed(recorder, to, branch, method="merge", approved=True):
    pull = recorder.promotion(to, branch)
    if approved:
        recorder.forge.review(pull, RITA, "APPROVED")
    recorder.forge.merge(pull, OTTO, method)
    return pull


def closed(recorder, pull):
    pull.state, pull.updated = "closed", recorder.forge.state.clock.now()


def replayed(recorder, *words: str):
    for branch in recorder.bare.joinpath("refs", "heads").iterdir():
        if branch.name not in ("main", "decisions"):
            recorder.forge.hub.git.delete_ref(f"refs/heads/{branch.name}")
    clone = recorder.clone()
    run = recorder.runner.command(
        "audit", "replay", *(words or ("--all",)), "--repo", str(clone.root), "--format", "json"
    )
    assert run.code in (0, 10), run
    rows = json.loads(run.out)["records"]
    return run.code, {row["seq"]: row["state"] for row in rows}, {row["seq"]: row for row in rows}


@pytest.mark.parametrize("method", ["merge", "squash"])
def test_what_landed_by_a_pull_request_is_made_again_without_its_branch(recorder, method):
    landed(recorder, "canary", "one", method)
    landed(recorder, "ramp", "two", method)
    recorder()
    code, states, rows = replayed(recorder)
    with GitObjects.open(recorder.folder / "auditor") as git:
        assert git.has_commit(recorder.records()[2].git.head) == (method == "merge")
    assert (code, states) == (0, {0: "nothing was judged", 1: "nothing was judged", 2: "same", 3: "same"}), rows
    assert [rows[seq]["verdict"] for seq in (2, 3)] == ["allow", "allow"]


def test_a_denial_that_never_landed_is_made_again(recorder):
    recorder.begin("bad")
    recorder.world.replace_evidence(evidence(60, 40))
    recorder.world.edit_card(stage="canary")
    recorder.world.commit("promote")
    pull = recorder.request("bad")
    recorder.forge.review(pull, RITA, "APPROVED")
    closed(recorder, pull)
    recorder("--closed", str(pull.number))
    code, states, rows = replayed(recorder)
    assert (code, states[2], rows[2]["verdict"]) == (0, "same", "deny"), rows


def test_reviews_of_commits_that_are_gone_are_read_again_as_they_were(recorder):
    """Approved, then forced to another commit: the reviewed one is on no branch any more."""
    world, forge = recorder.world, recorder.forge
    recorder.begin("one")
    world.edit_card(stage="canary")
    world.commit("promote")
    pull = recorder.request("one")
    forge.review(pull, RAVI, "APPROVED")
    world.edit_card(owners={"business": "alice", "technical": "rita"})
    world.git("commit", "-q", "--amend", "-a", "-m", "another")
    forge.push(world, "one", by=ALICE, force=True)
    forge.review(pull, RITA, "APPROVED")
    forge.merge(pull, OTTO, "squash")
    recorder()
    code, states, rows = replayed(recorder)
    assert (code, states[2]) == (0, "same"), rows
    record = recorder.records()[2]
    assert [each.login for each in record.decision.ignored] == [RAVI["login"]]


def test_a_conflict_that_was_closed_is_found_again(recorder):
    """Nothing would have landed; that is found by merging the very files again."""
    landed(recorder, "canary", "one")
    world = recorder.world
    world.git("switch", "-q", "-C", "late", world.base)
    world.edit_card(stage="ramp")
    world.commit("late")
    pull = recorder.request("late")
    closed(recorder, pull)
    recorder("--closed", str(pull.number))
    code, states, rows = replayed(recorder)
    assert (code, set(states.values())) == (0, {"nothing was judged", "same"}), rows
    assert recorder.records()[-1].git.landing_tree is None


def test_pushes_and_merges_past_the_gate_and_changes_of_the_rules_are_made_again(recorder):
    landed(recorder, "canary", "one", approved=False)
    recorder.begin("rules")
    recorder.world.write("policies/lending.yaml", dump(policy(METRIC_RULE)))
    recorder.world.commit("rules", author=("Otto", OTTO["email"]), committer=("Otto", OTTO["email"]))
    pull = recorder.request("rules", by=OTTO)
    for each in (OLGA, OSSI):
        recorder.forge.review(pull, each, "APPROVED")
    recorder.forge.merge(pull, OTTO, "squash")
    recorder.begin("by-hand")
    recorder.world.edit_card(stage="majority")
    recorder.world.commit("by hand")
    recorder.forge.push(recorder.world, "by-hand", by=ALICE, to="main")
    recorder()
    code, states, rows = replayed(recorder)
    assert (code, set(list(states.values())[2:])) == (0, {"same"}), rows
    assert [row["verdict"] for row in list(rows.values())[2:]] == ["hold", "allow", "deny"]


def rewrite(recorder) -> None:
    """Push main anew from its first commit on, so that nothing of what landed is on it any more."""
    world = recorder.world
    branch = f"rewritten-{len(recorder.kinds())}"
    world.git("switch", "-q", "-C", branch, world.base)
    world.write("README.md", f"# {branch}\n")
    world.commit("rewritten")
    recorder.forge.push(world, branch, by=OTTO, force=True, to="main")
    assert recorder().code == 10
    assert recorder.kinds()[-1] == "rewritten"


def test_what_a_rewritten_branch_has_left_behind_is_made_again(recorder):
    """Bases, what landed on them, and a change of the rules among it: all are on no branch any more, twice over."""
    landed(recorder, "canary", "one", "squash")
    recorder.begin("rules")
    recorder.world.write("policies/lending.yaml", dump(policy(METRIC_RULE)))
    recorder.world.commit("rules", author=("Otto", OTTO["email"]), committer=("Otto", OTTO["email"]))
    pull = recorder.request("rules", by=OTTO)
    for each in (OLGA, OSSI):
        recorder.forge.review(pull, each, "APPROVED")
    recorder.forge.merge(pull, OTTO, "squash")
    landed(recorder, "ramp", "two", "merge")
    recorder()
    base = recorder.records()[-1].git.base
    rewrite(recorder)
    landed(recorder, "canary", "three", "squash")
    recorder()
    rewrite(recorder)
    landed(recorder, "canary", "four", "squash")
    recorder()
    assert recorder.kinds()[2:] == ["promote", "policy", "promote", "rewritten", "promote", "rewritten", "promote"]
    code, states, rows = replayed(recorder)
    with GitObjects.open(recorder.folder / "auditor") as git:
        assert not git.has_commit(base)
    assert (code, {seq for seq, state in states.items() if state == "same"}) == (0, {2, 3, 4, 6, 8}), rows


def test_a_closed_request_of_a_branch_that_was_rewritten_is_made_again(recorder):
    landed(recorder, "canary", "one")
    recorder()
    pull = recorder.promotion("ramp", "late")
    closed(recorder, pull)
    assert recorder("--closed", str(pull.number)).code == 0
    rewrite(recorder)
    code, states, rows = replayed(recorder)
    assert (code, states[2], states[3]) == (0, "same", "same"), rows
    assert recorder.records()[3].git.landed is None


@pytest.mark.parametrize("path", ["model_cards/credit-risk/2.0.0/card.yaml", "README.md"])
def test_a_conflict_with_a_branch_that_was_rewritten_is_made_again_or_said_to_lack_its_files(recorder, path):
    """To merge once more takes the very files of the base: of them the history holds what was ever read."""
    world = recorder.world
    recorder.begin("one")
    world.edit_card(stage="canary")
    world.write("README.md", "models\n")
    world.commit("one")
    recorder.forge.merge(recorder.request("one"), OTTO, "squash")
    recorder()
    world.git("switch", "-q", "-C", "late", world.base)
    world.edit_card(stage="canary" if path == "README.md" else "ramp")
    world.write("README.md", "other models\n" if path == "README.md" else "models\n")
    world.commit("late")
    pull = recorder.request("late")
    closed(recorder, pull)
    assert recorder("--closed", str(pull.number)).code == 0
    (finding,) = recorder.records()[3].decision.findings
    assert f"without conflict: `{path}`" in finding.message
    rewrite(recorder)
    _, states, rows = replayed(recorder)
    assert states[2] == "same", rows
    if path == "README.md":
        assert states[3] == "not replayable"
        assert "1 object is not in this clone" in rows[3]["why"]
    else:
        assert states[3] == "same", rows


def test_what_can_not_be_read_is_made_again_with_its_problems(recorder):
    recorder.begin("bad")
    recorder.world.write("model_cards/credit-risk/2.0.0/card.yaml", "schema: [\n")
    recorder.world.commit("bad")
    recorder.forge.push(recorder.world, "bad", by=ALICE, to="main")
    recorder()
    code, states, rows = replayed(recorder)
    assert (code, states[2], rows[2]["verdict"]) == (0, "same", "undecided"), rows
