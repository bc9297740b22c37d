"""Laws of the approvals engine, held against a naive second implementation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from properties.laws import law
from rampgate.approvals.slots import asked, fill, unreachable
from rampgate.approvals.tally import tally
from rampgate.approvals.teams import at_best, with_teams
from rampgate.model.approval import Contributor, Dismissal, Review, ReviewFacts
from rampgate.model.people import People
from rampgate.model.policy import Slot
from rampgate.model.pull_request import ForgeAccount, ForgeTeam
from rampgate.model.sourced import Missing
from rampgate.model.vocabulary import Tier
from reference.approvals import can_come, most_filled, roles_held, slots_that_ask, sorted_reviews, suits

NAMES = ("ann", "ben", "cat", "dan", "eve", "fay")
ROLES = ("business_owner", "risk", "security")
HEAD = "head_of_risk"
LIFTED_BY = st.sampled_from(((), (HEAD,), (HEAD, "risk")))
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
                "roles": draw(st.lists(st.sampled_from((*ROLES, HEAD)), unique=True, max_size=2)),
                "team": draw(st.sampled_from(TEAMS)),
            }
        )
    bots = [{"forge": "github", "id": 9, "login": "helper[bot]"}]
    given = {"schema": "rampgate/people/v1", "people": people, "bots": bots, "teams": draw(SOME_TEAMS)}
    return with_teams(People.model_validate(given), draw(MEMBERS))


SOME_TEAMS = st.lists(
    st.fixed_dictionaries(
        {
            "forge": st.just("github"),
            "organization": st.just("acme"),
            "slug": st.sampled_from(("one", "two")),
            "roles": st.lists(st.sampled_from((*ROLES, HEAD)), unique=True, min_size=1, max_size=2),
        }
    ),
    unique_by=lambda team: team["slug"],
    max_size=2,
)
MEMBERS = st.lists(
    st.builds(
        ForgeTeam,
        organization=st.sampled_from(("acme", "ACME", "other")),
        slug=st.sampled_from(("one", "two")),
        members=st.lists(
            st.builds(
                ForgeAccount,
                id=st.sampled_from((*range(10, 16), *range(20, 26), 9, 99)),
                login=st.just("ann-10"),
                is_bot=st.sampled_from((False, False, False, True)),
            ),
            max_size=3,
        ).map(tuple),
    ),
    unique_by=lambda team: (team.organization.lower(), team.slug),
    max_size=3,
)
ACCOUNTS = st.sampled_from((*range(10, 16), *range(10, 16), *range(20, 26), 9, 99, None))
STATES = st.sampled_from(("APPROVED",) * 4 + ("CHANGES_REQUESTED",) * 2 + ("DISMISSED",) * 3 + ("COMMENTED", "PENDING"))
DISMISSALS = st.one_of(
    st.none(),
    *[
        st.builds(
            Dismissal,
            account_id=ACCOUNTS,
            login=st.sampled_from(("somebody", "Helper[bot]")),
            is_bot=st.sampled_from((False,) * 6 + (True,)),
            was=st.sampled_from(("CHANGES_REQUESTED",) * 3 + ("APPROVED", "COMMENTED")),
            message=st.sampled_from(("settled", "settled", "", " \n")),
        )
    ]
    * 4,
)
CONTENTS = st.sampled_from((CONTENT,) * 4 + ("sha256:before", "", Missing("it can not be read")))


@st.composite
def some_reviews(draw):
    """Up to nine reviews with distinct ids, in any order."""
    numbers = draw(st.lists(st.integers(1, 40), unique=True, max_size=9))
    return tuple(a_review(draw, number) for number in numbers)


def a_review(draw, number):
    state = draw(STATES)
    return Review(
        number,
        draw(ACCOUNTS),
        draw(st.sampled_from(("somebody", "ann-10", "Helper[bot]", "\u0430nn"))),
        is_bot=draw(st.sampled_from((False,) * 6 + (True,))),
        state=state,
        commit=f"{number:040x}",
        content=draw(CONTENTS),
        dismissal=draw(DISMISSALS) if state == "DISMISSED" else None,
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


TIERS = st.sampled_from(tuple(Tier))
EXPOSURES = st.sampled_from((0, 5, 25, 75, 100))
GROWING = st.lists(
    st.builds(
        Slot,
        role=st.sampled_from(ROLES),
        tiers=st.one_of(st.none(), st.lists(TIERS, unique=True, min_size=1).map(tuple)),
        from_exposure_percent=st.integers(0, 100),
    ),
    min_size=1,
    max_size=4,
)


def check_against_the_reference(world, slots, owner_team, lifted_by):
    people, facts = world
    result = tally(facts, people, lifted_by)
    counted, objections, ignored, untold = sorted_reviews(facts, people, lifted_by)
    assert {each.person: each.review for each in result.counted} == counted
    assert {each.review for each in result.objections} == objections
    assert {each.review for each in result.ignored} == ignored
    assert {each.review for each in result.untold} == untold
    assert all(each.reason for each in result.ignored)
    assert len(result.counted) + len(result.objections) + len(result.ignored) == len(facts.reviews)

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


@law(WORLDS, SLOTS, OWNER_TEAMS, LIFTED_BY, few=75)
def test_the_naive_reference_agrees_on_any_history(world, slots, owner_team, lifted_by):
    check_against_the_reference(world, slots, owner_team, lifted_by)


@pytest.mark.scale
@settings(max_examples=10_000, deadline=None)
@given(WORLDS, SLOTS, OWNER_TEAMS, LIFTED_BY)
def test_the_naive_reference_agrees_on_ten_thousand_histories(world, slots, owner_team, lifted_by):
    check_against_the_reference(world, slots, owner_team, lifted_by)


@law(some_people(), SOME_TEAMS, MEMBERS)
def test_the_naive_reference_agrees_on_who_holds_which_role_by_a_team(people, teams, read):
    declared = People.model_validate({**people.given(), "teams": teams})
    held = {person.name: set(person.roles) for person in with_teams(declared, read).people}
    assert held == roles_held(declared, read)
    best = {person.name: set(person.roles) for person in at_best(declared).people}
    assert all(held[name] <= best[name] for name in held), "nobody gains more than could be"


@law(GROWING, TIERS, EXPOSURES, EXPOSURES)
def test_a_quorum_never_shrinks_on_the_way_up(slots, tier, one, other):
    lower, upper = (list(asked(slots, tier, exposure)) for exposure in sorted((one, other)))
    assert upper == slots_that_ask(slots, tier, max(one, other))
    assert [slot for slot in upper if slot in lower] == lower


@law(WORLDS, some_reviews(), LIFTED_BY)
def test_adding_reviews_that_say_nothing_changes_nothing(world, extra, lifted_by):
    """Comments, pending reviews, dismissed comments, and whatever bots, strangers and lost accounts send."""
    people, facts = world
    nobody = (9, 99, None)
    silent = tuple(
        replace(each, id=each.id + 100)
        for each in extra
        if each.state in ("COMMENTED", "PENDING")
        or each.account_id in nobody
        or (each.dismissal is not None and each.dismissal.was == "COMMENTED")
    )
    before = tally(facts, people, lifted_by)
    after = tally(replace(facts, reviews=facts.reviews + silent), people, lifted_by)
    assert (after.counted, after.objections, after.untold) == (before.counted, before.objections, before.untold)
    told = {each.review for each in after.ignored}
    assert told == {each.review for each in before.ignored} | {each.id for each in silent}


@law(WORLDS, ACCOUNTS, SLOTS, OWNER_TEAMS, LIFTED_BY)
def test_one_more_approval_of_this_content_never_hurts(world, account, slots, owner_team, lifted_by):
    people, facts = world
    more = Review(100, account, "somebody", is_bot=False, state="APPROVED", commit="f" * 40, content=facts.content)
    before = tally(facts, people, lifted_by)
    after = tally(replace(facts, reviews=(*facts.reviews, more)), people, lifted_by)
    assert before.people() <= after.people()
    assert {each.review for each in after.objections} <= {each.review for each in before.objections}
    assert {each.review for each in after.untold} <= {each.review for each in before.untold}

    def missing(result):
        states = fill(slots, "r", result.people(), facts.author, people, owner_team, facts.people_behind())
        return sum(state.missing for state in states)

    assert missing(after) <= missing(before)
    assert missing(before) - missing(after) <= 1, "one approval fills one place at most"


@law(WORLDS, LIFTED_BY, DISMISSALS.filter(lambda each: each is not None and each.was == "CHANGES_REQUESTED"))
def test_dismissing_an_objection_lifts_it_only_by_who_may(world, lifted_by, dismissal):
    people, facts = world
    for objection in tally(facts, people, lifted_by).objections:
        if objection.dismissed:
            continue
        reviews = tuple(
            replace(each, state="DISMISSED", dismissal=dismissal) if each.id == objection.review else each
            for each in facts.reviews
        )
        after = tally(replace(facts, reviews=reviews), people, lifted_by)
        by = people.by_account(dismissal.account_id) if dismissal.account_id is not None else None
        if objection.review not in {each.review for each in after.objections}:
            assert by is not None
            assert by.name == objection.person or (set(by.roles) & set(lifted_by) and dismissal.message.strip())
        assert after.untold == tally(facts, people, lifted_by).untold


@law(WORLDS, st.randoms(use_true_random=False))
def test_the_order_in_which_reviews_are_listed_never_matters(world, random):
    people, facts = world
    shuffled = list(facts.reviews)
    random.shuffle(shuffled)
    assert tally(replace(facts, reviews=tuple(shuffled)), people, (HEAD,)) == tally(facts, people, (HEAD,))


@law(WORLDS, some_reviews(), SLOTS, OWNER_TEAMS)
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


@law(WORLDS, SLOTS, OWNER_TEAMS)
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
