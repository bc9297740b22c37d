"""Attacks on the record: what is altered, removed, added or forged in the decision history is found by a clone alone.

Each is held against `rampgate audit verify` by the use case behind it; the world that every attack starts from verifies
(`test_G_the_history_that_every_attack_starts_from_holds`), so nothing is found by accident.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rampgate.app.verifying.verify import VerifyRequest, verify
from rampgate.core.chronicle import stays
from rampgate.errors import Unreachable
from rampgate.model.verified import Verified
from worlds.governed_world import OLGA, OSSI, OTTO, Answer, dump, run_rampgate
from worlds.history_world import HistoryWorld, Step, settings, sha256
from worlds.ssh_signer import INTRUDER, SECOND, SIGNER, WITNESS, Signer, canonical

CARD = "model_cards/credit-risk/2.0.0/card.yaml"
LENDING = "policies/lending.yaml"
OPENING, BASELINE, CANARY, DENIED, RAMP, POLICY = range(6)
OTHER = "a" * 40


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> HistoryWorld:
    """Six records: opened, one version found, promoted, refused, promoted again, and a change of the policies."""
    world = HistoryWorld(tmp_path_factory.mktemp("history"))
    world.begin(at="2026-11-20T08:00:00Z")
    world.land(at="2026-11-20T09:00:00Z", stage="canary", verdict="allow")
    world.deny(at="2026-11-20T10:00:00Z", stage="ramp")
    world.land(lambda: world.write("README.md", "models\n"), at="2026-11-20T10:30:00Z")
    world.land(at="2026-11-20T11:00:00Z", stage="ramp", verdict="allow")
    world.land(
        lambda: world.write("policies/notes.md", "why\n"),
        at="2026-11-20T12:00:00Z", by=OTTO, approved_by=(OLGA, OSSI), verdict="allow",
    )  # fmt: skip
    assert [record.seq for record in world.records()] == list(range(6))
    return world


@pytest.fixture
def history(lived: HistoryWorld, tmp_path: Path) -> HistoryWorld:
    return lived.copy(tmp_path)


def verified(world: HistoryWorld, **options: Any) -> Verified:
    return verify(VerifyRequest(world.root, **options))


def found(world: HistoryWorld, **options: Any) -> list[tuple[str, int | None]]:
    """Kind and record of every mismatch."""
    return [(each.kind, each.seq) for each in verified(world, **options).mismatches]


def audit(world: HistoryWorld, *words: str) -> Answer:
    """What the command says."""
    return run_rampgate("audit", "verify", "--repo", str(world.root), *words)


def reworded(step: Step, edit: Callable[[dict[str, Any]], Any]) -> Step:
    """A step whose record says something else under the signature that it had."""
    envelope = json.loads(step.data)
    statement = json.loads(base64.b64decode(envelope["payload"]))
    edit(statement["predicate"])
    envelope["payload"] = base64.b64encode(canonical(statement)).decode()
    return replace(step, data=canonical(envelope))


def without(world: HistoryWorld, seq: int) -> list[Step]:
    return [step for place, step in enumerate(world.steps) if place != seq]


def with_step(world: HistoryWorld, seq: int, step: Step) -> list[Step]:
    return [step if place == seq else each for place, each in enumerate(world.steps)]


def test_G_the_history_that_every_attack_starts_from_holds(history: HistoryWorld) -> None:
    answer = audit(history, "--checkpoint", str(history.checkpoint()))
    assert (answer.exit, found(history)) == (0, [])
    assert "Verified: 6 records" in answer.text
    # To create the branch anew without changing anything leaves a history that holds.
    history.rebuild(history.steps)
    assert found(history) == []


# G1: a record is edited


def test_G1_an_edited_record_is_not_what_was_signed_nor_what_the_next_one_names(history: HistoryWorld) -> None:
    edited = reworded(history.steps[DENIED], lambda record: record["decision"].update(verdict="undecided"))
    history.rebuild(with_step(history, DENIED, edited))
    answer = audit(history)
    assert answer.exit == 10
    assert found(history)[:2] == [("record.signature", DENIED), ("record.chain", RAMP)]
    assert "record 3: record 3 is signed by no key of `policies/history.yaml` [record.signature]" in answer.text
    assert f"found {history.steps[DENIED].digest}, expected {edited.digest}" in answer.text


def test_G1_an_edit_that_somebody_else_signs_is_signed_by_nobody_who_may(history: HistoryWorld) -> None:
    edited = history.resigned(history.steps[POLICY], INTRUDER, at="2026-11-20T11:59:00Z")
    history.rebuild(with_step(history, POLICY, edited))
    assert ("record.signature", POLICY) in found(history)


def test_G1_an_edit_by_the_holder_of_the_key_breaks_the_chain_behind_it(history: HistoryWorld) -> None:
    decision = {**history.steps[DENIED].predicate["decision"], "verdict": "undecided"}
    edited = history.resigned(history.steps[DENIED], decision=decision)
    history.rebuild(with_step(history, DENIED, edited))
    kinds = found(history)
    assert kinds == [("record.chain", RAMP), ("record.model_chain", RAMP)]


def test_G1_an_edit_of_the_newest_record_by_the_holder_of_the_key_is_found_by_a_checkpoint_alone(
    history: HistoryWorld,
) -> None:
    """No record names it yet, and its signature is good: this is what witnesses are for."""
    kept = history.checkpoint()
    edited = history.resigned(history.steps[POLICY], recorded_at="2026-11-20T13:00:00Z")
    history.rebuild(with_step(history, POLICY, edited))
    assert found(history) == []
    assert found(history, checkpoints=(kept,)) == [("checkpoint.head", None)]


def test_G1_a_record_changed_in_place_by_a_later_commit_is_a_rewriting(history: HistoryWorld) -> None:
    step = history.steps[CANARY]
    history.tamper({step.path: reworded(step, lambda record: record.update(at="2026-11-20T09:30:00Z")).data})
    told = found(history)
    assert ("commit.rewrites", None) in told
    assert ("log.tip", None) in told
    assert audit(history).exit == 10


# G2: records are removed, moved, repeated


def test_G2_a_record_removed_from_the_middle_leaves_a_gap(history: HistoryWorld) -> None:
    history.rebuild(without(history, CANARY))
    told = found(history)
    assert told[:2] == [("record.sequence", DENIED), ("record.chain", DENIED)]
    assert ("landing.unrecorded", None) in told
    assert audit(history).exit == 10


def test_G2_records_in_another_order_do_not_follow_each_other(history: HistoryWorld) -> None:
    steps = list(history.steps)
    steps[CANARY], steps[DENIED] = steps[DENIED], steps[CANARY]
    history.rebuild(steps)
    told = found(history)
    assert ("record.sequence", DENIED) in told
    assert ("record.chain", DENIED) in told
    assert ("record.time", CANARY) in told


def test_G2_a_record_under_another_number_is_no_record(history: HistoryWorld) -> None:
    step = history.steps[CANARY]
    moved = replace(step, path="log/0000/000006-credit-risk-2.0.0-canary.json", inputs={})
    history.rebuild([*history.steps, moved])
    assert found(history) == [("record.malformed", 6)]


def test_G2_one_record_twice_takes_a_place_that_is_taken(history: HistoryWorld) -> None:
    again = history.resigned(history.steps[DENIED], seq=POLICY + 1)
    history.rebuild([*history.steps, replace(again, inputs={})])
    assert [kind for kind, seq in found(history) if seq == POLICY + 1][:2] == ["record.chain", "record.model_chain"]


def test_G2_a_landing_left_out_by_the_holder_of_the_key_is_missed_on_the_branch(history: HistoryWorld) -> None:
    """Renumbered, chained anew and signed well, the log is sound; the governed branch still has the commit."""
    history.rebuild(history.rechained(without(history, RAMP)))
    told = [each for each in verified(history).mismatches if each.kind.startswith("landing.unrecorded")]
    assert [each.found for each in told] == [history.records()[RAMP].git.landed]
    assert f"`{CARD}`" in told[0].message


def test_G2_a_denial_left_out_by_the_holder_of_the_key_is_found_by_a_checkpoint_alone(history: HistoryWorld) -> None:
    """A denial leaves nothing on the governed branch; only who knows the log from elsewhere misses it."""
    kept = history.checkpoint(size=4)
    records = [each.predicate for each in without(history, DENIED)]
    steps = without(history, DENIED)
    for place, record in enumerate(records):
        if record["decision"] and record["decision"]["history_size"]:
            steps[place] = history.resigned(steps[place], decision={**record["decision"], "history_size": place})
    history.rebuild(history.rechained(steps))
    assert found(history) == []
    assert found(history, checkpoints=(kept,)) == [("checkpoint.head", None)]


@pytest.mark.parametrize(
    ("what", "kind"),
    {
        "a removed record": "commit.rewrites",
        "a removed content": "commit.rewrites",
        "a file beside the log": "commit.path",
        "an executable record": "commit.path",
        "a record in the folder of others": "commit.path",
        "a commit that adds nothing": "commit.adds",
        "two records at once": "commit.adds",
        "a merge": "commit.parents",
        "a content that no record names": "commit.path",
    }.items(),
)
def test_G2_a_commit_adds_one_record_and_does_nothing_else(history: HistoryWorld, what: str, kind: str) -> None:
    step = history.steps[POLICY]
    secret = b"what nobody named\n"
    match what:
        case "a removed record":
            history.tamper({step.path: None})
        case "a removed content":
            history.tamper({next(iter(step.inputs)): None})
        case "a file beside the log":
            history.tamper({"README.md": b"hello\n"})
        case "an executable record":
            blob = history.objects.store(b"blob", step.data)
            history.git("update-index", "--add", "--cacheinfo", f"100755,{blob},log/0000/000006-policy.json")
            tree = history.git("write-tree")
            history.tip = history.make_commit(tree, (history.tip,))
            history.objects.point("refs/heads/decisions", history.tip)
        case "a record in the folder of others":
            history.tamper({"log/0001/000006-policy.json": step.data})
        case "a commit that adds nothing":
            history.tamper({})
        case "two records at once":
            history.tamper({"log/0000/000006-policy.json": step.data, "log/0000/000007-policy.json": step.data})
        case "a merge":
            history.tamper({}, parents=(history.tip, history.base))
        case "a content that no record names":
            history.tamper({f"inputs/{sha256(secret)[:2]}/{sha256(secret)}": secret})
    assert (kind, None) in found(history)


# G3: the newest records are gone


def test_G3_without_a_checkpoint_a_removed_tail_of_denials_is_not_found_and_the_report_says_so(
    history: HistoryWorld,
) -> None:
    """A hash chain does not notice that its end is missing: this states the limit, and that it is told."""
    history.deny(at="2026-11-20T13:00:00Z", stage="majority")
    history.rebuild(history.steps[:-1])
    answer = audit(history)
    assert answer.exit == 0
    assert "without a checkpoint that was kept elsewhere nobody can tell that the newest records were removed" in (
        answer.text
    )


def test_G3_a_checkpoint_tells_that_the_tail_is_gone(history: HistoryWorld) -> None:
    history.deny(at="2026-11-20T13:00:00Z", stage="majority")
    kept = history.checkpoint()
    assert found(history, checkpoints=(kept,)) == []
    history.rebuild(history.steps[:-1])
    answer = audit(history, "--checkpoint", str(kept))
    assert (answer.exit, found(history, checkpoints=(kept,))) == (10, [("checkpoint.size", None)])
    assert "found 6 records, expected at least 7" in answer.text
    assert found(history, since=kept) == [("checkpoint.size", None)]


def test_G3_a_removed_tail_of_landings_is_missed_on_the_governed_branch(history: HistoryWorld) -> None:
    history.rebuild(history.steps[:RAMP])
    told = verified(history).mismatches
    assert [each.kind for each in told] == ["landing.waiting", "landing.waiting"]
    assert [each.found for each in told] == [history.records()[seq].git.landed for seq in (RAMP, POLICY)]


# G4: the branch is rewritten or made anew


def test_G4_a_branch_made_anew_by_the_holder_of_the_key_is_another_history(history: HistoryWorld) -> None:
    kept = history.checkpoint(size=3)
    steps = history.rechained([history.resigned(step, recorded_at="2026-11-20T23:00:00Z") for step in history.steps])
    history.rebuild(steps)
    assert found(history) == []
    assert found(history, checkpoints=(kept,)) == [("checkpoint.head", None)]
    assert found(history, since=kept) == [("checkpoint.head", None)]


def test_G4_the_same_records_in_other_commits_are_another_branch(history: HistoryWorld) -> None:
    kept = history.checkpoint()
    history.recorder = b"Somebody <somebody@example.com> 1767614401 +0000"
    history.rebuild(history.steps)
    assert found(history, checkpoints=(kept,)) == [("checkpoint.commit", None)]


def test_G4_a_deleted_branch_is_missed_by_whoever_kept_a_checkpoint(history: HistoryWorld) -> None:
    kept = history.checkpoint()
    history.rebuild([])
    with pytest.raises(Unreachable, match="no branch `decisions`"):
        verified(history)
    assert audit(history).exit == 4
    assert audit(history, "--checkpoint", str(kept)).exit == 10
    assert ("checkpoint.size", None) in found(history, checkpoints=(kept,))


def test_G4_a_branch_that_begins_somewhere_else_is_not_the_history(history: HistoryWorld) -> None:
    """A first commit with a parent hangs on something that is no history."""
    history.rebuild([])
    step = history.steps[OPENING]
    history.tamper({step.path: step.data}, parents=(history.base,))
    told = found(history)
    assert ("commit.adds", None) in told
    assert ("commit.path", None) in told


# G5: two histories


def test_G5_two_checkpoints_of_one_length_that_differ_are_two_histories(history: HistoryWorld) -> None:
    first = history.checkpoint("first.checkpoint")
    history.rebuild(history.rechained([*history.steps[:-1], history.resigned(history.steps[-1], time_source="given")]))
    second = history.checkpoint("second.checkpoint")
    told = found(history, checkpoints=(first, second))
    assert told == [("checkpoint.fork", None), ("checkpoint.head", None)]
    assert (
        "name two histories of 6 records"
        in audit(history, "--checkpoint", str(first), "--checkpoint", str(second)).text
    )


def test_G5_a_clone_that_holds_two_histories_says_so(history: HistoryWorld) -> None:
    history.git("update-ref", "refs/remotes/origin/main", history.base)
    history.git("update-ref", "refs/remotes/origin/decisions", history.tip)
    assert found(history) == []
    history.rebuild(history.steps[:-1])
    assert found(history) == [], "a branch of one's own that is behind is no other history"
    history.rebuild([*history.steps[:-1], history.resigned(history.steps[-1], time_source="given")])
    assert found(history) == [("log.fork", None)]


# G6 and C1, C5: the history and the governed branch


def test_G6_a_merge_without_a_record_is_listed_by_its_commit_and_paths(history: HistoryWorld) -> None:
    slipped = history.slip(stage="majority")
    answer = audit(history)
    assert answer.exit == 10
    assert f"commit {slipped[:12]}: not recorded yet; `rampgate record` catches up: `{CARD}`" in answer.text
    # Once later changes are on record it will never be caught up with.
    history.land(
        lambda: history.write("policies/notes.md", "more\n"),
        at="2026-11-20T14:00:00Z",
        by=OTTO,
        approved_by=(OLGA, OSSI),
    )
    assert found(history) == [("landing.unrecorded", None)]


def test_G6_what_is_not_governed_needs_no_record(history: HistoryWorld) -> None:
    history.slip(lambda: history.write("README.md", "other words\n"))
    history.slip(lambda: history.write("model_cards/README.md", "prose\n"))
    assert found(history) == []
    assert verified(history).commits == 7 - 1


def test_G6_a_record_of_a_merge_that_did_not_happen_is_found(history: HistoryWorld) -> None:
    landed = history.records()[RAMP].git.head
    forged = history.resigned(
        history.steps[POLICY], git={**history.steps[POLICY].predicate["git"], "landed": landed, "covered": landed}
    )
    history.rebuild(with_step(history, POLICY, forged))
    told = found(history)
    assert ("landing.absent", POLICY) in told
    assert ("landing.waiting", None) in told


def test_G6_two_records_of_one_merge_are_one_too_many(history: HistoryWorld) -> None:
    again = history.rechained([*history.steps, replace(history.steps[RAMP], inputs={})])
    history.rebuild(again)
    told = found(history)
    assert ("landing.twice", POLICY + 1) in told
    assert ("landing.covered", POLICY + 1) in told


def test_G6_records_in_another_order_than_the_merges_are_found(history: HistoryWorld) -> None:
    steps = list(history.steps)
    steps[RAMP], steps[POLICY] = steps[POLICY], steps[RAMP]
    history.rebuild(history.rechained(steps))
    assert ("landing.order", POLICY) in found(history)


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("landed_tree", OTHER, "landing.tree"),
        ("base_tree", OTHER, "landing.tree"),
        ("base", OTHER, "landing.parents"),
        ("head", OTHER, "landing.parents"),
        ("landed", None, "record.landing"),
    ],
)
def test_G6_what_a_record_says_of_its_merge_is_what_git_says(
    history: HistoryWorld, field: str, value: str | None, kind: str
) -> None:
    forged = history.resigned(history.steps[POLICY], git={**history.steps[POLICY].predicate["git"], field: value})
    history.rebuild(with_step(history, POLICY, forged))
    assert (kind, POLICY) in found(history)


def test_G6_a_head_that_is_itself_what_landed_is_no_fault(history: HistoryWorld) -> None:
    git = history.steps[POLICY].predicate["git"]
    same = history.resigned(history.steps[POLICY], git={**git, "head": git["landed"]})
    history.rebuild(with_step(history, POLICY, same))
    assert found(history) == []


def test_G6_a_record_that_accounts_for_what_it_never_saw_leaves_it_unrecorded(history: HistoryWorld) -> None:
    """Without landing anything, it claims the commits up to the tip as accounted for."""
    tip = history.slip(stage="majority")
    git = {**history.steps[DENIED].predicate["git"], "covered": tip}
    forged = history.resigned(history.steps[DENIED], git=git, seq=6)
    history.rebuild(history.rechained([*history.steps, replace(forged, inputs={})]))
    assert ("landing.unrecorded", None) in found(history)


def test_G6_a_verdict_that_does_not_open_the_gate_needs_words_for_what_landed(history: HistoryWorld) -> None:
    decision = {**history.steps[POLICY].predicate["decision"], "verdict": "deny"}
    history.rebuild(with_step(history, POLICY, history.resigned(history.steps[POLICY], decision=decision)))
    assert found(history) == [("record.landing", POLICY)]


def test_C1_a_push_straight_to_main_is_unrecorded_or_recorded_as_what_it_is(history: HistoryWorld) -> None:
    pushed = history.copy(history.folder / "recorded")
    pushed.push(at="2026-11-20T13:00:00Z", stage="majority")
    told = verified(pushed)
    assert (told.holds, told.tally.past_the_gate) == (True, 1)
    silent = history.copy(history.folder / "silent")
    silent.push(at="2026-11-20T13:00:00Z", stage="majority", past_the_gate=[])
    assert found(silent) == [("record.landing", POLICY + 1)]


def test_C5_a_tree_that_nobody_evaluated_is_told_by_the_record_or_found(history: HistoryWorld) -> None:
    """A platform that merges something else than what was checked leaves a landed tree that differs."""
    evil: dict[str, str | bytes] = {"serve.py": "reverted\n"}
    said = history.copy(history.folder / "said")
    said.land(at="2026-11-20T13:00:00Z", stage="majority", evil=evil, verdict="allow")
    told = verified(said)
    assert (told.holds, told.tally.past_the_gate) == (True, 1)
    silent = history.copy(history.folder / "silent")
    silent.land(at="2026-11-20T13:00:00Z", stage="majority", evil=evil, past_the_gate=())
    assert found(silent) == [("landing.differs", POLICY + 1)]


# G8, G9, G10: whose word it is


@pytest.mark.parametrize("namespace", ["git", "rampgate-evidence", "rampgate-checkpoint", "file"])
def test_G8_a_signature_made_for_another_purpose_signs_no_record(history: HistoryWorld, namespace: str) -> None:
    step = history.resigned(history.steps[POLICY], namespace=namespace)
    history.rebuild(with_step(history, POLICY, step))
    assert found(history) == [("record.signature", POLICY)]


def test_G8_a_signature_of_a_record_signs_no_checkpoint(history: HistoryWorld) -> None:
    kept = history.checkpoint(namespace="rampgate-decision")
    told = verified(history, checkpoints=(kept,))
    assert [each.kind for each in told.mismatches] == ["checkpoint.signature"]
    assert not told.tail_anchored


def test_G8_a_key_of_records_signs_no_checkpoint(history: HistoryWorld) -> None:
    assert found(history, checkpoints=(history.checkpoint(signer=SIGNER),)) == [("checkpoint.signature", None)]


def ranged(history: HistoryWorld, *signers: dict[str, Any], **fields: Any) -> Path:
    """Keep the auditor's own list of keys."""
    path = history.folder / "history.yaml"
    path.write_text(dump(settings(*signers, **fields)))
    return path


