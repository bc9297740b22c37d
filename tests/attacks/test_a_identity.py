"""Attacks on who approved: every approval must be somebody else's, of this content, by a person of the base branch."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from worlds.governed_world import (
    ALICE,
    APPROVAL_RULE,
    BOB,
    GOVERNANCE,
    METRIC_RULE,
    NOW,
    OLGA,
    OSSI,
    OTTO,
    PEOPLE,
    RAVI,
    RITA,
    ROBOT,
    SAM,
    STRANGER,
    Answer,
    GovernedWorld,
    card,
    dump,
    evidence,
    policy,
)

QUORUM = "approval.risk-agrees"
VETO = "approval.no-veto"
HEAD_OF_RISK = {"name": "hedda", "id": 1020, "login": "hedda", "email": "hedda@example.com"}


def git_person(who: dict[str, Any]) -> tuple[str, str]:
    return (who["name"], who["email"])


def quorum(*slots: dict[str, Any]) -> dict[str, Any]:
    return {**APPROVAL_RULE, "with": {"slots": list(slots)}}


def test_A1_the_author_of_the_pull_request_does_not_approve_it(world: GovernedWorld) -> None:
    head = world.promotion()
    own = world.gate(head, reviews=[world.review(RITA, head)], author=RITA)
    assert (own.exit, own.verdict) == (11, "hold")
    assert own.outcome(QUORUM) == "waiting"
    assert own.ignored() == {"rita": "opened this pull request"}
    control = world.judge(head, reviews=[world.review(RITA, head)], author=ALICE)
    assert (control.exit, control.verdict, control.counted()) == (0, "allow", ["rita"])


def test_A2_a_push_after_approval_voids_it(world: GovernedWorld) -> None:
    approved = world.promotion()
    reviews = [world.review(RITA, approved)]
    assert world.judge(approved, reviews=reviews).verdict == "allow"
    world.edit_card(summary="changed after the approval")
    pushed = world.commit("one more thing")
    late = world.judge(pushed, reviews=reviews)
    assert (late.exit, late.verdict) == (11, "hold")
    assert late.ignored() == {"rita": f"stale: reviewed {approved[:7]}, the content has changed since"}
    assert world.judge(pushed, reviews=[*reviews, world.review(RITA, pushed)]).verdict == "allow"


def test_A2_an_approval_of_an_older_commit_with_the_same_content_counts(world: GovernedWorld) -> None:
    approved = world.promotion()
    pushed = world.commit("nothing but a message")
    assert pushed != approved
    answer = world.judge(pushed, reviews=[world.review(RITA, approved)])
    assert (answer.verdict, answer.counted()) == ("allow", ["rita"])


def test_A2_an_approval_survives_a_rebase_with_the_same_content(world: GovernedWorld) -> None:
    approved = world.promotion()
    world.checkout("main")
    world.write("README.md", "the base moved\n")
    world.base = world.commit("readme")
    world.branch("rebased")
    world.git("cherry-pick", approved)
    answer = world.judge(reviews=[world.review(RITA, approved)])
    assert (answer.verdict, answer.counted()) == ("allow", ["rita"])


def test_A2_an_approval_survives_a_siblings_registration(world: GovernedWorld) -> None:
    approved = world.promotion()
    world.checkout("main")
    world.add_version(card(version="3.0.0"))
    world.base = world.commit("register another version")
    answer = world.judge(approved, reviews=[world.review(RITA, approved)])
    assert (answer.verdict, answer.counted()) == ("allow", ["rita"])


def test_A2_an_approval_of_another_move_of_the_same_files_is_stale(tmp_path: Path) -> None:
    """The base moved the version itself: what was approved as `pilot -> canary` is no longer that move."""
    world = GovernedWorld(tmp_path, stage="canary")
    approved = world.promotion("ramp")
    assert world.judge(approved, reviews=[world.review(RITA, approved)]).verdict == "allow"
    world.branch("restart", "main")
    world.edit_card(stage="pilot")
    world.commit("down")
    world.land("restart")
    world.branch("again")
    world.edit_card(stage="canary")
    head = world.commit("up")
    answer = world.judge(head, reviews=[world.review(RITA, approved)])
    assert answer.verdict == "hold"
    assert answer.ignored()["rita"].startswith("stale: reviewed")


def test_A2_a_reviewed_commit_that_can_not_be_read_is_ignored_with_the_reason(world: GovernedWorld) -> None:
    """After a force push the forge still lists the review, and a clone no longer has its commit."""
    head = world.promotion()
    gone = "1" * 40
    answer = world.gate(head, reviews=[world.review(RITA, gone)])
    assert (answer.exit, answer.verdict) == (11, "hold")
    assert "the reviewed commit 1111111 can not be read here" in answer.ignored()["rita"]
    both = world.judge(head, reviews=[world.review(RITA, gone), world.review(RAVI, head)])
    assert (both.verdict, both.counted()) == ("allow", ["ravi"])


def test_A2_a_reviewed_object_that_is_no_commit_is_ignored(world: GovernedWorld) -> None:
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(RITA, world.tree(head)), world.review(RAVI, head)])
    assert (answer.verdict, answer.counted()) == ("allow", ["ravi"])
    assert "can not be read here" in answer.ignored()["rita"]


def test_A3_the_time_of_a_review_plays_no_part(world: GovernedWorld) -> None:
    """A push between the reviewer's page load and click gives a review that is younger than the push."""
    seen = world.promotion()
    world.edit_card(summary="pushed while the page was open")
    pushed = world.commit("push", date="2020-01-01T00:00:00+00:00")
    younger = world.review(RITA, seen) | {"submitted_at": "2030-01-01T00:00:00Z"}
    late = world.judge(pushed, reviews=[younger])
    assert late.verdict == "hold"
    assert late.ignored()["rita"].startswith(f"stale: reviewed {seen[:7]}")
    older = world.review(RITA, pushed) | {"submitted_at": "1999-01-01T00:00:00Z"}
    assert world.judge(pushed, reviews=[older]).verdict == "allow"


