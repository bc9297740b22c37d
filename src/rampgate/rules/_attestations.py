"""Which attestations of a role count today, and for each that does not, why.

An attestation counts if it covers this version, is dated today or before, has not expired, is not older than the rule
allows, and its person holds the role in the people file of the base branch. Whether that person has vouched for a new
attestation in this very pull request is judged by a built-in rule and not here.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rampgate.approvals.teams import why_unknown
from rampgate.formats.suggest import did_you_mean
from rampgate.model.facts import AttestationFile, Facts
from rampgate.model.finding import Answer
from rampgate.model.ids import RoleName
from rampgate.model.statements import Attestation
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import ParamFault, Surroundings, subject_of
from rampgate.rules._evidence import days, shown


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an attestation does not count; a false claim fails, anything else leaves the rule insufficient."""

    outcome: Outcome
    reason: str


def attested(role: str, facts: Facts, *, topic: str | None = None, max_age_days: int | None = None) -> Answer:
    """Return whether somebody in the role vouches for this version today.

    topic: only attestations about it; None for those about anything. max_age_days: counted from their date.
    The answer passes until the last day of the attestation that lasts longest.
    """
    refused: list[tuple[AttestationFile, Refusal]] = []
    counted: list[tuple[str, AttestationFile]] = []
    for each in _about(facts):
        if not _is_of(each.content.noun, role, topic):
            continue
        verdict = _judged(each.content.noun, facts, max_age_days)
        if isinstance(verdict, Refusal):
            refused.append((each, verdict))
        else:
            counted.append((verdict, each))
    about = f"on `{topic}` " if topic else ""
    wanted = f"an attestation {about}by a holder of `{role}`"
    if counted:
        until, file = max(counted, key=lambda each: each[0])
        noun = file.content.noun
        own = file.version == subject_of(facts).version
        covers = "" if own else f", given with version {file.version} for the whole model"
        message = f"`{noun.person}` ({role}) attested {about}on {noun.date}{covers}"
        place = file.content.at()
        return Answer(Outcome.PASS, message, noun.person, wanted, place, attested=True, valid_until=until)
    return replace(_lacking(role, facts, about, topic, refused), expected=wanted, attested=True)


def _lacking(
    role: str, facts: Facts, about: str, topic: str | None, refused: list[tuple[AttestationFile, Refusal]]
) -> Answer:
    """Return why no attestation counts, placed at the one that is worst."""
    subject = subject_of(facts)
    option = f" --topic {shlex.quote(topic)}" if topic else ""
    model = subject.card.noun.model
    command = f"rampgate attest {model} --version {subject.version} --role {role}{option} --statement TEXT"
    fix = f"a holder of `{role}` runs `{command}`"
    if not refused:
        message = f"nobody in the role `{role}` has attested {about}for version {subject.version}"
        return Answer(Outcome.INSUFFICIENT, message, "none", location=subject.card.at(), fix=fix)
    outcome = Outcome.FAIL if any(each.outcome is Outcome.FAIL for _, each in refused) else Outcome.INSUFFICIENT
    worst = next(file for file, each in refused if each.outcome is outcome)
    reasons = "; ".join(f"`{shown(file.id)}` {each.reason}" for file, each in refused)
    message = f"no attestation {about}by `{role}` counts: {reasons}"
    return Answer(outcome, message, f"{len(refused)} that do not count", location=worst.content.at(), fix=fix)


def _about(facts: Facts) -> Iterator[AttestationFile]:
    """Yield the attestations of this version, and those of its siblings that cover the whole model."""
    subject = subject_of(facts)
    yield from subject.attestations
    for version, sibling in sorted(facts.siblings.items()):
        if version != subject.version:
            yield from (each for each in sibling.attestations if each.content.noun.covers == "model")


def _is_of(attestation: Attestation, role: str, topic: str | None) -> bool:
    return attestation.role == role and topic in (None, attestation.topic)


def _judged(attestation: Attestation, facts: Facts, max_age_days: int | None) -> str | Refusal:
    """Return the last UTC day on which an attestation counts, or why it does not count today."""
    person = facts.people.named(attestation.person)
    if person is None:
        hint = did_you_mean(attestation.person, (each.name for each in facts.people.people)).rstrip("?")
        return Refusal(Outcome.FAIL, f"names `{attestation.person}`, who is not in the people file{hint}")
    unread = "" if attestation.role in person.roles else why_unknown([attestation.role], facts.reviews)
    if unread:
        return Refusal(Outcome.INSUFFICIENT, f"is by `{person.name}`, of whom nobody knows the roles: {unread}")
    if attestation.role not in person.roles:
        return Refusal(Outcome.FAIL, f"is by `{person.name}`, who does not hold the role `{attestation.role}`")
    try:
        given, expires = date.fromisoformat(attestation.date), date.fromisoformat(attestation.expires)
    except ValueError:
        return Refusal(Outcome.INSUFFICIENT, f"has no real dates: `{attestation.date}` to `{attestation.expires}`")
    stale = _stale(given, expires, date.fromisoformat(facts.today), max_age_days)
    if stale:
        return Refusal(Outcome.INSUFFICIENT, stale)
    return (expires if max_age_days is None else min(expires, given + timedelta(days=max_age_days))).isoformat()


def _stale(given: date, expires: date, today: date, max_age_days: int | None) -> str:
    """Return why an attestation is not of today, or "" if it is."""
    if given > today:
        return f"is dated {given}, which is after today, {today}"
    if expires < today:
        return f"expired on {expires}"
    age = (today - given).days
    if max_age_days is not None and age > max_age_days:
        return f"is {days(age)} old; at most {days(max_age_days)} are allowed"
    return ""


def unheld_roles(roles: Iterable[RoleName], surroundings: Surroundings, parameter: str) -> Iterator[ParamFault]:
    """Yield every role of a parameter that nobody holds, which no attestation could ever satisfy."""
    held = sorted({role for person in surroundings.people.people for role in person.roles})
    for index, role in enumerate(roles):
        if role not in held:
            message = f"nobody holds the role `{role}`{did_you_mean(role, held)}"
            yield ParamFault((parameter, index), message, "known: " + ", ".join(f"`{each}`" for each in held))