def key(signer: Signer, **fields: Any) -> dict[str, Any]:
    return {"name": signer.name, "key": signer.public, **fields}


def test_G9_a_rotated_key_counts_up_to_its_last_record_and_the_next_from_there(history: HistoryWorld) -> None:
    history.signer = SECOND
    history.land(at="2026-11-20T13:00:00Z", stage="majority", verdict="allow")
    assert found(history) == [("record.signature", 6)], "the branch does not list the second key yet"
    assert found(history, trust=ranged(history, key(SIGNER, to=5), key(SECOND, **{"from": 6}))) == []
    told = found(history, trust=ranged(history, key(SIGNER, to=4), key(SECOND, **{"from": 6})))
    assert told == [("record.signature", 5)]
    told = found(history, trust=ranged(history, key(SIGNER, to=5), key(SECOND, **{"from": 7})))
    assert told == [("record.signature", 6)]


def test_G9_a_revoked_key_signs_nothing_from_there_on_and_what_was_before_stays(history: HistoryWorld) -> None:
    revoked = {"from": DENIED, "on": "2026-11-21", "reason": "the laptop was stolen"}
    path = ranged(history, key(SIGNER, revoked=revoked), key(SECOND))
    assert found(history, trust=path) == [("record.signature", seq) for seq in (DENIED, RAMP, POLICY)]
    answer = audit(history, "--trust", str(path))
    assert answer.exit == 10
    assert "key `recorder` is revoked from record 3 on: the laptop was stolen" in answer.text