@pytest.mark.parametrize("part", ["commit author", "committer", "co-author"])
def test_A4_whoever_had_a_hand_in_it_does_not_approve_it(world: GovernedWorld, part: str) -> None:
    world.branch("promote")
    world.edit_card(stage="canary")
    rita = git_person(RITA)
    match part:
        case "commit author":
            head = world.commit("promote", author=rita, committer=git_person(ALICE))
        case "committer":
            head = world.commit("promote", committer=rita)
        case _:
            head = world.commit("promote\n\nCo-authored-by: Rita <RITA@example.com>\n")
    own = world.judge(head, reviews=[world.review(RITA, head)])
    assert (own.exit, own.verdict) == (11, "hold")
    assert own.ignored() == {"rita": f"had a hand in this change ({part} of {head[:7]})"}
    control = world.judge(head, reviews=[world.review(RAVI, head)])
    assert (control.verdict, control.counted()) == ("allow", ["ravi"])


@pytest.mark.parametrize("part", ["commit author", "committer"])
def test_A5_a_commit_that_nobody_can_be_named_for_leaves_it_undecided(world: GovernedWorld, part: str) -> None:
    world.branch("promote")
    world.edit_card(stage="canary")
    ghost, alice = ("Ghost", "ghost@nowhere.example"), git_person(ALICE)
    by = (ghost, alice) if part == "commit author" else (alice, ghost)
    head = world.commit("promote", author=by[0], committer=by[1])
    answer = world.judge(head, reviews=[world.review(RITA, head)])
    assert (answer.exit, answer.verdict) == (12, "undecided")
    assert answer.failed() == {
        "people.known": f"`ghost@nowhere.example`, {part} of {head[:7]}, is not in policies/people.yaml"
    }
    world.git("commit", "-q", "--amend", "--no-edit", "--reset-author")
    known = world.head
    assert world.judge(known, reviews=[world.review(RITA, known)]).verdict == "allow"


def test_A5_a_stranger_who_opens_the_pull_request_leaves_it_undecided(world: GovernedWorld) -> None:
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(RITA, head)], author=STRANGER)
    assert (answer.exit, answer.verdict) == (12, "undecided")
    assert "`mallory`, who opened the pull request" in answer.failed()["people.known"]


def test_A6_commits_behind_the_second_parent_of_a_merge_are_contributions(world: GovernedWorld) -> None:
    world.branch("side")
    world.edit_card(summary="words by rita")
    world.commit("side", author=git_person(RITA))
    world.branch("promote", "main")
    world.write("notes.txt", "mine\n")
    world.commit("notes")
    world.merge("side")
    world.edit_card(stage="canary")
    head = world.commit("promote")
    own = world.judge(head, reviews=[world.review(RITA, head)])
    assert own.verdict == "hold"
    assert own.ignored()["rita"].startswith("had a hand in this change (commit author of ")
    assert world.judge(head, reviews=[world.review(RAVI, head)]).verdict == "allow"


def test_A7_a_rebase_by_a_service_does_not_launder_the_author(world: GovernedWorld) -> None:
    world.branch("promote")
    world.edit_card(stage="canary")
    head = world.commit("promote", author=git_person(RITA), committer=git_person(ROBOT))
    own = world.judge(head, reviews=[world.review(RITA, head)], author=ALICE)
    assert own.verdict == "hold"
    assert own.ignored() == {"rita": f"had a hand in this change (commit author of {head[:7]})"}
    assert world.judge(head, reviews=[world.review(RAVI, head)]).verdict == "allow"


def test_A7_a_squash_that_credits_nobody_is_still_by_the_account_that_the_forge_names(world: GovernedWorld) -> None:
    """The address belongs to alice, the account at the forge to rita: both had a hand in it."""
    head = world.promotion()
    file = world.pull_request(head, world.base, ALICE, [world.review(RITA, head)])
    file["commits"][0]["author"] = {"id": RITA["id"], "login": "rita", "type": "User"}
    own = world.judge(head, file=file)
    assert own.verdict == "hold"
    assert own.ignored() == {"rita": f"had a hand in this change (commit author of {head[:7]})"}


@pytest.mark.parametrize(
    "bot",
    [
        ROBOT,
        {"id": 777, "login": "clever-reviewer[bot]"},
        {"id": RITA["id"], "login": "rita", "type": "Bot"},
    ],
    ids=["listed", "unlisted", "a person's number with a bot's type"],
)
def test_A8_a_bot_never_approves(world: GovernedWorld, bot: dict[str, Any]) -> None:
    head = world.promotion()
    review = world.review(RITA, head) | {"user": {"type": "Bot", **bot}}
    answer = world.judge(head, reviews=[review])
    assert (answer.exit, answer.verdict, answer.counted()) == (11, "hold", [])
    assert answer.ignored() == {bot["login"]: "a bot, and bots never approve"}
    assert world.judge(head, reviews=[review, world.review(RAVI, head)]).verdict == "allow"


