"""`rampgate record` with a declared history: every landing becomes one signed record on the branch `decisions`."""

from __future__ import annotations

import json
import subprocess

import pytest

from rampgate.app.recording import record
from rampgate.app.recording import run as record_run
from worlds.git_world import clean_environment
from worlds.governed_world import ALICE, OLGA, OSSI, OTTO, RITA, GovernedWorld, dump, policy
from worlds.recorder_world import Recorder, begun, declared, key_file
from worlds.ssh_signer import INTRUDER, SECOND, SIGNER

CARD = "model_cards/credit-risk/2.0.0/card.yaml"


@pytest.fixture
def recorder(world, start_forge, tmp_path):
    declared(world)
    forge = start_forge(world)
    return Recorder(forge, tmp_path / "runner", world)


@pytest.fixture
def opened(start_forge, tmp_path):
    """A history that has begun: record 0 and the baseline of the one version."""
    return begun(start_forge, tmp_path)


def allowed(recorder, to="canary", branch="promote", method="merge"):
    pull = recorder.promotion(to, branch)
    recorder.forge.review(pull, RITA, "APPROVED")
    return pull, recorder.forge.merge(pull, OTTO, method)


# The beginning


def test_the_first_run_writes_the_opening_and_what_stands(recorder):
    run = recorder()
    assert run.code == 0, run
    start = recorder.world.base
    assert run.out.splitlines() == [
        f"record 0  {start[:10]}  opening",
        f"record 1  {start[:10]}  baseline credit-risk 2.0.0: - -> pilot",
    ]
    opening, baseline = recorder.sealed()
    assert (opening.record.prev, opening.record.git.covered, opening.record.models) == (None, start, ())
    assert baseline.record.prev == opening.digest
    assert baseline.record.model_prev == {"credit-risk": None}
    (move,) = baseline.record.moves
    assert (move.version, move.from_, move.to, move.artifact) == ("2.0.0", None, "pilot", "sha256:" + "a" * 64)
    assert (baseline.record.git.landed, baseline.record.engine.name) == (start, "rampgate")


def test_what_landed_since_the_declaration_is_recorded_by_the_first_run(recorder):
    """Whoever is late with the first run does not lose what came before it."""
    _, landed = allowed(recorder)
    assert recorder().code == 0
    assert recorder.kinds() == ["opening", "baseline", "promote"]
    opening, _, promoted = recorder.records()
    assert (promoted.git.landed, opening.git.covered) == (landed, recorder.world.base)
    assert opening.at == promoted.at, "what stood then stood before the first merge"


def test_a_retired_version_has_no_baseline(start_forge, tmp_path):
    (tmp_path / "other").mkdir()
    world = GovernedWorld(tmp_path / "other", stage="retired")
    declared(world)
    recorder = Recorder(start_forge(world), tmp_path / "runner", world)
    assert recorder().code == 0
    assert recorder.kinds() == ["opening"]


def test_a_second_run_finds_everything_on_record(opened):
    tip = opened.tip()
    run = opened()
    assert (run.code, run.out) == (0, "everything is on record\n")
    assert opened.tip() == tip


# What landed


@pytest.mark.parametrize("method", ["merge", "squash"])
def test_an_allowed_promotion_is_recorded_with_all_that_it_rests_on(opened, method):
    pull, landed = allowed(opened, method=method)
    run = opened()
    assert run.code == 0, run
    assert run.out == f"record 2  {landed[:10]}  pull request 1  allow  promote credit-risk 2.0.0: pilot -> canary\n"
    *_, baseline, sealed = opened.sealed()
    record = sealed.record
    assert (record.kind, record.seq, record.prev) == ("promote", 2, baseline.digest)
    assert record.model_prev == {"credit-risk": baseline.digest}
    assert (record.at, record.time_source, record.past_the_gate) == (pull.merged_at, "forge", ())
    assert (record.pull.number, record.pull.state, record.pull.author) == (1, "merged", "alice")
    git = record.git
    assert (git.base, git.head, git.landed, git.covered) == (opened.world.base, pull.head_sha, landed, landed)
    assert git.landing_tree == git.landed_tree
    (move,) = record.moves
    assert (move.from_, move.to) == ("pilot", "canary")
    decision = record.decision
    assert (decision.verdict, decision.evaluated_at, decision.history_size) == ("allow", pull.merged_at, 2)
    (approval,) = decision.counted
    assert (approval.person, approval.roles) == ("rita", ("risk",))
    assert {each.path for each in decision.inputs} >= {f"landing:{CARD}", "base:policies/people.yaml", "reviews"}


