"""A second, naive implementation of the approvals engine, written from the design and sharing no code with it.

It tries every way of seating people, and so serves small cases only. Reviews are read one account at a time.
"""

from __future__ import annotations

from rampgate.model.sourced import Missing


def roles_held(people, read):
    """Return person -> the roles that they hold, their own and those of every team that lists one of their accounts."""
    held = {}
    for person in people.people:
        held[person.name] = set(person.roles)
        for team in people.teams:
            for listed in read:
                if (listed.organization.lower(), listed.slug.lower()) != (team.organization.lower(), team.slug.lower()):
                    continue
                for member in listed.members:
                    if not member.is_bot and member.id in {account.id for account in person.accounts}:
                        held[person.name] |= set(team.roles)
    return held


def sorted_reviews(facts, people, lifted_by=()):
    """Return (counted: person -> review id, and the sets of ids that object, are ignored, and can not be told)."""
    accounts = {}
    for person in people.people:
        for account in person.accounts:
            accounts[account.id] = person.name
    bots = {bot.id for bot in people.bots}
    roles = {person.name: set(person.roles) for person in people.people}
    hands = {contributor.person for contributor in facts.contributors} | {facts.author}

    def is_bot(made):
        return made.is_bot or made.account_id in bots or made.login.lower().endswith("[bot]")

    def word(review):
        """What a review says in the end: yes, no, gone, unknown, or nothing at all."""
        if review.state == "APPROVED":
            return "yes"
        if review.state == "CHANGES_REQUESTED":
            return "no"
        if review.state != "DISMISSED":
            return ""
        if review.dismissal is None:
            return "unknown"
        if review.dismissal.was == "COMMENTED":
            return ""
        return "no" if review.dismissal.was == "CHANGES_REQUESTED" and not lifted(review) else "gone"

    def lifted(review):
        taken = review.dismissal
        who = accounts.get(taken.account_id)
        if who is None or is_bot(taken):
            return False
        if who == accounts.get(review.account_id):
            return True
        return bool(roles[who] & set(lifted_by)) and who not in hands and taken.message.strip() != ""

    last = {}
    for review in sorted(facts.reviews, key=lambda r: r.id):
        if word(review) and review.account_id is not None:
            last[review.account_id] = review

    objections, objectors, untold = set(), set(), set()
    for account, review in last.items():
        if account not in accounts or is_bot(review):
            continue
        if word(review) == "no":
            objections.add(review.id)
            objectors.add(accounts[account])
        if word(review) == "unknown":
            untold.add(review.id)

    approvals = {}
    for account, review in last.items():
        name = accounts.get(account)
        if word(review) != "yes" or name is None or is_bot(review):
            continue
        if name in hands or name in objectors or account == facts.author_account or facts.faults:
            continue
        if isinstance(review.content, Missing) or review.content != facts.content or facts.content == "":
            continue
        approvals.setdefault(name, []).append(review.id)
    counted = {name: min(ids) for name, ids in approvals.items()}
    everything = {review.id for review in facts.reviews}
    return counted, objections, everything - objections - set(counted.values()), untold


def slots_that_ask(slots, tier, exposure):
    """Return the slots that ask about this tier at this exposure."""
    chosen = []
    for slot in slots:
        if slot.tiers is not None and tier not in slot.tiers:
            continue
        if exposure >= slot.from_exposure_percent:
            chosen.append(slot)
    return chosen


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