def test_A9_two_accounts_of_one_person_are_one_approval(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, rules=(METRIC_RULE, quorum({"role": "risk", "count": 2})))
    people = copy.deepcopy(PEOPLE)
    people["people"][2]["accounts"].append({"forge": "github", "id": 2005, "login": "rita-at-home"})
    world.write("policies/people.yaml", dump(people))
    world.base = world.commit("rita has two accounts", author=git_person(OTTO))
    head = world.promotion()
    second = {"id": 2005, "login": "rita-at-home", "email": ""}
    twice = [world.review(RITA, head), world.review(second, head)]
    answer = world.judge(head, reviews=twice)
    assert (answer.verdict, answer.counted()) == ("hold", ["rita"])
    assert answer.ignored() == {"rita-at-home": f"`rita` counts once, by review {twice[0]['id']}"}
    assert answer.of(QUORUM)[0]["message"].startswith("1 of 2 approvals")
    assert world.judge(head, reviews=[*twice, world.review(RAVI, head)]).verdict == "allow"


def test_A9_one_account_of_two_persons_is_refused(world: GovernedWorld) -> None:
    people = copy.deepcopy(PEOPLE)
    people["people"][3]["accounts"] = people["people"][2]["accounts"]
    world.write("policies/people.yaml", dump(people))
    world.base = world.commit("ravi shares the account of rita", author=git_person(OTTO))
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(RITA, head)])
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert "account 1005 belongs to both `rita` and `ravi`" in answer.problems()


def test_A10_approving_twice_is_approving_once(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, rules=(METRIC_RULE, quorum({"role": "risk", "count": 2})))
    head = world.promotion()
    first, comment, again = (world.review(RITA, head, state) for state in ("APPROVED", "COMMENTED", "APPROVED"))
    answer = world.judge(head, reviews=[first, comment, again])
    assert (answer.verdict, answer.counted()) == ("hold", ["rita"])
    assert answer.of(QUORUM)[0]["found"] == "1 of 2"
    reasons = {each["review"]: each["reason"] for each in answer.json["approvals"]["ignored"]}
    assert reasons == {
        first["id"]: f"replaced by review {again['id']} of the same account",
        comment["id"]: "a comment, not an approval",
    }
    assert world.judge(head, reviews=[first, world.review(RAVI, head)]).verdict == "allow"


def test_A11_a_person_with_two_roles_fills_one_slot(tmp_path: Path) -> None:
    rule = quorum({"role": "risk", "count": 1}, {"role": "engineer", "count": 1})
    people = copy.deepcopy(PEOPLE)
    people["people"][4]["roles"] = ["engineer"]
    world = GovernedWorld(tmp_path, rules=(METRIC_RULE, rule))
    world.write("policies/people.yaml", dump(people))
    world.base = world.commit("sam is an engineer", author=git_person(OTTO))
    head = world.promotion()
    one = world.judge(head, reviews=[world.review(BOB, head)])
    assert (one.verdict, one.of(QUORUM)[0]["found"]) == ("hold", "1 of 2")
    # Bob holds both roles; two persons are enough whichever of them takes which place.
    assert world.judge(head, reviews=[world.review(BOB, head), world.review(RITA, head)]).verdict == "allow"
    assert world.judge(head, reviews=[world.review(BOB, head), world.review(SAM, head)]).verdict == "allow"
    # Two of the union are not one of each.
    union = world.judge(head, reviews=[world.review(RITA, head), world.review(RAVI, head)])
    assert (union.verdict, union.of(QUORUM)[0]["found"]) == ("hold", "1 of 2")


def _sam_takes_risk(world: GovernedWorld) -> None:
    people = copy.deepcopy(PEOPLE)
    people["people"][4]["roles"] = ["security", "risk", "policy_owner"]
    world.write("policies/people.yaml", dump(people))


def test_A12_a_role_taken_in_the_same_pull_request_refuses_it(world: GovernedWorld) -> None:
    world.branch("promote")
    _sam_takes_risk(world)
    world.edit_card(stage="canary")
    head = world.commit("promote")
    answer = world.gate(head, reviews=[world.review(each, head) for each in (SAM, OTTO, OLGA, RITA)])
    assert (answer.exit, answer.verdict, answer.json["change"]) == (10, "deny", "policy")
    assert answer.failed()["change.is-one"].startswith("a policy change moves no model")


def test_A12_roles_are_those_of_base(world: GovernedWorld) -> None:
    """Whoever makes themselves a policy owner does not approve that very change as one."""
    world.branch("roles")
    _sam_takes_risk(world)
    head = world.commit("roles")
    one_missing = world.judge(head, reviews=[world.review(SAM, head), world.review(OTTO, head)])
    assert (one_missing.exit, one_missing.verdict) == (11, "hold")
    assert one_missing.of("policy.is-approved")[0]["found"] == "1 of 2"
    enough = world.judge(head, reviews=[world.review(OLGA, head), world.review(OTTO, head)])
    assert (enough.exit, enough.verdict) == (0, "allow")


