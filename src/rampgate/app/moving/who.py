"""Who the user is, by the people file: the address that Git commits with, or the name that they give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.git_work import WorkRepo
from rampgate.errors import Unreachable, UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.people import People, Person


@dataclass(frozen=True, slots=True)
class Known:
    """A person of the people file, and whether the address that Git commits with is theirs."""

    person: Person
    by_address: bool


def who_is(people: People, email: str, given: str = "") -> Known:
    """Return the person that was named, else the one whose address this is.

    email: "" where it is not known. Raises UsageProblem, with the next step, where the people file names nobody.
    """
    by_address = people.by_email(email) if email else None
    if given:
        person = people.named(given)
        if person is None:
            names = [each.name for each in people.people]
            hint = did_you_mean(given, names)
            raise UsageProblem(f"`{given}` is nobody in policies/people.yaml{hint}\nknown: {_listed(names)}")
        return Known(person, by_address is not None and by_address.name == person.name)
    if by_address is None:
        names = [each.name for each in people.people]
        found = f"Git commits as `{email}`, and nobody" if email else "Git has no address to commit with, and so nobody"
        raise UsageProblem(
            f"{found} in policies/people.yaml is known by it\n"
            f"say who you are with --as PERSON ({_listed(names)}), or add the address to your `emails` there"
        )
    return Known(by_address, by_address=True)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(f"`{name}`" for name in names[:8]) + more


def address_in_git(root: Path) -> str:
    """Return the address that Git commits with in a folder, "" where it has none or the folder is no repository."""
    try:
        work = WorkRepo.open(root)
    except Unreachable:
        return ""
    try:
        return work.user()[1]
    except UsageProblem:
        return ""
    finally:
        work.close()
