"""Attacks with time and with exceptions: waivers that should have ended, and break-glass as a way round the rules.

The world's model fails its accuracy floor and needs the approval of security. Bob and Rita hold `risk`, the role that
may break the glass; Sam (`security`) and the policy owners review it.
"""

from __future__ import annotations

from typing import Any

import pytest

from worlds.governed_world import (
    ALICE,
    APPROVAL_RULE,
    BOB,
    GOVERNANCE,
    LADDER,
    METRIC_RULE,
    NOW,
    OTTO,
    RAVI,
    RITA,
    SAM,
    Answer,
    GovernedWorld,
    card,
    dump,
    evidence,
    policy,
    run_rampgate,
)
from worlds.history_world import HistoryWorld

FLOOR = METRIC_RULE["id"]
QUORUM = "approval.risk-agrees"
SECURITY = {**APPROVAL_RULE, "id": QUORUM, "with": {"slots": [{"role": "security", "count": 1}]}}
TERMS: dict[str, Any] = {"by": ["risk"], "reviewed_by": ["security", "policy_owner"], "review_within_days": 7}
FOLDER = "model_cards/credit-risk/2.0.0"
EVENT = f"{FOLDER}/events/inc-7.yaml"
REVIEW = f"{FOLDER}/events/inc-7-review.yaml"
AS_OTTO = ("Otto", OTTO["email"])
# The world judges on 2026-11-20.
LAST_DAY, DAY_AFTER = "2026-11-27T23:59:59Z", "2026-11-28T00:00:00Z"


def glass(**fields: Any) -> str:
    value: dict[str, Any] = {
        "schema": "rampgate/break-glass/v1",
        "from": "pilot",
        "to": "canary",
        "rules": [FLOOR, QUORUM],
        "reason": "the serving version rejects every payment",
        "ticket": "INC-7",
        "by": "bob",
        "second": "rita",
        "date": "2026-11-20",
        "review_by": "2026-11-27",
    }
    return dump({key: each for key, each in (value | fields).items() if each is not None})


def review(**fields: Any) -> str:
    value = {
        "schema": "rampgate/break-glass-review/v1",
        "of": "inc-7",
        "by": "sam",
        "conclusion": "accepted",
        "reason": "nothing else would have stopped the loss",
        "date": "2026-11-24",
    }
    return dump(value | fields)


def governance(**fields: Any) -> str:
    return dump({**GOVERNANCE, **fields})


@pytest.fixture
def failing(world: GovernedWorld) -> GovernedWorld:
    """A version that fails its floor, where governance lets two holders of `risk` break the glass."""
    world.replace_evidence(evidence(50, 50))
    world.write("policies/governance.yaml", governance(break_glass=TERMS))
    world.write("policies/lending.yaml", dump(policy(METRIC_RULE, SECURITY)))
    world.base = world.commit("terms of break-glass", author=AS_OTTO)
    return world


def ask(world: GovernedWorld, event: str | None = None, **fields: Any) -> str:
    """Promote on a branch of its own with a break-glass beside it, and return the commit."""
    world.branch(f"emergency-{len(world.git('branch', '--list').splitlines())}")
    world.edit_card(stage="canary")
    world.write(EVENT, event or glass(**fields))
    return world.commit("promote in an emergency")


def judged(
    world: GovernedWorld, head: str, *people: dict[str, Any], author: dict[str, Any] = BOB, **more: Any
) -> Answer:
    return world.judge(head, reviews=[world.review(each, head) for each in people], author=author, **more)


def broken(world: GovernedWorld) -> GovernedWorld:
    """The same world after the bypass has landed."""
    ask(world)
    world.land(world.git("branch", "--show-current"))
    return world


# A20


def test_A20_neither_a_title_nor_a_label_is_a_break_glass(failing: GovernedWorld) -> None:
    failing.branch("hotfix-emergency-break-glass")
    failing.edit_card(stage="canary", summary="EMERGENCY: break-glass, approved by the board")
    head = failing.commit("hotfix: EMERGENCY break-glass INC-7\n\nBreak-Glass: INC-7\nSkip-Review: true")
    file = failing.pull_request(head, failing.base, BOB, [failing.review(RITA, head)])
    file["pull_request"] |= {
        "title": "[break-glass] emergency",
        "labels": [{"name": "break-glass"}, {"name": "hotfix"}],
    }
    answer = failing.judge(head, file=file)
    assert (answer.exit, answer.verdict, answer.outcome(FLOOR)) == (10, "deny", "fail")
    assert answer.outcome("break-glass.is-granted") == "not_applicable"
    failing.checkout("main")
    real = judged(failing, ask(failing), RITA)
    assert (real.exit, real.verdict, real.outcome(FLOOR)) == (0, "allow", "waived")


