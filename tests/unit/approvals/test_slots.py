"""Distinct persons in the places of a quorum."""

from __future__ import annotations

import pytest

from rampgate.approvals.slots import assign, authors_who_leave_it_unreachable, fill, unreachable
from rampgate.model.people import People
from rampgate.model.policy import Slot


def people(*given):
    """Each person: name, roles, team; a name that ends in `!` has no account."""
    listed = []
    for at, (name, roles, team) in enumerate(given):
        accounts = [] if name.endswith("!") else [{"forge": "github", "id": 1000 + at, "login": name}]
        listed.append({"name": name.rstrip("!"), "roles": roles.split(), "team": team, "accounts": accounts})
    return People.model_validate({"schema": "rampgate/people/v1", "people": listed})


FOLK = people(
    ("alice", "business_owner", "lending"),
    ("lena", "risk", "lending"),
    ("rita", "risk security", "model-risk"),
    ("ravi", "risk", "model-risk"),
    ("sam", "security", "security"),
)


def risk(count=1, **fields):
    return Slot(role="risk", count=count, **fields)


SECURITY = Slot(role="security")


def states(slots, approvers, author="alice", folk=FOLK, owner_team="lending", excluded=()):
    return fill(slots, "approval.to-canary", approvers, author, folk, owner_team, excluded)


def seated(*args, **kwargs):
    return [state.filled for state in states(*args, **kwargs)]


def test_a_slot_is_filled_by_who_holds_its_role():
    (state,) = states([risk()], {"ravi"})
    assert (state.rule, state.role, state.count, state.filled, state.missing, state.candidates) == (
        "approval.to-canary", "risk", 1, ("ravi",), 0, (),
    )  # fmt: skip


def test_two_places_need_two_distinct_persons():
    (state,) = states([risk(2)], {"rita"})
    assert (state.filled, state.missing, state.candidates) == (("rita",), 1, ("lena", "ravi"))


def test_one_person_with_two_roles_fills_one_place():
    first, second = states([risk(), SECURITY], {"rita"})
    assert (first.filled, second.missing, second.candidates) == (("rita",), 1, ("sam",))


def test_a_person_with_two_roles_gives_way_to_one_who_has_only_the_first():
    """Seating `rita` first would leave the second slot empty."""
    assert seated([risk(), SECURITY], {"rita", "ravi"}) == [("ravi",), ("rita",)]


def test_two_developers_and_one_of_security_are_not_three_of_the_union():
    folk = people(("a", "dev", "x"), ("b", "dev", "x"), ("c", "dev", "x"), ("d", "security", "x"))
    slots = [Slot(role="dev", count=2), SECURITY]
    assert [state.missing for state in states(slots, {"a", "b", "c"}, author="", folk=folk)] == [0, 1]


def test_someone_who_holds_no_asked_role_fills_nothing():
    assert seated([risk()], {"sam"}) == [()]


def test_the_author_fills_no_place():
    assert seated([risk()], {"ravi"}, author="ravi") == [()]


def test_the_author_fills_a_place_that_says_so_by_holding_the_role():
    consent = Slot(role="business_owner", author_counts=True)
    assert seated([consent], ()) == [("alice",)]
    assert seated([consent], (), author="ravi") == [()]


def test_another_business_owner_fills_the_place_of_the_author_by_approving():
    folk = people(("alice", "business_owner", "lending"), ("anna", "business_owner", "lending"))
    consent = Slot(role="business_owner", author_counts=True)
    assert seated([consent], {"anna"}, author="x", folk=folk) == [("anna",)]


def test_only_people_outside_the_owner_team_fill_an_independent_place():
    outside = risk(independent_of="owner_team")
    (state,) = states([outside], {"lena"})
    assert (state.filled, state.candidates, state.independent_of) == ((), ("rita", "ravi"), "lending")
    assert seated([outside], {"ravi"}) == [("ravi",)]


@pytest.mark.parametrize("team", ["Lending", " lending ", None])
def test_a_team_that_is_not_surely_another_one_is_not_independent(team):
    folk = people(("lena", "risk", team))
    assert seated([risk(independent_of="owner_team")], {"lena"}, folk=folk) == [()]