def test_G9_dates_of_commits_give_an_expired_key_nothing(history: HistoryWorld) -> None:
    """C10: a commit dated into the time of a key is as new as its place says."""
    history.recorder = b"Recorder <recorder@example.com> 915148800 +0000"
    history.rebuild(history.steps)
    assert found(history, trust=ranged(history, key(SIGNER, to=4))) == [("record.signature", POLICY)]


def test_G9_a_revoked_witness_vouches_for_nothing_after_that(history: HistoryWorld) -> None:
    revoked = {"from": 4, "on": "2026-11-21", "reason": "left the company"}
    trust = ranged(history, witnesses=[key(WITNESS, revoked=revoked)])
    old, new = history.checkpoint("old", size=4), history.checkpoint("new")
    assert found(history, trust=trust, checkpoints=(old,)) == []
    assert found(history, trust=trust, checkpoints=(new,)) == [("checkpoint.signature", None)]


def test_G9_the_keys_that_the_auditor_holds_outweigh_those_of_the_repository(history: HistoryWorld) -> None:
    """Who takes over the branch can list a key of their own there; it does not help against a file held elsewhere."""
    mine = ranged(history)
    history.rebuild(history.rechained(history.steps, INTRUDER))
    history.declare(settings(key(INTRUDER)))
    assert ("record.signature", POLICY) not in found(history)
    told = verified(history, trust=mine)
    assert {each.seq for each in told.mismatches if each.kind == "record.signature"} == set(range(6))
    assert told.keys_from == "file"
    assert "keys come from the repository itself" in audit(history).text


