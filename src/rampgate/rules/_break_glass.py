"""Break-glass in the facts: which one a change brings, what is wrong with it, and which reviews are owed.

Shared by the two kinds that judge it and by `rampgate.core.break_glass`, which lets it excuse findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rampgate.approvals.quorum import in_words
from rampgate.formats.suggest import did_you_mean
from rampgate.model.facts import Facts, VersionFacts
from rampgate.model.finding import Answer
from rampgate.model.people import Person
from rampgate.model.registry import BreakGlassTerms, Governance
from rampgate.model.sourced import Missing, Sourced
from rampgate.model.statements import BreakGlass, BreakGlassReview
from rampgate.model.vocabulary import ChangeKind, Outcome


@dataclass(frozen=True, slots=True)
class Brought:
    """A break-glass with the version and the name of the file that it stands in."""

    version: str
    id: str
    event: Sourced[BreakGlass]


def brought(facts: Facts) -> list[Brought]:
    """Return every break-glass that stands in no file of the base branch yet, whichever version it stands beside."""
    return [
        Brought(version, id_, event)
        for version, each in sorted(facts.siblings.items())
        for id_, event in sorted(each.break_glass.items())
        if id_ not in records(facts.siblings_before, version)
    ]


def records(versions: Mapping[str, VersionFacts], version: str) -> Mapping[str, Sourced[Any]]:
    """Return every break-glass and every review of one that stands beside a version."""
    each = versions.get(version)
    return {} if each is None else {**each.break_glass, **each.break_glass_reviews}


def terms_of(facts: Facts) -> BreakGlassTerms | None:
    """Return the terms on which rules can be bypassed, None where they can not."""
    return None if isinstance(facts.governance, Missing) else facts.governance.break_glass


def reviewer_roles(governance: Governance) -> tuple[str, ...]:
    """Return the roles that review a bypass; those that change the rules where governance has no terms any more."""
    if governance.break_glass is not None:
        return governance.break_glass.reviewed_by
    return tuple(dict.fromkeys(slot.role for slot in governance.policy_change.slots))


def review_of(
    id_: str, event: BreakGlass, reviews: Mapping[str, Sourced[BreakGlassReview]]
) -> BreakGlassReview | None:  # fmt: skip
    """Return the review of a break-glass, of those beside its version; None where nobody has reviewed it.

    Its terms were judged when it landed; that none of the two persons reviews their own bypass holds for ever.
    """
    about = (review.noun for _, review in sorted(reviews.items()) if review.noun.of == id_)
    return next((review for review in about if review.by not in (event.by, event.second)), None)


def faults(found: Brought, facts: Facts) -> Iterator[Answer]:
    """Yield everything that is wrong with a break-glass that a change brings, but the approval that it waits for."""
    event, noun = found.event, found.event.noun
    terms = terms_of(facts)
    if terms is None:
        message = "policies/governance.yaml has no `break_glass`, so nothing can be bypassed here"
        yield _fail(event, "schema", message, "remove the file, and meet the rules or ask for a waiver")
        return
    yield from _move_faults(found, facts, terms)
    yield from _rule_faults(event, facts)
    yield from _day_faults(event, facts, terms)
    for key, name in (("by", noun.by), ("second", noun.second)):
        yield from _person_faults(event, key, facts.people.named(name), facts, terms)


def _fail(event: Sourced[Any], key: str, message: str, fix: str, found: str = "", expected: str = "") -> Answer:
    return Answer(Outcome.FAIL, message, found, expected, event.at(key), fix)


def _move_faults(found: Brought, facts: Facts, terms: BreakGlassTerms) -> Iterator[Answer]:
    event, noun, transition = found.event, found.event.noun, facts.change.transition
    if facts.change.kind is not ChangeKind.PROMOTE or transition is None or transition.version != found.version:
        message = "a break-glass comes with the promotion of its own version, and with nothing else"
        yield _fail(event, "to", message, "remove the file", str(facts.change.kind), "promote")
        return
    told = (facts.ladder.canonical(noun.from_), facts.ladder.canonical(noun.to))
    if told != (transition.from_stage, transition.to_stage):
        real = f"{transition.from_stage} -> {transition.to_stage}"
        message = "the break-glass tells another move than the cards"
        yield _fail(event, "from", message, "correct the file", f"{noun.from_} -> {noun.to}", real)
    limit = terms.max_exposure_percent
    exposure = facts.ladder.exposure(transition.to_stage)
    if limit is not None and exposure > limit:
        message = f"break-glass reaches {limit}% of traffic at most, and `{transition.to_stage}` has {exposure}%"
        yield _fail(event, "to", message, "meet the rules of this stage", f"{exposure}%", f"at most {limit}%")


def _rule_faults(event: Sourced[BreakGlass], facts: Facts) -> Iterator[Answer]:
    for index, rule in enumerate(event.noun.rules):
        if rule not in facts.bypassable:
            hint = did_you_mean(rule, facts.bypassable)
            message = f"`{rule}` is no rule that can be bypassed{hint}"
            known = in_words([f"`{each}`" for each in sorted(facts.bypassable)], "or") or "none"
            fix = "name rules of a policy; identity, lineage and the record are never bypassed"
            yield Answer(Outcome.FAIL, message, rule, known, event.at("rules", index), fix)


def _day_faults(event: Sourced[BreakGlass], facts: Facts, terms: BreakGlassTerms) -> Iterator[Answer]:
    noun, within = event.noun, terms.review_within_days
    if noun.date > facts.today:
        yield _fail(event, "date", f"the break-glass is dated {noun.date}, after today", "write today", noun.date)
    elif noun.review_by < facts.today:
        message = f"its review was due on {noun.review_by}; it excuses nothing after that"
        yield _fail(event, "review_by", message, "ask again, in a pull request of today", noun.review_by)
    if days_between(noun.date, noun.review_by) > within:
        message = f"the review is due {days_between(noun.date, noun.review_by)} days later; governance allows {within}"
        yield _fail(event, "review_by", message, "let it be reviewed earlier", noun.review_by)


def _person_faults(
    event: Sourced[BreakGlass], key: str, person: Person | None, facts: Facts, terms: BreakGlassTerms
) -> Iterator[Answer]:  # fmt: skip
    """Yield why one of the two persons can not be: nobody, without the role or an account, or one who wrote it."""
    name = str(getattr(event.noun, key))
    wanted = in_words([f"`{role}`" for role in terms.by], "or")
    if person is None:
        hint = did_you_mean(name, (each.name for each in facts.people.people))
        message = f"`{name}` is not in policies/people.yaml{hint}"
        yield _fail(event, key, message, "name a person of the people file", name, "a person")
        return
    if not set(person.roles) & set(terms.by):
        held = in_words([f"`{role}`" for role in person.roles], "and") or "no role"
        message = f"`{name}` holds no role that may break the glass"
        yield _fail(event, key, message, f"name a holder of {wanted}", held, wanted)
    if not person.accounts:
        message = f"`{name}` has no account in policies/people.yaml, and so can neither ask nor approve"
        yield _fail(event, key, message, "name another person")
    elif key == "second" and name in facts.reviews.people_behind():
        message = f"`{name}` had a hand in the change, so that no approval of theirs makes a second person"
        yield _fail(event, key, message, "name another person, who has no commit in it")


def days_between(first: str, last: str) -> int:
    """Return how many days after a UTC day another one is."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