def test_a_commit_of_the_branch_holds_one_record_and_what_it_names(opened):
    allowed(opened)
    opened()
    clone = opened.clone()
    commits = clone.git("rev-list", "--first-parent", "--reverse", "origin/decisions").splitlines()
    assert len(commits) == len(opened.records()) == 3
    for number, commit in enumerate(commits):
        lines = clone.git("show", "--format=", "--name-status", "--no-renames", commit).splitlines()
        added = [line.removeprefix("A\t") for line in lines]
        assert [path for path in added if path.startswith("log/")] == [
            path for path in added if path.startswith(f"log/0000/{number:06d}-")
        ], lines
        assert all(path.startswith("inputs/") for path in added if not path.startswith("log/"))
    assert not clone.git("fsck", "--strict", "--no-dangling")


def test_a_push_past_every_pull_request_is_recorded_as_that(opened):
    opened.world.edit_card(stage="canary")
    landed = opened.push_by_hand("promote by hand", OTTO)
    run = opened()
    assert run.code == 10, run
    assert "  past the gate: no pull request brought it\n" in run.out
    assert "Next: roll back what should not serve" in run.out
    record = opened.records()[-1]
    assert (record.git.landed, record.pull, record.kind) == (landed, None, "promote")
    assert record.past_the_gate == ("no pull request brought it",)
    assert [(each.from_, each.to) for each in record.moves] == [("pilot", "canary")]
    assert opened().code == 0, "it is told once, and stays on record"


def test_a_push_that_moves_several_models_is_told_whole(opened):
    """Moves come from the trees: the judgement, which finds more than one change, names none of them."""
    world = opened.world
    world.edit_card(stage="canary")
    fraud = {**world.cards["credit-risk", "2.0.0"], "model": "fraud", "version": "1.0.0", "stage": "full"}
    world.write("model_cards/fraud/1.0.0/card.yaml", dump({**fraud, "evidence": []}))
    opened.push_by_hand("two at once", OTTO)
    assert opened().code == 10
    record = opened.records()[-1]
    assert record.models == ("credit-risk", "fraud")
    assert [(each.model, each.from_, each.to) for each in record.moves] == [
        ("credit-risk", "pilot", "canary"),
        ("fraud", None, "full"),
    ]


def test_a_merge_on_hold_by_an_administrator_is_recorded_as_that(opened):
    pull = opened.promotion()
    opened.forge.merge(pull, OTTO)
    run = opened()
    assert run.code == 10, run
    record = opened.records()[-1]
    assert (record.decision.verdict, record.past_the_gate) == ("hold", ("it was merged when the verdict was hold",))


def test_a_rollback_is_recorded_and_needs_nobody(opened):
    allowed(opened)
    opened.begin("down")
    opened.world.edit_card(stage="pilot")
    event = {"schema": "rampgate/event/v1", "kind": "rollback", "from": "canary", "to": "pilot", "by": "alice"}
    event |= {"reason": "errors in production", "date": "2026-11-20"}
    opened.world.write("model_cards/credit-risk/2.0.0/events/down.yaml", dump(event))
    opened.world.commit("down")
    opened.forge.merge(opened.request("down"), OTTO)
    assert opened().code == 0
    record = opened.records()[-1]
    assert (record.kind, record.decision.verdict, record.decision.history_size) == ("rollback", "allow", None)
    assert [(each.kind, each.path.rpartition("/")[2]) for each in record.statements] == [("event", "down.yaml")]


def test_a_change_of_the_rules_is_recorded_for_every_model(opened):
    opened.begin("rules")
    opened.world.write("policies/lending.yaml", opened.world.read("policies/lending.yaml").replace("0.80", "0.70"))
    opened.world.commit("a lower floor")
    pull = opened.request("rules", OTTO)
    for who in (OLGA, OSSI):
        opened.forge.review(pull, who, "APPROVED")
    opened.forge.merge(pull, OTTO)
    assert opened().code == 0
    record = opened.records()[-1]
    assert (record.kind, record.models, record.moves) == ("policy", (), ())
    assert sorted(each.person for each in record.decision.counted) == ["olga", "ossi"]


