"""Writes down what a person vouches for, as a new file beside a card; it counts once that person has approved it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rampgate.app.judging.trees import Tree, WorkTree
from rampgate.app.moment import day_after, parse_day
from rampgate.app.moving.stages import read_ladder, read_people, read_stages
from rampgate.app.moving.who import address_in_git, who_is
from rampgate.app.new_file import new_file
from rampgate.app.work_files import find_root
from rampgate.app.write import write_whole
from rampgate.approvals.teams import at_best
from rampgate.core.paths import version_folder
from rampgate.errors import UsageProblem
from rampgate.formats.suggest import did_you_mean
from rampgate.model.people import People, Person
from rampgate.model.statements import Attestation

DEFAULT_DAYS: Final = 365
LEAST_STATEMENT: Final = 10
"""The fewest characters of a statement."""


@dataclass(frozen=True, slots=True)
class AttestRequest:
    """What is vouched for. version, topic, expires, person: "" where not said; days: 0 where not said; day: UTC."""

    repo: Path
    model: str
    version: str
    role: str
    statement: str
    day: str
    topic: str = ""
    covers: str = "version"
    expires: str = ""
    days: int = 0
    person: str = ""


@dataclass(frozen=True, slots=True)
class Attested:
    """The attestation that was written. path: from the root of the repository."""

    path: str
    person: str
    role: str
    expires: str
    covers: str


def attest(request: AttestRequest) -> Attested:
    """Write the attestation into a file of its own and return what it says.

    Raises UsageProblem where the person does not hold the role, or a word does not fit; nothing is then written.
    """
    if len(request.statement.strip()) < LEAST_STATEMENT:
        raise UsageProblem(
            f"a statement of at least {LEAST_STATEMENT} characters is needed: what was looked at, and found"
        )
    root = find_root(request.repo)
    tree = WorkTree(root)
    stages = read_stages(tree, request.model, read_ladder(tree))
    version = request.version or next(iter(stages.stages), "")
    if not request.version and len(stages.stages) != 1:
        raise UsageProblem(f"say which version of {request.model}\n{stages.listed()}")
    stages.named(version)
    people = read_people(tree)
    person = who_is(people, "" if request.person else address_in_git(root), request.person).person
    _refuse_other_role(at_best(people), at_best(people).named(person.name) or person, request.role)
    expires = _expires(request)
    path = _free_path(tree, request, version)
    values: dict[str, Any] = {
        "schema": "rampgate/attestation/v1",
        "role": request.role,
        "person": person.name,
        "statement": request.statement.strip(),
        "covers": request.covers,
        **({"topic": request.topic} if request.topic else {}),
        "date": request.day,
        "expires": expires,
    }
    data, _ = new_file(path, values, Attestation, "attestation")
    write_whole(root / path, data)
    return Attested(path, person.name, request.role, expires, request.covers)


def _refuse_other_role(people: People, person: Person, role: str) -> None:
    if role in person.roles:
        return
    held = sorted({each for other in people.people for each in other.roles})
    if role not in held:
        raise UsageProblem(f"nobody holds the role `{role}`{did_you_mean(role, held)}\nknown: {_listed(held)}")
    holders = _listed([each.name for each in people.holders(role)])
    own = _listed(list(person.roles)) or "none"
    raise UsageProblem(
        f"`{person.name}` does not hold the role `{role}` (roles held: {own})\n"
        f"it is held by {holders}; let one of them attest"
    )


def _expires(request: AttestRequest) -> str:
    if request.expires and request.days:
        raise UsageProblem("give either --expires or --days, not both")
    if request.expires:
        last = parse_day(request.expires, "--expires")
        if last < request.day:
            raise UsageProblem(f"--expires {last} is before today, {request.day}")
        return last
    return day_after(request.day, request.days or DEFAULT_DAYS)


def _free_path(tree: Tree, request: AttestRequest, version: str) -> str:
    """Return the path of a file that is not there yet; what somebody has vouched for is never written over."""
    folder = f"{version_folder(request.model, version)}/attestations"
    slug = re.sub(r"[^a-z0-9]+", "-", request.topic.casefold()).strip("-")[:60].strip("-")
    stem = f"{request.role}-{slug}" if slug else request.role
    taken = {name.casefold() for name in tree.names(folder)}
    names = (stem, *(f"{stem}-{number}" for number in range(2, 10_000)))
    return next(f"{folder}/{name}.yaml" for name in names if f"{name}.yaml" not in taken)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
