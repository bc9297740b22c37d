"""Laws of the approvals engine, held against a naive second implementation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rampgate.approvals.slots import fill, unreachable
from rampgate.approvals.tally import tally
from rampgate.model.approval import Contributor, Review, ReviewFacts
from rampgate.model.people import People
from rampgate.model.policy import Slot
from rampgate.model.sourced import Missing
from reference.approvals import can_come, most_filled, sorted_reviews, suits

NAMES = ("ann", "ben", "cat", "dan", "eve", "fay")
ROLES = ("business_owner", "risk", "security")
TEAMS = (None, "lending", "Lending", "model-risk")
CONTENT = "sha256:now"


@st.composite
def some_people(draw):
    """Up to six people with up to two accounts, two roles, a team; account 9 is a listed bot."""
    people = []
    for at, name in enumerate(NAMES[: draw(st.integers(1, 6))]):
        ids = [10 + at, 20 + at][: draw(st.sampled_from((1, 1, 1, 2, 0)))]
        people.append(
            {
                "name": name,
                "accounts": [{"forge": "github", "id": i, "login": f"{name}-{i}"} for i in ids],
                "roles": draw(st.lists(st.sampled_from(ROLES), unique=True, max_size=2)),
                "team": draw(st.sampled_from(TEAMS)),
            }
        )
    bots = [{"forge": "github", "id": 9, "login": "helper[bot]"}]
    return People.model_validate({"schema": "rampgate/people/v1", "people": people, "bots": bots})


ACCOUNTS = st.sampled_from((*range(10, 16), *range(10, 16), *range(20, 26), 9, 99, None))
STATES = st.sampled_from(("APPROVED",) * 4 + ("CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"))
CONTENTS = st.sampled_from((CONTENT,) * 4 + ("sha256:before", "", Missing("it can not be read")))


@st.composite
def some_reviews(draw):
    """Up to nine reviews with distinct ids, in any order."""
    numbers = draw(st.lists(st.integers(1, 40), unique=True, max_size=9))
    return tuple(
        Review(
            number,
            draw(ACCOUNTS),
            draw(st.sampled_from(("somebody", "ann-10", "Helper[bot]", "\u0430nn"))),
            is_bot=draw(st.sampled_from((False,) * 6 + (True,))),
            state=draw(STATES),
            commit=f"{number:040x}",
            content=draw(CONTENTS),
        )
        for number in numbers
    )


@st.composite
def some_facts(draw, people):
    """A pull request by a listed person or a stranger, with up to two other contributors."""
    author = draw(st.sampled_from(("", *(person.name for person in people.people))))
    accounts = people.named(author).accounts if author else ()
    hands = draw(st.lists(st.sampled_from((*NAMES, "")), max_size=2))
    return ReviewFacts(
        given=True,
        author=author,
        author_account=accounts[0].id if accounts else draw(st.sampled_from((None, 99))),
        contributors=tuple(Contributor("committer", "mark", person=name, commit="c" * 40) for name in hands),
        reviews=draw(some_reviews()),
        content=draw(st.sampled_from((CONTENT,) * 9 + ("",))),
        faults=draw(st.sampled_from(((),) * 9 + (("broken",),))),
    )


SLOTS = st.lists(
    st.one_of(
        st.builds(
            Slot,
            role=st.sampled_from(ROLES),
            count=st.integers(1, 2),
            independent_of=st.sampled_from((None, None, "owner_team")),
        ),
        st.just(Slot(role="business_owner", author_counts=True)),
    ),
    min_size=1,
    max_size=3,
).filter(lambda slots: sum(slot.count for slot in slots) <= 4)
OWNER_TEAMS = st.sampled_from(("lending", "model-risk", None))
WORLDS = some_people().flatmap(lambda people: st.tuples(st.just(people), some_facts(people)))


def check_against_the_reference(world, slots, owner_team):
    people, facts = world
    result = tally(facts, people)
    counted, objections, ignored = sorted_reviews(facts, people)
    assert {each.person: each.review for each in result.counted} == counted
    assert {each.review for each in result.objections} == objections
    assert {each.review for each in result.ignored} == ignored
    assert all(each.reason for each in result.ignored)

    excluded = facts.people_behind()
    states = fill(slots, "r", result.people(), facts.author, people, owner_team, excluded)
    present = set(counted) | ({facts.author} if facts.author else set())
    best = most_filled(slots, present, facts.author, people, owner_team)
    seated = [name for state in states for name in state.filled]
    assert len(seated) == len(set(seated)) == best
    assert sum(state.missing for state in states) == sum(slot.count for slot in slots) - best
    for slot, state in zip(slots, states, strict=True):
        assert all(suits(name, slot, facts.author, people, owner_team) for name in state.filled)

    everyone = can_come(people, facts.author, excluded)
    reachable = most_filled(slots, everyone, facts.author, people, owner_team)
    reason = unreachable(slots, people, excluded, facts.author, owner_team)
    assert (reason == "") == (reachable == sum(slot.count for slot in slots))


@settings(max_examples=500, deadline=None)
@given(WORLDS, SLOTS, OWNER_TEAMS)
def test_the_naive_reference_agrees_on_five_hundred_histories(world, slots, owner_team):
    check_against_the_reference(world, slots, owner_team)


@pytest.mark.scale
@settings(max_examples=10_000, deadline=None)
@given(WORLDS, SLOTS, OWNER_TEAMS)
def test_the_naive_reference_agrees_on_ten_thousand_histories(world, slots, owner_team):
    check_against_the_reference(world, slots, owner_team)


@settings(max_examples=150, deadline=None)
@given(WORLDS, st.randoms(use_true_random=False))
def test_the_order_in_which_reviews_are_listed_never_matters(world, random):
    people, facts = world
    shuffled = list(facts.reviews)
    random.shuffle(shuffled)
    assert tally(replace(facts, reviews=tuple(shuffled)), people) == tally(facts, people)


@settings(max_examples=150, deadline=None)
@given(WORLDS, some_reviews(), SLOTS, OWNER_TEAMS)
def test_reviews_of_strangers_and_contributors_never_help(world, extra, slots, owner_team):
    """Whatever they send, and whenever, nobody else's approval counts for more or less."""
    people, facts = world
    outsiders = {account.id for p in people.people if p.name == facts.author for account in p.accounts} | {9, 99, None}
    more = tuple(replace(each, id=each.id + 100) for each in extra if each.account_id in outsiders)
    before = tally(facts, people)
    after = tally(replace(facts, reviews=facts.reviews + more), people)
    assert after.counted == before.counted

    def missing(result):
        states = fill(slots, "r", result.people(), facts.author, people, owner_team)
        return [state.missing for state in states]

    assert missing(after) == missing(before)


@settings(max_examples=150, deadline=None)
@given(WORLDS, SLOTS, OWNER_TEAMS)
def test_every_candidate_brings_the_quorum_one_place_closer(world, slots, owner_team):
    people, facts = world
    approvers, excluded = tally(facts, people).people(), facts.people_behind()
    states = fill(slots, "r", approvers, facts.author, people, owner_team, excluded)
    missing = sum(state.missing for state in states)
    for name in {name for state in states for name in state.candidates}:
        then = fill(slots, "r", approvers | {name}, facts.author, people, owner_team, excluded)
        assert sum(state.missing for state in then) == missing - 1
    if missing and not unreachable(slots, people, excluded, facts.author, owner_team):
        assert any(state.candidates for state in states)
