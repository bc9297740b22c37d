"""Sorts the reviews of a pull request: who approved this very content, who objects, and what is ignored and why.

The numeric account id alone decides whose review it is; logins are shown, never compared. For each account its last
review that approves, asks for changes or was dismissed stands; comments change nothing. An approval counts where its
content key equals that of what would land. An objection stands on any content, until it is lifted: whoever saw a danger
need not say so again after each push. Time plays no part.

Which objections stand is `rampgate.approvals.objections`; which roles the approvals fill `rampgate.approvals.slots`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rampgate.approvals.objections import (
    Bench,
    bench,
    is_bot,
    objection_of,
    person_of,
    says_something,
    untold_of,
    why_dismissed,
)
from rampgate.model.approval import Contributor, CountedApproval, IgnoredReview, Review, ReviewFacts, Tally
from rampgate.model.people import People
from rampgate.model.sourced import Missing


def tally(facts: ReviewFacts, people: People, lifted_by: Collection[str] = ()) -> Tally:
    """Return the reviews sorted into counted approvals, objections and ignored ones with their reasons.

    lifted_by: roles whose holders may lift somebody else's objection. Every review ends in exactly one of the three. A
    person counts once, however many accounts approve; a person who objects from one account approves from none.
    Reviews that can not be believed (`facts.faults`) never count.
    """
    reviews = sorted(facts.reviews, key=lambda review: review.id)
    at = bench(facts, people, lifted_by)
    objections = tuple(found for review in reviews if (found := objection_of(review, at)))
    objectors = frozenset(each.person for each in objections)
    counted: dict[str, CountedApproval] = {}
    ignored: list[IgnoredReview] = []
    for review in reviews:
        if objection_of(review, at) is not None:
            continue
        person = person_of(review.account_id, people)
        reason = _why_ignored(review, at) or _why_not_again(person, objectors, counted)
        if reason:
            ignored.append(IgnoredReview(review.login, review.id, reason))
        else:
            counted[person] = CountedApproval(person, review.login, review.id)
    untold = tuple(found for review in reviews if (found := untold_of(review, at)))
    return Tally(tuple(counted.values()), objections, tuple(ignored), untold)


def vouchers(facts: ReviewFacts, people: People, lifted_by: Collection[str] = ()) -> frozenset[str]:
    """Return the names of the persons who approved this very content, contributors included.

    This is what makes a statement theirs (an attestation that somebody committed in their name); it fills no place of
    a quorum, which asks for other people than those who made the change.
    """
    at = bench(facts, people, lifted_by)
    objectors = {found.person for review in facts.reviews if (found := objection_of(review, at))}
    approved = (
        person_of(review.account_id, people)
        for review in at.standing.values()
        if review.state == "APPROVED" and not (is_bot(review, people) or facts.faults or _why_stale(review, facts))
    )
    return frozenset(person for person in approved if person and person not in objectors)


def _why_ignored(review: Review, at: Bench) -> str:
    """Return why a review approves nothing, or "" where it is an approval of this content by somebody else."""
    facts, people = at.facts, at.people
    return (
        _why_it_says_nothing(review, at)
        or _why_nobody(review, people)
        or (_why_own_work(review, facts, people) if review.state == "APPROVED" else "")
        or (f"can not be believed: {facts.faults[0]}" if facts.faults else "")
        or _why_stale(review, facts)
    )


def _why_it_says_nothing(review: Review, at: Bench) -> str:
    if review.state == "COMMENTED":
        return "a comment, not an approval"
    if review.state == "PENDING":
        return "not submitted yet"
    if review.account_id is None:
        return "its account no longer exists"
    if not says_something(review):
        return why_dismissed(review, at.people)
    last = at.standing[review.account_id]
    if last is not review:
        return f"replaced by review {last.id} of the same account"
    return why_dismissed(review, at.people) if review.state == "DISMISSED" else ""


def _why_nobody(review: Review, people: People) -> str:
    if is_bot(review, people):
        return "a bot, and bots never approve"
    if person_of(review.account_id, people):
        return ""
    login = review.login.casefold()
    alike = next((p.name for p in people.people for a in p.accounts if a.login.casefold() == login), "")
    but = f", though `{alike}` has an account of that login with another number" if alike else ""
    return f"account {review.account_id} is not in policies/people.yaml{but}"


def _why_own_work(review: Review, facts: ReviewFacts, people: People) -> str:
    person = person_of(review.account_id, people)
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
