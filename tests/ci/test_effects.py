"""The comment on a change of the rules says what these rules would have changed; the verdict never waits for that."""

from __future__ import annotations

import pytest

from rampgate.app.planning import effects
from worlds.actions_world import Actions, _here
from worlds.git_world import clean_environment
from worlds.governed_world import APPROVAL_RULE, METRIC_RULE, OTTO, RITA, dump, policy
from worlds.history_world import HistoryWorld

STRICTER = {**METRIC_RULE, "with": {**METRIC_RULE["with"], "at_least": "0.95"}}
SECTION = "#### What these rules would have changed"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """2: allowed to canary; 3: held at ramp, and closed."""
    world = HistoryWorld(tmp_path_factory.mktemp("history"))
    world.begin()
    world.land(at="2026-11-20T09:00:00Z", stage="canary", verdict="allow")
    world.deny(at="2026-11-21T09:00:00Z", stage="ramp")
    return world


@pytest.fixture
def world(built, tmp_path):
    return built.copy(tmp_path)


def rules(world, forge, *, files=None):
    """Open a pull request that brings other rules."""
    world.branch("stricter")
    for path, text in (files or {"policies/lending.yaml": dump(policy(STRICTER, APPROVAL_RULE))}).items():
        world.write(path, text)
    world.commit("stricter", author=("Otto", OTTO["email"]), committer=("Otto", OTTO["email"]))
    forge.push(world, "stricter", by=OTTO)
    world.checkout("main")
    return forge.open_pull("stricter", "main", OTTO)


def commented(world, forge, pull) -> str:
    run = Actions(forge, world.folder / "runner").opened(pull)
    assert run.code == 11, run
    (comment,) = forge.state.comments
    return comment.body.replace("\\", "").replace("&gt;", ">").replace("&#8288;", "")


def test_models_and_decisions_that_flip_are_told_with_the_rule_and_the_reason(world, forge):
    body = commented(world, forge, rules(world, forge))
    section = body.partition(f"{SECTION}\n")[2].partition("####")[0]
    assert (
        "Looked at: 2 questions about 1 version of today; the newest 2 of 2 decisions on record, "
        "each at its own moment." in section
    )
    floor = METRIC_RULE["id"]
    assert f"- credit-risk 2.0.0, canary -> ramp: hold -> deny: `{floor}` fail (was pass)" in section
    assert (
        f"- record 2, 2026-11-20, promote credit-risk 2.0.0: pilot -> canary: allow -> deny: `{floor}` fail" in section
    )
    assert "at least 0.95 is missed" in section
    assert section.index("record 3") < section.index("record 2"), "the newest come first"


def test_what_would_flip_under_the_rules_of_today_too_is_none_of_its_doing(world, forge):
    """The rules got stricter meanwhile; a later change of another rule is not to be blamed."""
    world.write("policies/lending.yaml", dump(policy(STRICTER, APPROVAL_RULE)))
    world.base = world.commit("stricter already")
    forge.push(world, "main", by=OTTO)
    another = {**APPROVAL_RULE, "title": "Somebody from risk agrees"}
    pull = rules(world, forge, files={"policies/lending.yaml": dump(policy(STRICTER, another))})
    body = commented(world, forge, pull)
    assert SECTION in body
    assert "record 2," not in body


def test_without_a_history_the_models_alone_are_told(world, forge):
    forge.hub.git.delete_ref("refs/heads/decisions")
    world.git("update-ref", "-d", "refs/heads/decisions")
    body = commented(world, forge, rules(world, forge))
    assert "canary -> ramp: hold -> deny" in body
    assert "no decisions: the decision history is not in this clone" in body


def test_a_control_path_beside_the_policies_changes_no_rule(world, forge):
    body = commented(world, forge, rules(world, forge, files={".github/workflows/x.yml": "name: x\n"}))
    assert SECTION not in body


def test_only_the_newest_decisions_are_looked_at_and_the_number_is_told(world, forge, monkeypatch):
    monkeypatch.setattr(effects, "DECISIONS", 1)
    body = commented(world, forge, rules(world, forge))
    assert "the newest 1 of 2 decisions on record" in body
    assert "record 3," in body
    assert "record 2," not in body


def test_a_failure_keeps_no_verdict_back_and_is_told(world, forge, monkeypatch):
    def broken(*_):
        raise RuntimeError("anything at all")

    monkeypatch.setattr(effects, "effects_of", broken)
    pull = rules(world, forge)
    body = commented(world, forge, pull)
    assert "could not be looked at: RuntimeError" in body
    assert forge.verdict(pull.head_sha).state == "pending"
    assert "waiting for 2 x policy_owner" in forge.verdict(pull.head_sha).description


def test_what_the_rules_say_is_shown_as_it_is_and_never_as_mark_up(world, forge):
    """The pull request is a stranger's, and its words stand in the comment of the gate."""
    hostile = {**STRICTER, "id": "evidence.accuracy-floor", "title": "<img src=x> @octocat ![x](https://e.example)"}
    pull = rules(world, forge, files={"policies/lending.yaml": dump(policy(hostile, APPROVAL_RULE))})
    Actions(forge, world.folder / "runner").opened(pull)
    (comment,) = forge.state.comments
    assert "<img" not in comment.body
    assert "@octocat" not in comment.body
    assert "![x](" not in comment.body


def test_a_reviewer_reads_the_same_in_a_terminal(world, forge):
    pull = rules(world, forge)
    environ = {**clean_environment(), **forge.environ(forge.token(RITA)), "COLUMNS": "100"}
    code, out, _ = _here(["review", str(pull.number), "--repo", str(world.root)], environ)
    assert code == 11, out
    told = " ".join(out.split())
    assert "what these rules would have changed" in told
    assert "record 2, 2026-11-20, promote credit-risk 2.0.0: pilot -> canary: allow -> deny" in told
