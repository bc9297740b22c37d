"""Moments as records write them, to be compared: with any offset, with or without a fraction of a second.

>>> instant("2026-11-20T11:00:00.5+01:00") < instant("2026-11-20T10:00:01Z")
True
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

_PARTS = re.compile(r"(?P<time>[^.Zz+]{19})(?P<fraction>\.[0-9]{1,9})?(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})")


@lru_cache(maxsize=1024)
def instant(text: str) -> str:
    """Return a moment as text that sorts as time does: 29 characters, in UTC, with nine digits of a second.

    text: RFC 3339, as the noun of a record has it. Raises ValueError where the calendar has no such moment.
    """
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise ValueError(f"`{text}` is no moment")
    whole = datetime.fromisoformat(parts["time"] + parts["offset"].upper()).astimezone(UTC)
    return f"{whole.replace(tzinfo=None).isoformat()}.{(parts['fraction'] or '.')[1:]:0<9}"


def utc_day(text: str) -> str:
    """Return the UTC day of a moment."""
    return instant(text)[:10]


def end_of(day: str) -> str:
    """Return the last moment of a UTC day, as `instant` writes it."""
    return f"{day}T23:59:59.999999999"
