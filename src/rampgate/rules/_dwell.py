"""The stay of a version at the stage that it leaves: since when by the decision history, and until when at least.

Days are counted from the moment on record, to the second: so many times 24 hours. Dates of commits have no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from rampgate.model.facts import Facts
from rampgate.model.history import Stay
from rampgate.model.sourced import Missing
from rampgate.rules._evidence import short

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_COMPARE: Final = "wait for `rampgate record`, or compare history and branch: `rampgate audit verify`"


@dataclass(frozen=True, slots=True)
class LeastStay:
    """A stay that the history knows, and how long it lasts at least. since, until: moments in UTC."""

    stay: Stay
    days: int
    since: datetime
    until: datetime

    def is_over(self, now: datetime) -> bool:
        """Return whether the least stay has ended; at its very last moment it has."""
        return now >= self.until

    def days_left(self, now: datetime) -> int:
        """Return how many days are left, a day that has begun counted whole; 0 where it is over."""
        return max(0, -((now - self.until) // _DAY))

    def days_stood(self, now: datetime) -> int:
        """Return how many whole days it has lasted, 0 where it begins in the future."""
        return max(0, (now - self.since) // _DAY)

    @property
    def earliest(self) -> str:
        """Return the first whole second at which it is over, RFC 3339 in UTC."""
        until = self.until if not self.until.microsecond else self.until.replace(microsecond=0) + _SECOND
        return until.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """Return a moment in UTC. Raises ValueError for what is none, or has no offset."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"`{text}` has no offset")
    return found.astimezone(UTC)


def stay_of(facts: Facts) -> Stay | Missing:
    """Return the stay at the stage that is left, or why the history does not tell of one."""
    transition, history = facts.change.transition, facts.history
    if transition is None:
        return Missing("the change moves no model")
    if isinstance(history, Missing):
        return history
    version, stage = transition.version, transition.from_stage
    stay = history.stays.get(version)
    if stay is None:
        return Missing(f"the decision history knows no stay of version {version} at `{stage}`", _COMPARE)
    if facts.ladder.canonical(stay.stage) != facts.ladder.canonical(stage):
        words = f"by the decision history version {version} stands at `{stay.stage}` (record {stay.seq})"
        return Missing(f"{words}, and by its card at `{stage}`", _COMPARE)
    stood = _artifact_before(facts)
    if stay.artifact != stood:
        words = f"by the decision history another artifact stands at `{stage}` (record {stay.seq})"
        return Missing(f"{words}, {short(stay.artifact)}, than by the card, {short(stood)}", _COMPARE)
    return stay


def least_stay(stay: Stay, days: int) -> LeastStay | Missing:
    """Return how long a stay lasts where it is to last so many days, or why that can not be counted."""
    try:
        since = moment_of(stay.since)
        return LeastStay(stay, days, since, since + days * _DAY)
    except (ValueError, OverflowError):
        words = f"record {stay.seq} says `{stay.since[:40]}`, from which {days} days can not be counted"
        return Missing(words, "compare history and branch: `rampgate audit verify`")


def is_another_artifact(facts: Facts) -> bool:
    """Return whether what comes up is not what stood at the stage that it leaves."""
    transition = facts.change.transition
    return transition is not None and transition.artifact != _artifact_before(facts)


def _artifact_before(facts: Facts) -> str | None:
    return None if isinstance(facts.before, Missing) else facts.before.card.noun.artifact.identity