@pytest.mark.parametrize("owner_team", [None, ""])
def test_nobody_is_outside_an_unknown_team(owner_team):
    assert seated([risk(independent_of="owner_team")], {"ravi"}, owner_team=owner_team) == [()]


def test_contributors_are_no_candidates_and_fill_nothing():
    (state,) = states([risk()], {"ravi"}, excluded={"ravi", "lena"})
    assert (state.filled, state.candidates) == ((), ("rita",))


def test_a_person_without_an_account_is_no_candidate():
    (state,) = states([risk()], (), folk=people(("ravi!", "risk", "x"), ("rita", "risk", "x")))
    assert state.candidates == ("rita",)


def test_somebody_of_another_role_is_named_where_that_frees_the_one_who_holds_both():
    folk = people(("rita", "risk security", "x"), ("ravi", "risk", "x"))
    first, second = states([risk(), SECURITY], {"rita"}, folk=folk)
    assert (first.filled, second.filled, second.candidates) == (("rita",), (), ("ravi",))


def test_the_same_people_are_seated_the_same_way_however_they_are_given():
    assert seated([risk(2)], ["ravi", "rita", "lena"]) == seated([risk(2)], ["lena", "rita", "ravi"])
    assert seated([risk(2)], ["ravi", "rita", "lena"]) == [("lena", "rita")]


def test_a_quorum_that_somebody_can_still_fill_is_reachable():
    assert unreachable([risk(2), SECURITY], FOLK, (), "alice", "lending") == ""


@pytest.mark.parametrize(
    ("slots", "excluded", "author", "owner_team", "reason"),
    {
        "no such role": (
            [Slot(role="legal")], (), "", "lending",
            "nobody can fill the place of `legal`: nobody holds that role",
        ),
        "contributors and the author": (
            [risk(2)], {"rita"}, "lena", "lending",
            ("nobody can fill 1 of 2 places of `risk`: `lena` opened the pull request, "
            "`rita` had a hand in this change, `ravi` can fill only one place"),
        ),
        "one person for two places": (
            [risk(3), SECURITY], {"sam"}, "", "lending",
            "nobody can fill the place of `security`: `rita` can fill only one place, `sam` had a hand in this change",
        ),
        "the owner's team": (
            [risk(independent_of="owner_team")], {"rita"}, "", "model-risk",
            "",
        ),
        "unknown owner team": (
            [risk(independent_of="owner_team")], (), "", None,
            ("nobody can fill the place of `risk` outside the team that owns the model: "
            "the team that owns the model is not known (`owner_team` in policies/models.yaml)"),
        ),
    }.values(),
)  # fmt: skip
def test_a_quorum_that_nobody_can_fill_says_why(slots, excluded, author, owner_team, reason):
    assert unreachable(slots, FOLK, excluded, author, owner_team) == reason


def test_people_without_accounts_or_teams_reach_no_independent_quorum():
    folk = people(("a!", "risk", "x"), ("b", "risk", None), ("c", "risk", "lending"))
    reason = unreachable([risk(independent_of="owner_team")], folk, (), "", "lending")
    assert reason.endswith("`a` has no account, `b` has no team, `c` is in team lending")


def test_a_quorum_of_everybody_who_holds_the_role_leaves_them_no_request_of_their_own():
    assert authors_who_leave_it_unreachable([Slot(role="security", count=2)], FOLK) == ("rita", "sam")
    assert authors_who_leave_it_unreachable([risk(2)], FOLK) == ()


def test_many_places_are_filled_without_recursion():
    names = [f"p{at}" for at in range(3000)]
    seats = [[names[at], *names[at + 1 : at + 2]] for at in range(3000)]
    assert assign([names[-1:], *seats[:-1]]) == [names[-1], *names[:-1]]


def test_a_long_chain_of_people_moves_up_by_one():
    """Every place is taken by who comes first; the last wish moves all of them."""
    seats = [[f"p{at}", f"p{at + 1}"] for at in range(1500)]
    assert assign([*seats, ["p0"]]) == [*(f"p{at + 1}" for at in range(1500)), "p0"]