def test_A12_a_role_that_only_heads_people_file_gives_does_not_count(world: GovernedWorld) -> None:
    """The role landed on another branch that the promotion is built on, and base does not have it."""
    world.branch("roles")
    _sam_takes_risk(world)
    world.commit("roles", author=git_person(OTTO))
    world.branch("promote")
    world.edit_card(stage="canary")
    head = world.commit("promote")
    early = world.judge(head, reviews=[world.review(SAM, head)])
    assert (early.exit, early.verdict) == (10, "deny")
    landed = world.land("roles")
    answer = world.judge(head, base=landed, reviews=[world.review(SAM, head)])
    assert (answer.verdict, answer.counted()) == ("allow", ["sam"])


def test_A13_the_decision_names_the_digest_of_the_roles_that_it_used(world: GovernedWorld) -> None:
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(RITA, head)])
    roles = hashlib.sha256(world.git("show", f"{world.base}:policies/people.yaml").encode() + b"\n").hexdigest()
    inputs = {each["path"]: each["sha256"] for each in answer.json["inputs"]}
    assert inputs["base:policies/people.yaml"] == roles
    reviews = hashlib.sha256((world.folder / "reviews.json").read_bytes()).hexdigest()
    assert inputs["reviews"] == reviews


@pytest.mark.parametrize("login", ["rita", "Rita", "r\u0456ta", "\u212arita"])
def test_A14_a_login_is_never_enough(world: GovernedWorld, login: str) -> None:
    """The name was given up and taken by somebody else, or only looks alike."""
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(STRANGER | {"login": login}, head)])
    assert (answer.exit, answer.verdict, answer.counted()) == (11, "hold", [])
    assert answer.ignored()[login].startswith("account 6666 is not in policies/people.yaml")


def test_A14_a_renamed_account_is_the_same_person(world: GovernedWorld) -> None:
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(RITA | {"login": "rita-renamed"}, head)])
    assert (answer.verdict, answer.counted()) == ("allow", ["rita"])


def test_A14_a_login_outside_ascii_is_refused_in_the_people_file(world: GovernedWorld) -> None:
    people = copy.deepcopy(PEOPLE)
    people["people"][0]["accounts"][0]["login"] = "\u0430lice-b"
    world.write("policies/people.yaml", dump(people).encode().decode("unicode_escape"))
    world.base = world.commit("look-alike", author=git_person(OTTO))
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(RITA, head)])
    assert answer.exit == 3
    assert "policies/people.yaml" in answer.problems()
    assert "login" in answer.problems()


TEAM = {"forge": "github", "organization": "bank", "slug": "validators", "roles": ["risk"]}


def with_a_team(folder: Path) -> GovernedWorld:
    """A world in which nobody but the members of bank/validators holds the role of risk."""
    world = GovernedWorld(folder)
    people = copy.deepcopy(PEOPLE)
    for person in people["people"]:
        person["roles"] = [role for role in person["roles"] if role != "risk"]
    world.write("policies/people.yaml", dump({**people, "teams": [TEAM]}))
    world.base = world.commit("risk is a team", author=git_person(OTTO))
    return world


def members(*who: dict[str, Any]) -> list[dict[str, Any]]:
    listed = [{"id": each["id"], "login": each["login"], "type": "User"} for each in who]
    return [{"organization": "bank", "slug": "validators", "members": listed}]


def test_A13_the_members_of_a_team_at_the_decision_are_part_of_what_it_rests_on(tmp_path: Path) -> None:
    """The same bytes give the same decision, whoever has joined or left since; other members are other bytes."""
    world = with_a_team(tmp_path)
    head = world.promotion()
    file = world.pull_request(head, world.base, ALICE, [world.review(RITA, head)])
    file["teams"] = members(RITA, SAM)
    then = world.judge(head, file=copy.deepcopy(file))
    assert (then.exit, then.verdict, then.counted()) == (0, "allow", ["rita"])
    assert world.judge(head, file=copy.deepcopy(file)).text == then.text
    file["teams"] = members(SAM)
    later = world.judge(head, file=file)
    assert (later.exit, later.verdict) == (11, "hold")
    digests = [next(i["sha256"] for i in each.json["inputs"] if i["path"] == "reviews") for each in (then, later)]
    assert digests[0] != digests[1]


@pytest.mark.parametrize(
    ("teams", "why"),
    [
        (None, "the reviews file does not hold it"),
        ([{"organization": "bank", "slug": "validators", "problem": "the token may not"}], "the token may not"),
    ],
)
def test_A13_a_team_that_could_not_be_read_gives_no_role_and_does_not_wait_silently(
    tmp_path: Path, teams: list[Any] | None, why: str
) -> None:
    world = with_a_team(tmp_path)
    head = world.promotion()
    file = world.pull_request(head, world.base, ALICE, [world.review(RITA, head)])
    if teams is not None:
        file["teams"] = teams
    answer = world.judge(head, file=file)
    assert (answer.exit, answer.verdict) == (12, "undecided")
    assert answer.failed() == {QUORUM: f"0 of 1 approvals, and team bank/validators could not be read: {why}"}


