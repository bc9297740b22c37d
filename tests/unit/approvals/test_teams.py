"""Roles by membership of a team at the forge: numbers decide, and what was not read gives nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rampgate.approvals.teams import at_best, unread_teams, why_unknown, with_teams
from rampgate.model.approval import ReviewFacts
from rampgate.model.people import People
from rampgate.model.policy import Slot
from rampgate.model.pull_request import ForgeAccount, ForgeTeam
from rampgate.model.registry import Quorum
from rampgate.model.vocabulary import Outcome
from rampgate.rules.approval_roles import KIND
from worlds.facts_world import facts, judge, lint, some_people

RISK_TEAM = {"forge": "github", "organization": "acme", "slug": "model-risk", "roles": ["risk", "validation"]}
SOME = [
    {"name": "alice", "id": 1001, "roles": ["business_owner"], "team": "lending"},
    {"name": "rita", "id": 1005, "roles": ["risk"], "team": "model-risk"},
    {"name": "raj", "id": 1006, "team": "model-risk"},
]


def people(*teams, given=SOME):
    written = some_people(given).given()
    return People.model_validate({**written, "teams": list(teams)})


def team(*members, slug="model-risk", problem=""):
    accounts = tuple(ForgeAccount(number, login) for number, login in members)
    return ForgeTeam("acme", slug, accounts, problem)


def roles(given):
    return {person.name: person.roles for person in given.people}


def test_a_member_holds_the_roles_of_the_team_once():
    found = with_teams(people(RISK_TEAM), [team((1005, "rita-gh"), (1006, "raj-gh"))])
    assert roles(found) == {
        "alice": ("business_owner",),
        "rita": ("risk", "validation"),
        "raj": ("risk", "validation"),
    }


@pytest.mark.parametrize("member", [(9999, "raj-gh"), (1006, "somebody-else")], ids=["same login", "same number"])
def test_the_number_of_the_account_decides_and_never_the_login(member):
    found = with_teams(people(RISK_TEAM), [team(member)])
    assert bool(roles(found)["raj"]) is (member[0] == 1006)


def test_a_member_who_is_no_person_of_the_file_gains_nothing():
    assert roles(with_teams(people(RISK_TEAM), [team((9999, "mallory"))])) == roles(people())


def test_a_bot_of_the_team_gives_nobody_a_role():
    bot = ForgeTeam("acme", "model-risk", (ForgeAccount(1006, "raj-gh", is_bot=True),))
    assert roles(with_teams(people(RISK_TEAM), [bot]))["raj"] == ()


@pytest.mark.parametrize("read", [[], [team((1006, "raj-gh"), slug="other")], [team(problem="no")]])
def test_a_team_that_was_not_read_gives_nobody_a_role(read):
    assert roles(with_teams(people(RISK_TEAM), read)) == roles(people())


def test_a_team_that_nobody_declared_gives_nobody_a_role():
    assert roles(with_teams(people(), [team((1006, "raj-gh"))])) == roles(people())


def test_names_of_teams_are_compared_as_the_forge_does():
    found = with_teams(people({**RISK_TEAM, "organization": "Acme"}), [team((1006, "raj-gh"))])
    assert roles(found)["raj"] == ("risk", "validation")


def test_at_best_everybody_with_an_account_is_a_member():
    bare = [*SOME, {"name": "lena", "id": 1007}]
    written = people(RISK_TEAM, given=bare)
    without = tuple(p.model_copy(update={"accounts": ()}) if p.name == "lena" else p for p in written.people)
    assert roles(at_best(written.model_copy(update={"people": without}))) == {
        "alice": ("business_owner", "risk", "validation"),
        "rita": ("risk", "validation"),
        "raj": ("risk", "validation"),
        "lena": (),
    }


def test_why_a_team_is_unread_is_told():
    declared = people(RISK_TEAM, {**RISK_TEAM, "slug": "security", "roles": ["security"]})
    found = unread_teams(declared, [team(problem="the token may\nnot read it")])
    assert [(each.name, each.why) for each in found] == [
        ("acme/model-risk", "the token may not read it"),
        ("acme/security", "the reviews file does not hold it"),
    ]
    reviews = ReviewFacts(given=True, unread_teams=found)
    assert why_unknown(["risk"], reviews) == "team acme/model-risk could not be read: the token may not read it"
    assert why_unknown(["business_owner"], reviews) == ""


def test_a_team_is_declared_once():
    with pytest.raises(ValueError, match="team `ACME/model-risk` is named twice"):
        people({**RISK_TEAM, "organization": "ACME"}, RISK_TEAM)


# In a quorum


def asked(read, *slots, given=True, approved_by=()):
    declared = people(RISK_TEAM)
    about = facts(people=with_teams(declared, read or ()), approved_by=approved_by)
    unread = unread_teams(declared, read if given else None)
    about = replace(about, reviews=replace(about.reviews, given=given, unread_teams=unread))
    (answer,) = judge(KIND, about, slots=list(slots))
    return answer


TWO = {"role": "risk", "count": 2}


def test_a_member_fills_a_place():
    assert asked([team((1006, "raj-gh"))], TWO, approved_by=["rita", "raj"]).outcome is Outcome.PASS
    waiting = asked([team((1006, "raj-gh"))], TWO, approved_by=["rita"])
    assert (waiting.outcome, waiting.slots[0].candidates) == (Outcome.WAITING, ("raj",))


def test_an_empty_place_whose_team_could_not_be_read_is_an_error_that_says_why():
    answer = asked([team(problem="403")], TWO, approved_by=["rita", "raj"])
    assert answer.outcome is Outcome.ERROR
    assert answer.message == "1 of 2 approvals, and team acme/model-risk could not be read: 403"


def test_a_quorum_that_is_filled_without_the_team_needs_no_team():
    assert asked([team(problem="403")], {"role": "risk"}, approved_by=["rita"]).outcome is Outcome.PASS


def test_an_empty_place_of_another_role_only_waits():
    about = asked([team(problem="403")], {"role": "business_owner"}, {"role": "risk"}, approved_by=["rita"])
    assert about.outcome is Outcome.ERROR, "alice opened the pull request, and nobody else holds that role"
    assert "could not be read" not in about.message


def test_before_any_pull_request_the_members_are_awaited():
    answer = asked(None, {"role": "validation"}, given=False)
    assert answer.outcome is Outcome.WAITING
    assert answer.message == "0 of 1 approvals; waiting for a `validation`: a member of team acme/model-risk"
    assert answer.fix == "ask a member of team acme/model-risk to approve"


# When policies are checked


def test_a_role_that_only_a_team_gives_is_held_and_reachable():
    given = at_best(people(RISK_TEAM))
    assert lint(KIND, people=given, slots=[{"role": "validation", "count": 3}]) == []
    assert "nobody holds the role" in lint(KIND, people=people(), slots=[{"role": "validation"}])[0].message


def test_more_than_everybody_is_out_of_reach_whoever_is_in_the_team():
    (fault,) = lint(KIND, people=at_best(people(RISK_TEAM)), slots=[{"role": "validation", "count": 4}])
    assert fault.message.startswith("the quorum can never be reached")


@pytest.mark.parametrize("slot", [Slot(role="risk", from_exposure_percent=5), Slot(role="risk", tiers=("high",))])
def test_a_quorum_of_governance_asks_whatever_the_model(slot):
    with pytest.raises(ValueError, match="no model is judged here"):
        Quorum(slots=(slot,))
