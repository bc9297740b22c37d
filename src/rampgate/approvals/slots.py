"""Fills the places of a quorum with distinct persons, and says who could still fill the empty ones.

A person who holds two roles fills one place, never two. As many places as possible are filled; where people can be
seated in several ways, places named first and people listed first come first, so that the same facts give the same
answer. Approvals themselves are sorted in `rampgate.approvals.tally`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence

from rampgate.model.approval import SlotState
from rampgate.model.people import People, Person
from rampgate.model.policy import Slot
from rampgate.model.vocabulary import Tier

Seats = Sequence[Sequence[str]]
"""For each place the names that may fill it, the preferred first."""


def asked(slots: Sequence[Slot], tier: Tier, exposure_percent: int) -> tuple[Slot, ...]:
    """Return the slots that ask about a model of that tier at a stage of that exposure, in their order.

    A slot that asks from an exposure on asks at every higher one, so that a quorum never shrinks on the way up.
    """
    return tuple(
        slot
        for slot in slots
        if (slot.tiers is None or tier in slot.tiers) and slot.from_exposure_percent <= exposure_percent
    )


def fill(
    slots: Sequence[Slot],
    rule: str,
    approvers: Collection[str],
    author: str,
    people: People,
    owner_team: str | None,
    excluded: Collection[str] = (),
) -> tuple[SlotState, ...]:
    """Return how far each slot of one rule is filled, in the order of the slots.

    approvers: names whose approval counts. author: who opened the pull request, "" for nobody known; fills only a
    slot that says `author_counts`, by holding its role. owner_team: None where it is not known; nobody then counts
    as outside it. excluded: names whose approval can not count, for they had a hand in the change.
    """
    present = (frozenset(approvers) - frozenset(excluded)) | ({author} - {""})

    def has_come(person: Person, slot: Slot) -> bool:
        return person.name in present and may_fill(person, slot, author, owner_team)

    def may_come(person: Person, slot: Slot) -> bool:
        return _can_come(person, author, excluded) and may_fill(person, slot, author, owner_team)

    seated = _by_slot(slots, assign(_seats(slots, people, has_come)))
    absent = [person for person in people.people if person.name not in present]

    def makes_room(person: Person) -> bool:
        come = _seats(
            slots, people, lambda each, slot: has_come(each, slot) or (each is person and may_come(each, slot))
        )
        return sum(map(bool, assign(come))) > sum(map(len, seated))

    states = []
    for slot, names in zip(slots, seated, strict=True):
        missing = slot.count - len(names)
        candidates = tuple(person.name for person in absent if may_come(person, slot)) if missing else ()
        if missing and not candidates:
            # Nobody of this role is left, but somebody of another may free a person who holds both.
            candidates = tuple(person.name for person in absent if makes_room(person))
        outside = (owner_team or slot.independent_of) if slot.independent_of else ""
        states.append(SlotState(rule, slot.role, slot.count, names, missing, candidates, outside or ""))
    return tuple(states)


def unreachable(
    slots: Sequence[Slot], people: People, excluded: Collection[str], author: str, owner_team: str | None
) -> str:
    """Return why nobody can fill all places, or "" where the quorum can be reached.

    excluded: names whose approval can not count. A person without an account can not approve either.
    """

    def may_come(person: Person, slot: Slot) -> bool:
        return _can_come(person, author, excluded) and may_fill(person, slot, author, owner_team)

    seated = _by_slot(slots, assign(_seats(slots, people, may_come)))
    reasons = []
    for slot, names in zip(slots, seated, strict=True):
        missing = slot.count - len(names)
        if missing:
            places = f"{missing} of {slot.count} places" if slot.count > 1 else "the place"
            why = _obstacles(slot, people, excluded, author, owner_team)
            reasons.append(f"nobody can fill {places} of `{slot.role}`{outside_of(slot, owner_team)}: {why}")
    return "; ".join(reasons)


def authors_who_leave_it_unreachable(slots: Sequence[Slot], people: People) -> tuple[str, ...]:
    """Return the persons whose own pull request could never get this quorum, in file order.

    Whoever the author is, governance must stay changeable; teams play no part, for no model is concerned.
    """
    names = (person.name for person in people.people)
    return tuple(name for name in names if unreachable(slots, people, (name,), name, None))


def may_fill(person: Person, slot: Slot, author: str, owner_team: str | None) -> bool:
    """Return whether a person's approval, or the author's asking, fills a slot."""
    if slot.role not in person.roles:
        return False
    if person.name == author and not slot.author_counts:
        return False
    return slot.independent_of is None or is_outside(person, owner_team)


def is_outside(person: Person, team: str | None) -> bool:
    """Return whether a person is known to belong to another team; spelling in capitals makes no other team."""
    if not team or not person.team:
        return False
    return person.team.strip().casefold() != team.strip().casefold()


def outside_of(slot: Slot, owner_team: str | None) -> str:
    """Return ` outside team lending` for a slot that asks for it, else ""."""
    if slot.independent_of is None:
        return ""
    return f" outside team {owner_team}" if owner_team else " outside the team that owns the model"


def assign(seats: Seats) -> list[str]:
    """Return one distinct name for each place, "" where none is left; as many places as possible are filled.

    Source: maximum bipartite matching by shortest augmenting paths, one place after the other; a place once filled
    stays filled.
    """
    taken: dict[str, int] = {}
    names = [""] * len(seats)
    for place in range(len(seats)):
        _seat(place, seats, taken, names)
    return names


def _seat(place: int, seats: Seats, taken: dict[str, int], names: list[str]) -> None:
    """Fill one place, moving people between places where that frees somebody; leave everything where it can not be."""
    asked_by: dict[str, int] = {}
    asking = deque([place])
    while asking:
        wanting = asking.popleft()
        for name in seats[wanting]:
            if name in asked_by:
                continue
            asked_by[name] = wanting
            if name not in taken:
                _move_up(name, asked_by, taken, names)
                return
            asking.append(taken[name])


def _move_up(name: str, asked_by: dict[str, int], taken: dict[str, int], names: list[str]) -> None:
    while name:
        place = asked_by[name]
        former = names[place]
        names[place], taken[name] = name, place
        name = former


def _seats(slots: Sequence[Slot], people: People, suits: Callable[[Person, Slot], bool]) -> list[list[str]]:
    """Return for each place, `count` of them for each slot, the names that suit it."""
    seats: list[list[str]] = []
    for slot in slots:
        suited = [person.name for person in people.people if suits(person, slot)]
        seats += [suited] * slot.count
    return seats


def _by_slot(slots: Sequence[Slot], names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the names in each slot, the empty places left out."""
    grouped, start = [], 0
    for slot in slots:
        grouped.append(tuple(name for name in names[start : start + slot.count] if name))
        start += slot.count
    return grouped


