"""Tells which requests for changes stand: a person's word, which nobody else takes back in passing.

For each account its last review that says something stands: an approval, a request for changes, or a dismissed one. A
comment says nothing, a dismissed comment neither. An objection is lifted by its own author, who approves or dismisses
it, or by somebody who holds a role that governance names, has no hand in the change, and says why. The forge lets any
writer dismiss a review; here that alone lifts nothing. An objection by somebody outside the people file is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from rampgate.model.approval import Dismissal, Objection, Review, ReviewFacts
from rampgate.model.people import People

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Bench:
    """What is needed to tell whose review stands: the people, and the roles that may lift an objection."""

    facts: ReviewFacts
    people: People
    lifted_by: Collection[str]
    standing: Mapping[int, Review]


def bench(facts: ReviewFacts, people: People, lifted_by: Collection[str]) -> Bench:
    """Return the reviews of a pull request, ready to be asked about. lifted_by: roles."""
    return Bench(facts, people, lifted_by, standing_reviews(facts.reviews))


def standing_reviews(reviews: Iterable[Review]) -> Mapping[int, Review]:
    """Return for each account id its last review that says something.

    A dismissed review stands as what it is, so that it never brings an older approval back to life. A dismissed comment
    does not: dismissing what somebody said later must not take their objection away.
    """
    return {
        review.account_id: review
        for review in sorted(reviews, key=lambda review: review.id)
        if review.account_id is not None and says_something(review)
    }


def says_something(review: Review) -> bool:
    """Return whether a review approves, objects, or did so before it was dismissed."""
    if review.state == "DISMISSED":
        return review.dismissal is None or review.dismissal.was in ("APPROVED", "CHANGES_REQUESTED")
    return review.state in ("APPROVED", "CHANGES_REQUESTED")


def person_of(account_id: int | None, people: People) -> str:
    """Return the name of the person who owns an account, or ""."""
    person = people.by_account(account_id) if account_id is not None else None
    return person.name if person else ""


def is_bot(made: Review | Dismissal, people: People) -> bool:
    """Return whether no natural person stands behind a review or a dismissal."""
    listed = made.account_id is not None and people.bot_by_account(made.account_id) is not None
    return made.is_bot or listed or made.login.casefold().endswith("[bot]")


def objection_of(review: Review, at: Bench) -> Objection | None:
    """Return the objection that a review is, contributors' included, or None where it objects to nothing any more."""
    person = _who_may_object(review, at)
    if not person:
        return None
    if review.state == "CHANGES_REQUESTED":
        return Objection(person, review.login, review.id)
    dismissal = review.dismissal
    if review.state != "DISMISSED" or dismissal is None or dismissal.was != "CHANGES_REQUESTED":
        return None
    why = _why_it_stands(person, dismissal, at)
    return Objection(person, review.login, review.id, why) if why else None


def untold_of(review: Review, at: Bench) -> Objection | None:
    """Return a dismissed review of which nobody says what it was, or None."""
    if review.state != "DISMISSED" or review.dismissal is not None:
        return None
    person = _who_may_object(review, at)
    return Objection(person, review.login, review.id) if person else None


def why_dismissed(review: Review, people: People) -> str:
    """Return in words what became of a dismissed review that objects to nothing."""
    dismissal = review.dismissal
    if dismissal is None:
        return "dismissed, and the file does not say by whom"
    if dismissal.was == "COMMENTED":
        return "a comment, and dismissed"
    if dismissal.was != "CHANGES_REQUESTED":
        return "dismissed"
    own = person_of(dismissal.account_id, people)
    if own and own == person_of(review.account_id, people):
        return f"an objection, which `{own}` dismissed themselves"
    words = " ".join(dismissal.message.split())
    return f"an objection, lifted by `{own or dismissal.login}`: {words[:_SHOWN]}"


def _who_may_object(review: Review, at: Bench) -> str:
    """Return the listed person whose standing word a review is, or ""."""
    if review.account_id is None or is_bot(review, at.people) or at.standing.get(review.account_id) is not review:
        return ""
    return person_of(review.account_id, at.people)


def _why_it_stands(objector: str, dismissal: Dismissal, at: Bench) -> str:
    """Return who dismissed an objection and why that does not lift it, or "" where it does."""
    by = person_of(dismissal.account_id, at.people)
    if dismissal.account_id is None:
        return "an account that no longer exists dismissed it"
    if is_bot(dismissal, at.people):
        return f"`{dismissal.login}`, a bot, dismissed it"
    if by == objector:
        return ""
    if not by:
        return f"`{dismissal.login}`, who is not in policies/people.yaml, dismissed it"
    return _why_no_other_may(by, dismissal, at)


def _why_no_other_may(by: str, dismissal: Dismissal, at: Bench) -> str:
    person = at.people.named(by)
    if person is None or not set(person.roles) & set(at.lifted_by):
        return f"`{by}`, who holds no role that may lift it, dismissed it"
    if by == at.facts.author or by in at.facts.people_behind():
        return f"`{by}`, who had a hand in this change, dismissed it"
    return "" if dismissal.message.strip() else f"`{by}` dismissed it without saying why"
