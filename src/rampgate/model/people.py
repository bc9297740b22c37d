"""The people: who holds which role, and which accounts, addresses and keys are theirs."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rampgate.model.ids import Line, Noun, PersonName, RoleName

Login = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}(_[A-Za-z0-9]+)?(\[bot\])?$",
        description="login at the forge: ASCII letters, digits and hyphens",
    ),
]
Email = Annotated[
    str,
    Field(pattern=r"^[^@\s<>]{1,128}@[^@\s<>]{1,190}$", description="an address that commits carry"),
]


class Account(Noun):
    """One account of a person at a forge; the numeric id is what counts, the login may be renamed."""

    forge: Literal["github"]
    id: Annotated[int, Field(ge=1)]
    login: Login


class Person(Noun):
    """A natural person; quorum counts persons, never accounts."""

    name: PersonName
    accounts: tuple[Account, ...] = ()
    emails: tuple[Email, ...] = ()
    keys: tuple[
        Annotated[str, Field(pattern=r"^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+( [^\r\n]{0,100})?$")], ...
    ] = ()
    """OpenSSH public keys, with which this person signs evidence and statements."""
    roles: tuple[RoleName, ...] = ()
    team: Line | None = None
    """The team this person belongs to; a slot may ask for people outside the owner's team."""


class Bot(Noun):
    """An account that no natural person stands behind; it contributes, and never approves."""

    forge: Literal["github"]
    id: Annotated[int, Field(ge=1)]
    login: Login
    emails: tuple[Email, ...] = ()


class RoleTeam(Noun):
    """A team at a forge whose members hold roles; a member counts who is a person of this file, by account number."""

    forge: Literal["github"]
    organization: Login
    slug: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$", description="short name of the team")]
    roles: Annotated[tuple[RoleName, ...], Field(min_length=1)]

    @property
    def name(self) -> str:
        """Return the team as it is written, `acme/model-risk`."""
        return f"{self.organization}/{self.slug}"


class People(Noun):
    """Everyone whom a policy can name, as of one commit."""

    schema_: Literal["rampgate/people/v1"] = Field(alias="schema")
    people: tuple[Person, ...]
    bots: tuple[Bot, ...] = ()
    teams: tuple[RoleTeam, ...] = ()
    """Teams whose members hold roles; who the members are is read at each judgement, and stands in its inputs."""

    @model_validator(mode="after")
    def _nobody_is_two(self) -> Self:
        seen: dict[str, str] = {}
        for owner, marks in _marks(self):
            for mark in marks:
                if mark in seen:
                    raise ValueError(f"{mark} belongs to both `{seen[mark]}` and `{owner}`")
                seen[mark] = owner
        teams = [team.name.casefold() for team in self.teams]
        twice = next((team.name for team in self.teams if teams.count(team.name.casefold()) > 1), None)
        if twice is not None:
            raise ValueError(f"team `{twice}` is named twice")
        return self

    def named(self, name: str) -> Person | None:
        """Return the person of that name, or None."""
        return next((person for person in self.people if person.name == name), None)

    def by_account(self, account_id: int) -> Person | None:
        """Return the person who owns the forge account of that numeric id, or None."""
        return next((person for person in self.people for a in person.accounts if a.id == account_id), None)

    def by_email(self, email: str) -> Person | None:
        """Return the person whose commits carry that address, or None; GitHub's no-reply addresses name an account.

        Source: docs.github.com, "Setting your commit email address": `ID+LOGIN@users.noreply.github.com`.
        """
        wanted = email.casefold()
        for person in self.people:
            if wanted in (address.casefold() for address in person.emails):
                return person
        account = noreply_account(wanted)
        return self.by_account(account) if account is not None else None

    def bot_by_account(self, account_id: int) -> Bot | None:
        """Return the bot of that numeric id, or None."""
        return next((bot for bot in self.bots if bot.id == account_id), None)

    def bot_by_email(self, email: str) -> Bot | None:
        """Return the bot whose commits carry that address, or None."""
        wanted = email.casefold()
        account = noreply_account(wanted)
        for bot in self.bots:
            if bot.id == account or wanted in (address.casefold() for address in bot.emails):
                return bot
        return None

    def holders(self, role: str) -> tuple[Person, ...]:
        """Return everyone who holds that role, in file order."""
        return tuple(person for person in self.people if role in person.roles)


def noreply_account(email: str) -> int | None:
    """Return the numeric account id in a GitHub no-reply address (`1001+alice@users.noreply.github.com`), or None."""
    local, _, domain = email.partition("@")
    number, plus, _ = local.partition("+")
    if domain.casefold() == "users.noreply.github.com" and plus and number.isascii() and number.isdigit():
        return int(number)
    return None


def _marks(people: People) -> list[tuple[str, list[str]]]:
    """Return each person's or bot's name with everything that must be theirs alone."""
    marks: list[tuple[str, list[str]]] = []
    for person in people.people:
        accounts = {account.id for account in person.accounts}
        own = [f"name `{person.name}`"]
        own += [f"account {account.id}" for account in person.accounts]
        own += _of_addresses(person.emails, accounts)
        own += [f"key `{' '.join(key.split()[:2])}`" for key in person.keys]
        marks.append((person.name, own))
    bots = ((bot.login, [f"account {bot.id}", *_of_addresses(bot.emails, {bot.id})]) for bot in people.bots)
    return [*marks, *bots]


def _of_addresses(emails: tuple[str, ...], accounts: set[int]) -> list[str]:
    """Return the addresses, and the accounts of others that no-reply addresses among them name."""
    named = {account for email in emails if (account := noreply_account(email)) is not None}
    return [f"address `{email.casefold()}`" for email in emails] + [
        f"account {each}" for each in sorted(named - accounts)
    ]
