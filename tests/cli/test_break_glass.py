"""`rampgate promote --break-glass` and `rampgate break-glass review`: what they write is what the gate lets pass."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from worlds.command_line import CommandLine
from worlds.governed_world import BOB, GOVERNANCE, METRIC_RULE, RITA, SAM, GovernedWorld, dump, evidence

FLOOR = METRIC_RULE["id"]
TERMS = {"by": ["risk", "engineer"], "reviewed_by": ["security"], "review_within_days": 7}
FOLDER = "model_cards/credit-risk/2.0.0"
EVENT = f"{FOLDER}/events/2026-11-20-break-glass.yaml"
REVIEW = f"{FOLDER}/events/2026-11-20-break-glass-review.yaml"
REASON = ("--reason", "the serving version rejects every payment")
UP = ("promote", "credit-risk", "--to", "canary", "--local")
GLASS = ("--break-glass", "--rules", FLOOR, "--second", "rita", "--ticket", "INC-7", *REASON)
SAID = ("break-glass", "review", "2026-11-20-break-glass", "--conclusion", "accepted", *REASON)


@pytest.fixture
def world(tmp_path, monkeypatch) -> GovernedWorld:
    monkeypatch.setattr("rampgate.app.moment.now", lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))
    world = GovernedWorld(tmp_path)
    world.replace_evidence(evidence(50, 50))
    world.write("policies/governance.yaml", dump({**GOVERNANCE, "break_glass": TERMS}))
    world.base = world.commit("terms")
    return world


@pytest.fixture
def rampgate(world, capsys):
    return CommandLine(capsys, world.root)


def nothing_changed(world: GovernedWorld) -> None:
    assert world.git("branch", "--list").split() == ["*", "main"]
    assert world.git("status", "--porcelain") == ""


def as_person(world: GovernedWorld, name: str) -> None:
    world.git("config", "user.name", name)
    world.git("config", "user.email", f"{name}@example.com")


def test_the_event_comes_in_the_same_commit_and_the_gate_lets_it_pass(world, rampgate):
    as_person(world, "bob")
    said = rampgate(*UP, *GLASS)
    assert said.exit == 0, said.err
    assert world.git("diff", "--name-only", "main", "HEAD").split() == [f"{FOLDER}/card.yaml", EVENT]
    assert world.git("rev-list", "--count", "main..HEAD") == "1"
    title = "Promote credit-risk 2.0.0 to canary by break-glass"
    assert world.git("log", "-1", "--format=%s") == title
    assert f"Break-glass INC-7, with rita: bypasses {FLOOR}." in world.git("log", "-1", "--format=%b")
    assert f"{EVENT}  (the break-glass)" in said.out
    answer = world.judge(world.head, reviews=[world.review(RITA, world.head)], author=BOB)
    assert (answer.verdict, answer.of(FLOOR)[0]["waiver"]) == ("allow", "break-glass 2026-11-20-break-glass")


def test_it_says_whose_word_it_waits_for_and_until_when_it_is_reviewed(world, rampgate):
    as_person(world, "bob")
    told = " ".join(rampgate(*UP, *GLASS, "--review-by", "2026-11-22").out.split())
    assert "once `bob` has opened the pull request or approved it, and `rita` has approved it" in told
    assert "to be reviewed by 2026-11-22" in told


def test_the_branch_of_the_promotion_that_was_denied_is_not_in_the_way(world, rampgate):
    as_person(world, "bob")
    assert rampgate(*UP).exit == 0
    world.checkout("main")
    assert rampgate(*UP, *GLASS).exit == 0
    assert world.git("branch", "--show-current") == "break-glass/credit-risk-2.0.0-canary"


def test_several_rules_are_named_with_commas_or_one_by_one(world, rampgate):
    as_person(world, "bob")
    said = rampgate(*UP, *GLASS, "--rules", f"approval.to-canary, {FLOOR}")
    assert said.exit == 2
    assert "`approval.to-canary` is no rule that can be bypassed" in said.err
    assert FLOOR not in said.err


REFUSED = {
    "nothing but the flag": (("--break-glass",), "also needs --rules, --second, --ticket, --reason"),
    "the terms without the flag": (("--second", "rita", "--rules", FLOOR), "--rules, --second mean nothing without"),
    "no rule that is known": ((*GLASS, "--rules", "evidence.accuracy"), "did you mean `evidence.accuracy-floor`?"),
    "a second person without the role": ((*GLASS, "--second", "sam"), "`sam` holds no role that may break the glass"),
    "one person twice": ((*GLASS, "--second", "bob"), "`bob` can not be the second person too"),
    "somebody else's name over the second's commit": (
        (*GLASS, "--as", "rita", "--second", "bob"), "the commit would be `bob`'s"
    ),
    "a day that is none": ((*GLASS, "--review-by", "next week"), "--review-by `next week` is no day"),
    "a day too late": ((*GLASS, "--review-by", "2026-11-28"), "is not between today and 2026-11-27"),
    "a reason that says nothing": ((*GLASS, "--reason", "urgent"), "at least 10 characters"),
    "two rungs": ((*GLASS, "--to", "ramp"), "no version of credit-risk is one rung below `ramp`"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_never_count_is_refused_before_anything_is_written(case, world, rampgate):
    words, message = REFUSED[case]
    as_person(world, "bob")
    said = rampgate(*UP, *words)
    assert (said.exit, message in said.err) == (2, True), said.err
    nothing_changed(world)


def test_without_terms_in_governance_the_glass_is_not_broken(world, rampgate):
    world.write("policies/governance.yaml", dump(GOVERNANCE))
    world.commit("no terms")
    as_person(world, "bob")
    said = rampgate(*UP, *GLASS)
    assert (said.exit, "governance.yaml has no `break_glass`" in said.err) == (2, True)
    nothing_changed(world)


@pytest.fixture
def landed(world, rampgate) -> GovernedWorld:
    as_person(world, "bob")
    assert rampgate(*UP, *GLASS).exit == 0
    world.git("checkout", "-q", "main")
    world.git("merge", "-q", "--no-ff", "-m", "the emergency", "break-glass/credit-risk-2.0.0-canary")
    world.base = world.head
    as_person(world, "sam")
    return world


def test_the_gate_lets_the_review_pass_that_is_written(landed, rampgate):
    said = rampgate(*SAID)
    assert said.exit == 0, said.err
    assert said.out.startswith(f"wrote {REVIEW}\n")
    assert f"git add {REVIEW}" in said.out
    landed.branch("look-back")
    head = landed.commit("review")
    answer = landed.judge(head, reviews=[landed.review(SAM, head)])
    assert (answer.verdict, answer.failed()) == ("allow", {})


def test_what_waits_for_a_review_names_the_command_that_writes_it(landed, rampgate):
    listed = " ".join(rampgate("waivers").out.split())
    assert "`sam` reviews it: `rampgate break-glass review 2026-11-20-break-glass --conclusion" in listed
    assert rampgate(*SAID).exit == 0
    assert "accepted by sam on 2026-11-20" in rampgate("waivers").out


def test_a_bypass_is_reviewed_once(landed, rampgate):
    assert rampgate(*SAID).exit == 0
    said = rampgate(*SAID)
    assert (said.exit, "is reviewed already: accepted, by sam on 2026-11-20" in said.err) == (2, True)


REVIEWS_REFUSED = {
    "a name that is none": (("break-glass", "review", "2026-11-20-brek-glass", *SAID[3:]), "did you mean"),
    "one of the two": ((*SAID, "--as", "rita"), "`rita` broke the glass, and does not review it; `sam` can"),
    "a person without the role": ((*SAID, "--as", "alice"), "`alice` does not hold `security`"),
    "nobody": ((*SAID, "--as", "samm"), "`samm` is nobody in policies/people.yaml; did you mean `sam`?"),
    "another model": ((*SAID, "--model", "fraud"), "there is no break-glass `2026-11-20-break-glass`"),
    "a reason that says nothing": ((*SAID, "--reason", "fine"), "at least 10 characters"),
    "a conclusion of one's own": ((*SAID, "--conclusion", "shrug"), "'shrug' is not one of"),
}


@pytest.mark.parametrize("case", REVIEWS_REFUSED)
def test_a_review_that_could_never_count_is_not_written(case, landed, rampgate):
    words, message = REVIEWS_REFUSED[case]
    said = rampgate(*words)
    assert (said.exit, message in said.err) == (2, True), said.err
    assert landed.git("status", "--porcelain") == ""


def test_a_version_that_is_said_to_be_down_and_is_not_is_told(landed, rampgate):
    said = rampgate(*SAID, "--conclusion", "rolled-back")
    told = " ".join(said.out.split())
    assert said.exit == 0, said.err
    assert "credit-risk 2.0.0 still stands at `canary`: rampgate rollback credit-risk --version 2.0.0" in told
    assert "conclusion: rolled_back" in landed.read(REVIEW)


def test_a_bypass_that_has_not_landed_is_told(world, rampgate):
    as_person(world, "bob")
    assert rampgate(*UP, *GLASS).exit == 0
    said = rampgate(*SAID, "--as", "sam")
    assert said.exit == 0
    assert "`main` of this clone does not hold the break-glass" in " ".join(said.out.split())
