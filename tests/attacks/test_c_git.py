"""Attacks with Git itself: what is judged is the tree that would land, read as objects, between commits named in full."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from worlds.governed_world import (
    ALICE,
    APPROVAL_RULE,
    METRIC_RULE,
    NOW,
    OTTO,
    RITA,
    GovernedWorld,
    approved,
    card,
    dump,
    evidence,
    policy,
    run_rampgate,
)
from worlds.history_world import HistoryWorld

CARD = "model_cards/credit-risk/2.0.0/card.yaml"
FOLDER = "model_cards/credit-risk/2.0.0"
POLICY = "policies/lending.yaml"
LENIENT = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.10"}}
AS_OTTO = ("otto", OTTO["email"])


def test_C1_a_base_that_no_merge_made_is_judged_by_its_own_rules_and_recorded_by_name(world: GovernedWorld) -> None:
    """Whether main was pushed to without a decision is for the history to tell; the decision names the base exactly."""
    world.write(POLICY, dump(policy(LENIENT, APPROVAL_RULE)))
    world.base = world.commit("pushed straight to main")
    head = world.promotion()
    answer = approved(world, head)
    assert (answer.json["base"], answer.json["head"]) == (world.base, head)
    loosened = hashlib.sha256(world.read(POLICY).encode()).hexdigest()
    assert {"path": f"base:{POLICY}", "sha256": loosened} in answer.json["inputs"]


@pytest.mark.parametrize("what", ["stage", "policy"])
def test_C2_what_an_evil_merge_brings_in_is_judged(world: GovernedWorld, what: str) -> None:
    """Neither parent has it, and `git log -p` shows nothing of it."""
    world.branch("side")
    world.write("notes.txt", "side\n")
    world.commit("side")
    world.branch("promote", "main")
    world.edit_card(stage="canary")
    approved_head = world.commit("promote")
    reviews = [world.review(RITA, approved_head)]
    assert world.judge(approved_head, reviews=reviews).verdict == "allow"
    raised = world.read(CARD).replace('"stage": "canary"', '"stage": "full"')
    evil: dict[str, str | bytes] = {CARD: raised} if what == "stage" else {POLICY: dump(policy(LENIENT))}
    head = world.merge("side", evil=evil)
    patch = world.git("log", "-p", "--format=", f"{approved_head}..{head}")
    assert '"stage"' not in patch
    assert "policy" not in patch
    answer = world.gate(head, reviews=reviews, as_process=True)
    assert (answer.exit, answer.verdict) == (10, "deny")
    rule = "change.stage-move" if what == "stage" else "change.is-one"
    assert rule in answer.failed()


def test_C3_updating_the_branch_keeps_approvals_of_the_same_content_and_no_others(world: GovernedWorld) -> None:
    head = world.promotion()
    branch = world.git("branch", "--show-current")
    reviews = [world.review(RITA, head)]
    world.checkout("main")
    world.write("README.md", "base moved\n")
    world.base = world.commit("readme")
    world.checkout(branch)
    updated = world.merge("main", "Merge branch 'main' into promote")
    assert world.judge(updated, reviews=reviews).verdict == "allow"
    # The same kind of commit, with an edit in it, is no exemption.
    world.checkout("main")
    world.write("README.md", "base moved again\n")
    world.base = world.commit("readme")
    world.checkout(branch)
    edited = world.read(CARD).replace('"tier": "high"', '"tier": "high",\n "summary": "slipped in"')
    slipped = world.merge("main", "Merge branch 'main' into promote", evil={CARD: edited})
    answer = world.judge(slipped, reviews=reviews)
    assert (answer.exit, answer.verdict) == (11, "hold")
    assert answer.ignored()["rita"].startswith(f"stale: reviewed {head[:7]}")


def test_C4_a_base_that_moved_is_another_judgement(world: GovernedWorld) -> None:
    """The same head lands as another tree; what was approved is not what would land."""
    head = world.promotion()
    reviews = [world.review(RITA, head)]
    before = world.judge(head, reviews=reviews)
    assert (before.verdict, before.json["base"], before.json["head"]) == ("allow", world.base, head)
    world.checkout("main")
    world.edit_card(stage="pilot")
    world.write(f"{FOLDER}/runbook.md", "meanwhile, on main\n")
    world.base = world.commit("a runbook for the same version")
    after = world.judge(head, reviews=reviews)
    assert (after.exit, after.verdict, after.json["base"]) == (11, "hold", world.base)
    assert after.ignored()["rita"].startswith("stale")


def test_C4_a_sibling_that_took_the_place_meanwhile_is_seen(world: GovernedWorld) -> None:
    """Two challengers, each alone on its branch, do not both get through."""
    world.add_version(card(version="3.0.0"), evidence())
    world.base = world.commit("register")
    head = world.promotion()
    reviews = [world.review(RITA, head)]
    assert world.judge(head, reviews=reviews).verdict == "allow"
    world.checkout("main")
    world.edit_card(version="3.0.0", stage="canary")
    world.base = world.commit("the other one was first")
    answer = world.judge(head, reviews=reviews)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "version 3.0.0 already stands between `pilot` and `full`" in answer.failed()["change.stage-move"]


def test_C6_a_decision_names_both_commits_in_full(world: GovernedWorld) -> None:
    head = world.promotion()
    branch = world.git("branch", "--show-current")
    file = world.pull_request(head, world.base, ALICE, [world.review(RITA, head)])
    answer = world.gate(branch, base="main", file=file)
    assert (answer.exit, answer.verdict) == (0, "allow")
    assert (answer.json["base"], answer.json["head"]) == (world.base, head)
    # A squash has another name and no review of its own; the content is the same, so the approval still counts.
    world.branch("squashed", "main")
    world.git("merge", "--squash", "-q", branch)
    squash = world.commit("squash")
    assert squash != head
    assert world.judge(squash, reviews=[world.review(RITA, head)]).verdict == "allow"


@pytest.mark.parametrize("how", ["replace ref", "graft"])
def test_C7_a_repository_that_shows_other_objects_is_refused(world: GovernedWorld, how: str) -> None:
    head = world.promotion("full")
    honest = world.git("commit-tree", f"{world.base}^{{tree}}", "-p", world.base, "-m", "nothing to see")
    if how == "replace ref":
        world.git("replace", head, honest)
        words = "replace refs, which show other content under the same name"
    else:
        (world.root / ".git/info").mkdir(exist_ok=True)
        (world.root / ".git/info/grafts").write_text(f"{head} {world.base}\n")
        words = "grafts file"
    answer = world.gate(head)
    assert (answer.exit, answer.verdict) == (3, None)
    assert words in answer.text
    if how == "replace ref":
        world.git("replace", "-d", head)
    else:
        (world.root / ".git/info/grafts").unlink()
    assert world.judge(head).verdict == "deny"


@pytest.mark.parametrize("how", ["replace ref", "graft"])
@pytest.mark.parametrize("branch", ["main", "decisions"])
def test_C7_a_history_is_not_verified_through_other_objects(tmp_path: Path, how: str, branch: str) -> None:
    """A landing that a replace ref hides would be no landing, and a record that one puts in place would be signed."""
    history = HistoryWorld(tmp_path)
    history.begin()
    history.slip(stage="canary")
    real = history.rev(branch)
    honest = history.git("commit-tree", f"{real}~1^{{tree}}", "-p", f"{real}~1", "-m", "nothing to see")
    words = ("audit", "verify", "--repo", str(history.root))
    if how == "replace ref":
        history.git("replace", real, honest)
    else:
        (history.root / ".git/info").mkdir(exist_ok=True)
        (history.root / ".git/info/grafts").write_text(f"{real} {history.rev(f'{real}~1')}\n")
    answer = run_rampgate(*words)
    assert answer.exit == 3
    assert ("replace refs" if how == "replace ref" else "grafts file") in answer.text
    if how == "replace ref":
        history.git("replace", "-d", real)
    else:
        (history.root / ".git/info/grafts").unlink()
    assert run_rampgate(*words).exit == 10, "the landing without a record is there"


def test_C8_a_shallow_clone_is_refused(world: GovernedWorld, tmp_path: Path) -> None:
    world.promotion()
    world.git("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{world.root}", str(tmp_path / "shallow"))
    words = ("gate", "--repo", str(tmp_path / "shallow"), "--base", "origin/main", "--head", "HEAD", "--now", NOW)
    answer = run_rampgate(*words)
    assert answer.exit == 3
    assert "shallow clone" in answer.text
    assert "fetch-depth: 0" in answer.text


@pytest.mark.parametrize("lie", ["dirty", "staged", "skip-worktree", "untracked", "ignored", "deleted"])
def test_C9_the_work_tree_plays_no_part(world: GovernedWorld, lie: str) -> None:
    head = world.promotion()
    before = world.judge(head, reviews=[world.review(RITA, head)])
    match lie:
        case "dirty":
            world.write(POLICY, dump(policy(LENIENT)))
        case "staged":
            world.edit_card(stage="full")
            world.git("add", "--all")
        case "skip-worktree":
            world.git("update-index", "--skip-worktree", CARD)
            world.edit_card(stage="full")
        case "untracked":
            world.write(f"{FOLDER}/evidence/other.json", "not evidence")
        case "ignored":
            world.write(".git/info/exclude", "*\n")
            world.write("policies/zz.yaml", "not a policy")
        case _:
            world.remove("policies")
            world.remove("model_cards")
    after = world.judge(head, reviews=[world.review(RITA, head)])
    assert (after.verdict, after.json["findings"]) == ("allow", before.json["findings"])


def test_C10_forged_commit_dates_change_nothing(world: GovernedWorld) -> None:
    world.branch("promote")
    world.edit_card(stage="canary")
    head = world.commit("promote", date="1999-01-01T00:00:00+00:00")
    early = approved(world, head)
    world.git("commit", "-q", "--amend", "--no-edit", GIT_COMMITTER_DATE="2049-01-01T00:00:00Z")
    late = approved(world, world.head)
    assert early.verdict == late.verdict == "allow"
    assert [e["message"].replace(head[:7], "") for e in early.json["findings"]] == [
        e["message"].replace(world.head[:7], "") for e in late.json["findings"]
    ]


@pytest.mark.parametrize("when", [b"0 +0000", b"915148800 +0000", b"4102444800 +1400"])
def test_C10_a_history_is_ordered_by_parents_whatever_the_dates_say(tmp_path: Path, when: bytes) -> None:
    """Records and landings are dated to 1970, 1999 or 2100 in turn: the same is found, and the same is missed."""
    history = HistoryWorld(tmp_path)
    history.recorder = b"Recorder <recorder@example.com> " + when
    history.begin(at="2026-11-20T08:00:00Z")
    history.land(at="2026-11-20T09:00:00Z", stage="canary", verdict="allow")
    words = ("audit", "verify", "--repo", str(history.root))
    assert run_rampgate(*words).exit == 0
    history.edit_card(stage="ramp")
    history.base = history.commit("dated away", date=f"@{when.decode()}")
    answer = run_rampgate(*words)
    assert (answer.exit, "[landing.waiting]" in answer.text) == (10, True)


@pytest.mark.parametrize("rev", ["--output=x", "-x", "--upload-pack=touch x", "HEAD:policies", "a..b", "HEAD@{1}", " "])
@pytest.mark.parametrize("side", ["base", "head"])
def test_C11_a_name_that_could_be_an_option_is_never_handed_to_git(world: GovernedWorld, rev: str, side: str) -> None:
    world.promotion()
    files = sorted(path.name for path in world.root.iterdir())
    answer = world.judge(**{"head": "HEAD", "base": world.base, side: rev})
    assert (answer.exit, answer.json) == (2, {})
    assert "is not a revision that can be used here" in answer.text
    assert sorted(path.name for path in world.root.iterdir()) == files


def test_C11_such_a_name_on_the_command_line_is_a_usage_error(world: GovernedWorld) -> None:
    words = ("gate", "--repo", str(world.root), "--base=--output=x", "--head", "HEAD", "--now", NOW)
    answer = run_rampgate(*words)
    assert answer.exit == 2
    assert "`--output=x` is not a revision that can be used here" in answer.text
    assert not (world.root / "x").exists()


def test_C12_settings_and_hooks_of_the_clone_have_no_say(world: GovernedWorld, tmp_path: Path) -> None:
    head = world.promotion()
    touched = tmp_path / "ran"
    command = f"touch {touched}"
    world.write(".git/hooks/post-checkout", f"#!/bin/sh\n{command}\n")
    world.write(".git/hooks/pre-merge-commit", f"#!/bin/sh\n{command}\n")
    for hook in ("post-checkout", "pre-merge-commit"):
        world.executable(f".git/hooks/{hook}")
    for name, value in {
        "core.fsmonitor": command,
        "core.sshCommand": command,
        "diff.external": command,
        "merge.union.driver": command,
        "merge.default": "union",
        "filter.lfs.smudge": command,
        "core.pager": command,
        "alias.merge-tree": f"!{command}",
        "uploadpack.packObjectsHook": command,
        "merge.renames": "true",
        "core.attributesFile": str(tmp_path / "attributes"),
    }.items():
        world.git("config", name, value)
    (tmp_path / "attributes").write_text("* merge=union filter=lfs\n")
    (world.root / ".git/info").mkdir(exist_ok=True)
    (world.root / ".git/info/attributes").write_text("* merge=union diff=x\n")
    answer = world.gate(head, reviews=[world.review(RITA, head)], as_process=True)
    assert (answer.exit, answer.verdict) == (0, "allow")
    assert not touched.exists()


@pytest.mark.parametrize("kind", ["promote", "rollback", "nothing"])
def test_C13_a_control_path_touched_and_restored_within_the_branch_is_denied(tmp_path: Path, kind: str) -> None:
    """In between, the branch held rules that nobody approved, and a merge commit would keep that commit."""
    world = GovernedWorld(tmp_path, stage="ramp")
    world.branch("hidden")
    strict = world.read(POLICY)
    world.write(POLICY, dump(policy(LENIENT)))
    loosened = world.commit("loosen")
    world.write(POLICY, strict)
    world.commit("restore")
    match kind:
        case "promote":
            world.edit_card(stage="majority")
        case "rollback":
            world.edit_card(stage="pilot")
            body = {"kind": "rollback", "from": "ramp", "to": "pilot", "by": "alice", "date": "2026-11-20"}
            reason = {"schema": "rampgate/event/v1", "reason": "Error rate doubled since noon"}
            world.write(f"{FOLDER}/events/e1.yaml", dump({**reason, **body}))
        case _:
            world.write("notes.txt", "nothing governed\n")
    head = world.commit("the visible part")
    answer = approved(world, head)
    assert (answer.exit, answer.verdict) == (10, "deny")
    words = f"commit {loosened[:7]} touches the control path `{POLICY}`, and a later one hides it"
    assert words in [each["message"] for each in answer.of("change.is-one")]
    # The same result without the detour is fine.
    world.branch("plain", "main")
    world.git("checkout", "-q", "hidden", "--", ".")
    control = approved(world, world.commit("the visible part"))
    assert (control.exit, control.verdict) == (0, None if kind == "nothing" else "allow")


def test_C13_a_base_that_came_in_behind_a_merge_is_not_on_the_branch(world: GovernedWorld) -> None:
    """Its rules never stood on the governed branch, though Git calls it an ancestor."""
    world.branch("side")
    strict = world.read(POLICY)
    world.write(POLICY, dump(policy(LENIENT)))
    loosened = world.commit("loosen")
    world.write(POLICY, strict)
    world.commit("restore")
    world.write("notes.txt", "x\n")
    world.commit("notes")
    first = world.base
    tip = world.land("side")
    world.replace_evidence(evidence(50, 50))
    world.write("notes.txt", "y\n")
    head = world.promotion()
    assert world.git("merge-base", "--is-ancestor", loosened, "main") == ""
    answer = world.judge(head, base=loosened)
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert f"base {loosened[:7]} is not on the governed branch `main`" in answer.problems()
    for base in (first, tip):
        assert world.judge(head, base=base).verdict == "deny"


def test_C14_a_change_of_white_space_alone_voids_an_approval(world: GovernedWorld) -> None:
    """`git patch-id` gives both the same id; in YAML an indentation can be another meaning."""
    head = world.promotion()
    reviews = [world.review(RITA, head)]
    world.write(CARD, world.read(CARD).replace('\n "stage"', '\n     "stage"'))
    shifted = world.commit("indent")
    answer = world.judge(shifted, reviews=reviews)
    assert (answer.exit, answer.verdict) == (11, "hold")
    assert answer.ignored()["rita"] == f"stale: reviewed {head[:7]}, the content has changed since"
    assert world.judge(shifted, reviews=[world.review(RITA, shifted)]).verdict == "allow"


def test_C15_the_sha256_of_everything_that_was_read_is_in_the_decision(world: GovernedWorld) -> None:
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(RITA, head)])
    inputs = {each["path"]: each["sha256"] for each in answer.json["inputs"]}
    expected = {
        "landing:" + path: hashlib.sha256(world.read(path).encode()).hexdigest()
        for path in (CARD, f"{FOLDER}/evidence/performance.json")
    }
    expected |= {
        f"base:policies/{name}.yaml": hashlib.sha256(world.read(f"policies/{name}.yaml").encode()).hexdigest()
        for name in ("ladder", "people", "models", "governance", "lending")
    }
    assert expected.items() <= inputs.items()


# Beyond the list


def test_a_base_on_no_governed_branch_is_refused(world: GovernedWorld) -> None:
    """Whoever may name the base would name one with softer rules."""
    world.branch("soft")
    world.write(POLICY, dump(policy(LENIENT)))
    soft = world.commit("soft", author=AS_OTTO)
    head = world.promotion()
    answer = world.judge(head, base=soft, reviews=[world.review(RITA, head)])
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert f"base {soft[:7]} is not on the governed branch `main`" in answer.problems()


def test_a_governed_branch_named_by_the_head_is_not_believed(world: GovernedWorld) -> None:
    """The name of the branch is read on base, like every rule."""
    governance = json.loads(world.read("policies/governance.yaml")) | {"branch": "soft"}
    world.branch("soft")
    world.write("policies/governance.yaml", dump(governance))
    head = world.commit("another branch governs", author=AS_OTTO)
    answer = world.judge(head, reviews=[world.review(OTTO, head)])
    assert answer.verdict == "hold"
    assert answer.json["change"] == "policy"


def test_a_head_behind_base_has_nothing_to_judge(world: GovernedWorld) -> None:
    behind = world.base
    world.edit_card(stage="canary")
    world.base = world.commit("landed meanwhile")
    answer = world.judge(behind)
    assert (answer.exit, answer.verdict, answer.json["change"]) == (0, None, "none")


def test_a_merge_that_brings_a_control_path_in_from_a_side_branch_is_a_policy_change(world: GovernedWorld) -> None:
    world.branch("side")
    world.write(".github/workflows/gate.yaml", "on: push\n")
    world.commit("workflow", author=AS_OTTO)
    world.branch("promote", "main")
    world.edit_card(stage="canary")
    world.commit("promote")
    answer = approved(world, world.merge("side"))
    assert (answer.exit, answer.verdict, answer.json["change"]) == (10, "deny", "policy")
    assert f"also changes `{CARD}`" in answer.failed()["change.is-one"]


def test_a_reviewed_commit_without_one_fork_point_is_ignored(world: GovernedWorld) -> None:
    """Each side merged the other, so that no single tree is `before`: what was approved can not be told."""
    first_half = world.promotion()
    branch = world.git("branch", "--show-current")
    world.checkout("main")
    world.write("README.md", "main\n")
    readme = world.commit("readme")
    world.checkout(branch)
    world.merge(readme)
    world.checkout("main")
    world.base = world.merge(first_half)
    world.checkout(branch)
    world.edit_card(stage="ramp")
    head = world.commit("one rung more")
    answer = world.judge(head, reviews=[world.review(RITA, head)])
    assert (answer.exit, answer.verdict) == (11, "hold")
    assert "have 2 best common ancestors" in answer.ignored()["rita"]
    updated = world.merge("main")
    assert world.judge(updated, reviews=[world.review(RITA, updated)]).verdict == "allow"


def test_history_that_is_not_related_is_refused(world: GovernedWorld) -> None:
    orphan = world.make_commit(world.tree())
    answer = world.judge(orphan)
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "can not be merged into" in answer.problems()


def test_a_conflict_is_never_judged(world: GovernedWorld) -> None:
    head = world.promotion()
    world.checkout("main")
    world.edit_card(stage="retired")
    world.base = world.commit("meanwhile")
    answer = approved(world, head)
    assert answer.verdict == "undecided"
    assert answer.exit in (3, 12)
    assert "update the branch" in answer.text


def test_the_repository_is_not_written_to(world: GovernedWorld) -> None:
    head = world.promotion()
    world.checkout("main")
    world.write("README.md", "so that a merge needs new trees\n")
    world.base = world.commit("readme")
    before = _objects(world)
    assert approved(world, head).verdict == "allow"
    assert _objects(world) == before


def _objects(world: GovernedWorld) -> list[str]:
    listing = subprocess.run(["find", ".git", "-type", "f"], cwd=world.root, capture_output=True, check=True)
    return sorted(listing.stdout.decode().splitlines())


def test_the_same_bytes_give_the_same_decision(world: GovernedWorld) -> None:
    head = world.promotion()
    reviews = [world.review(RITA, head)]
    answers = [world.judge(head, reviews=reviews, author=ALICE) for _ in range(2)]
    assert answers[0] == answers[1]
