"""A clone is enough to make a recorded decision again, byte for byte, where the branch of its pull request is gone."""

from __future__ import annotations

import subprocess

import pytest

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.judging.chronicle import Chronicle
from rampgate.app.judging.gate import GateRequest, examine
from rampgate.app.judging.trust import Trust
from rampgate.core.recorded import document_of
from rampgate.errors import RampgateError
from worlds.git_world import clean_environment
from worlds.governed_world import ALICE, OTTO, RAVI, RITA
from worlds.recorder_world import begun


@pytest.fixture
def recorder(start_forge, tmp_path):
    return begun(start_forge, tmp_path)


def gone(recorder, *branches):
    """Take the branches away at the forge, with every object that only they reach."""
    git = recorder.forge.hub.git
    for name in git.refs():
        if name.startswith("refs/pull/") or name.removeprefix("refs/heads/") in branches:
            git.delete_ref(name)
    git.git("gc", "-q", "--prune=now")


def again(recorder, name="auditor"):
    """The decision documents of every record that holds a decision: as recorded, and as made again in a fresh clone."""
    clone = recorder.clone(name)
    with GitObjects.open(clone.root) as git:
        ledger = Ledger.on(git, "decisions")
        trust = Trust(recorder.settings)
        for record in recorder.records():
            if record.kind == "rewritten" and record.git.objects:
                git.unpack(ledger.input(record.git.objects))
        return [
            (ledger.input(record.decision.document), made_again(git, record, Chronicle(ledger, trust, record.seq)))
            for record in recorder.records()
            if record.decision is not None
        ]


def made_again(git, record, history):
    decision = record.decision
    if record.git.objects:
        git.unpack(history.ledger.input(record.git.objects))
    held = {each.path: history.ledger.input(each.sha256) for each in decision.inputs}
    for data in held.values():
        words = ["git", f"--git-dir={git.scratch}", "hash-object", "-w", "--stdin"]
        subprocess.run(words, input=data, check=True, capture_output=True, env=clean_environment())
    git.hide(record.git.unread)
    landing = record.git.landing_tree or ""
    places = (record.git.base, record.git.head, decision.evaluated_at, held.get("reviews"))
    request = GateRequest(git, *places, history=history, landing=landing, line=(record.git.base,))
    return document_of(examine(request).decision)


def assert_same(recorder, count):
    found = again(recorder)
    assert len(found) == count
    assert [made for made, _ in found] == [anew for _, anew in found]


def test_after_a_squash_merge_whose_branch_is_gone(recorder):
    """The head, its tree and what was reviewed are on no branch: only the pack of the record has them."""
    pull = recorder.promotion()
    recorder.forge.review(pull, RITA, "APPROVED")
    recorder.forge.merge(pull, OTTO, "squash")
    recorder()
    gone(recorder, "promote")
    clone = recorder.clone("probe")
    with GitObjects.open(clone.root) as git, pytest.raises(RampgateError):
        git.resolve(pull.head_sha)
    assert_same(recorder, 1)


def test_after_a_forced_push_over_what_was_reviewed(recorder):
    """Rita approved an earlier head of the same content; Ravi one that is gone at the forge and was never read."""
    pull = recorder.promotion()
    first = pull.head_sha
    recorder.forge.review(pull, RITA, "APPROVED")
    world = recorder.world
    world.git("commit", "-q", "--amend", "-m", "promote, in other words")
    recorder.forge.push(world, "promote", by=ALICE, force=True)
    review = recorder.forge.review(pull, RAVI, "APPROVED")
    review.commit = "e" * 40
    assert pull.head_sha != first
    recorder.forge.merge(pull, OTTO, "squash")
    assert recorder().code == 0
    record = recorder.records()[-1]
    assert record.git.unread == ("e" * 40,)
    assert [each.person for each in record.decision.counted] == ["rita"]
    gone(recorder, "promote")
    assert_same(recorder, 1)


def test_after_a_merge_commit_a_push_by_hand_and_a_denial(recorder):
    pull = recorder.promotion("canary", "one")
    recorder.forge.review(pull, RITA, "APPROVED")
    recorder.forge.merge(pull, OTTO)
    recorder.begin("two")
    recorder.world.edit_card(stage="ramp")
    recorder.world.commit("too early")
    denied = recorder.request("two")
    denied.state, denied.updated = "closed", recorder.forge.state.clock.now()
    assert recorder("--closed", "2").code == 0
    recorder.world.write("policies/lending.yaml", "schema: [\n")
    recorder.push_by_hand("broken", OTTO)
    assert recorder().code == 10
    assert recorder.kinds()[2:] == ["promote", "promote", "policy"]
    gone(recorder, "one", "two")
    assert_same(recorder, 3)


def test_what_did_not_merge_is_not_merged_again(recorder):
    """The closed pull request conflicts with what landed before it was closed: to see that takes the files too."""
    late = recorder.promotion("canary", "late")
    early = recorder.promotion("canary", "early")
    recorder.world.edit_card(stage="canary", uses={"intended": ["rank applications for manual review"]})
    recorder.world.commit("more")
    recorder.forge.push(recorder.world, "early", by=ALICE)
    recorder.forge.review(early, RITA, "APPROVED")
    recorder.forge.merge(early, OTTO, "squash")
    recorder()
    world = recorder.world
    world.checkout("late")
    world.edit_card(stage="canary", uses={"intended": ["something else altogether"]})
    world.commit("other words")
    recorder.forge.push(world, "late", by=ALICE)
    late.state, late.updated = "closed", recorder.forge.state.clock.now()
    assert recorder("--closed", str(late.number)).code == 0
    record = recorder.records()[-1]
    assert (record.git.landing_tree, record.decision.verdict) == (None, "undecided")
    gone(recorder, "late", "early")
    assert_same(recorder, 2)


def test_after_the_branch_was_rewritten(recorder):
    """What a forced push took away is on no branch any more, the base of the second landing among it."""
    for to, name in (("canary", "one"), ("ramp", "two")):
        pull = recorder.promotion(to, name)
        recorder.forge.review(pull, RITA, "APPROVED")
        recorder.forge.merge(pull, OTTO, "squash")
        recorder()
    world = recorder.world
    world.checkout("main")
    world.git("reset", "-q", "--hard", world.base)
    world.write("README.md", "# rewritten\n")
    world.commit("rewritten")
    recorder.forge.push(world, "main", by=OTTO, force=True)
    assert recorder().code == 10
    gone(recorder, "one", "two")
    assert_same(recorder, 2)
