"""Sorts the reviews of a pull request: who approved this very content, who objects, and what is ignored and why.

The numeric account id alone decides whose review it is; logins are shown, never compared. For each account its last
review that approves, asks for changes or was dismissed stands; comments change nothing. An approval counts where its
content key equals that of what would land. An objection stands on any content, until its author approves or it is
dismissed: whoever saw a danger need not say so again after each push. Time plays no part.

Which roles the approvals fill is `rampgate.approvals.slots`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rampgate.model.approval import (
    Contributor,
    CountedApproval,
    IgnoredReview,
    Review,
    ReviewFacts,
    Tally,
)
from rampgate.model.people import People
from rampgate.model.sourced import Missing

_DECISIVE = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")


def tally(facts: ReviewFacts, people: People) -> Tally:
    """Return the reviews sorted into counted approvals, objections and ignored ones with their reasons.

    Every review ends in exactly one of the three. A person counts once, however many accounts approve; a person who
    objects from one account approves from none. Reviews that can not be believed (`facts.faults`) never count.
    """
    reviews = sorted(facts.reviews, key=lambda review: review.id)
    standing = standing_reviews(reviews)
    objections = tuple(
        CountedApproval(person, review.login, review.id)
        for review in reviews
        if (person := _objector(review, standing, people))
    )
    objectors = frozenset(each.person for each in objections)
    objecting = frozenset(each.review for each in objections)
    counted: dict[str, CountedApproval] = {}
    ignored: list[IgnoredReview] = []
    for review in reviews:
        if review.id in objecting and review.state == "CHANGES_REQUESTED":
            continue
        person = person_of(review, people)
        reason = _why_ignored(review, standing, facts, people) or _why_not_again(person, objectors, counted)
        if reason:
            ignored.append(IgnoredReview(review.login, review.id, reason))
        else:
            counted[person] = CountedApproval(person, review.login, review.id)
    return Tally(tuple(counted.values()), objections, tuple(ignored))


def vouchers(facts: ReviewFacts, people: People) -> frozenset[str]:
    """Return the names of the persons who approved this very content, contributors included.

    This is what makes a statement theirs (an attestation that somebody committed in their name); it fills no place of
    a quorum, which asks for other people than those who made the change.
    """
    standing = standing_reviews(facts.reviews)
    objectors = {_objector(review, standing, people) for review in facts.reviews}
    approved = (
        person_of(review, people)
        for review in standing.values()
        if review.state == "APPROVED" and not (_is_bot(review, people) or facts.faults or _why_stale(review, facts))
    )
    return frozenset(person for person in approved if person and person not in objectors)


def standing_reviews(reviews: Iterable[Review]) -> Mapping[int, Review]:
    """Return for each account id its last review that approves, asks for changes or was dismissed.

    A dismissed review stands as what it is, so that it never brings an older approval back to life.
    """
    decisive = (each for each in reviews if each.state in _DECISIVE)
    return {
        review.account_id: review
        for review in sorted(decisive, key=lambda review: review.id)
        if review.account_id is not None
    }


def person_of(review: Review, people: People) -> str:
    """Return the name of the person who owns the review's account, or ""."""
    person = people.by_account(review.account_id) if review.account_id is not None else None
    return person.name if person else ""


def _objector(review: Review, standing: Mapping[int, Review], people: People) -> str:
    """Return who asks for changes by this review, contributors included, or "" where nobody does."""
    if review.state != "CHANGES_REQUESTED" or review.account_id is None or _is_bot(review, people):
        return ""
    return person_of(review, people) if standing[review.account_id] is review else ""


def _why_ignored(review: Review, standing: Mapping[int, Review], facts: ReviewFacts, people: People) -> str:
    """Return why a review approves nothing, or "" where it is an approval of this content by somebody else."""
    return (
        _why_it_says_nothing(review, standing)
        or _why_nobody(review, people)
        or (_why_own_work(review, facts, people) if review.state == "APPROVED" else "")
        or (f"can not be believed: {facts.faults[0]}" if facts.faults else "")
        or _why_stale(review, facts)
    )


def _why_it_says_nothing(review: Review, standing: Mapping[int, Review]) -> str:
    if review.state == "COMMENTED":
        return "a comment, not an approval"
    if review.state == "PENDING":
        return "not submitted yet"
    if review.account_id is None:
        return "its account no longer exists"
    last = standing[review.account_id]
    if last is not review:
        return f"replaced by review {last.id} of the same account"
    return "dismissed" if review.state == "DISMISSED" else ""


def _why_nobody(review: Review, people: People) -> str:
    if _is_bot(review, people):
        return "a bot, and bots never approve"
    if person_of(review, people):
        return ""
    login = review.login.casefold()
    alike = next((p.name for p in people.people for a in p.accounts if a.login.casefold() == login), "")
    but = f", though `{alike}` has an account of that login with another number" if alike else ""
    return f"account {review.account_id} is not in policies/people.yaml{but}"


def _is_bot(review: Review, people: People) -> bool:
    listed = review.account_id is not None and people.bot_by_account(review.account_id) is not None
    return review.is_bot or listed or review.login.casefold().endswith("[bot]")


def _why_own_work(review: Review, facts: ReviewFacts, people: People) -> str:
    person = person_of(review, people)
    if person == facts.author or review.account_id == facts.author_account:
        return "opened this pull request"
    part = next((each for each in facts.contributors if each.person == person), None)
    return _part_in_words(part) if part else ""


def _part_in_words(part: Contributor) -> str:
    if part.how == "author":
        return "opened this pull request"
    return f"had a hand in this change ({part.how} of {part.commit[:7]})"


def _why_stale(review: Review, facts: ReviewFacts) -> str:
    if isinstance(review.content, Missing):
        return review.content.why
    # An unknown content is no content: two unknowns are never equal.
    if facts.content and review.content == facts.content:
        return ""
    return f"stale: reviewed {review.commit[:7]}, the content has changed since"


def _why_not_again(person: str, objectors: frozenset[str], counted: Mapping[str, CountedApproval]) -> str:
    if person in objectors:
        return f"`{person}` asks for changes from another account"
    if person in counted:
        return f"`{person}` counts once, by review {counted[person].review}"
    return ""
