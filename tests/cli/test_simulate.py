"""`rampgate simulate`: what the gate would say if other people approved, and nothing written."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest

from rampgate.app.simulate import SimulateRequest, simulate
from rampgate.errors import UsageProblem
from worlds.governed_world import (
    ALICE,
    APPROVAL_RULE,
    METRIC_RULE,
    NOW,
    RAVI,
    RITA,
    ROBOT,
    SAM,
    Answer,
    GovernedWorld,
    dump,
    run_rampgate,
)


@pytest.fixture
def world(tmp_path: Path) -> GovernedWorld:
    return GovernedWorld(tmp_path)


def simulated(
    world: GovernedWorld, head: str, *words: str, file: dict[str, Any] | None = None, as_process: bool = False
) -> Answer:
    """Run the command, in JSON."""
    given: list[str] = []
    if file is not None:
        path = world.folder / "given.json"
        path.write_text(json.dumps(file), encoding="utf-8")
        given = ["--reviews", str(path)]
    start = ["simulate", "--repo", str(world.root), "--base", world.base, "--head", head, "--now", NOW]
    return run_rampgate(*start, *given, *words, "--format", "json", as_process=as_process)


def asked(world: GovernedWorld, head: str, *reviews: dict[str, Any], author: dict[str, Any] = ALICE) -> dict[str, Any]:
    return world.pull_request(head, world.base, author, list(reviews))


def test_an_approval_that_nobody_gave_turns_hold_into_allow(world: GovernedWorld) -> None:
    head = world.promotion()
    answer = simulated(world, head, "--approve-by", "rita", file=asked(world, head), as_process=True)
    assert answer.exit == 0
    assert answer.json["simulated"] is True
    assert answer.json["verdict"] == {"before": "hold", "after": "allow"}
    (approval,) = answer.json["approvals"]
    assert approval == {"person": "rita", "login": "rita", "review": 1, "ignored": None}
    assert [each["person"] for each in answer.json["after"]["approvals"]["counted"]] == ["rita"]
    assert answer.json["before"]["approvals"]["counted"] == []
    assert world.gate(head, file=asked(world, head)).verdict == "hold", "the real gate still waits"


def test_the_authors_simulated_approval_is_ignored_with_its_reason(world: GovernedWorld) -> None:
    head = world.promotion()
    answer = simulated(world, head, "--approve-by", "alice-b,sam", file=asked(world, head))
    assert answer.exit == 11
    assert answer.json["verdict"] == {"before": "hold", "after": "hold"}
    assert {each["person"]: each["ignored"] for each in answer.json["approvals"]} == {
        "alice": "opened this pull request",
        "sam": None,
    }
    assert answer.json["awaited"] == "waiting for risk (`rita` or `ravi`)"


def test_a_bots_simulated_approval_is_ignored_with_its_reason(world: GovernedWorld) -> None:
    head = world.promotion()
    answer = simulated(world, head, "--approve-by", ROBOT["login"], file=asked(world, head))
    assert answer.json["approvals"][0]["ignored"] == "a bot, and bots never approve"


def test_reviews_of_somebody_can_be_left_out(world: GovernedWorld) -> None:
    head = world.promotion()
    file = asked(world, head, world.review(RITA, head), world.review(SAM, head, "CHANGES_REQUESTED"))
    answer = simulated(world, head, "--ignore", "sam", file=file)
    assert (answer.exit, answer.json["verdict"]) == (0, {"before": "deny", "after": "allow"})
    assert answer.json["left_out"] == [{"login": "sam-sec", "review": 2, "reason": "left out of this simulation"}]
    both = simulated(world, head, "--ignore", "sam,rita", "--approve-by", "ravi", file=file)
    assert both.json["verdict"] == {"before": "deny", "after": "allow"}
    alone = simulated(world, head, "--ignore", "rita", file=file)
    assert (alone.exit, alone.json["verdict"]) == (10, {"before": "deny", "after": "deny"})


def test_a_simulated_approval_of_who_objects_lifts_their_objection(world: GovernedWorld) -> None:
    head = world.promotion()
    file = asked(world, head, world.review(RITA, head), world.review(SAM, head, "CHANGES_REQUESTED"))
    assert simulated(world, head, "--approve-by", "sam", file=file).json["verdict"]["after"] == "allow"


def test_without_reviews_a_pull_request_by_the_head_commits_author_is_assumed_and_said_so(world: GovernedWorld) -> None:
    world.branch("promote")
    world.edit_card(stage="canary")
    head = world.commit("promote", author=("Ravi", RAVI["email"]), committer=("Ravi", RAVI["email"]))
    answer = simulated(world, head, "--approve-by", "ravi")
    assert answer.json["assumed"] == (
        "no reviews were given: a pull request without any is assumed, opened by `ravi`, who wrote the head commit"
    )
    assert answer.json["approvals"][0]["ignored"] == "opened this pull request"
    assert simulated(world, head, "--approve-by", "rita").exit == 0


def test_an_unknown_author_is_assumed_to_be_nobody_known(world: GovernedWorld) -> None:
    world.branch("promote")
    world.edit_card(stage="canary")
    head = world.commit("promote", author=("X", "x@example.org"), committer=("X", "x@example.org"))
    answer = simulated(world, head, "--approve-by", "rita")
    assert (answer.exit, answer.json["verdict"]["after"]) == (12, "undecided")
    assert "the head commit's address `x@example.org`" in answer.json["assumed"]


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_the_first_line_says_that_it_is_simulated(world: GovernedWorld, format_: str) -> None:
    head = world.promotion()
    start = ["simulate", "--repo", str(world.root), "--base", world.base, "--head", head, "--now", NOW]
    answer = run_rampgate(*start, "--approve-by", "alice", "--format", format_)
    lines = answer.text.splitlines()
    assert lines[0].strip("*").startswith("simulated")
    bare = html.unescape(answer.text.replace("\\", ""))
    assert "hold -> hold" in bare.split("still waiting", 1)[0]
    assert "it would not count: opened this pull request" in bare
    assert "still waiting for risk" in bare


def test_nothing_is_written(world: GovernedWorld) -> None:
    head = world.promotion()
    before = {path: path.read_bytes() for path in sorted(world.root.rglob("*")) if path.is_file()}
    assert simulated(world, head, "--approve-by", "rita").exit == 0
    assert {path: path.read_bytes() for path in sorted(world.root.rglob("*")) if path.is_file()} == before


UNKNOWN = {
    "a misspelt login": ("rta", "`rta` is nobody in policies/people.yaml; did you mean `rita`?"),
    "one of several": ("rita,sam-sek", "`sam-sek` is nobody in policies/people.yaml; did you mean `sam-sec`?"),
    "a look-alike": ("r\u0456ta", "is nobody in policies/people.yaml"),
}


@pytest.mark.parametrize(("given", "message"), UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize("option", ["--approve-by", "--ignore"])
def test_an_unknown_login_is_a_usage_error(world: GovernedWorld, option: str, given: str, message: str) -> None:
    head = world.promotion()
    answer = simulated(world, head, option, given)
    assert answer.exit == 2
    assert message in answer.text


def test_nobody_named_is_a_usage_error(world: GovernedWorld) -> None:
    answer = simulated(world, world.promotion(), "--approve-by", " , ")
    assert answer.exit == 2
    assert "name somebody who approves" in answer.text


def test_people_are_those_of_base(world: GovernedWorld) -> None:
    """A person whom the branch itself brings is nobody yet."""
    world.branch("policy")
    people = json.loads((world.root / "policies/people.yaml").read_text())
    people["people"][4]["name"] = "samantha"
    world.write("policies/people.yaml", dump(people))
    head = world.commit("rename")
    with pytest.raises(UsageProblem, match="`samantha` is nobody"):
        simulate(SimulateRequest(world.root, world.base, head, NOW, None, ["samantha"]))


def test_a_name_that_is_somebody_elses_login_is_not_guessed_at(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path)
    people = json.loads((world.root / "policies/people.yaml").read_text())
    people["people"][1]["accounts"][0]["login"] = "sam"
    world.write("policies/people.yaml", dump(people))
    world.base = world.commit("bob calls himself sam")
    head = world.promotion()
    with pytest.raises(UsageProblem, match="the login of `bob`"):
        simulate(SimulateRequest(world.root, world.base, head, NOW, None, ["sam"]))
    assert simulate(SimulateRequest(world.root, world.base, head, NOW, None, ["sam-sec"])).approvals[0].person == "sam"


def test_where_nothing_is_judged_nothing_is_supposed(world: GovernedWorld) -> None:
    world.branch("prose")
    world.write("README.md", "hello\n")
    answer = simulated(world, world.commit("prose"), "--approve-by", "rita")
    assert (answer.exit, answer.json["verdict"]) == (0, {"before": None, "after": None})


def test_invalid_input_is_told_and_ends_as_the_gate_does(world: GovernedWorld) -> None:
    head = world.promotion()
    file = asked(world, head)
    del file["commits"]
    answer = simulated(world, head, "--approve-by", "rita", file=file)
    assert answer.exit == 3
    assert "`commits` is missing" in answer.text
    missing = run_rampgate(
        "simulate", "--repo", str(world.root), "--base", world.base, "--head", head, "--reviews", "no.json",
        "--approve-by", "rita",
    )  # fmt: skip
    assert missing.exit == 4


def test_every_review_that_does_not_count_is_told_with_a_reason(tmp_path: Path) -> None:
    """Counted and ignored together are all the reviews there are, the simulated ones included."""
    world = GovernedWorld(tmp_path, rules=(METRIC_RULE, APPROVAL_RULE))
    old = world.promotion()
    given = [world.review(RITA, old), world.review(SAM, old, "COMMENTED"), world.review(ROBOT, old)]
    world.edit_card(summary="another content")
    head = world.commit("more")
    answer = simulated(world, head, "--approve-by", "bob,ravi,alice", file=asked(world, head, *given))
    after = answer.json["after"]["approvals"]
    told = {each["review"]: each["reason"] for each in after["ignored"]}
    counted = {each["review"] for each in after["counted"]}
    assert told.keys() | counted == {1, 2, 3, 4, 5, 6}
    assert told.keys() & counted == set()
    assert told == {
        1: f"stale: reviewed {old[:7]}, the content has changed since",
        2: "a comment, not an approval",
        3: "a bot, and bots never approve",
        6: "opened this pull request",
    }
    assert answer.json["verdict"] == {"before": "hold", "after": "allow"}
