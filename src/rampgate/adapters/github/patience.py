"""How long to wait before asking again: after a fault of the server, and where GitHub says that it was asked too often.

Waits are the same every time (no chance in them), so that a run can be told again from its log.
Source: GitHub, "Rate limits for the REST API" and "Best practices for using the REST API".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from rampgate.adapters.github.answer import Answer
from rampgate.errors import Unreachable

PATIENCE_SECONDS: Final = 120
"""The waits of one client together; a job that waits longer is better started again."""

BACK_OFF_SECONDS: Final = (1, 2, 4)
"""The waits before the second, third and fourth attempt after a fault of the network or of the server."""

SECONDARY_SECONDS: Final = 60
"""What GitHub asks for where it limits without saying for how long."""


class Patience:
    """What is left of the time that a client is ready to wait, in seconds."""

    def __init__(self, sleep: Callable[[float], None], seconds: float = PATIENCE_SECONDS) -> None:
        self._sleep = sleep
        self._left = seconds

    def wait(self, seconds: float) -> bool:
        """Wait, and return True; return False at once where that is more than what is left."""
        if seconds > self._left:
            return False
        self._left -= seconds
        self._sleep(seconds)
        return True


def limit_seconds(answer: Answer, *, now: float) -> float | None:
    """Return how many seconds GitHub asks to wait, None where the answer is about no limit.

    now: seconds since 1970. Never less than one second: a reset that has just passed may not be known everywhere.
    """
    if answer.status not in (403, 429):
        return None
    given = _retry_after(answer, now)
    if given is not None:
        return max(1.0, given)
    if answer.headers.get("x-ratelimit-remaining", "").strip() == "0":
        reset = _whole(answer.headers.get("x-ratelimit-reset", ""))
        return SECONDARY_SECONDS if reset is None else max(1.0, reset - now + 1)
    if answer.status == 429 or b"secondary rate limit" in answer.body[:10_000].lower():
        return SECONDARY_SECONDS
    return None


def too_long(answer: Answer, seconds: float, *, now: float) -> Unreachable:
    """Return the error for a limit that outlasts the patience; it says when GitHub answers again."""
    return Unreachable(
        f"`{answer.asked}` was refused with {answer.status}, because GitHub was asked too often{answer.request_id}; "
        f"it answers again at {_moment(now + seconds)}, start again then"
    )


def _retry_after(answer: Answer, now: float) -> float | None:
    """Return the seconds of `Retry-After`, which is a number of seconds or a date (RFC 9110, section 10.2.3)."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    seconds = _whole(text)
    if seconds is not None:
        return float(seconds)
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except (ValueError, OverflowError):
        return SECONDARY_SECONDS


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _moment(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return "a moment too far to name"
