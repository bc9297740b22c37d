"""Every new attestation is vouched for by the person whom it names.

## Why it exists
An attestation is a file, and anybody can type a name into a file. It becomes that person's word once they have
approved the pull request that brings it, or have opened it themselves.

## Example
Applied by rampgate itself to every change that brings or alters attestations; a policy does not name it.

What the person approves must be this very content. Here an approval counts though the person also committed to the
change: it makes the words theirs, and fills no place of a quorum. An attestation that stands on the base branch was
vouched for when it landed; one that `covers: version` and is copied to another version is new there.

## How to satisfy it
The person named in the attestation approves the pull request. If they hold another role than the file says, or are not
in the people file, correct the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.approvals.tally import vouchers
from rampgate.approvals.teams import why_unknown
from rampgate.formats.suggest import did_you_mean
from rampgate.model.approval import SlotState
from rampgate.model.facts import AttestationFile, Facts
from rampgate.model.finding import Answer
from rampgate.model.people import Person
from rampgate.model.sourced import Missing
from rampgate.model.statements import Attestation
from rampgate.model.vocabulary import Outcome
from rampgate.rules._base import Nothing, RuleKind, missing


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001 - it has the shape of a check
    """Answer once for every attestation that the change brings."""
    if isinstance(facts.subject, Missing) and facts.change.transition is not None:
        yield missing(facts.subject)
        return
    new = [each for each in _all(facts) if not _is_on_record(each, facts)]
    if not new:
        yield Answer(Outcome.NOT_APPLICABLE, "the change brings no attestation")
        return
    lifted_by = () if isinstance(facts.governance, Missing) else facts.governance.veto_lifted_by
    vouching = vouchers(facts.reviews, facts.people, lifted_by) | facts.tally.people()
    for each in new:
        yield _judged(each, facts, vouching)


def _all(facts: Facts) -> Iterator[AttestationFile]:
    """Yield the attestations of every version in the tree that would land, those of the subject first."""
    own = "" if isinstance(facts.subject, Missing) else facts.subject.version
    if not isinstance(facts.subject, Missing):
        yield from facts.subject.attestations
    for version, sibling in sorted(facts.siblings.items()):
        if version != own:
            yield from sibling.attestations


def _is_on_record(file: AttestationFile, facts: Facts) -> bool:
    """Return whether the same bytes were vouched for already, for this version where they cover no other."""
    if not file.on_record or file.content.noun.covers == "model":
        return file.on_record
    before = facts.siblings_before.get(file.version)
    return before is not None and any(each.content.digest == file.content.digest for each in before.attestations)


def _judged(file: AttestationFile, facts: Facts, vouching: frozenset[str]) -> Answer:
    noun, place = file.content.noun, file.content.at("person")
    person = facts.people.named(noun.person)
    if person is None:
        hint = did_you_mean(noun.person, (each.name for each in facts.people.people))
        message = f"the attestation names `{noun.person}`, who is not in policies/people.yaml{hint}"
        return Answer(Outcome.FAIL, message, noun.person, "a person", place, "name the person who vouches")
    unread = "" if noun.role in person.roles else why_unknown([noun.role], facts.reviews)
    if unread:
        message = f"whether `{noun.person}` holds the role `{noun.role}` is not known: {unread}"
        fix = "judge the pull request, with the members of the team"
        outcome = Outcome.ERROR if facts.reviews.given else Outcome.WAITING
        return Answer(outcome, message, "unknown", f"`{noun.role}`", file.content.at("role"), fix)
    if noun.role not in person.roles:
        held = ", ".join(f"`{role}`" for role in person.roles) or "no role"
        message = f"`{noun.person}` does not hold the role `{noun.role}` that the attestation claims"
        fix = f"let a holder of `{noun.role}` attest"
        return Answer(Outcome.FAIL, message, held, f"`{noun.role}`", file.content.at("role"), fix)
    if noun.person == facts.reviews.author or noun.person in vouching:
        how = "by opening the pull request" if noun.person == facts.reviews.author else "by approving this content"
        words = f"`{noun.person}` vouches for it as `{noun.role}`, {how}"
        return Answer(Outcome.PASS, words, noun.person, noun.person, place, attested=True)
    return _waiting(noun, person, file, facts)


def _waiting(noun: Attestation, person: Person, file: AttestationFile, facts: Facts) -> Answer:
    place, words = file.content.at("person"), f"the attestation by `{person.name}` as `{noun.role}`"
    if facts.reviews.faults:
        message = f"{words} can not be vouched for: {facts.reviews.faults[0]}"
        return Answer(Outcome.ERROR, message, location=place, fix="fetch the reviews again")
    if not person.accounts:
        message = f"{words} can not be vouched for: `{person.name}` has no account in policies/people.yaml"
        return Answer(Outcome.ERROR, message, location=place, fix="add the account, in a change of its own")
    slot = SlotState("attestation.vouched", noun.role, 1, missing=1, candidates=(person.name,), person=person.name)
    message = f"{words} waits for the approval of `{person.name}`"
    fix = f"ask {person.name} to approve"
    return Answer(Outcome.WAITING, message, "none yet", f"an approval by {person.name}", place, fix, slots=(slot,))


KIND = RuleKind("attestation.vouched", Nothing, check, __doc__, may_be_waived=False, built_in=True)