def _can_come(person: Person, author: str, excluded: Collection[str]) -> bool:
    return person.name == author or (person.name not in excluded and bool(person.accounts))


def _obstacles(slot: Slot, people: People, excluded: Collection[str], author: str, owner_team: str | None) -> str:
    """Return for everyone who holds the role why they fill no place."""
    holders = people.holders(slot.role)
    if not holders:
        return "nobody holds that role"
    if slot.independent_of and not owner_team:
        return "the team that owns the model is not known (`owner_team` in policies/models.yaml)"
    shown = [_obstacle(person, slot, excluded, author, owner_team) for person in holders[:6]]
    return ", ".join(shown) + (f" and {len(holders) - 6} more" if len(holders) > 6 else "")


def _obstacle(person: Person, slot: Slot, excluded: Collection[str], author: str, owner_team: str | None) -> str:
    if person.name == author and not slot.author_counts:
        return f"`{person.name}` opened the pull request"
    if person.name != author and person.name in excluded:
        return f"`{person.name}` had a hand in this change"
    if slot.independent_of and not is_outside(person, owner_team):
        return f"`{person.name}` is in team {person.team}" if person.team else f"`{person.name}` has no team"
    if not person.accounts and person.name != author:
        return f"`{person.name}` has no account"
    return f"`{person.name}` can fill only one place"
