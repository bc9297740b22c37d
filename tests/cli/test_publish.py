"""`promote`, `rollback` and `restore` without `--local`: a real push, and a pull request on a forge, over HTTP."""

from __future__ import annotations

import base64
import copy
import os

import pytest

from forge.state import Account
from rampgate.app.github import merge
from rampgate.app.moment import moment
from worlds.actions_world import Actions
from worlds.command_line import CommandLine
from worlds.governed_world import (
    ALICE,
    GOVERNANCE,
    METRIC_RULE,
    PEOPLE,
    RAVI,
    RITA,
    ROBOT,
    GovernedWorld,
    card,
    dump,
    evidence,
)

PULLS = "/repos/acme/models/pulls"
UP = ("promote", "credit-risk", "--to", "canary")
DOWN = ("rollback", "credit-risk", "--to", "canary", "--reason", "approvals fell by a third")
FOLDER = "model_cards/credit-risk/2.0.0"


@pytest.fixture
def connect(start_forge, monkeypatch):
    """Start a forge that holds a world, and be alice there: the API's token in the environment, Git's in its settings."""

    def connected(world: GovernedWorld):
        forge = start_forge(world)
        token = forge.token(ALICE)
        for name, value in forge.environ(token).items():
            monkeypatch.setenv(name, value)
        secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        world.git("config", "http.extraHeader", f"Authorization: Basic {secret}")
        return forge

    monkeypatch.setattr(merge, "POLL_SECONDS", 0.05)
    return connected


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def at(world: GovernedWorld, stage: str, **fields) -> None:
    world.edit_card(stage=stage, **fields)
    world.base = world.commit(f"at {stage}")


def asked(forge, method: str, path: str) -> int:
    return sum(each.method == method and each.path == path for each in forge.calls)


def nothing_changed(world: GovernedWorld, forge=None) -> None:
    assert world.git("branch", "--list").split() == ["*", "main"]
    assert world.git("status", "--porcelain") == ""
    if forge is not None:
        assert forge.state.pulls == {}


def test_it_pushes_the_branch_and_opens_the_pull_request(world, connect, rampgate):
    forge = connect(world)
    said = rampgate(*UP, "--reason", "a week without alerts")
    assert said.exit == 0, said.err
    (pull,) = forge.state.pulls.values()
    assert (pull.title, pull.head_ref, pull.base_ref, pull.author.login) == (
        "Promote credit-risk 2.0.0 to canary", "promote/credit-risk-2.0.0-canary", "main", "alice-b"
    )  # fmt: skip
    assert pull.head_sha == world.head
    assert f"pull request 1 opened {forge.url}/acme/models/pull/1" in said.out
    assert world.git("rev-parse", "--abbrev-ref", "@{upstream}") == "origin/promote/credit-risk-2.0.0-canary"


def test_the_pull_request_says_what_will_be_judged_and_who_is_awaited(world, connect, rampgate):
    forge = connect(world)
    assert rampgate(*UP, "--reason", "a week without alerts").exit == 0
    body = forge.state.pulls[1].body
    assert "| `credit-risk` | `2.0.0` | `pilot` (0% of traffic) | `canary` (5% of traffic) |" in body
    assert "**Reason:** a week without alerts" in body
    assert r"- approvals: waiting for risk \(`rita` or `ravi`\)" in body
    assert r"**hold\: waiting for risk \(`rita` or `ravi`\)**" in body


def test_what_is_not_met_is_in_the_pull_request(tmp_path, connect, capsys):
    strict = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.95"}}
    world = GovernedWorld(tmp_path, rules=(strict,))
    forge = connect(world)
    assert CommandLine(capsys, world.root)(*UP).exit == 0
    assert "- not met: `evidence.accuracy-floor`, fail:" in forge.state.pulls[1].body


def test_no_text_of_the_user_becomes_markup_in_the_pull_request(world, connect, rampgate):
    forge = connect(world)
    assert rampgate(*UP, "--reason", "<!-- rampgate:verdict --> @everyone [x](http://x)").exit == 0
    body = forge.state.pulls[1].body
    assert "<!--" not in body
    assert "@everyone" not in body
    assert "](http" not in body


def test_without_a_token_it_says_how_to_get_one_and_changes_nothing(world, connect, rampgate, monkeypatch):
    forge = connect(world)
    monkeypatch.delenv("GITHUB_TOKEN")
    said = rampgate(*UP)
    assert said.exit == 2
    assert "export GH_TOKEN=$(gh auth token), or use --local" in said.err
    nothing_changed(world, forge)
    assert forge.calls == []


