"""A waiver is granted by the person whom it names, in a role that may waive its rule.

## Why it exists
A waiver lets a model pass a rule that it fails. Whoever asks for one must not be who grants it, and its grantor must
have said so: anybody can type a name into a file.

## Example
Applied by rampgate itself to every change that adds or removes a waiver; a policy does not name it.

The rule must exist on the base branch and be `waivable` by a role that `approved_by` holds, and the waiver may last no
longer than the rule's `max_days`. `approved_by` is neither
the waiver's owner, nor the author of the pull request, nor somebody with a hand in it, and has approved it. Taking a
waiver away needs no grant.

## How to satisfy it
The person named in `approved_by` approves the pull request that adds the waiver.
"""

from __future__ import annotations

from collections.abc import Iterator

from rampgate.approvals.quorum import in_words
from rampgate.approvals.teams import why_unknown
from rampgate.formats.suggest import did_you_mean
from rampgate.model.approval import SlotState
from rampgate.model.facts import Facts
from rampgate.model.finding import Answer
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.vocabulary import ChangeKind, Outcome
from rampgate.model.waiver import Waiver
from rampgate.rules._base import Nothing, RuleKind, missing


def check(params: Nothing, facts: Facts) -> Iterator[Answer]:  # noqa: ARG001 - it has the shape of a check
    """Answer for the waiver that the change adds."""
    if facts.change.kind is not ChangeKind.WAIVER:
        yield Answer(Outcome.NOT_APPLICABLE, "the change brings no waiver")
    elif isinstance(facts.waiver, Missing):
        only_removes = bool(facts.change.touched) and all(each.was_removed for each in facts.change.touched)
        words = "the change takes a waiver away; nothing is excused by it any more"
        yield Answer(Outcome.PASS, words) if only_removes else missing(facts.waiver)
    else:
        faults = list(_faults(facts.waiver, facts))
        yield from faults or [_granted(facts.waiver, facts)]


def _faults(waiver: Sourced[Waiver], facts: Facts) -> Iterator[Answer]:
    """Yield everything that is wrong with the waiver, whoever approves it."""
    noun = waiver.noun
    roles = facts.waivable_roles.get(noun.rule, ())
    if not roles:
        hint = did_you_mean(noun.rule, facts.waivable_roles) if noun.rule not in facts.waivable_roles else ""
        message = f"no policy has a waivable rule `{noun.rule}`{hint}"
        known = in_words([f"`{rule}`" for rule in sorted(facts.waivable_roles)], "and") or "none"
        yield Answer(Outcome.FAIL, message, noun.rule, f"waivable: {known}", waiver.at("rule"), "name a waivable rule")
    for problem in facts.waiver_problems:
        yield Answer(Outcome.FAIL, problem, noun.ends, location=waiver.at("ends"), fix="let it end earlier")
    for field, name in (("owner", noun.owner), ("approved_by", noun.approved_by)):
        if facts.people.named(name) is None:
            hint = did_you_mean(name, (each.name for each in facts.people.people))
            message = f"`{name}` is not in policies/people.yaml{hint}"
            yield Answer(Outcome.FAIL, message, name, "a person", waiver.at(field), "name a person of the people file")
    grantor = facts.people.named(noun.approved_by)
    place = waiver.at("approved_by")
    wanted = in_words([f"`{role}`" for role in roles], "or")
    unread = why_unknown(roles, facts.reviews)
    if grantor and roles and not set(roles) & set(grantor.roles) and unread:
        message = f"whether `{grantor.name}` may waive `{noun.rule}` is not known: {unread}"
        fix = "let the token of the run read the team's members, and judge again"
        yield Answer(Outcome.ERROR, message, "unknown", wanted, place, fix)
    elif grantor and roles and not set(roles) & set(grantor.roles):
        message = f"`{grantor.name}` holds no role that may waive `{noun.rule}`"
        held = in_words([f"`{role}`" for role in grantor.roles], "and") or "no role"
        yield Answer(Outcome.FAIL, message, held, wanted, place, f"let a holder of {wanted} grant it")
    if noun.approved_by == noun.owner:
        yield Answer(Outcome.FAIL, f"`{noun.owner}` can not grant a waiver to themselves", location=place)
    if noun.approved_by == facts.reviews.author:
        message = f"`{noun.approved_by}` opened the pull request and can not grant the waiver that it brings"
        yield Answer(Outcome.FAIL, message, location=place, fix="let the waiver's owner open the pull request")


def _granted(waiver: Sourced[Waiver], facts: Facts) -> Answer:
    """Return whether the grantor, who may, has approved this content."""
    noun, place = waiver.noun, waiver.at("approved_by")
    name = noun.approved_by
    if facts.reviews.faults:
        message = f"the reviews can not be believed: {facts.reviews.faults[0]}"
        return Answer(Outcome.ERROR, message, location=place, fix="fetch the reviews again")
    if name in facts.tally.people():
        words = f"`{name}` grants it until {noun.ends}; `{noun.owner}` answers for it"
        return Answer(Outcome.PASS, words, name, name, place)
    person = facts.people.named(name)
    if name in facts.reviews.people_behind() or person is None or not person.accounts:
        why = "had a hand in the change" if name in facts.reviews.people_behind() else "has no account"
        message = f"`{name}` {why}, so that no approval of theirs can grant the waiver"
        return Answer(Outcome.ERROR, message, location=place, fix="let somebody else write the change, or grant it")
    role = next((each for each in facts.waivable_roles[noun.rule] if each in person.roles), "")
    slot = SlotState("waiver.granted", role, 1, missing=1, candidates=(name,), person=name)
    message = f"the waiver waits for the approval of `{name}`"
    wanted, fix = f"an approval by {name}", f"ask {name} to approve"
    return Answer(Outcome.WAITING, message, "none yet", wanted, place, fix, slots=(slot,))


KIND = RuleKind("waiver.granted", Nothing, check, __doc__, may_be_waived=False, built_in=True)
