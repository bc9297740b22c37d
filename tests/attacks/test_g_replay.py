"""Attacks on what a record says was decided, by whoever holds the key that signs the history.

Every one of these histories is whole: the numbers, the digests and the signatures are right, and but for one, which
says so, `rampgate audit verify` finds nothing. To decide again finds them (`rampgate audit replay`), for a signature
vouches for who wrote a record and for nothing that stands in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rampgate.adapters.packaged import engine_sha256
from rampgate.app.replaying.replay import ReplayRequest, replay
from rampgate.app.replaying.select import Selection
from rampgate.app.verifying.verify import VerifyRequest, verify
from rampgate.formats.record import input_path
from rampgate.model.replay import Replayed
from worlds import history_world
from worlds.governed_world import APPROVAL_RULE, METRIC_RULE, OLGA, OSSI, OTTO, RAVI, dump, evidence, policy
from worlds.history_world import HistoryWorld, Step, sha256
from worlds.ssh_signer import canonical

LENDING = "policies/lending.yaml"
FLOOR = "evidence.accuracy-floor"
OPENING, BASELINE, CANARY, DENIED, POLICY, RAMP, LATE = range(7)
LAX = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.50"}}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> HistoryWorld:
    """Promoted, denied for its evidence, a change of the rules, promoted by them, and a request without approval."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_world, "ENGINE", {**history_world.ENGINE, "sha256": engine_sha256()})
        world = HistoryWorld(tmp_path_factory.mktemp("history"))
        world.packs = True
        world.begin()
        world.land(at="2026-11-20T09:00:00Z", stage="canary", verdict="allow")
        world.deny(at="2026-11-21T09:00:00Z", stage="ramp", edit=lambda: world.replace_evidence(evidence(70, 30)))
        world.write(LENDING, dump(policy(LAX, APPROVAL_RULE)))
        world.land(at="2026-11-22T09:00:00Z", by=OTTO, approved_by=[OLGA, OSSI], verdict="allow")
        world.land(at="2026-11-23T09:00:00Z", stage="ramp", approved_by=[RAVI], verdict=None)
        world.deny(at="2026-11-24T09:00:00Z", stage="majority")
        yield world


@pytest.fixture
def history(lived: HistoryWorld, tmp_path: Path) -> HistoryWorld:
    return lived.copy(tmp_path)


def rows(world: HistoryWorld, *ids: int, **options: Any) -> dict[int, Replayed]:
    selection = Selection(ids=tuple(map(str, ids)))
    return {row.seq: row for row in replay(ReplayRequest(world.root, selection, **options)).rows}


def state(world: HistoryWorld, seq: int) -> str:
    """What replay says of a record: the same whether it is asked for alone or with all others."""
    alone, among_all = rows(world, seq)[seq], rows(world)[seq]
    assert alone == among_all
    return str(alone.state)


def by_verify(world: HistoryWorld) -> list[tuple[str, int | None]]:
    return [(each.kind, each.seq) for each in verify(VerifyRequest(world.root)).mismatches]


def put(world: HistoryWorld, seq: int, step: Step) -> None:
    """Write the branch anew with another record at a place, and everything behind it chained and signed well."""
    world.rebuild(world.rechained([*world.steps[:seq], step, *world.steps[seq + 1 :]]))


def retold(
    world: HistoryWorld, seq: int, edit: Callable[[dict[str, Any], dict[str, Any]], Any], **contents: bytes
) -> Step:
    """A record signed again that says something else, with a decision document to match. edit: document, decision."""
    step = world.steps[seq]
    decision = step.predicate["decision"]
    path = input_path(decision["document"])
    document = json.loads(step.inputs[path])
    edit(document, decision)
    data = canonical(document)
    decision["document"] = sha256(data)
    held = dict(step.inputs) | {input_path(sha256(each)): each for each in (data, *contents.values())}
    return only_named(replace(world.resigned(step, decision=decision), inputs=held))


def only_named(step: Step) -> Step:
    """A step without contents that its record does not name: to leave one there is found by verifying."""
    decision, git = step.predicate["decision"], step.predicate["git"]
    named = {decision["document"], git["objects"], *(each["sha256"] for each in decision["inputs"])}
    return replace(
        step, inputs={input_path(sha256(data)): data for data in step.inputs.values() if sha256(data) in named}
    )