def test_A13_a_team_that_the_branch_itself_declares_gives_nobody_a_role(world: GovernedWorld) -> None:
    world.branch("promote")
    world.edit_card(stage="canary")
    team = {**TEAM, "roles": ["risk"]}
    world.write("policies/people.yaml", dump({**PEOPLE, "teams": [team]}))
    head = world.commit("promote, and let a team be risk")
    file = world.pull_request(head, world.base, ALICE, [world.review(SAM, head)])
    file["teams"] = members(SAM)
    answer = world.judge(head, file=file)
    assert (answer.exit, answer.verdict) == (10, "deny")


@pytest.mark.parametrize("login", ["rita", "RITA", "r\u0456ta"])
def test_A14_a_member_of_a_team_is_known_by_number_and_not_by_login(tmp_path: Path, login: str) -> None:
    world = with_a_team(tmp_path)
    head = world.promotion()
    file = world.pull_request(head, world.base, ALICE, [world.review(RITA, head)])
    file["teams"] = members({"id": 6666, "login": login})
    stranger = world.judge(head, file=copy.deepcopy(file))
    assert stranger.verdict == "undecided"
    assert "nobody holds that role" in stranger.failed()[QUORUM]
    file["teams"] = members({"id": RITA["id"], "login": login})
    assert world.judge(head, file=file).verdict == "allow"


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        (("CHANGES_REQUESTED",), "deny"),
        (("CHANGES_REQUESTED", "COMMENTED"), "deny"),
        (("CHANGES_REQUESTED", "APPROVED"), "allow"),
        (("APPROVED", "CHANGES_REQUESTED"), "deny"),
        (("APPROVED", "COMMENTED"), "allow"),
    ],
)
def test_A15_the_last_word_of_a_reviewer_stands(world: GovernedWorld, states: tuple[str, ...], verdict: str) -> None:
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(RITA, head, state) for state in states])
    assert answer.verdict == verdict
    if verdict == "deny":
        assert answer.failed() == {VETO: "`rita` asked for changes"}


def test_A15_nobody_elses_approval_lifts_a_veto(world: GovernedWorld) -> None:
    head = world.promotion()
    veto = world.review(RITA, head, "CHANGES_REQUESTED")
    answer = world.judge(head, reviews=[veto, world.review(RAVI, head), world.review(SAM, head)])
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert answer.failed() == {VETO: "`rita` asked for changes"}
    assert world.judge(head, reviews=[world.review(RAVI, head)]).verdict == "allow"


def dismissal(review: dict[str, Any], by: dict[str, Any], was: str, message: str | None = "settled") -> dict[str, Any]:
    """Let a review be dismissed, and return the forge's event that says so."""
    review["state"] = "DISMISSED"
    return {
        "event": "review_dismissed",
        "actor": {"id": by["id"], "login": by["login"], "type": "User"},
        "dismissed_review": {"review_id": review["id"], "state": was, "dismissal_message": message},
    }


def with_a_head_of_risk(folder: Path) -> GovernedWorld:
    """A world in which hedda, who is head of risk, may lift objections."""
    world = GovernedWorld(folder)
    people = copy.deepcopy(PEOPLE)
    account = {"forge": "github", "id": HEAD_OF_RISK["id"], "login": HEAD_OF_RISK["login"]}
    emails = [HEAD_OF_RISK["email"]]
    people["people"].append({"name": "hedda", "accounts": [account], "emails": emails, "roles": ["head_of_risk"]})
    world.write("policies/people.yaml", dump(people))
    world.write("policies/governance.yaml", dump({**GOVERNANCE, "veto_lifted_by": ["head_of_risk"]}))
    world.base = world.commit("a head of risk", author=git_person(OTTO))
    return world


def test_A15_a_dismissed_approval_is_none_and_brings_no_older_one_back(world: GovernedWorld) -> None:
    head = world.promotion()
    reviews = [world.review(RITA, head), world.review(RITA, head)]
    file = world.pull_request(head, world.base, ALICE, reviews)
    assert world.judge(head, file=copy.deepcopy(file)).verdict == "allow"
    file["events"] = [dismissal(reviews[1], ALICE, "approved")]
    answer = world.judge(head, file=file)
    assert (answer.exit, answer.verdict, answer.counted()) == (11, "hold", [])
    assert {i["review"]: i["reason"] for i in answer.json["approvals"]["ignored"]} == {
        reviews[0]["id"]: f"replaced by review {reviews[1]['id']} of the same account",
        reviews[1]["id"]: "dismissed",
    }


def test_A15_somebody_else_dismisses_a_veto_and_it_still_stands(world: GovernedWorld) -> None:
    """Whoever may write to the repository may dismiss any review there."""
    head = world.promotion()
    veto, approval = world.review(SAM, head, "CHANGES_REQUESTED"), world.review(RITA, head)
    file = world.pull_request(head, world.base, ALICE, [veto, approval])
    file["events"] = [dismissal(veto, BOB, "changes_requested")]
    answer = world.judge(head, file=file)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert answer.failed() == {
        VETO: "`sam` asked for changes, and `bob`, who holds no role that may lift it, dismissed it"
    }
    file["events"] = [dismissal(veto, SAM, "changes_requested", None)]
    own = world.judge(head, file=file)
    assert (own.exit, own.verdict) == (0, "allow")
    assert own.ignored() == {"sam-sec": "an objection, which `sam` dismissed themselves"}


