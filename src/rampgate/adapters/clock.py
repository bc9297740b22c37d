"""Tell the time, once per run, and read the times that people and forges write.

>>> parse_rfc3339("2026-03-01T09:30:00+02:00").isoformat()
'2026-03-01T07:30:00+00:00'
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from rampgate.errors import UsageProblem

# RFC 3339 section 5.6; `fromisoformat` takes much more (week dates, missing offsets, a comma before the fraction).
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?P<fraction>\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def now() -> datetime:
    """Return the present moment in UTC; only the command line calls this, and once."""
    return datetime.now(UTC)


def parse_rfc3339(text: str) -> datetime:
    """Return the moment that a date and time with its offset means, in UTC; the fraction is cut at microseconds.

    Raises UsageProblem for anything else: a time without an offset means another moment in every place.
    Source: RFC 3339 section 5.6; a leap second (`:60`) is refused, as Python has none.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise _not_a_time(text, "write date, time and offset, as in `2026-03-01T09:30:00Z`")
    fraction = match["fraction"] or ""
    # `fromisoformat` on 3.11 takes three or six digits of a second, not the one or nine that RFC 3339 allows.
    plain = text.replace(fraction, f".{fraction[1:7]:0<6}", 1) if fraction else text
    try:
        return datetime.fromisoformat(plain.upper().replace(" ", "T")).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _not_a_time(text, str(error)) from None


def _not_a_time(text: str, reason: str) -> UsageProblem:
    return UsageProblem(f"`{text}` is not a moment in time: {reason}")