# F7, before it lands


def test_F7_a_break_glass_lets_pass_what_two_persons_answer_for_and_says_so(failing: GovernedWorld) -> None:
    head = ask(failing)
    answer = failing.gate(head, reviews=[failing.review(RITA, head)], author=BOB, as_process=True)
    assert (answer.exit, answer.verdict) == (0, "allow"), answer.failed()
    assert {answer.outcome(FLOOR), answer.outcome(QUORUM)} == {"waived"}
    assert answer.of(FLOOR)[0]["waiver"] == "break-glass inc-7"
    assert answer.json["summary"]["waived"] == 2
    assert answer.json["valid_until"] == "2026-11-27"
    assert answer.of("break-glass.is-granted")[0]["message"].startswith("`bob` and `rita` break the glass (INC-7)")


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_F7_the_report_says_by_break_glass(failing: GovernedWorld, form: str) -> None:
    head = ask(failing)
    reviews = failing.folder / "reviews.json"
    reviews.write_text(dump(failing.pull_request(head, failing.base, BOB, [failing.review(RITA, head)])))
    said = run_rampgate("gate", "--repo", str(failing.root), "--base", failing.base, "--head", head, "--now", NOW,
                        "--reviews", str(reviews), "--format", form)  # fmt: skip
    told = said.text.replace("\\", "")
    assert "allow by break-glass" in told
    assert f"`{FLOOR}`, `{QUORUM}` bypassed, to be reviewed by 2026-11-27" in " ".join(told.split())


def test_F7_it_waits_for_both_persons_and_for_nobody_else(failing: GovernedWorld) -> None:
    """The approvals that are bypassed are not asked for any more; the two persons' are."""
    head = ask(failing)
    nobody = judged(failing, head, author=ALICE)
    assert (nobody.exit, nobody.verdict) == (11, "hold")
    awaited = [slot["person"] for slot in nobody.json["approvals"]["required"] if slot["missing"]]
    assert awaited == ["bob", "rita"]
    assert judged(failing, head, RITA, author=ALICE).verdict == "hold"
    assert judged(failing, head, BOB, author=ALICE).verdict == "hold"
    assert judged(failing, head, BOB, RITA, author=ALICE).verdict == "allow"


def test_F7_a_name_typed_into_a_commit_is_nobodys_word(failing: GovernedWorld) -> None:
    """Bob's address on a commit does not make the bypass his: he opens the pull request, or approves it."""
    failing.branch("emergency")
    failing.edit_card(stage="canary")
    failing.write(EVENT, glass())
    head = failing.commit("promote", author=("Bob", BOB["email"]))
    assert judged(failing, head, RITA, author=ALICE).verdict == "hold"
    assert judged(failing, head, RITA, BOB, author=ALICE).verdict == "allow"


@pytest.mark.parametrize("rules", [[FLOOR], [QUORUM]])
def test_F7_a_rule_that_is_not_named_is_not_bypassed(failing: GovernedWorld, rules: list[str]) -> None:
    head = ask(failing, rules=rules)
    answer = judged(failing, head, RITA)
    expected = {FLOOR: (11, "hold"), QUORUM: (10, "deny")}[rules[0]]
    assert (answer.exit, answer.verdict) == expected
    assert answer.outcome(rules[0]) == "waived"