def test_a_waiver_is_recorded_with_its_file(opened):
    waiver = {"schema": "rampgate/waiver/v1", "id": "W-1", "rule": "evidence.accuracy-floor", "model": "credit-risk"}
    waiver |= {"version": "2.0.0", "entering": "canary", "reason": "measured again in March", "owner": "alice"}
    waiver |= {"approved_by": "rita", "starts": "2026-11-20", "ends": "2026-12-10"}
    opened.begin("waiver")
    opened.world.write("policies/waivers/W-1.yaml", dump(waiver))
    opened.world.commit("a waiver")
    pull = opened.request("waiver")
    opened.forge.review(pull, RITA, "APPROVED")
    opened.forge.merge(pull, OTTO)
    assert opened().code == 0
    record = opened.records()[-1]
    (stated,) = record.statements
    assert (record.kind, stated.kind, stated.path) == ("waiver", "waiver", "policies/waivers/W-1.yaml")
    clone = opened.clone()
    held = clone.git("cat-file", "blob", f"origin/decisions:inputs/{stated.sha256[:2]}/{stated.sha256}")
    assert json.loads(held) == waiver


def test_what_can_not_be_read_is_recorded_as_invalid(opened):
    opened.world.write(CARD, "schema: rampgate/card/v1\nstage: [\n")
    opened.push_by_hand("broken", OTTO)
    run = opened()
    assert run.code == 10, run
    record = opened.records()[-1]
    assert (record.kind, record.decision.verdict) == ("invalid", "undecided")
    assert [(each.from_, each.to) for each in record.moves] == [("pilot", None)], "nobody can say where it stands"


def test_what_breaks_the_rules_themselves_bears_on_every_model(opened):
    opened.world.write("policies/lending.yaml", "schema: [\n")
    opened.push_by_hand("broken", OTTO)
    assert opened().code == 10
    assert opened.records()[-1].kind == "policy"


def test_what_is_not_governed_has_no_record_and_stands_in_no_way(opened):
    opened.world.write("README.md", "# words\n")
    opened.push_by_hand("words", ALICE)
    assert opened().out == "everything is on record\n"
    _, landed = allowed(opened)
    opened()
    assert opened.records()[-1].git.landed == landed


def test_a_merge_of_another_tree_is_recorded_with_what_landed(opened):
    """Somebody merges by hand, and raises another model on the way."""
    pull = opened.promotion()
    opened.forge.review(pull, RITA, "APPROVED")
    world = opened.world
    world.checkout("main")
    fraud = {**world.cards["credit-risk", "2.0.0"], "model": "fraud", "version": "1.0.0", "evidence": []}
    landed = world.merge("promote", evil={"model_cards/fraud/1.0.0/card.yaml": dump({**fraud, "stage": "full"})})
    opened.forge.push(world, "main", by=OTTO)
    pull.state, pull.merged_at, pull.merge_commit = "closed", opened.forge.state.clock.now(), landed
    assert opened().code == 10
    record = opened.records()[-1]
    assert record.past_the_gate == ("what landed is not what merging the pull request gives",)
    assert (record.decision.verdict, record.models) == ("allow", ("credit-risk", "fraud"))
    assert record.git.landing_tree != record.git.landed_tree
    assert opened().code == 0


def test_each_landing_has_one_record_in_the_order_of_the_branch(opened):
    first = allowed(opened, "canary", "one")[1]
    second = allowed(opened, "ramp", "two", "squash")[1]
    opened.world.git("fetch", "-q", "origin", "main")
    opened.world.edit_card(stage="majority")
    third = opened.push_by_hand("by hand", OTTO)
    assert opened().code == 10
    records = opened.records()[2:]
    assert [each.git.landed for each in records] == [first, second, third]
    assert [each.prev for each in opened.records()[1:]] == [each.digest for each in opened.sealed()[:-1]]
    assert [each.decision.history_size for each in records] == [2, 3, 4], "each is judged with what was before it"


