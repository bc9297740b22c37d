"""`approval.roles`: a quorum of distinct persons, each in a role."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rampgate.approvals.tally import tally
from rampgate.model.approval import Contributor, CountedApproval, Objection, Tally
from rampgate.model.vocabulary import Outcome
from rampgate.rules.approval_roles import KIND
from worlds.facts_world import example_rules, facts, judge, lint, outcomes, some_people

ALICE_ASKS = {"role": "business_owner", "author_counts": True}
RISK = {"role": "risk"}
OUTSIDER = {"role": "risk", "independent_of": "owner_team"}


def one(about, *slots):
    (answer,) = judge(KIND, about, slots=list(slots))
    return answer


def with_hand(about, *names):
    """The same facts, in which more persons wrote commits; the tally is made anew."""
    hands = tuple(Contributor("committer", name, person=name, commit="c" * 40) for name in names)
    reviews = replace(about.reviews, contributors=about.reviews.contributors + hands)
    return replace(about, reviews=reviews, tally=tally(reviews, about.people))


def test_all_places_filled_pass_and_name_who_sits_where():
    answer = one(facts(approved_by=["rita"]), ALICE_ASKS, OUTSIDER)
    assert answer.outcome is Outcome.PASS
    assert answer.message == "2 of 2 approvals: alice (`business_owner`, by asking), rita (`risk`)"
    assert [state.filled for state in answer.slots] == [("alice",), ("rita",)]


def test_an_empty_place_waits_and_names_who_could_fill_it():
    answer = one(facts(), ALICE_ASKS, OUTSIDER)
    assert answer.outcome is Outcome.WAITING
    assert answer.message == "1 of 2 approvals; waiting for a `risk` outside team lending: rita or raj"
    assert (answer.found, answer.expected, answer.fix) == ("1 of 2", "2 approvals", "ask rita or raj to approve")
    state = answer.slots[1]
    assert (state.rule, state.missing, state.candidates) == ("approval.roles", 1, ("rita", "raj"))


def test_two_empty_slots_are_both_told():
    answer = one(facts(), {"role": "risk", "count": 2}, {"role": "security"})
    assert answer.message == "0 of 3 approvals; waiting for 2 `risk`: rita, raj or lena; a `security`: sam"


def test_one_person_approving_is_one_of_two():
    answer = one(facts(approved_by=["rita"]), {"role": "risk", "count": 2})
    assert (answer.outcome, answer.found) == (Outcome.WAITING, "1 of 2")


def test_an_approval_from_inside_the_owners_team_fills_no_independent_place():
    assert one(facts(approved_by=["lena"]), OUTSIDER).outcome is Outcome.WAITING
    assert one(facts(approved_by=["lena"]), RISK).outcome is Outcome.PASS


def test_an_approval_in_no_asked_role_fills_nothing():
    assert one(facts(approved_by=["sam"]), RISK).outcome is Outcome.WAITING


def test_the_request_of_somebody_else_is_not_the_business_owners_consent():
    assert one(facts(author="bob"), ALICE_ASKS).outcome is Outcome.WAITING


def test_an_objection_is_said_by_its_own_rule_and_not_here():
    objection = Objection("sam", "sam-gh", 11)
    counted = (CountedApproval("rita", "rita-gh", 10),)
    answer = one(facts(tally=Tally(counted=counted, objections=(objection,))), RISK)
    assert answer.outcome is Outcome.PASS


def test_reviews_that_can_not_be_believed_are_an_error():
    about = facts(approved_by=["rita"])
    about = replace(about, reviews=replace(about.reviews, faults=("the head is not among the commits",)))
    answer = one(about, RISK)
    assert answer.outcome is Outcome.ERROR
    assert "the head is not among the commits" in answer.message


def test_a_quorum_that_the_contributors_leave_to_nobody_is_an_error():
    answer = one(with_hand(facts(approved_by=["rita"]), "rita", "raj"), OUTSIDER)
    assert answer.outcome is Outcome.ERROR
    assert answer.message == (
        "0 of 1 approvals, and the quorum can not be reached: nobody can fill the place of `risk` outside team "
        "lending: `rita` had a hand in this change, `raj` had a hand in this change, `lena` is in team lending"
    )


def test_an_unknown_owner_team_leaves_an_independent_place_to_nobody():
    about = facts(approved_by=["rita"], models={"schema": "rampgate/models/v1", "models": {}})
    answer = one(about, OUTSIDER)
    assert answer.outcome is Outcome.ERROR
    assert "the team that owns the model is not known (`owner_team` in policies/models.yaml)" in answer.message


def test_a_person_who_writes_and_approves_is_still_missing():
    answer = one(with_hand(facts(approved_by=["rita"]), "rita"), RISK)
    assert (answer.outcome, answer.slots[0].candidates) == (Outcome.WAITING, ("raj", "lena"))


def test_a_missing_role_is_told_with_the_one_that_was_meant():
    (fault,) = lint(KIND, slots=[RISK, {"role": "rsik"}])
    assert fault.pointer == ("slots", 1, "role")
    assert fault.message == "nobody holds the role `rsik`; did you mean `risk`?"


def test_a_quorum_larger_than_its_people_is_told():
    (fault,) = lint(KIND, slots=[{"role": "security", "count": 2}])
    assert fault.pointer == ("slots",)
    assert fault.message == (
        "the quorum can never be reached: nobody can fill 1 of 2 places of `security`: `sam` can fill only one place"
    )


def test_a_quorum_that_somebody_can_reach_has_no_fault():
    assert lint(KIND, slots=[ALICE_ASKS, {"role": "risk", "count": 3}]) == []
    assert lint(KIND, slots=[{**OUTSIDER, "count": 3}]) == []


@pytest.mark.parametrize(
    "slots",
    [
        [],
        None,
        [{"role": "risk", "count": 0}],
        [{"role": "risk", "count": -1}],
        [{"role": "risk", "approvers": "alice"}],
        [{"role": "risk", "author_counts": True}],
        "risk",
        [{}],
    ],
)
def test_a_quorum_of_nobody_or_of_unknown_words_is_invalid(slots):
    with pytest.raises(ValueError, match="slots"):
        KIND.params.model_validate({"slots": slots})


def test_it_can_not_be_waived():
    assert not KIND.may_be_waived


def test_the_example_is_a_rule_that_works():
    (rule,) = example_rules(KIND)
    assert lint(KIND, **rule.with_) == []
    assert outcomes(judge(KIND, facts(approved_by=["rita"]), **rule.with_)) == ["waiting"]
    assert outcomes(judge(KIND, facts(approved_by=["rita", "sam"]), **rule.with_)) == ["pass"]


def test_people_without_accounts_leave_the_quorum_unreachable():
    people = some_people()
    bare = people.model_copy(
        update={"people": tuple(each.model_copy(update={"accounts": ()}) for each in people.people)}
    )
    assert one(facts(people=bare), RISK).outcome is Outcome.ERROR


GROWING = [
    {"role": "risk"},
    {"role": "risk", "from_exposure_percent": 25},
    {"role": "security", "tiers": ["high"], "from_exposure_percent": 75},
]


@pytest.mark.parametrize(
    ("stage", "tier", "places"),
    [
        ("canary", "high", ["risk"]),
        ("ramp", "high", ["risk", "risk"]),
        ("majority", "high", ["risk", "risk", "security"]),
        ("full", "high", ["risk", "risk", "security"]),
        ("full", "medium", ["risk", "risk"]),
    ],
)
def test_slots_add_up_with_exposure_and_tier(stage, tier, places):
    """5, 25, 75 and 100 percent: a slot that asks from 25 on asks at 25."""
    task = "binary_classification"
    models = {"schema": "rampgate/models/v1", "models": {"credit-risk": {"tier": tier, "task": task}}}
    answer = one(facts({"tier": tier}, to_stage=stage, models=models), *GROWING)
    assert answer.outcome is Outcome.WAITING
    assert [state.role for state in answer.slots] == places


def test_a_stricter_card_is_asked_as_what_it_says():
    models = {
        "schema": "rampgate/models/v1",
        "models": {"credit-risk": {"tier": "low", "task": "binary_classification"}},
    }
    assert one(facts({"tier": "high"}, models=models), {"role": "risk", "tiers": ["high"]}).slots


def test_where_no_slot_asks_the_rule_says_so_and_passes_nothing():
    answer = one(facts(approved_by=["rita"]), {"role": "risk", "from_exposure_percent": 25})
    assert answer.outcome is Outcome.NOT_APPLICABLE
    assert answer.message == "no slot asks about a model of tier `high` at an exposure of 5 percent"


def messages(scope, *slots):
    return [fault.message for fault in lint(KIND, scope=scope, slots=list(slots))]


def test_a_policy_in_which_no_slot_asks_somewhere_is_refused():
    late = {"role": "risk", "from_exposure_percent": 25}
    assert messages({"tiers": ["high"]}, late) == [
        "no slot asks about tier `high` at `canary`, where the rule speaks",
    ]
    assert messages({"tiers": ["high"], "entering": ["ramp", "full"]}, late) == []
    assert messages({"tiers": ["high", "low"]}, {"role": "risk", "tiers": ["high"]}) == [
        "no slot asks about tier `low` at `canary`, `ramp`, `majority`, `full`, where the rule speaks",
    ]
    assert messages({}, {"role": "risk"}, {"role": "risk", "tiers": ["high"]}) == []


def test_the_first_rung_is_looked_at_only_where_something_may_stand_there():
    one_percent = {"role": "risk", "from_exposure_percent": 1}
    assert messages({"changes": ["promote", "restore"]}, one_percent) == []
    assert "at `pilot`" in messages({"changes": ["amend"], "tiers": ["high"]}, one_percent)[0]


def test_a_slot_that_never_asks_is_refused():
    found = messages({"tiers": ["low"]}, {"role": "risk"}, {"role": "risk", "tiers": ["high"]})
    assert found == ["the slot never asks: no tier and stage at which the rule speaks fits it"]


def test_a_quorum_that_can_be_reached_below_and_not_above_is_refused():
    """Three people hold the role of risk; four are asked for from 75 percent on."""
    slots = [{"role": "risk", "count": 3}, {"role": "risk", "from_exposure_percent": 75}]
    assert [words[:32] for words in messages({}, *slots)] == ["the quorum can never be reached:"]
    assert messages({"entering": ["canary", "ramp"]}, slots[0]) == []


@pytest.mark.parametrize(
    "slot",
    [
        {"role": "risk", "from_exposure_percent": -1},
        {"role": "risk", "from_exposure_percent": 101},
        {"role": "risk", "from_exposure_percent": "25"},
        {"role": "risk", "tiers": []},
        {"role": "risk", "tiers": ["huge"]},
        {"role": "risk", "tiers": "high"},
    ],
)
def test_a_slot_that_could_be_misread_is_refused(slot):
    with pytest.raises(ValueError, match=r"tiers|from_exposure_percent"):
        KIND.params.model_validate({"slots": [slot]})