@pytest.mark.parametrize(
    ("by", "message", "verdict", "says"),
    [
        (HEAD_OF_RISK, "settled in RISK-12", "allow", ""),
        (HEAD_OF_RISK, "  ", "deny", "`hedda` dismissed it without saying why"),
        (HEAD_OF_RISK, None, "deny", "`hedda` dismissed it without saying why"),
        (RITA, "settled in RISK-12", "deny", "`rita`, who holds no role that may lift it, dismissed it"),
        (STRANGER, "settled in RISK-12", "deny", "`mallory`, who is not in policies/people.yaml, dismissed it"),
    ],
)
def test_A15_a_veto_is_lifted_by_a_role_that_governance_names_and_with_a_reason(
    tmp_path: Path, by: dict[str, Any], message: str | None, verdict: str, says: str
) -> None:
    world = with_a_head_of_risk(tmp_path)
    head = world.promotion()
    veto, approval = world.review(SAM, head, "CHANGES_REQUESTED"), world.review(RITA, head)
    file = world.pull_request(head, world.base, ALICE, [veto, approval])
    file["events"] = [dismissal(veto, by, "changes_requested", message)]
    answer = world.judge(head, file=file)
    assert answer.verdict == verdict
    if verdict == "deny":
        assert answer.failed() == {VETO: f"`sam` asked for changes, and {says}"}
    else:
        assert answer.ignored() == {"sam-sec": "an objection, lifted by `hedda`: settled in RISK-12"}


def test_A15_whoever_may_lift_vetoes_gives_themselves_no_role_in_the_change_that_needs_it(
    world: GovernedWorld,
) -> None:
    """Roles and governance are those of base; the branch cannot name its own judge."""
    world.branch("promote")
    world.edit_card(stage="canary")
    world.write("policies/governance.yaml", dump({**GOVERNANCE, "veto_lifted_by": ["risk"]}))
    head = world.commit("promote, and let risk lift vetoes")
    veto = world.review(SAM, head, "CHANGES_REQUESTED")
    file = world.pull_request(head, world.base, ALICE, [veto, world.review(RAVI, head)])
    file["events"] = [dismissal(veto, RITA, "changes_requested")]
    answer = world.judge(head, file=file)
    assert answer.verdict == "deny"
    assert "`rita`, who holds no role that may lift it" in answer.failed()[VETO]


@pytest.mark.parametrize("events", [None, []], ids=["no events", "events without this one"])
def test_A15_a_dismissal_that_nobody_tells_of_is_never_taken_for_an_approvals(
    world: GovernedWorld, events: list[Any] | None
) -> None:
    head = world.promotion()
    gone = world.review(SAM, head, "DISMISSED")
    file = world.pull_request(head, world.base, ALICE, [gone, world.review(RITA, head)])
    if events is not None:
        file["events"] = events
    answer = world.judge(head, file=file)
    assert (answer.exit, answer.verdict) == (12, "undecided")
    message = f"review {gone['id']} by `sam` was dismissed, and the file does not say by whom"
    assert answer.failed() == {VETO: message}
    assert answer.of(VETO)[0]["fix"].startswith("hand over `events`")
    file["reviews"].append(world.review(SAM, head))
    assert world.judge(head, file=file).verdict == "allow"


def test_A15_a_veto_denies_where_no_quorum_is_asked_for(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, rules=(METRIC_RULE,))
    head = world.promotion()
    assert world.judge(head, reviews=[]).verdict == "allow"
    answer = world.judge(head, reviews=[world.review(SAM, head, "CHANGES_REQUESTED")])
    assert (answer.exit, answer.failed()) == (10, {VETO: "`sam` asked for changes"})


def test_A15_a_veto_keeps_nothing_from_going_down(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, stage="ramp")
    head = rolled_back(world)
    answer = world.judge(head, reviews=[world.review(SAM, head, "CHANGES_REQUESTED")])
    assert (answer.exit, answer.verdict) == (0, "allow")
    assert answer.outcome(VETO) == "not_applicable"


def rolled_back(world: GovernedWorld) -> str:
    """Take credit-risk 2.0.0 from ramp back to canary, with a reason, and return the commit."""
    world.branch("rollback")
    event = {
        "schema": "rampgate/event/v1",
        "kind": "rollback",
        "from": "ramp",
        "to": "canary",
        "reason": "error rate doubled within the hour",
        "by": "alice",
        "date": "2026-11-20",
    }
    world.edit_card(stage="canary")
    world.write("model_cards/credit-risk/2.0.0/events/2026-11-20-rollback.yaml", dump(event))
    return world.commit("rollback")


def test_E3_a_dismissal_and_a_veto_after_green_turn_the_verdict(world: GovernedWorld) -> None:
    """The same commit is judged again after each event; nothing of the earlier verdict is kept."""
    head = world.promotion()
    approval = world.review(RITA, head)
    file = world.pull_request(head, world.base, ALICE, [approval])
    file["events"] = []
    assert world.judge(head, file=file).verdict == "allow"
    file["events"] = [dismissal(approval, ALICE, "approved", "not needed any more")]
    dismissed = world.judge(head, file=file)
    assert (dismissed.exit, dismissed.verdict, dismissed.ignored()) == (11, "hold", {"rita": "dismissed"})
    file["reviews"] += [world.review(RAVI, head)]
    assert world.judge(head, file=file).verdict == "allow"
    file["reviews"] += [world.review(SAM, head, "CHANGES_REQUESTED")]
    vetoed = world.judge(head, file=file)
    assert (vetoed.exit, vetoed.failed()) == (10, {VETO: "`sam` asked for changes"})