def test_the_push_before_a_merge_counts_as_no_later_than_the_merge(opened):
    """The forge does not tell when a push came; it was there before the next merge, so that one is in order."""
    opened.world.write("policies/lending.yaml", opened.world.read("policies/lending.yaml").replace("0.80", "0.70"))
    opened.push_by_hand("rules by hand", OTTO)
    pull, _ = allowed(opened)
    opened.forge.state.clock.set("2026-11-21T10:00:00Z")
    assert opened().code == 10
    by_hand, merged = opened.records()[-2:]
    assert (by_hand.at, merged.at) == (pull.merged_at, pull.merged_at)
    assert merged.past_the_gate[:1] != ("it was merged at",)


def test_a_merge_before_the_landing_that_it_follows_is_told(opened):
    first, _ = allowed(opened, "canary", "one")
    opened()
    second, _ = allowed(opened, "ramp", "two")
    second.merged_at = "2026-11-20T08:00:00Z"
    assert opened().code == 10
    (fault,) = [each for each in opened.records()[-1].past_the_gate if "before the landing" in each]
    assert fault == (
        f"it was merged at 2026-11-20T08:00:00Z, before the landing that it follows (record 2, {first.merged_at})"
    )


# The branch is rewritten, the declaration is taken away


def test_a_rewritten_branch_is_one_loud_record(opened):
    allowed(opened)
    opened()
    before = opened.records()[-1].git.covered
    world = opened.world
    world.checkout("main")
    world.git("reset", "-q", "--hard", world.base)
    world.write("README.md", "# rewritten\n")
    tip = world.commit("rewritten")
    opened.forge.push(world, "main", by=OTTO, force=True)
    run = opened()
    assert run.code == 10, run
    record = opened.records()[-1]
    assert (record.kind, record.git.landed, record.git.covered) == ("rewritten", tip, tip)
    assert record.past_the_gate == (
        f"the branch was rewritten: commit {before}, the newest on record, is not on it any more",
    )
    assert [(each.from_, each.to) for each in record.moves] == [("canary", "pilot")]
    assert opened().out == "everything is on record\n"


def test_a_rewritten_branch_whose_old_commits_are_gone_is_told_from_the_records(opened):
    allowed(opened)
    opened()
    world = opened.world
    world.checkout("main")
    world.git("reset", "-q", "--hard", world.base)
    world.write("README.md", "# rewritten\n")
    world.commit("rewritten")
    opened.forge.push(world, "main", by=OTTO, force=True)
    opened.forge.hub.git.git("update-ref", "-d", "refs/pull/1/head")
    opened.forge.hub.git.git("update-ref", "-d", "refs/pull/1/merge")
    opened.forge.hub.git.git("update-ref", "-d", "refs/heads/promote")
    opened.forge.hub.git.git("gc", "-q", "--prune=now")
    other = Recorder(opened.forge, opened.folder / "fresh", world)
    assert other().code == 10
    record = other.records()[-1]
    assert record.kind == "rewritten"
    assert [(each.from_, each.to) for each in record.moves] == [("canary", "pilot")]


def test_taking_the_declaration_away_is_recorded_itself(opened):
    opened.world.remove("policies/history.yaml")
    landed = opened.push_by_hand("no history any more", OTTO)
    run = opened()
    assert run.code == 10, run
    assert f"the history ends with commit {landed[:10]}, which took it away" in run.error
    record = opened.records()[-1]
    assert (record.kind, record.git.landed) == ("policy", landed)
    opened.world.edit_card(stage="canary")
    opened.push_by_hand("after it", OTTO)
    run = opened("--before", landed)
    assert (run.code, len(opened.records())) == (10, 3), "what comes later is judged, and not recorded"
    assert "no decision history is declared" in run.error


def test_a_declaration_that_can_not_be_read_stops_no_record(opened):
    opened.world.write("policies/history.yaml", "schema: [\n")
    opened.push_by_hand("broken", OTTO)
    assert opened().code == 10
    assert opened.records()[-1].past_the_gate == ("no pull request brought it",)


def test_a_history_that_is_gone_at_the_forge_is_not_begun_anew(opened):
    opened.forge.hub.git.delete_ref("refs/heads/decisions")
    run = opened()
    assert run.code == 3, run
    assert "the decision history is gone at the forge" in run.error
    assert opened.tip() is None