def swapped(path: str, data: bytes) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    """Name other bytes as what was read at a path, in the record and in its document."""

    def edit(document: dict[str, Any], decision: dict[str, Any]) -> None:
        for each in (*document["inputs"], *decision["inputs"]):
            if each["path"] == path:
                each["sha256"] = sha256(data)

    return edit


def input_of(world: HistoryWorld, seq: int, path: str) -> bytes:
    step = world.steps[seq]
    named = {each["path"]: each["sha256"] for each in step.predicate["decision"]["inputs"]}
    return step.inputs[input_path(named[path])]


def with_objects(world: HistoryWorld, seq: int, pack: bytes | None) -> Step:
    step = world.steps[seq]
    held = dict(step.inputs) | ({} if pack is None else {input_path(sha256(pack)): pack})
    git = {**step.predicate["git"], "objects": sha256(pack) if pack else None}
    return only_named(replace(world.resigned(step, git=git), inputs=held))


def test_G_the_history_that_every_lie_starts_from_is_made_again(history: HistoryWorld) -> None:
    assert by_verify(history) == []
    assert {seq: str(row.state) for seq, row in rows(history).items() if seq > BASELINE} == dict.fromkeys(
        (CANARY, DENIED, POLICY, RAMP, LATE), "same"
    )
    # To chain and sign all of it anew changes nothing of that.
    put(history, DENIED, history.steps[DENIED])
    assert by_verify(history) == []
    assert state(history, DENIED) == "same"


# G1: who holds the key writes another verdict


def test_G1_a_denial_that_the_signer_turned_into_an_allowance_is_decided_again(history: HistoryWorld) -> None:
    def allow(document: dict[str, Any], decision: dict[str, Any]) -> None:
        for finding in (*document["findings"], *decision["findings"]):
            if finding["outcome"] != "not_applicable":
                finding["outcome"] = "pass"
        document["verdict"] = decision["verdict"] = "allow"

    put(history, DENIED, retold(history, DENIED, allow))
    assert by_verify(history) == []
    row = rows(history, DENIED)[DENIED]
    assert (state(history, DENIED), row.verdict) == ("differs", "allow")
    assert row.difference is not None
    assert (row.difference.rule, row.difference.old, row.difference.new) == (FLOOR, "pass", "fail")


def test_G1_a_verdict_alone_is_held_against_the_document(history: HistoryWorld) -> None:
    step = history.steps[DENIED]
    put(history, DENIED, history.resigned(step, decision={**step.predicate["decision"], "verdict": "allow"}))
    assert by_verify(history) == []
    row = rows(history, DENIED)[DENIED]
    assert state(history, DENIED) == "differs"
    assert row.difference is not None
    assert row.difference.field == "the record's own verdict"


def test_G1_a_number_that_the_signer_made_better_is_measured_again(history: HistoryWorld) -> None:
    """The verdict stays what it was; only how far the model was from its limit is told otherwise."""

    def better(document: dict[str, Any], decision: dict[str, Any]) -> None:
        for finding in (*document["findings"], *decision["findings"]):
            if finding["rule"] == FLOOR:
                finding["found"] = "0.999"

    put(history, RAMP, retold(history, RAMP, better))
    assert by_verify(history) == []
    row = rows(history, RAMP)[RAMP]
    assert state(history, RAMP) == "differs"
    assert row.difference is not None
    assert (row.difference.rule, row.difference.field, row.difference.old) == (FLOOR, "found", "0.999")


# G11: a record names what was not read


def test_G11_a_policy_that_was_not_the_one_that_was_loaded_has_another_digest(history: HistoryWorld) -> None:
    """The policy that is named is whole, lies in the history and is what its name says; the base held another one."""
    named = dump(policy({**METRIC_RULE, "effect": "warn"}, APPROVAL_RULE)).encode()
    assert named != input_of(history, RAMP, f"base:{LENDING}")
    put(history, RAMP, retold(history, RAMP, swapped(f"base:{LENDING}", named), policy=named))
    assert by_verify(history) == [("input.differs", RAMP)], "rules of what landed are known to verify too"
    row = rows(history, RAMP)[RAMP]
    assert state(history, RAMP) == "differs"
    assert row.difference is not None
    assert row.difference.field.startswith("inputs")
    assert row.difference.old == sha256(named)
    assert row.difference.new == sha256(input_of(history, RAMP, f"base:{LENDING}"))


