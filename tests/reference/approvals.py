"""A second, naive implementation of the approvals engine, written from the design and sharing no code with it.

It tries every way of seating people, and so serves small cases only. Reviews are read one account at a time.
"""

from __future__ import annotations

from rampgate.model.sourced import Missing


def sorted_reviews(facts, people):
    """Return (counted: person -> review id, objections: set of review ids, ignored: set of review ids)."""
    accounts = {}
    for person in people.people:
        for account in person.accounts:
            accounts[account.id] = person.name
    bots = {bot.id for bot in people.bots}

    last = {}
    for review in sorted(facts.reviews, key=lambda r: r.id):
        if review.state in {"COMMENTED", "PENDING"} or review.account_id is None:
            continue
        last[review.account_id] = review

    def is_bot(review):
        return review.is_bot or review.account_id in bots or review.login.lower().endswith("[bot]")

    objections = set()
    objectors = set()
    for account, review in last.items():
        if review.state == "CHANGES_REQUESTED" and account in accounts and not is_bot(review):
            objections.add(review.id)
            objectors.add(accounts[account])

    hands = {contributor.person for contributor in facts.contributors} | {facts.author}
    approvals = {}
    for account, review in last.items():
        name = accounts.get(account)
        if review.state != "APPROVED" or name is None or is_bot(review):
            continue
        if name in hands or name in objectors or account == facts.author_account or facts.faults:
            continue
        if isinstance(review.content, Missing) or review.content != facts.content or facts.content == "":
            continue
        approvals.setdefault(name, []).append(review.id)
    counted = {name: min(ids) for name, ids in approvals.items()}
    everything = {review.id for review in facts.reviews}
    return counted, objections, everything - objections - set(counted.values())


def suits(name, slot, author, people, owner_team):
    """Return whether somebody who consents may sit in a slot."""
    person = next(each for each in people.people if each.name == name)
    if slot.role not in person.roles or (name == author and not slot.author_counts):
        return False
    if slot.independent_of == "owner_team":
        return bool(owner_team) and bool(person.team) and person.team.lower() != owner_team.lower()
    return True


def most_filled(slots, present, author, people, owner_team):
    """Return how many places can be filled at once, by trying every seating."""

    def best(places, left):
        if not places:
            return 0
        first, *others = places
        seatings = [best(others, left)]
        for name in left:
            if suits(name, first, author, people, owner_team):
                seatings.append(1 + best(others, left - {name}))
        return max(seatings)

    return best([slot for slot in slots for _ in range(slot.count)], frozenset(present))


def can_come(people, author, excluded):
    """Return everyone who may still consent, the author included."""
    return {p.name for p in people.people if p.name == author or (p.accounts and p.name not in excluded)}