def test_F7_where_governance_says_nothing_there_is_no_break_glass(failing: GovernedWorld) -> None:
    head = ask(failing)
    assert judged(failing, head, RITA, SAM).verdict == "allow"
    failing.checkout("main")
    failing.write("policies/governance.yaml", governance())
    failing.base = failing.commit("no break-glass", author=AS_OTTO)
    answer = judged(failing, head, RITA, SAM)
    assert (answer.exit, answer.verdict, answer.outcome(FLOOR)) == (10, "deny", "fail")
    assert "has no `break_glass`" in answer.failed()["break-glass.is-granted"]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "the move of another pull request": ({"to": "ramp"}, "tells another move than the cards"),
    "a built-in rule": ({"rules": [FLOOR, "change.stage-move"]}, "`change.stage-move` is no rule that can be bypassed"),
    "who the people are": ({"rules": ["people.known"]}, "`people.known` is no rule that can be bypassed"),
    "its own review": ({"rules": ["break-glass.is-reviewed"]}, "is no rule that can be bypassed"),
    "every rule at once": ({"rules": ["evidence"]}, "`evidence` is no rule that can be bypassed"),
    "a person without the role": ({"second": "sam"}, "`sam` holds no role that may break the glass"),
    "who asks without the role": ({"by": "alice"}, "`alice` holds no role that may break the glass"),
    "somebody who is nobody": ({"second": "ritta"}, "`ritta` is not in policies/people.yaml; did you mean `rita`?"),
    "a day to come": ({"date": "2026-11-21"}, "is dated 2026-11-21, after today"),
    "a review that is due already": ({"date": "2026-11-12", "review_by": "2026-11-19"}, "was due on 2026-11-19"),
    "a review that is put off": ({"review_by": "2026-11-28"}, "due 8 days later; governance allows 7"),
    "a review that never comes": ({"review_by": "9999-12-31"}, "governance allows 7"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_F7_a_break_glass_beyond_its_terms_excuses_nothing(failing: GovernedWorld, case: str) -> None:
    control = judged(failing, ask(failing), RITA, SAM)
    assert control.verdict == "allow"
    failing.checkout("main")
    fields, words = REFUSED[case]
    answer = judged(failing, ask(failing, **fields), RITA, SAM, RAVI)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert words in " ".join(each["message"] for each in answer.of("break-glass.is-granted"))
    assert answer.outcome(FLOOR) == "fail"


MALFORMED: dict[str, tuple[dict[str, Any], str]] = {
    "one person twice": ({"second": "bob"}, "`bob` can not be the second person too"),
    "no second person": ({"second": None}, "second"),
    "no ticket": ({"ticket": None}, "ticket"),
    "no reason": ({"reason": "why"}, "at least 10 characters"),
    "no rules": ({"rules": []}, "at least 1 item"),
    "a pattern for rules": ({"rules": ["*"]}, "`*` does not have the right form"),
    "an end before the start": ({"review_by": "2026-11-19"}, "before the bypass"),
    "a key that is none": ({"skip_review": True}, "skip_review"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_F7_a_malformed_break_glass_is_invalid_input(failing: GovernedWorld, case: str) -> None:
    fields, words = MALFORMED[case]
    answer = judged(failing, ask(failing, **fields), RITA, SAM)
    assert (answer.exit, answer.verdict) == (3, "undecided")
    assert words in answer.problems()
    assert "events/inc-7.yaml" in answer.problems()


def test_F7_the_second_person_had_no_hand_in_it(failing: GovernedWorld) -> None:
    failing.branch("emergency")
    failing.edit_card(stage="canary")
    failing.write(EVENT, glass())
    head = failing.commit("promote", author=("Rita", RITA["email"]))
    answer = judged(failing, head, RITA, SAM)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "`rita` had a hand in the change" in answer.failed()["break-glass.is-granted"]


def test_F7_a_push_after_the_second_person_approved_voids_it(failing: GovernedWorld) -> None:
    approved = ask(failing)
    reviews = [failing.review(RITA, approved)]
    assert failing.judge(approved, reviews=reviews, author=BOB).verdict == "allow"
    failing.edit_card(summary="changed after the approval")
    pushed = failing.commit("one more thing")
    assert failing.judge(pushed, reviews=reviews, author=BOB).verdict == "hold"


def test_F7_it_counts_to_the_day_of_its_review_and_not_after(failing: GovernedWorld) -> None:
    head = ask(failing)
    assert judged(failing, head, RITA, now=LAST_DAY).verdict == "allow"
    late = judged(failing, head, RITA, now=DAY_AFTER)
    assert (late.exit, late.verdict, late.outcome(FLOOR)) == (10, "deny", "fail")


def test_F7_a_break_glass_reaches_no_further_than_governance_says(failing: GovernedWorld) -> None:
    failing.write("policies/governance.yaml", governance(break_glass={**TERMS, "max_exposure_percent": 5}))
    failing.base = failing.commit("at most canary", author=AS_OTTO)
    head = ask(failing)
    assert judged(failing, head, RITA).verdict == "allow"
    failing.checkout("main")
    failing.write("policies/governance.yaml", governance(break_glass={**TERMS, "max_exposure_percent": 4}))
    failing.base = failing.commit("less than canary", author=AS_OTTO)
    answer = judged(failing, head, RITA)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "reaches 4% of traffic at most, and `canary` has 5%" in answer.failed()["break-glass.is-granted"]


def test_F7_somebody_who_asks_for_changes_is_not_bypassed(failing: GovernedWorld) -> None:
    head = ask(failing)
    reviews = [failing.review(SAM, head, "CHANGES_REQUESTED"), failing.review(RITA, head)]
    answer = failing.judge(head, reviews=reviews, author=BOB)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert failing.judge(head, reviews=reviews[1:], author=BOB).verdict == "allow"


def test_F7_a_rung_can_not_be_skipped_by_break_glass(failing: GovernedWorld) -> None:
    failing.branch("emergency")
    failing.edit_card(stage="ramp")
    failing.write(EVENT, glass(to="ramp"))
    answer = judged(failing, failing.commit("two rungs"), RITA, SAM)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "a promotion goes one rung up" in answer.failed()["change.stage-move"]
    assert "break-glass.is-granted" not in answer.failed()


def test_F7_a_break_glass_is_for_one_promotion_and_helps_no_later_one(failing: GovernedWorld) -> None:
    broken(failing)
    failing.branch("on")
    failing.edit_card(stage="ramp")
    answer = judged(failing, failing.commit("the next rung"), RITA, SAM)
    assert (answer.exit, answer.verdict, answer.outcome(FLOOR)) == (10, "deny", "fail")
    assert answer.outcome("break-glass.is-reviewed") == "pass"


def test_F7_a_break_glass_can_not_be_planted_beforehand(failing: GovernedWorld) -> None:
    """One that lands without its promotion would look like evidence of a bypass, or be at hand for the next one."""
    failing.branch("plant")
    failing.write(EVENT, glass())
    answer = judged(failing, failing.commit("only the file"), RITA, SAM)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert "comes with the promotion of its own version" in answer.failed()["break-glass.is-granted"]


def test_F7_two_break_glass_files_are_one_too_many(failing: GovernedWorld) -> None:
    failing.branch("emergency")
    failing.edit_card(stage="canary")
    failing.write(EVENT, glass(rules=[FLOOR]))
    failing.write(f"{FOLDER}/events/inc-8.yaml", glass(rules=[QUORUM], second="ravi"))
    answer = judged(failing, failing.commit("promote"), RITA, RAVI)
    assert (answer.exit, answer.verdict, answer.outcome(FLOOR)) == (10, "deny", "fail")
    assert "one promotion has one" in answer.failed()["break-glass.is-granted"]


# F7, afterwards


def test_F7_an_overdue_review_stops_every_way_up_and_none_down(failing: GovernedWorld) -> None:
    broken(failing)
    failing.replace_evidence(evidence(95, 5))
    failing.base = failing.commit("the evidence is good now")
    failing.branch("on")
    failing.edit_card(stage="ramp")
    on = failing.commit("the next rung")
    assert judged(failing, on, RITA, SAM, now=LAST_DAY).verdict == "allow"
    late = judged(failing, on, RITA, SAM, now=DAY_AFTER)
    assert (late.exit, late.verdict) == (10, "deny")
    assert "was to be reviewed by 2026-11-27" in late.failed()["break-glass.is-reviewed"]

    failing.checkout("main")
    failing.branch("down")
    failing.edit_card(stage="pilot")
    failing.write(f"{FOLDER}/events/down.yaml", dump({
        "schema": "rampgate/event/v1", "kind": "rollback", "from": "canary", "to": "pilot",
        "reason": "the bypass was wrong", "by": "bob", "date": "2026-11-28",
    }))  # fmt: skip
    assert judged(failing, failing.commit("down"), now=DAY_AFTER).verdict == "allow"


def test_F7_an_overdue_review_concerns_every_version_of_the_model_and_no_other_model(failing: GovernedWorld) -> None:
    broken(failing)
    failing.branch("register")
    failing.add_version(card(version="3.0.0"), evidence())
    head = failing.commit("a new version")
    late = judged(failing, head, RITA, SAM, now=DAY_AFTER)
    assert (late.exit, late.verdict) == (10, "deny")
    assert "break-glass `inc-7` of version 2.0.0" in late.failed()["break-glass.is-reviewed"]
    failing.checkout("main")
    failing.branch("other-model")
    failing.add_version(card("fraud", "1.0.0", tier="medium"))
    other = judged(failing, failing.commit("another model"), RITA, SAM, now=DAY_AFTER)
    assert "break-glass.is-reviewed" not in other.failed()


def test_F7_an_overdue_review_stops_edits_but_not_the_review(failing: GovernedWorld) -> None:
    broken(failing)
    failing.branch("edit")
    failing.edit_card(summary="edited meanwhile")
    edit = judged(failing, failing.commit("edit"), RITA, SAM, now=DAY_AFTER)
    assert (edit.exit, edit.verdict) == (10, "deny")
    assert "break-glass.is-reviewed" in edit.failed()
    failing.checkout("main")
    failing.branch("review")
    failing.write(REVIEW, review())
    head = failing.commit("review")
    assert judged(failing, head, now=DAY_AFTER).verdict == "hold"
    assert judged(failing, head, SAM, now=DAY_AFTER).verdict == "allow"
    assert judged(failing, head, author=SAM, now=DAY_AFTER).verdict == "allow"


def test_F7_a_review_counts_once_it_has_landed_and_not_in_the_change_that_needs_it(failing: GovernedWorld) -> None:
    broken(failing)
    failing.replace_evidence(evidence(95, 5))
    failing.base = failing.commit("the evidence is good now")
    failing.branch("both")
    failing.edit_card(stage="ramp")
    failing.write(REVIEW, review())
    both = judged(failing, failing.commit("review and promote"), RITA, SAM, now=DAY_AFTER)
    assert (both.exit, both.verdict) == (10, "deny")
    failing.checkout("main")
    failing.write(REVIEW, review())
    failing.base = failing.commit("the review landed")
    failing.branch("after")
    failing.edit_card(stage="ramp")
    assert judged(failing, failing.commit("promote"), RITA, SAM, now=DAY_AFTER).verdict == "allow"


NO_REVIEW: dict[str, tuple[dict[str, Any], str]] = {
    "by who asked for it": ({"by": "bob"}, "`bob` broke the glass, and does not review it"),
    "by the second person": ({"by": "rita"}, "`rita` broke the glass, and does not review it"),
    "by somebody without the role": ({"by": "ravi"}, "`ravi` holds no role that reviews a break-glass"),
    "by nobody we know": ({"by": "samm"}, "`samm` is not in policies/people.yaml; did you mean `sam`?"),
    "of another bypass": ({"of": "inc-8"}, "no break-glass `inc-8` stands beside this version"),
    "before the bypass": ({"date": "2026-11-19"}, "is dated 2026-11-19, before the bypass"),
    "on a day to come": ({"date": "2027-01-01"}, "is dated 2027-01-01, after today"),
}


@pytest.mark.parametrize("case", NO_REVIEW)
def test_F7_a_review_by_the_wrong_person_or_of_the_wrong_thing_does_not_land(failing: GovernedWorld, case: str) -> None:
    broken(failing)
    fields, words = NO_REVIEW[case]
    failing.branch("review")
    failing.write(REVIEW, review(**fields))
    answer = judged(failing, failing.commit("review"), RITA, SAM, RAVI, BOB, author=ALICE, now=LAST_DAY)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert words in " ".join(each["message"] for each in answer.of("break-glass.is-reviewed"))


def test_F7_a_review_that_names_one_of_the_two_never_counts_even_on_the_base_branch(failing: GovernedWorld) -> None:
    broken(failing)
    failing.write(REVIEW, review(by="rita"))
    failing.base = failing.commit("slipped past the gate")
    failing.branch("on")
    failing.edit_card(summary="edited")
    assert "break-glass.is-reviewed" in judged(failing, failing.commit("edit"), SAM, now=DAY_AFTER).failed()


@pytest.mark.parametrize("how", ["removed", "put off", "moved"])
def test_F7_the_record_of_a_bypass_stays_as_it_was(failing: GovernedWorld, how: str) -> None:
    broken(failing)
    failing.branch("hide")
    if how == "removed":
        failing.remove(EVENT)
    elif how == "put off":
        failing.write(EVENT, glass(review_by="2099-01-01"))
    else:
        failing.move(EVENT, f"{FOLDER}/events/other.yaml")
    answer = judged(failing, failing.commit("hide it"), RITA, SAM, author=ALICE)
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert f"{EVENT} is {'altered' if how == 'put off' else 'gone'}" in answer.failed()["break-glass.is-reviewed"]


# F4, F5: the organisation's ceiling


def waiver(**fields: Any) -> str:
    value = {
        "schema": "rampgate/waiver/v1",
        "id": "W-1",
        "rule": FLOOR,
        "model": "credit-risk",
        "version": "2.0.0",
        "entering": "canary",
        "reason": "agreed until the new data arrives",
        "owner": "alice",
        "approved_by": "rita",
        "starts": "2026-11-11",
        "ends": "2026-11-20",
    }
    return dump(value | fields)


@pytest.mark.parametrize(
    ("ceiling", "words"),
    [
        (9, "it lasts 10 days, and policies/governance.yaml allows 9 at `canary`"),
        ({"ramp": 30}, "policies/governance.yaml allows no waiver at `canary`"),
    ],
)
def test_F5_no_waiver_lands_or_helps_beyond_the_organisations_ceiling(
    world: GovernedWorld, ceiling: object, words: str
) -> None:
    """The rule itself would allow 30 days; the waiver lasts 10."""
    world.replace_evidence(evidence(50, 50))
    world.write("policies/governance.yaml", governance(waivers={"max_days": 10}))
    world.base = world.commit("a ceiling of ten days", author=AS_OTTO)
    for days, verdict in ((10, "allow"), (ceiling, "deny")):
        world.checkout("main")
        world.write("policies/governance.yaml", governance(waivers={"max_days": days}))
        world.base = world.commit("another ceiling", author=AS_OTTO)
        world.branch(f"grant-{verdict}")
        world.write("policies/waivers/W-1.yaml", waiver())
        head = world.commit("grant")
        grant = world.judge(head, reviews=[world.review(RITA, head)])
        assert grant.verdict == verdict
    assert words in grant.failed()["waiver.is-granted"]
    world.checkout("main")
    world.write("policies/waivers/W-1.yaml", waiver())
    world.base = world.commit("granted before there was a ceiling")
    promotion = world.promotion()
    answer = world.judge(promotion, reviews=[world.review(RITA, promotion)])
    assert (answer.exit, answer.verdict) == (10, "deny")
    assert words in answer.failed()[FLOOR]


def test_F5_a_policy_that_promises_more_than_the_ceiling_does_not_land(world: GovernedWorld) -> None:
    world.branch("ceiling")
    world.write("policies/governance.yaml", governance(waivers={"max_days": 29}))
    head = world.commit("a ceiling under the rule's 30 days", author=AS_OTTO)
    everybody = [world.review(each, head) for each in (RITA, RAVI)]
    answer = world.judge(head, reviews=everybody, author=OTTO)
    assert (answer.exit, answer.verdict) == (10, "deny")
    messages = [each["message"] for each in answer.of("policy.is-approved")]
    assert any("waivers of 30 days at `canary`, where policies/governance.yaml allows 29" in each for each in messages)


def test_F5_a_policy_can_not_make_provenance_waivable(world: GovernedWorld) -> None:
    rule = {"id": "lineage.is-pinned", "kind": "lineage.pinned", "effect": "block", "with": {"data_roles": ["training"]},
            "waivable": {"by": ["risk"], "max_days": 30}}  # fmt: skip
    world.branch("loosen")
    world.write("policies/lending.yaml", dump(policy(METRIC_RULE, APPROVAL_RULE, rule)))
    answer = judged(world, world.commit("loosen", author=AS_OTTO), author=OTTO)
    assert (answer.exit, answer.verdict) == (10, "deny")
    messages = " ".join(each["message"] for each in answer.of("policy.is-approved"))
    assert "a rule of kind `lineage.pinned` can not be waived" in messages


# F1 to F3

WEEK = {
    **LADDER,
    "stages": [{**each, "dwell_days": 7} if each["name"] == "canary" else each for each in LADDER["stages"]],
}
DWELT = "rollout.has-dwelt"
# It comes to canary on the 21st at nine; a week later is the 28th at nine.
CAME, ALMOST, THEN = "2026-11-21T09:00:00Z", "2026-11-28T08:59:59Z", "2026-11-28T09:00:00Z"


@pytest.fixture(scope="module")
def soaking_template(tmp_path_factory: pytest.TempPathFactory) -> HistoryWorld:
    world = HistoryWorld(tmp_path_factory.mktemp("soaking"))
    world.write("policies/ladder.yaml", dump(WEEK))
    world.base = world.commit("a week at canary", author=AS_OTTO)
    world.begin(at="2026-11-20T09:00:00Z")
    world.land(at=CAME, stage="canary", verdict="allow")
    return world


@pytest.fixture
def soaking(soaking_template: HistoryWorld, tmp_path: Any) -> HistoryWorld:
    """A version that came to canary on record, on a ladder that lets it stay there for a week."""
    return soaking_template.copy(tmp_path)  # type: ignore[return-value]


def promoted(world: HistoryWorld, now: str, to: str = "ramp") -> Answer:
    """Ask for the next rung with the approval that it needs, and say what the gate says at a moment."""
    world.checkout("main")
    head = world.promotion(to)
    world.checkout("main")
    world.cards["credit-risk", "2.0.0"]["stage"] = "canary"
    return world.judge(head, reviews=[world.review(RITA, head)], now=now)


def test_F1_days_are_counted_from_the_record_and_to_the_second(soaking: HistoryWorld) -> None:
    early = promoted(soaking, ALMOST)
    assert (early.exit, early.verdict, early.outcome(DWELT)) == (11, "hold", "waiting")
    assert early.of(DWELT)[0]["message"].endswith("stays until 2026-11-28T09:00:00Z at the earliest: 1 day is left")
    late = promoted(soaking, THEN)
    assert (late.exit, late.verdict, late.outcome(DWELT)) == (0, "allow", "pass")


def test_F1_dates_that_somebody_writes_into_commits_are_no_days(soaking: HistoryWorld) -> None:
    """Commits may claim any day: the one that lands, the one before it, and those of the history itself."""
    soaking.branch("backdated")
    soaking.edit_card(stage="ramp")
    head = soaking.commit("promote", date="2020-01-01T00:00:00+00:00")
    soaking.git("checkout", "-q", "decisions")
    soaking.git("commit", "-q", "--amend", "--no-edit", "--date", "2020-01-01T00:00:00+00:00",
                GIT_COMMITTER_DATE="2020-01-01T00:00:00+00:00")  # fmt: skip
    soaking.git("checkout", "-q", "main")
    answer = soaking.judge(head, reviews=[soaking.review(RITA, head)], now=ALMOST)
    assert (answer.verdict, answer.outcome(DWELT)) == ("hold", "waiting")
    assert soaking.judge(head, reviews=[soaking.review(RITA, head)], now=THEN).verdict == "allow"


def test_F2_a_record_that_came_later_never_counts_as_earlier(soaking: HistoryWorld) -> None:
    """A clock that goes back, or somebody who turns it: the rollback is on record on the 25th, the return before."""
    down_and_up(soaking, down="2026-11-25T09:00:00Z", up="2026-11-22T09:00:00Z")
    assert promoted(soaking, "2026-12-02T08:59:59Z").outcome(DWELT) == "waiting"
    assert promoted(soaking, "2026-12-02T09:00:00Z").verdict == "allow"


def down_and_up(world: HistoryWorld, *, down: str, up: str) -> None:
    """A rollback to pilot, and a new promotion to canary with evidence of its own."""
    event = {"schema": "rampgate/event/v1", "kind": "rollback", "from": "canary", "to": "pilot", "by": "alice",
             "reason": "the error rate doubled", "date": down[:10]}  # fmt: skip
    world.land(lambda: world.write(f"{FOLDER}/events/down.yaml", dump(event)), at=down, stage="pilot", verdict="allow")
    world.land(lambda: world.write(f"{FOLDER}/notes.md", f"again, at {up}\n"), at=up, stage="canary", past_the_gate=[])


def test_F3_a_rollback_and_a_return_begin_anew(soaking: HistoryWorld) -> None:
    """Six days before, a day below, and one after are not a week at canary."""
    down_and_up(soaking, down="2026-11-27T09:00:00Z", up="2026-11-28T09:00:00Z")
    answer = promoted(soaking, "2026-11-29T09:00:00Z")
    assert (answer.verdict, answer.outcome(DWELT)) == ("hold", "waiting")
    assert "since 2026-11-28T09:00:00Z (record 4)" in answer.of(DWELT)[0]["message"]
    assert promoted(soaking, "2026-12-05T08:59:59Z").verdict == "hold"
    assert promoted(soaking, "2026-12-05T09:00:00Z").verdict == "allow"


def test_F3_another_artifact_has_not_stood_there(tmp_path: Any) -> None:
    """At the first stage the artifact may change; its days begin with it."""
    world = HistoryWorld(tmp_path)
    stages = [{**each, "dwell_days": 7} if each["name"] == "pilot" else each for each in LADDER["stages"]]
    world.write("policies/ladder.yaml", dump({**LADDER, "stages": stages}))
    world.base = world.commit("a week at pilot", author=AS_OTTO)
    world.begin(at="2026-11-20T09:00:00Z")
    other = {"uri": "s3://models/y", "digest": "sha256:" + "b" * 64}
    measured = evidence()
    measured["subject"]["artifact"] = other["digest"]

    def retrained() -> None:
        world.edit_card(artifact=other)
        world.replace_evidence(measured)

    world.land(retrained, at="2026-11-26T09:00:00Z", past_the_gate=[])
    early = promoted(world, "2026-11-27T09:00:01Z", to="canary")
    assert (early.verdict, early.outcome(DWELT)) == ("hold", "waiting")
    assert promoted(world, "2026-12-03T09:00:00Z", to="canary").outcome(DWELT) == "pass"


def test_F3_an_artifact_that_comes_with_the_promotion_has_not_stood_at_all(tmp_path: Any) -> None:
    world = HistoryWorld(tmp_path)
    stages = [{**each, "dwell_days": 7} if each["name"] == "pilot" else each for each in LADDER["stages"]]
    world.write("policies/ladder.yaml", dump({**LADDER, "stages": stages}))
    world.base = world.commit("a week at pilot", author=AS_OTTO)
    world.begin(at="2026-11-20T09:00:00Z")
    assert promoted(world, "2026-12-20T09:00:00Z", to="canary").outcome(DWELT) == "pass"
    world.edit_card(stage="pilot", artifact={"uri": "s3://models/y", "digest": "sha256:" + "b" * 64})
    answer = promoted(world, "2026-12-20T09:00:00Z", to="canary")
    assert (answer.exit, answer.verdict, answer.outcome(DWELT)) == (10, "deny", "fail")


def test_F3_days_at_a_stage_that_nobody_recorded_are_none(soaking: HistoryWorld) -> None:
    """The card says canary, because somebody pushed it there; the history says pilot."""
    soaking.rebuild(soaking.steps[:2])
    answer = promoted(soaking, THEN)
    assert (answer.exit, answer.verdict, answer.outcome(DWELT)) == (12, "undecided", "insufficient")
    assert "by the decision history version 2.0.0 stands at `pilot`" in answer.failed()[DWELT]


def test_F7_a_least_stay_is_bypassed_by_two_persons_and_waived_by_nobody(soaking: HistoryWorld) -> None:
    soaking.write("policies/governance.yaml", governance(break_glass=TERMS))
    soaking.base = soaking.covered = soaking.commit("terms of break-glass", author=AS_OTTO)
    soaking.append(
        {"kind": "policy", "at": CAME, "git": {"landed": soaking.base, "landed_tree": soaking.tree(soaking.base)}}
    )
    soaking.branch("emergency")
    soaking.edit_card(stage="ramp")
    fields = {"from": "canary", "to": "ramp", "rules": [DWELT], "date": "2026-11-22", "review_by": "2026-11-29"}
    soaking.write(EVENT, glass(**fields))
    head = soaking.commit("promote in an emergency")
    answer = judged(soaking, head, RITA, now="2026-11-22T09:00:00Z")
    assert (answer.exit, answer.verdict, answer.outcome(DWELT)) == (0, "allow", "waived")
    soaking.write(EVENT, glass(**{**fields, "rules": ["record.is-clean"]}))
    answer = judged(soaking, soaking.commit("and the record"), RITA, now="2026-11-22T09:00:00Z")
    assert "`record.is-clean` is no rule that can be bypassed" in answer.failed()["break-glass.is-granted"]