def test_G11_evidence_that_was_not_the_one_of_the_request_has_another_digest(history: HistoryWorld) -> None:
    """Better evidence stands in for what was denied: of what never landed, the branch knows nothing."""
    path = "landing:model_cards/credit-risk/2.0.0/evidence/performance.json"
    better = history.steps[RAMP].predicate["decision"]["inputs"]
    good = next(input_of(history, RAMP, each["path"]) for each in better if each["path"].endswith("performance.json"))
    assert good != input_of(history, DENIED, path)
    put(history, DENIED, retold(history, DENIED, swapped(path, good), evidence=good))
    assert by_verify(history) == []
    row = rows(history, DENIED)[DENIED]
    assert state(history, DENIED) == "differs"
    assert row.difference is not None
    assert (row.difference.old, row.difference.new) == (sha256(good), sha256(input_of(history, DENIED, path)))


def test_G11_an_input_less_in_both_lists_is_missed(history: HistoryWorld) -> None:
    """As if the evidence had never been looked at."""

    def forget(document: dict[str, Any], decision: dict[str, Any]) -> None:
        for each in (document, decision):
            each["inputs"] = [one for one in each["inputs"] if "/evidence/" not in one["path"]]

    put(history, RAMP, retold(history, RAMP, forget))
    assert by_verify(history) == []
    assert state(history, RAMP) == "differs"


# What the forge said


def test_G1_reviews_of_another_request_are_no_reviews_of_this_one(history: HistoryWorld) -> None:
    """A forge's true answer, about a request that was approved, stands where nobody had approved."""
    approved = input_of(history, RAMP, "reviews")
    assert approved != input_of(history, LATE, "reviews")
    put(history, LATE, retold(history, LATE, swapped("reviews", approved), reviews=approved))
    assert by_verify(history) == []
    assert state(history, LATE) == "differs"


def test_G1_an_approval_that_nobody_gave_is_counted_again_and_is_not_there(history: HistoryWorld) -> None:
    counted = history.steps[RAMP].predicate["decision"]["counted"]
    assert counted

    def approve(_: dict[str, Any], decision: dict[str, Any]) -> None:
        decision["counted"] = counted

    put(history, LATE, retold(history, LATE, approve))
    assert by_verify(history) == []
    row = rows(history, LATE)[LATE]
    assert state(history, LATE) == "differs"
    assert row.difference is not None
    assert row.difference.field.startswith("the record's own counted")


def test_G1_reviews_that_were_edited_and_judged_anew_are_made_again_and_so_are_no_proof(history: HistoryWorld) -> None:
    """The limit of replay: whoever holds the key and invents the forge's answer can decide on it, and do it well.

    It is told from the forge itself, which keeps its reviews, and from a checkpoint that was made before.
    """
    kept = history.checkpoint()
    invented = history.copy(history.folder / "invented")
    invented.steps = invented.steps[:LATE]
    invented._sealed = invented._sealed[:LATE]
    invented.rebuild(invented.steps)
    forget_branches(invented)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history_world, "ENGINE", {**history_world.ENGINE, "sha256": engine_sha256()})
        invented.packs = True
        invented.deny(at="2026-11-24T09:00:00Z", stage="majority", by=OTTO)
    assert by_verify(invented) == []
    assert state(invented, LATE) == "same"
    told = verify(VerifyRequest(invented.root, checkpoints=(kept,))).mismatches
    assert [each.kind for each in told] == ["checkpoint.head"]


# Who is said to have judged


def test_G1_an_engine_that_did_not_judge_is_not_imitated(history: HistoryWorld) -> None:
    """A record that names a digest that no engine has can not be made again, and that is no success."""
    lie = {"name": "rampgate", "version": "9.9.9", "sha256": hashlib.sha256(b"no engine").hexdigest()}
    put(history, CANARY, history.resigned(history.steps[CANARY], engine=lie))
    assert by_verify(history) == []
    row = rows(history, CANARY)[CANARY]
    assert state(history, CANARY) == "not replayable"
    assert "rampgate 9.9.9" in row.why
    # This engine decides as the true one did, and says that it is another than the one on record.
    assert str(rows(history, CANARY, engine="current")[CANARY].state) == "same"