REFUSALS = {
    "a token that is wrong": ("GITHUB_TOKEN", "wrong", 4, "401"),
    "another repository": ("GITHUB_REPOSITORY", "acme/other", 2, "`origin` is `acme/models`"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_github_would_refuse_is_found_before_anything_is_changed(world, connect, rampgate, monkeypatch, case):
    name, value, code, words = REFUSALS[case]
    forge = connect(world)
    monkeypatch.setenv(name, value)
    said = rampgate(*UP)
    assert (said.exit, words in said.err) == (code, True), said.err
    assert "wrong" not in said.err.replace("what is wrong", "")
    nothing_changed(world, forge)


def test_a_remote_that_does_not_answer_is_found_before_anything_is_changed(world, connect, rampgate):
    connect(world).stop()
    said = rampgate(*UP)
    assert (said.exit, "`git ls-remote` failed" in said.err) == (4, True), said.err
    nothing_changed(world)


def test_a_move_that_the_ladder_has_not_opens_nothing(world, connect, rampgate):
    forge = connect(world)
    assert rampgate("promote", "credit-risk", "--to", "full").exit == 2
    nothing_changed(world, forge)


@pytest.mark.parametrize("fault", ["no push", "refused", "lost", "lost after it was done"])
def test_run_again_it_finishes_what_failed_half_way(world, connect, rampgate, fault):
    forge = connect(world)
    hook = forge.hub.git.path / "hooks" / "pre-receive"
    if fault == "no push":
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\necho 'not now' >&2\nexit 1\n")
        hook.chmod(0o755)
    elif fault == "refused":
        forge.fail_next("POST", PULLS, 403)
    else:
        forge.drop_next("POST", PULLS, done=fault == "lost after it was done")
    said = rampgate(*UP)
    hook.unlink(missing_ok=True)
    if fault == "lost after it was done":
        assert said.exit == 0, said.err
    else:
        assert said.exit == 4
        pushed = "" if fault == "no push" else ", pushed to origin"
        assert (
            f"done: commit {world.head[:10]} on branch promote/credit-risk-2.0.0-canary{pushed}; the rest" in said.err
        )
        assert "to finish: run the same command again" in said.err
    commit = world.head
    again = rampgate(*UP)
    assert again.exit == 0, again.err
    assert world.head == commit
    (pull,) = forge.state.pulls.values()
    assert (pull.number, pull.head_sha) == (1, commit)
    assert f"{FOLDER}/card.yaml  stage: pilot -> canary" in again.out


def test_run_twice_it_finds_the_pull_request_that_is_open(world, connect, rampgate):
    forge = connect(world)
    assert rampgate(*UP).exit == 0
    world.checkout("main")
    again = rampgate(*UP)
    assert again.exit == 0, again.err
    assert "pull request 1 open already: " in again.out
    assert len(forge.state.pulls) == 1


def test_what_was_made_with_local_is_published_without_it(world, connect, rampgate):
    forge = connect(world)
    assert rampgate(*UP, "--local").exit == 0
    commit = world.head
    assert rampgate(*UP).exit == 0
    assert forge.state.pulls[1].head_sha == commit


def test_another_reason_is_another_move(world, connect, rampgate):
    at(world, "ramp")
    forge = connect(world)
    assert rampgate(*DOWN, "--local").exit == 0
    world.checkout("main")
    assert rampgate(*DOWN[:-1], "the regulator asked for it").exit == 0
    (pull,) = forge.state.pulls.values()
    assert pull.head_ref == "rollback/credit-risk-2.0.0-canary-2"


def test_a_branch_of_that_name_on_the_remote_is_left_alone(world, connect, rampgate):
    forge = connect(world)
    world.branch("promote/credit-risk-2.0.0-canary")
    world.write("note.txt", "another's\n")
    world.commit("another's")
    forge.push(world, "promote/credit-risk-2.0.0-canary", RITA)
    world.checkout("main")
    world.git("branch", "-q", "-D", "promote/credit-risk-2.0.0-canary")
    said = rampgate(*UP)
    assert (said.exit, "is on the remote already" in said.err) == (2, True), said.err
    nothing_changed(world, forge)


def test_a_rollback_takes_the_next_free_name_on_the_remote(world, connect, rampgate):
    at(world, "ramp")
    forge = connect(world)
    forge.push(world, "main", RITA, to="rollback/credit-risk-2.0.0-canary")
    assert rampgate(*DOWN).exit == 0
    assert forge.state.pulls[1].head_ref == "rollback/credit-risk-2.0.0-canary-2"


def test_a_restore_is_published_too(world, connect, rampgate):
    at(world, "ramp")
    forge = connect(world)
    assert rampgate(*DOWN, "--local").exit == 0
    world.land("rollback/credit-risk-2.0.0-canary")
    forge.push(world, "main", RITA)
    said = rampgate("restore", "credit-risk", "--to", "ramp", "--reason", "the feed is repaired")
    assert said.exit == 0, said.err
    assert forge.state.pulls[1].title == "Restore credit-risk 2.0.0 to ramp"
    assert "`restore`" in forge.state.pulls[1].body
    assert "waiting for risk" in forge.state.pulls[1].body


# rollback --merge


def verdict(forge, state: str, description: str = "what the status says", skip: int = 0) -> None:
    """Let the gate publish its verdict once the pull request has been looked at `skip` times."""

    def publish() -> None:
        pull = forge.state.pulls[1]
        forge.hub.set_status(pull.head_sha, Account.of(ROBOT), state, "rampgate/verdict", description, None)

    forge.when("GET", "/repos/acme/models/commits/*/status", publish, skip=skip)


@pytest.fixture
def falling(world, connect):
    at(world, "ramp")
    return connect(world)


def test_with_merge_it_waits_for_the_verdict_and_merges(world, falling, rampgate):
    verdict(falling, "pending")
    verdict(falling, "success", skip=2)
    said = rampgate(*DOWN, "--merge", "--wait", "10")
    assert said.exit == 0, said.out + said.err
    assert falling.state.pulls[1].merged_at
    assert "merged into main as " in said.out
    world.git("fetch", "-q", "origin", "main")
    assert '"stage": "canary"' in world.git("show", f"FETCH_HEAD:{FOLDER}/card.yaml")


@pytest.mark.parametrize(("state", "code"), [("failure", 10), ("error", 12)])
def test_with_merge_a_verdict_against_it_leaves_the_pull_request_open(falling, rampgate, state, code):
    verdict(falling, state, "the event is dated\x1b[31m tomorrow")
    said = rampgate(*DOWN, "--merge", "--wait", "10")
    assert said.exit == code
    assert falling.state.pulls[1].state == "open"
    assert "not merged: the event is dated\\u001b[31m tomorrow" in said.out
    assert f"the pull request stays open: {falling.url}/acme/models/pull/1" in said.out


@pytest.mark.parametrize(
    ("state", "words"), [("", "no status `rampgate/verdict` appeared"), ("pending", "is still pending")]
)
def test_with_merge_no_verdict_in_time_is_no_merge(falling, rampgate, state, words):
    if state:
        verdict(falling, state)
    said = rampgate(*DOWN, "--merge", "--wait", "0")
    assert said.exit == 11
    assert words in " ".join(said.out.split())
    assert falling.state.pulls[1].state == "open"


def test_with_merge_a_status_of_another_name_merges_nothing(falling, rampgate):
    def publish() -> None:
        pull = falling.state.pulls[1]
        falling.hub.set_status(pull.head_sha, Account.of(ROBOT), "success", "rampgate/verdict-2", "all is well", None)

    falling.when("GET", "/repos/acme/models/commits/*/status", publish)
    assert rampgate(*DOWN, "--merge", "--wait", "0").exit == 11
    assert not falling.state.pulls[1].merged_at


def test_with_merge_a_push_in_between_merges_nothing(world, falling, rampgate):
    verdict(falling, "success")

    def push() -> None:
        world.write("note.txt", "more\n")
        world.commit("more")
        falling.push(world, falling.state.pulls[1].head_ref, RITA)

    falling.when("PUT", f"{PULLS}/1/merge", push)
    said = rampgate(*DOWN, "--merge", "--wait", "10")
    assert (said.exit, "409" in said.err) == (4, True), said.err
    assert not falling.state.pulls[1].merged_at


def test_with_merge_it_asks_again_while_github_works_out_whether_it_can(falling, rampgate):
    verdict(falling, "success")
    falling.fail_next("PUT", f"{PULLS}/1/merge", 405, times=2)
    assert rampgate(*DOWN, "--merge", "--wait", "10").exit == 0
    assert asked(falling, "PUT", f"{PULLS}/1/merge") == 3


def test_with_merge_a_refusal_says_where_to_merge(falling, rampgate):
    verdict(falling, "success")
    falling.fail_next("PUT", f"{PULLS}/1/merge", 405, times=9)
    said = rampgate(*DOWN, "--merge", "--wait", "10")
    assert said.exit == 4
    assert "the verdict is allow, and" in said.err
    assert falling.state.pulls[1].state == "open"


FURTHER = ("rollback", "credit-risk", "--to", "pilot", "--reason", "approvals are at nothing now")


def a_runner_of_now(world: GovernedWorld, forge) -> Actions:
    """A runner of a forge whose clock is ours: a rollback is dated by it, and judged by the forge's."""
    forge.state.clock.set(moment())
    return Actions(forge, world.folder / "runner")


def test_a_second_rollback_before_the_first_has_landed_is_a_pull_request_of_its_own(world, falling, rampgate):
    """With both events in one pull request, neither tells its move, and the gate would deny it."""
    runner = a_runner_of_now(world, falling)
    assert rampgate(*DOWN).exit == 0
    said = rampgate(*FURTHER)
    assert said.exit == 0, said.err
    pull = falling.state.pulls[2]
    assert "| `credit-risk` | `2.0.0` | `ramp` (25% of traffic) | `pilot` (0% of traffic) |" in pull.body
    run = runner.opened(pull)
    assert (run.code, falling.verdict(pull.head_sha).state) == (0, "success"), run.out
    told = " ".join(said.out.split())
    assert "branch `rollback/credit-risk-2.0.0-canary` holds a move that has not landed" in told
    assert "so this one was made from `main`; close the other's pull request" in told
    assert "git checkout rollback/credit-risk-2.0.0-canary" in said.out
    # Run again, it is the same move.
    assert rampgate(*FURTHER).exit == 0
    assert len(falling.state.pulls) == 2


def test_a_second_rollback_after_the_first_has_landed_starts_where_it_stands(world, falling, rampgate):
    runner = a_runner_of_now(world, falling)
    verdict(falling, "success")
    assert rampgate(*DOWN, "--merge", "--wait", "10").exit == 0
    said = rampgate(*FURTHER)
    assert (said.exit, "has not landed" in said.out) == (0, False), said.err
    pull = falling.state.pulls[2]
    assert "`canary` (5% of traffic) | `pilot`" in pull.body
    assert runner.opened(pull).code == 0


def test_a_second_rollback_that_is_refused_leaves_everything_as_it_was(world, falling, rampgate):
    assert rampgate(*DOWN, "--local").exit == 0
    before = world.git("rev-parse", "--abbrev-ref", "HEAD"), world.head
    said = rampgate("rollback", "credit-risk", "--to", "majority", "--reason", "it is not below", "--local")
    assert (said.exit, "it can go to" in said.err) == (2, True), said.err
    assert (world.git("rev-parse", "--abbrev-ref", "HEAD"), world.head) == before


def test_a_second_rollback_goes_nowhere_with_changes_that_are_not_committed_in_the_way(world, falling, rampgate):
    assert rampgate(*DOWN, "--local").exit == 0
    world.edit_card(stage="canary", summary="in the middle of something")
    said = rampgate(*FURTHER, "--local")
    assert (said.exit, "would be overwritten" in said.err) == (2, True), said.err
    assert world.git("rev-parse", "--abbrev-ref", "HEAD") == "rollback/credit-risk-2.0.0-canary"


def test_a_rollback_does_not_take_a_promotion_along_that_has_not_landed(world, falling, rampgate):
    runner = a_runner_of_now(world, falling)
    assert rampgate("promote", "credit-risk", "--to", "majority").exit == 0
    assert rampgate(*DOWN).exit == 0
    pull = falling.state.pulls[2]
    assert runner.opened(pull).code == 0
    assert world.git("diff", "--name-only", "main", pull.head_sha).count("\n") == 1


def test_merge_and_local_do_not_go_together(world, rampgate):
    said = rampgate(*DOWN, "--merge", "--local")
    assert (said.exit, "leave one of them out" in said.err) == (2, True)


def test_the_last_rung_s_fallback_is_in_the_pull_request(world, connect, rampgate):
    world.add_version(card(version="1.4.0", stage="standby"))
    at(world, "full", fallback={"kind": "previous_model", "target": "credit-risk@1.4.0"})
    forge = connect(world)
    assert rampgate(*DOWN).exit == 0
    body = forge.state.pulls[1].body
    assert body.index("| `2.0.0` | `full` (100% of traffic) | `canary` (5% of traffic) |") < body.index(
        "| `1.4.0` | `standby` (0% of traffic) | `full` (100% of traffic) |"
    )
    assert "approvals: none is awaited" in body
    assert os.environ["GITHUB_TOKEN"] not in body


# A break-glass, published


GLASS = (*UP, "--break-glass", "--rules", METRIC_RULE["id"], "--second", "rita", "--ticket", "INC-7")
EMERGENCY = ("--reason", "the serving version rejects every payment")


@pytest.fixture
def breakable(world) -> GovernedWorld:
    terms = {"by": ["risk", "business_owner"], "reviewed_by": ["security"], "review_within_days": 7}
    world.replace_evidence(evidence(50, 50))
    world.write("policies/governance.yaml", dump({**GOVERNANCE, "break_glass": terms}))
    world.base = world.commit("terms")
    return world


def test_the_pull_request_of_a_break_glass_says_what_it_bypasses(breakable, connect, rampgate):
    forge = connect(breakable)
    said = rampgate(*GLASS, *EMERGENCY)
    assert said.exit == 0, said.err
    (pull,) = forge.state.pulls.values()
    assert (pull.title, pull.head_ref) == (
        "Promote credit-risk 2.0.0 to canary by break-glass", "break-glass/credit-risk-2.0.0-canary"
    )  # fmt: skip
    told = pull.body.replace("\\", "")
    assert "Break-glass INC-7, with rita: bypasses" in told
    lines = told.splitlines()
    reason = next(at for at, line in enumerate(lines) if line.startswith("**Reason:**"))
    assert "INC" not in lines[reason]
    assert lines[reason + 2].startswith("Break-glass INC-7, with rita: bypasses")
    assert "- `evidence.accuracy-floor` is bypassed by break-glass, to be reviewed by" in told
    # Alice opens it, and so has given her word by then; her token says who she is.
    assert "hold by break-glass: waiting for `rita`" in told
    assert "approvals: waiting for `rita`" in told


def test_where_a_team_holds_roles_its_members_are_known_to_the_text_of_a_break_glass(breakable, connect, rampgate):
    people = copy.deepcopy(PEOPLE) | {
        "teams": [{"forge": "github", "organization": "acme", "slug": "model-risk", "roles": ["risk"]}]
    }
    breakable.write("policies/people.yaml", dump(people))
    breakable.base = breakable.commit("a team")
    forge = connect(breakable)
    forge.team("model-risk", RITA, RAVI)
    assert rampgate(*GLASS, *EMERGENCY).exit == 0
    told = forge.state.pulls[1].body.replace("\\", "")
    assert "approvals: waiting for `rita`, risk (`rita` or `ravi`)" in told
    assert "could not be read" not in told


def test_only_the_same_break_glass_is_finished_by_running_it_again(breakable, connect, rampgate):
    forge = connect(breakable)
    assert rampgate(*GLASS, *EMERGENCY, "--local").exit == 0
    breakable.checkout("main")
    other = rampgate(*GLASS, *EMERGENCY, "--ticket", "INC-8")
    assert (other.exit, "is there already" in other.err, forge.state.pulls) == (2, True, {})
    said = rampgate(*GLASS, *EMERGENCY)
    assert said.exit == 0, said.err
    assert len(forge.state.pulls) == 1


def test_a_promotion_without_break_glass_takes_up_no_break_glass(breakable, connect, rampgate):
    forge = connect(breakable)
    assert rampgate(*GLASS, *EMERGENCY, "--local").exit == 0
    breakable.checkout("main")
    assert rampgate(*UP).exit == 0
    assert [pull.head_ref for pull in forge.state.pulls.values()] == ["promote/credit-risk-2.0.0-canary"]


WRONG_WORDS = {
    "a model": (("promote", "credit-rsk", "--to", "canary"), "did you mean `credit-risk`?"),
    "a stage": (("promote", "credit-risk", "--to", "canry"), "did you mean `canary`?"),
    "a version": (
        ("restore", "credit-risk", "--version", "2.0.1", "--to", "ramp", *EMERGENCY),
        "did you mean `2.0.0`?",
    ),
}


@pytest.mark.parametrize("case", WRONG_WORDS)
def test_a_misspelt_word_is_told_before_a_remote_is_looked_for(case, world, rampgate):
    words, message = WRONG_WORDS[case]
    said = rampgate(*words)
    assert (said.exit, message in said.err, "remote" in said.err) == (2, True, False), said.err