def test_G10_a_record_of_another_repository_is_none_of_this_one(history: HistoryWorld) -> None:
    foreign = history.resigned(history.steps[POLICY], repository="github.com/acme/other")
    history.rebuild(with_step(history, POLICY, foreign))
    assert found(history) == [("record.repository", POLICY)]


def test_G10_an_old_allowance_does_not_stand_for_a_new_landing(history: HistoryWorld) -> None:
    """The record of one promotion, given the next number and the commit of another, is about other trees and inputs."""
    slipped = history.slip(stage="majority")
    base = history.rev(f"{slipped}~1")
    old = history.steps[RAMP].predicate
    git = {**old["git"], "base": base, "base_tree": history.tree(base), "landed": slipped, "covered": slipped}
    git |= {"landed_tree": history.tree(slipped), "landing_tree": history.tree(slipped)}
    step = history.resigned(history.steps[RAMP], git=git)
    history.rebuild(history.rechained([*history.steps, replace(step, inputs={})]))
    told = [kind for kind, seq in found(history) if seq == 6]
    assert "input.differs" in told, "the card that was judged is not the card that landed"


# G11, G12, G13, F2: what a record says, and how


def test_G11_the_policy_that_a_record_names_is_the_one_that_the_commit_held(history: HistoryWorld) -> None:
    """A digest of lenient rules, with the lenient rules beside it, is not what stood on the base."""
    record = history.steps[POLICY].predicate
    lenient = b"schema: rampgate/policy/v1\n"
    inputs = [
        {**each, "sha256": sha256(lenient)} if each["path"] == f"base:{LENDING}" else each
        for each in record["decision"]["inputs"]
    ]
    step = history.resigned(history.steps[POLICY], decision={**record["decision"], "inputs": inputs})
    path = f"inputs/{sha256(lenient)[:2]}/{sha256(lenient)}"
    history.rebuild(with_step(history, POLICY, replace(step, inputs={**step.inputs, path: lenient})))
    told = verified(history).mismatches
    assert [(each.kind, each.seq) for each in told] == [("input.differs", POLICY)]
    assert f"`base:{LENDING}`" in told[0].message