def test_a_history_that_was_rewritten_at_the_forge_is_not_gone_on_with(opened):
    allowed(opened)
    opened()
    bare = opened.forge.hub.git
    bare.set_ref("refs/heads/decisions", bare.git("rev-parse", "refs/heads/decisions~1"))
    run = opened()
    assert run.code == 3, run
    assert "was rewritten at the forge" in run.error


# Closed without a merge


def closed(recorder, to="canary", branch="promote"):
    pull = recorder.promotion(to, branch)
    with recorder.forge.desk.lock:
        pull.state, pull.updated = "closed", recorder.forge.state.clock.now()
    return pull


def test_the_last_verdict_of_a_closed_pull_request_is_recorded_once(opened):
    pull = closed(opened)
    opened.forge.review(pull, RITA, "APPROVED")
    run = opened("--closed", "1")
    assert run.code == 0, run
    covered = opened.world.base[:10]
    assert run.out == (
        f"record 2  {covered}  pull request 1, closed  hold  promote credit-risk 2.0.0: pilot -> canary\n"
    )
    record = opened.records()[-1]
    assert (record.git.landed, record.moves, record.past_the_gate) == (None, (), ())
    assert (record.at, record.decision.verdict, record.pull.state) == (pull.updated, "hold", "closed")
    assert record.decision.counted == (), "the approval came after it was closed"
    run = opened("--closed", "1")
    assert run.code == 0
    assert "is on record with this head already: record 2" in run.error
    assert len(opened.records()) == 3


def test_what_landed_before_is_recorded_before_the_closed_one(opened):
    pull = closed(opened, branch="given-up")
    allowed(opened, branch="other")
    assert opened("--closed", "1").code == 0
    landed, denied = opened.records()[-2:]
    assert (landed.kind, denied.pull.number) == ("promote", 1)
    assert denied.git.base == opened.world.base, "it is compared with what the branch was when it was closed"
    assert denied.git.covered == landed.git.landed
    assert denied.at == pull.updated


def test_a_pull_request_that_was_allowed_and_closed_leaves_no_record(opened):
    pull = opened.promotion()
    opened.forge.review(pull, RITA, "APPROVED")
    with opened.forge.desk.lock:
        pull.state, pull.updated = "closed", opened.forge.state.clock.now()
    run = opened("--closed", "1")
    assert (run.code, len(opened.records())) == (0, 2)
    assert "closed when the verdict was allow; nothing to record of it" in run.error


def test_what_is_not_closed_is_refused(opened):
    opened.promotion(branch="one")
    run = opened("--closed", "1")
    assert run.code == 2
    assert "pull request 1 is open" in run.error
    opened.forge.merge(opened.forge.state.pulls[1], OTTO)
    run = opened("--closed", "1")
    assert run.code == 2
    assert "pull request 1 was merged" in run.error
    assert len(opened.records()) == 2, "nothing is pushed by halves"


# Keys and clocks


def test_a_key_that_is_not_listed_signs_nothing(recorder):
    run = recorder(key=key_file(recorder.folder, INTRUDER))
    assert run.code == 2, run
    assert "may not sign this record" in run.error
    assert "signed by no key of `policies/history.yaml`" in run.error
    assert recorder.tip() is None


def test_a_key_that_does_not_count_yet_signs_nothing(world, start_forge, tmp_path):
    keys = [{"name": SIGNER.name, "key": SIGNER.public}, {"name": SECOND.name, "key": SECOND.public, "from": 2}]
    declared(world, signers=keys)
    recorder = Recorder(start_forge(world), tmp_path / "runner", world)
    second = key_file(recorder.folder, SECOND)
    run = recorder(key=second)
    assert run.code == 2
    assert "counts from record 2 on" in run.error
    assert recorder.tip() is None
    recorder()
    allowed(recorder)
    assert recorder(key=second).code == 0
    assert len(recorder.records()) == 3


def test_without_a_key_nothing_is_recorded(recorder):
    words = ("record", "--repo", str(recorder.runner.checkout))
    run = recorder.runner.command(*words)
    assert run.code == 2
    assert "no key to sign it with" in run.error
    recorder.runner.environ["RAMPGATE_HISTORY_KEY_FILE"] = str(recorder.key)
    assert recorder.runner.command(*words).code == 0
    assert recorder.kinds() == ["opening", "baseline"]


