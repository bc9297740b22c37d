"""Gives people the roles that a team's members hold, by the members that the forge listed for this judgement.

Only persons of the people file gain anything, and by the number of an account: a login is never compared. A team that
was not read, or could not be, gives its roles to nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rampgate.model.approval import ReviewFacts, UnreadTeam
from rampgate.model.people import People, Person, RoleTeam
from rampgate.model.pull_request import ForgeTeam


def with_teams(people: People, read: Sequence[ForgeTeam]) -> People:
    """Return the people with the roles of the teams that they were members of when those were read."""
    if not people.teams:
        return people
    members = {team.name: _member_ids(_found(team, read)) for team in people.teams}

    def given(person: Person) -> list[str]:
        own = {account.id for account in person.accounts}
        return [role for team in people.teams if own & members[team.name] for role in team.roles]

    return _with_roles(people, {person.name: given(person) for person in people.people})


def at_best(people: People) -> People:
    """Return the people as if each who has an account were a member of every team.

    Who is in a team is not known before a pull request is judged; what not even this makes possible never is.
    """
    if not people.teams:
        return people
    roles = [role for team in people.teams for role in team.roles]
    return _with_roles(people, {person.name: roles for person in people.people if person.accounts})


def unread_teams(people: People, read: Sequence[ForgeTeam] | None) -> tuple[UnreadTeam, ...]:
    """Return the declared teams whose members are not known, each with the reason; read: None for no pull request."""
    unread = []
    for team in people.teams:
        found = _found(team, read or ())
        if read is None:
            unread.append(UnreadTeam(team.name, team.roles, "there is no pull request yet"))
        elif found is None:
            unread.append(UnreadTeam(team.name, team.roles, "the reviews file does not hold it"))
        elif found.problem:
            unread.append(UnreadTeam(team.name, team.roles, " ".join(found.problem.split())))
    return tuple(unread)


def why_unknown(roles: Collection[str], reviews: ReviewFacts) -> str:
    """Return why it is not known who holds one of the roles, or "" where it is."""
    unread = [team for team in reviews.unread_teams if set(team.roles) & set(roles)]
    return "; ".join(f"team {team.name} could not be read: {team.why}" for team in unread)


def _found(team: RoleTeam, read: Sequence[ForgeTeam]) -> ForgeTeam | None:
    return next((each for each in read if each.name.casefold() == team.name.casefold()), None)


def _member_ids(team: ForgeTeam | None) -> set[int]:
    return {account.id for account in team.members if not account.is_bot} if team else set()


def _with_roles(people: People, given: dict[str, list[str]]) -> People:
    persons = tuple(
        person.model_copy(update={"roles": tuple(dict.fromkeys((*person.roles, *given.get(person.name, ()))))})
        for person in people.people
    )
    return people.model_copy(update={"people": persons})