def test_G11_a_content_under_a_digest_that_is_not_its_own_is_found(history: HistoryWorld) -> None:
    step = history.steps[CANARY]
    path = next(iter(step.inputs))
    history.rebuild(with_step(history, CANARY, replace(step, inputs={**step.inputs, path: b"other bytes\n"})))
    told = found(history)
    assert ("input.content", None) in told
    assert ("input.absent", CANARY) in told


def test_G11_a_content_that_is_missing_is_found(history: HistoryWorld) -> None:
    step = history.steps[CANARY]
    path, *_ = step.inputs
    kept = {name: data for name, data in step.inputs.items() if name != path}
    history.rebuild(with_step(history, CANARY, replace(step, inputs=kept)))
    assert ("input.absent", CANARY) in found(history)


def doubled(data: bytes) -> bytes:
    envelope = json.loads(data)
    envelope["signatures"] *= 2
    return canonical(envelope)


MALFORMED: dict[str, Callable[[bytes], bytes]] = {
    "no JSON": lambda _: b"not a record\n",
    "nothing": lambda _: b"",
    "a line break behind it": lambda data: data + b"\n",
    "blanks in it": lambda data: json.dumps(json.loads(data)).encode(),
    "two signatures": doubled,
    "no signature": lambda data: canonical({**json.loads(data), "signatures": []}),
    "a key more": lambda data: canonical({**json.loads(data), "note": ""}),
    "another payload type": lambda data: canonical({**json.loads(data), "payloadType": "text/plain"}),
}