def test_G1_a_version_under_the_digest_of_another_is_told(history: HistoryWorld) -> None:
    """The digest is this engine's and the document says another version: both can not be true."""

    def older(document: dict[str, Any], _: dict[str, Any]) -> None:
        document["engine"]["version"] = "0.0.1"

    put(history, CANARY, retold(history, CANARY, older))
    assert by_verify(history) == []
    row = rows(history, CANARY)[CANARY]
    assert state(history, CANARY) == "differs"
    assert row.difference is not None
    assert row.difference.field == "engine.version"


# What lies beside a record


def test_G11_a_pack_with_the_commits_of_another_record_is_none_of_this_one(history: HistoryWorld) -> None:
    """The other record's pack is whole, and this record's own commits are on no branch of a clone."""
    other = history.steps[LATE].inputs[input_path(history.steps[LATE].predicate["git"]["objects"])]
    put(history, DENIED, with_objects(history, DENIED, other))
    assert by_verify(history) == []
    forget_branches(history)
    row = rows(history, DENIED)[DENIED]
    assert state(history, DENIED) == "not replayable"
    assert history.steps[DENIED].predicate["git"]["head"] in row.why


def test_G11_what_a_neighbour_brought_is_no_part_of_a_record(history: HistoryWorld) -> None:
    """Made again together with the record that has the pack, it must say what it says alone: that it lacks it."""
    twin = with_objects(history, LATE, None)
    history.steps = [*history.steps, replace(twin, inputs={})]
    history.rebuild(history.rechained(history.steps))
    forget_branches(history)
    assert state(history, LATE) == "same"
    assert state(history, LATE + 1) == "not replayable"


def test_G11_a_pack_that_brings_more_changes_nothing(history: HistoryWorld) -> None:
    """Objects are named by what they are: whatever is added, the commits that were judged stay the same."""
    names = history.git("rev-list", "--objects", "--no-object-names", "--all")
    path = history.folder / "more"
    history.git("pack-objects", "-q", str(path), stdin=f"{names}\n")
    (made,) = history.folder.glob("more-*.pack")
    put(history, DENIED, with_objects(history, DENIED, made.read_bytes()))
    assert by_verify(history) == []
    forget_branches(history)
    assert state(history, DENIED) == "same"


def test_G11_bytes_that_are_no_pack_are_told(history: HistoryWorld) -> None:
    put(history, DENIED, with_objects(history, DENIED, b"PACK, and no more"))
    assert by_verify(history) == []
    row = rows(history, DENIED)[DENIED]
    assert state(history, DENIED) == "not replayable"
    assert "the pack of objects can not be read" in row.why


@pytest.mark.parametrize("other", ["of another record", "of no decision", "of another form"])
def test_G11_a_decision_document_that_does_not_belong_to_its_record_is_told(history: HistoryWorld, other: str) -> None:
    step = history.steps[CANARY]
    decision = step.predicate["decision"]
    held = {
        "of another record": history.steps[RAMP].inputs[
            input_path(history.steps[RAMP].predicate["decision"]["document"])
        ],
        "of no decision": canonical({"schema": "rampgate/evidence/v1"}),
        "of another form": json.dumps(json.loads(step.inputs[input_path(decision["document"])]), indent=1).encode(),
    }[other]
    lie = history.resigned(step, decision={**decision, "document": sha256(held)})
    put(history, CANARY, only_named(replace(lie, inputs={**step.inputs, input_path(sha256(held)): held})))
    assert by_verify(history) == []
    assert state(history, CANARY) == ("not replayable" if other == "of no decision" else "differs")


def forget_branches(world: HistoryWorld) -> None:
    """Leave what a clone has: no branch of any request, and no object that only those lead to."""
    for name in world.git("branch", "--format=%(refname:short)").split():
        if name.startswith("pull-"):
            world.git("branch", "-q", "-D", name)
    world.git("reflog", "expire", "--expire=now", "--all")
    world.git("gc", "-q", "--prune=now")