def test_E14_a_promotion_from_a_fork_is_denied_and_a_rollback_from_one_is_not(tmp_path: Path) -> None:
    world = GovernedWorld(tmp_path, stage="ramp")
    repository = {"id": 501, "full_name": "bank/models"}

    def asked(head: str, repo: dict[str, Any] | None, reviews: list[dict[str, Any]]) -> Answer:
        file = world.pull_request(head, world.base, ALICE, reviews)
        file["pull_request"]["base"]["repo"] = repository
        file["pull_request"]["head"]["repo"] = repo
        return world.judge(head, file=file)

    head = world.promotion("majority")
    approvals = [world.review(RITA, head)]
    assert asked(head, repository, approvals).verdict == "allow"
    for fork in ({"id": 777, "full_name": "bank/models"}, None):
        answer = asked(head, fork, approvals)
        assert (answer.exit, answer.verdict) == (10, "deny")
        assert answer.failed() == {"change.from-this-repository": "the branch stands in a fork, and forks are refused"}
    world.checkout("main")
    assert asked(rolled_back(world), None, []).verdict == "allow"


def test_E14_governance_may_let_forks_in(world: GovernedWorld) -> None:
    world.write("policies/governance.yaml", dump({**GOVERNANCE, "forks": "allowed"}))
    world.base = world.commit("forks", author=git_person(OTTO))
    head = world.promotion()
    file = world.pull_request(head, world.base, ALICE, [world.review(RITA, head)])
    file["pull_request"]["base"]["repo"] = {"id": 501, "full_name": "bank/models"}
    file["pull_request"]["head"]["repo"] = {"id": 777, "full_name": "alice/models"}
    assert world.judge(head, file=file).verdict == "allow"


def test_A16_a_comment_is_never_an_approval(world: GovernedWorld) -> None:
    head = world.promotion()
    comment = world.review(RITA, head, "COMMENTED") | {"body": "LGTM :+1: approved"}
    answer = world.judge(head, reviews=[comment])
    assert (answer.verdict, answer.counted()) == ("hold", [])
    assert answer.ignored() == {"rita": "a comment, not an approval"}


def test_A16_what_a_stranger_types_into_a_comment_does_not_stop_the_judge(world: GovernedWorld) -> None:
    head = world.promotion()
    noise = world.review(STRANGER, head, "COMMENTED") | {"body": "hidden \u2028\u202e\ufeff\x85 text"}
    file = world.pull_request(head, world.base, ALICE, [noise, world.review(RITA, head)])
    path = world.folder / "reviews.json"
    path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    answer = world.gate(head, extra=("--reviews", str(path)))
    assert (answer.exit, answer.verdict, answer.counted()) == (0, "allow", ["rita"])


def test_A17_an_approval_in_another_pull_request_does_not_count_here(world: GovernedWorld) -> None:
    other = world.promotion()
    world.checkout("main")
    world.branch("summary")
    world.edit_card(stage="canary", summary="another change of the same version")
    head = world.commit("promote")
    answer = world.judge(head, reviews=[world.review(RITA, other)])
    assert (answer.verdict, answer.counted()) == ("hold", [])
    assert answer.ignored()["rita"].startswith(f"stale: reviewed {other[:7]}")


@pytest.mark.parametrize("case", ["other base branch", "other head", "other pull request", "missing commit", "twice"])
def test_A17_reviews_of_another_context_are_not_believed(world: GovernedWorld, case: str) -> None:
    head = world.promotion()
    file = world.pull_request(head, world.base, ALICE, [world.review(RITA, head)])
    assert world.judge(head, file=copy.deepcopy(file)).verdict == "allow"
    request = file["pull_request"]
    match case:
        case "other base branch":
            request["base"]["ref"] = "playground"
            exit_code, message = 12, "the reviews are of a pull request into `playground`, not `main`"
        case "other head":
            request["head"]["sha"] = world.base
            exit_code, message = 12, f"the reviews are of a pull request at {world.base[:7]}, not at {head[:7]}"
        case "other pull request":
            request["url"] = "https://api.example.com/repos/bank/models/pulls/7"
            file["reviews"][0]["pull_request_url"] = "https://api.example.com/repos/bank/models/pulls/8"
            exit_code, message = 3, "the review belongs to another pull request"
        case "missing commit":
            file["commits"] = []
            exit_code, message = 12, f"Git has commit {head[:7]} between base and head that the forge does not list"
        case _:
            file["reviews"] *= 2
            exit_code, message = 3, "is listed twice"
    answer = world.judge(head, file=file)
    assert answer.exit == exit_code
    assert answer.verdict != "allow"
    if exit_code == 12:
        assert any(message in each["message"] for each in answer.of("people.known"))
        assert "can not be believed" in answer.failed()[QUORUM]
    else:
        assert message in answer.text