@pytest.mark.parametrize("shape", MALFORMED)
def test_G12_a_malformed_record_is_told_with_its_place(history: HistoryWorld, shape: str) -> None:
    step = history.steps[POLICY]
    history.rebuild(with_step(history, POLICY, replace(step, data=MALFORMED[shape](step.data))))
    answer = audit(history)
    assert answer.exit == 10
    assert f"record {POLICY}: `{step.path}`: " in answer.text
    assert ("record.malformed", POLICY) in found(history)


@pytest.mark.parametrize("moment", ["2026-02-31T10:00:00Z", "2026-11-20T25:00:00Z", "2026-11-20T10:00:00+99:00"])
def test_G12_a_moment_that_no_calendar_has_is_malformed(history: HistoryWorld, moment: str) -> None:
    history.rebuild(with_step(history, POLICY, history.resigned(history.steps[POLICY], recorded_at=moment)))
    answer = audit(history)
    assert (answer.exit, "no calendar has this moment" in answer.text) == (10, True)


def test_G12_after_a_malformed_record_the_rest_is_verified_all_the_same(history: HistoryWorld) -> None:
    step = history.steps[CANARY]
    history.rebuild(with_step(history, CANARY, replace(step, data=b"{}")))
    told = found(history)
    assert ("record.malformed", CANARY) in told
    assert ("record.chain", DENIED) in told
    assert {seq for _, seq in told if seq is not None} == {CANARY, DENIED}


