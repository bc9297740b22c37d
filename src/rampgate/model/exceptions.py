"""Exceptions as they stand: every waiver with its states, every break-glass with its review, and what each needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rampgate.model.statements import BreakGlass, BreakGlassReview
from rampgate.model.waiver import Waiver


class WaiverState(StrEnum):
    """What is to be said of a waiver; several may hold at once."""

    LIVE = "live"
    """It counts today."""
    NOT_STARTED = "not started"
    EXPIRING = "expiring"
    """It has begun, and ends within the days that were asked about."""
    EXPIRED = "expired"
    UNUSED = "unused"
    """It counts, and excuses nothing now."""
    TOO_WIDE = "too wide"
    """It lasts longer than its rule or the organisation allows now, and so does not count."""
    VOID = "void"
    """What or whom it names is not there any more, or may not be any more, and so it does not count."""
    OVERDUE = "overdue"
    """It ended, the version stands where it let it in, and what it excused is still open."""


class ReviewState(StrEnum):
    """Whether a break-glass has been reviewed."""

    REVIEWED = "reviewed"
    OPEN = "open"
    OVERDUE = "overdue"


NEEDS_A_HAND = frozenset({WaiverState.TOO_WIDE, WaiverState.VOID, WaiverState.OVERDUE})
"""States in which somebody believes in a waiver that does not hold."""


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """One waiver. path: of its file; reasons: why it is in its states; next_step: "" where it needs nothing.

    days_left: today and its last day included; 0 or less once it has ended.
    """

    waiver: Waiver
    path: str
    states: tuple[WaiverState, ...]
    reasons: tuple[str, ...]
    days_left: int
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class BreakGlassRow:
    """One break-glass. id: the name of its file; review: None where nobody has reviewed it.

    days_left: to its review, today and the last day included; 0 or less once that is past.
    """

    id: str
    model: str
    version: str
    event: BreakGlass
    state: ReviewState
    days_left: int
    review: BreakGlassReview | None = None
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Every waiver and every break-glass of a repository or of one model, as of a UTC day."""

    day: str
    horizon_days: int
    waivers: tuple[WaiverRow, ...]
    break_glass: tuple[BreakGlassRow, ...]

    @property
    def need_a_hand(self) -> bool:
        """Return whether a waiver is believed in that does not hold, or a review is overdue."""
        return any(NEEDS_A_HAND & set(row.states) for row in self.waivers) or any(
            row.state is ReviewState.OVERDUE for row in self.break_glass
        )