@pytest.mark.parametrize(
    ("slots", "message"),
    [
        ([{"role": "risk", "count": 0}], "count"),
        ([{"role": "", "count": 1}], "role"),
        ("rita", "slots"),
        (None, "slots"),
        ([], "slots"),
        (["rita"], "slots"),
        ([{"role": "risk", "count": "1"}], "count"),
        ([{"role": "risk", "count": True}], "count"),
        ([{"role": "risk", "author_counts": True}], "author_counts"),
        ([{"role": "riks", "count": 1}], "nobody holds the role `riks`; did you mean `risk`?"),
        ([{"role": "risk", "count": 9}], "the quorum can never be reached"),
    ],
)
def test_A18_a_quorum_that_asks_for_nobody_or_too_many_is_refused(tmp_path: Path, slots: Any, message: str) -> None:
    rule = {**APPROVAL_RULE, "with": {"slots": slots}}
    world = GovernedWorld(tmp_path, rules=(METRIC_RULE, rule))
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(RITA, head)])
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert message in answer.problems()
    assert all(p["location"]["path"] == "policies/lending.yaml" for p in answer.json["problems"])
    assert all(p["location"]["line"] > 1 for p in answer.json["problems"])


def test_A18_a_rule_change_that_brings_such_a_quorum_is_denied(world: GovernedWorld) -> None:
    world.branch("policy")
    world.write("policies/lending.yaml", dump(policy(METRIC_RULE, quorum({"role": "risk", "count": 9}))))
    head = world.commit("nine of them", author=git_person(OTTO))
    answer = world.judge(head, reviews=[world.review(OLGA, head), world.review(OSSI, head)], author=OTTO)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "the quorum can never be reached" in answer.failed()["policy.is-approved"]
    world.write("policies/lending.yaml", dump(policy(METRIC_RULE, quorum({"role": "risk", "count": 2}))))
    sound = world.commit("two of them", author=git_person(OTTO))
    control = world.judge(sound, reviews=[world.review(OLGA, sound), world.review(OSSI, sound)], author=OTTO)
    assert (control.exit, control.verdict) == (0, "allow")


def test_A18_a_quorum_that_nobody_is_left_to_fill_is_an_error_and_not_a_silent_wait(world: GovernedWorld) -> None:
    world.branch("promote")
    world.edit_card(stage="canary")
    world.commit("a", author=git_person(RITA))
    head = world.commit("b", author=git_person(RAVI))
    answer = world.judge(head, reviews=[world.review(BOB, head)])
    assert (answer.exit, answer.verdict) == (12, "undecided")
    assert "the quorum can not be reached" in answer.failed()[QUORUM]


def test_A19_who_lost_the_role_before_the_merge_does_not_count(world: GovernedWorld) -> None:
    head = world.promotion()
    reviews = [world.review(RITA, head)]
    assert world.judge(head, reviews=reviews).verdict == "allow"
    world.checkout("main")
    people = copy.deepcopy(PEOPLE)
    people["people"][2]["roles"] = []
    world.write("policies/people.yaml", dump(people))
    world.base = world.commit("rita left risk", author=git_person(OTTO))
    answer = world.judge(head, reviews=reviews)
    assert answer.verdict == "hold"
    assert answer.of(QUORUM)[0]["message"].startswith("0 of 1 approvals")


def test_A20_labels_and_titles_lower_nothing(world: GovernedWorld) -> None:
    world.branch("hotfix/emergency-skip-review")
    world.edit_card(stage="canary")
    head = world.commit("[skip gate] emergency hotfix\n\nBreak-Glass: yes\n")
    file = world.pull_request(head, world.base, ALICE, [])
    file["pull_request"] |= {
        "title": "EMERGENCY hotfix, approved by the board",
        "labels": [{"name": "emergency"}, {"name": "approved"}],
        "body": "/approve",
        "auto_merge": {"merge_method": "squash"},
    }
    answer = world.judge(head, file=file)
    assert (answer.exit, answer.verdict) == (11, "hold")
    file["reviews"] = [world.review(RITA, head)]
    assert world.judge(head, file=file).verdict == "allow"


def test_A21_an_approver_of_the_owners_team_is_not_independent(world: GovernedWorld) -> None:
    """Bob holds the role of risk, and belongs to the team that owns the model."""
    head = world.promotion()
    answer = world.judge(head, reviews=[world.review(BOB, head)])
    assert (answer.exit, answer.verdict) == (11, "hold")
    assert "1 approval" in answer.of(QUORUM)[0]["expected"]
    assert (
        "outside the team that owns the model" in answer.of(QUORUM)[0]["message"]
        or "outside team lending" in (answer.of(QUORUM)[0]["message"])
    )
    assert world.judge(head, reviews=[world.review(BOB, head), world.review(RITA, head)]).verdict == "allow"


def test_A21_nobody_is_independent_of_a_team_that_is_not_known(world: GovernedWorld) -> None:
    """A model that `policies/models.yaml` does not name has no owner team that anybody could be outside of."""
    body = evidence()
    body["subject"] |= {"model": "unlisted", "version": "1.0.0"}
    world.add_version(card("unlisted", "1.0.0"), body)
    world.base = world.commit("a model that no registry names")
    world.branch("promote")
    world.edit_card("unlisted", "1.0.0", stage="canary")
    head = world.commit("promote")
    answer = world.judge(head, reviews=[world.review(RITA, head)], now=NOW)
    assert (answer.exit, answer.verdict) == (12, "undecided")
    assert "the quorum can not be reached" in answer.failed()[QUORUM]
