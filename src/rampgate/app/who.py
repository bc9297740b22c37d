"""Who is at the keyboard: the person of the people file whose address Git commits with."""

from __future__ import annotations

from pathlib import Path

from rampgate.adapters import packaged
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.nouns import noun_of
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.people import People


def people_of(repo: Path) -> People:
    """Return the people of the user's work tree. Raises UsageProblem where there is no people file."""
    path = repo / "policies" / "people.yaml"
    if not path.is_file():
        raise UsageProblem("there is no `policies/people.yaml` here; run `rampgate init`, or give `--repo DIR`")
    document = load_yaml(path.read_bytes(), "policies/people.yaml")
    return noun_of(document, People, "people", packaged.schema("people")).noun


def person_now(repo: Path, named: str | None) -> str:
    """Return the name of a person: the one that was named, or whoever commits here.

    Raises UsageProblem for a name that the people file does not have, or an address that it does not know.
    """
    people = people_of(repo)
    if named is not None:
        if people.named(named) is None:
            hint = did_you_mean(named, [person.name for person in people.people])
            raise UsageProblem(f"`{named}` is nobody in `policies/people.yaml`{hint}")
        return named
    from rampgate.adapters.git_work import WorkRepo  # noqa: PLC0415 - GitPython is slow to import

    try:
        email = WorkRepo.open(repo).user()[1]
    except InvalidInput as error:
        raise UsageProblem(f"{error}; say who you are with `--as PERSON`") from error
    person = people.by_email(email)
    if person is None:
        raise UsageProblem(
            f"Git commits here as `{email}`, which is nobody's address in `policies/people.yaml`; "
            "say who you are with `--as PERSON`, or add the address there"
        )
    return person.name
