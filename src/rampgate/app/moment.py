"""The moment that a command works at, read once; and days as users write them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta

from rampgate.adapters.clock import now, parse_rfc3339
from rampgate.errors import UsageProblem


def moment(given: str | None = None) -> str:
    """Return a moment as RFC 3339 in UTC; its first ten characters are the day. Raises UsageProblem for a wrong one."""
    chosen = parse_rfc3339(given) if given else now()
    return chosen.strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_day(text: str, option: str) -> str:
    """Return a day as it was written. Raises UsageProblem for what is no day."""
    # `fromisoformat` takes other forms too, which compare wrongly as text.
    shaped = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII)
    with suppress(ValueError):
        if shaped and date.fromisoformat(text):
            return text
    raise UsageProblem(f"{option} `{text}` is no day; write YYYY-MM-DD, as in 2026-12-20")


def day_after(day: str, days: int) -> str:
    """Return the day that is so many days after a day. Raises UsageProblem beyond the year 9999."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        raise UsageProblem(f"{days} days from {day} is beyond the calendar") from None