def test_a_clock_that_goes_back_records_nothing(opened):
    allowed(opened)
    opened.forge.state.clock.set("2026-11-20T08:00:00Z")
    run = opened()
    assert run.code == 4, run
    assert "the clock says 2026-11-20T08:00:0" in run.error
    assert len(opened.records()) == 2


def test_a_dry_run_shows_and_writes_nothing(recorder):
    run = recorder.runner.command("record", "--repo", str(recorder.runner.checkout), "--dry-run")
    assert run.code == 0, run
    assert [line.split("  ")[0] for line in run.out.splitlines()] == ["record 0", "record 1"]
    assert recorder.tip() is None


# Races


def overtaken(recorder, monkeypatch, *first):
    """Let another runner do something, and record everything, between the recorder's look and its push."""
    other = Recorder(recorder.forge, recorder.folder / "other", recorder.world)
    push = record_run.append

    def slow(*words, **more):
        monkeypatch.setattr(record_run, "append", push)
        recorder.forge.state.clock.now()
        for act in first:
            act()
        assert other().code == 0
        return push(*words, **more)

    monkeypatch.setattr(record_run, "append", slow)


def test_who_loses_a_race_looks_again_and_records_nothing_twice(opened, monkeypatch):
    """Another runner records the same landing, and a later one."""
    _, first = allowed(opened, "canary", "one")
    second = []
    overtaken(opened, monkeypatch, lambda: second.append(allowed(opened, "ramp", "two")[1]))
    run = opened()
    assert (run.code, run.out) == (0, "everything is on record\n")
    assert [each.git.landed for each in opened.records()[2:]] == [first, *second]


def test_two_that_begin_at_once_begin_one_history(recorder, monkeypatch):
    overtaken(recorder, monkeypatch)
    assert recorder().code == 0
    assert recorder.kinds() == ["opening", "baseline"]


def test_who_is_always_slower_gives_up_and_says_so(opened, monkeypatch):
    allowed(opened)
    monkeypatch.setattr(record_run, "append", lambda *_, **__: None)
    monkeypatch.setattr(record, "ATTEMPTS", 2)
    run = opened()
    assert run.code == 4
    assert "somebody else was faster" in run.error


def test_a_forge_that_refuses_the_push_is_told(opened):
    allowed(opened)
    opened.runner.environ["GITHUB_TOKEN"] = opened.forge.token(contents="read")
    run = opened()
    assert run.code == 4, run
    assert "may push to this branch" in run.error
    assert len(opened.records()) == 2


# Reports


def test_the_json_names_the_records(opened):
    pull, landed = allowed(opened)
    path = opened.folder / "landed.json"
    opened("--json", str(path))
    value = json.loads(path.read_text())
    (landing,) = value["landings"]
    assert (landing["commit"], landing["record"], landing["pull_request"]) == (landed, 2, pull.number)
    assert value["records"] == [
        {"seq": 2, "kind": "promote", "title": "promote credit-risk 2.0.0: pilot -> canary", "past_the_gate": []}
    ]


def test_records_verify_with_plain_ssh_keygen(opened):
    """What an auditor needs is OpenSSH: the armored signature over the DSSE encoding of the payload."""
    (opening, _) = opened.sealed()
    folder = opened.folder
    (folder / "signature").write_text(opening.envelope.signature)
    (folder / "signers").write_text(f'recorder namespaces="rampgate-decision" {SIGNER.public}\n')
    words = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        "signers",
        "-I",
        "recorder",
        "-n",
        "rampgate-decision",
        "-s",
        "signature",
    ]
    done = subprocess.run(
        words, cwd=folder, input=opening.envelope.signed, capture_output=True, check=False, env=clean_environment()
    )
    assert done.returncode == 0, done.stderr


def test_a_policy_that_asks_for_nothing_known_lets_records_be(opened):
    opened.begin("rules")
    opened.world.write("policies/lending.yaml", dump(policy()))
    opened.world.commit("no rules")
    opened.forge.merge(opened.request("rules", OTTO), OTTO)
    assert opened().code == 10
    assert opened.records()[-1].kind == "policy"