def test_G12_a_history_that_does_not_open_is_no_proof_of_completeness(history: HistoryWorld) -> None:
    history.rebuild(with_step(history, OPENING, replace(history.steps[OPENING], data=b"{}")))
    assert ("landing.unknown", OPENING) in found(history)


def test_G13_records_hold_neither_evidence_tables_nor_what_reviewers_wrote(history: HistoryWorld) -> None:
    """They name both by digest; the log itself can not be cleaned of what should never have been in it."""
    evidence = json.loads(history.read("model_cards/credit-risk/2.0.0/evidence/performance.json"))
    assert evidence["counts"]["rows"]
    for step in history.steps:
        text = json.dumps(step.predicate)
        assert '"rows"' not in text
        assert '"counts"' not in text
        assert not {"body", "reviews", "email"} & set(_keys(step.predicate))
        assert "@example.com" not in text


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {each for inner in value.values() for each in _keys(inner)}
    return {each for inner in value for each in _keys(inner)} if isinstance(value, list) else set()


def test_F1_time_at_a_stage_is_counted_from_records_and_commit_dates_change_nothing(history: HistoryWorld) -> None:
    history.branch("old")
    history.edit_card(stage="majority")
    old = history.commit("promoted long ago", date="1999-01-01T00:00:00+00:00")
    history.checkout("main")
    history.merge("old", date="1999-01-01T00:00:00+00:00")
    assert ("landing.waiting", None) in found(history), "a commit with an old date is a commit without a record"
    assert old != history.base
    assert stays(history.records(), "credit-risk")["2.0.0"].since == "2026-11-20T11:00:00Z"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recorded_at": "2026-11-20T10:59:59Z", "at": "2026-11-20T10:00:00Z"}, "before the record before it"),
        ({"recorded_at": "2026-11-20T11:59:59Z"}, "before the moment that it is about"),
        ({"at": "2026-11-20T11:30:00Z"}, "judged as of another moment"),
    ],
)
def test_F2_a_clock_that_goes_back_or_ahead_is_found(
    history: HistoryWorld, changes: dict[str, str], message: str
) -> None:
    history.rebuild(with_step(history, POLICY, history.resigned(history.steps[POLICY], **changes)))
    told = [each for each in verified(history).mismatches if each.seq == POLICY]
    assert {each.kind for each in told} == {"record.time"}
    assert any(message in each.message for each in told)


def test_F3_time_with_another_artifact_does_not_count(tmp_path: Path) -> None:
    world = HistoryWorld(tmp_path)
    world.begin(at="2026-11-01T08:00:00Z")
    new = {"uri": "s3://models/x", "digest": "sha256:" + "b" * 64}
    world.land(lambda: world.edit_card(artifact=new), at="2026-11-10T08:00:00Z")
    assert found(world) == []
    assert stays(world.records(), "credit-risk")["2.0.0"].since == "2026-11-10T08:00:00Z"


def test_G6_another_branch_named_as_the_governed_one_hides_no_push(history: HistoryWorld) -> None:
    """Whoever can push would else name a branch that ends where the records end, and push past it on `main`."""
    history.git("branch", "quiet")
    governance = json.loads(history.read("policies/governance.yaml"))
    history.write("policies/governance.yaml", dump({**governance, "branch": "quiet"}))
    history.commit("name another branch")
    (mismatch,) = verified(history).mismatches
    assert (mismatch.kind, mismatch.found, mismatch.expected) == ("record.repository", "main", "quiet")
