"""The one text that a group value has, whatever engine it comes from.

Engines write the number one as `1`, `1.0` or `1.00`, and 0.00001 in three ways. So numbers are fetched as numbers, for
each group once, and written here.

>>> text_of_number(1.0), text_of_number(Decimal("2.50")), text_of_number(-0.0), text_of_number(1e-05)
('1', '2.5', '0', '0.00001')
"""

from __future__ import annotations

import re
from decimal import Decimal

MOST_DIGITS = 15
"""A number with more digits than a double keeps is a measurement and names no group."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def text_of_number(value: object) -> str | None:
    """Return a number in plain digits without a trailing zero, `nan` for NaN; None if it has more than 15 digits."""
    if value is None:
        return None
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(str(value))
    if exact.is_nan():
        return "nan"
    if not exact.is_finite():
        return None
    if not exact:
        return "0"
    digits = "".join(map(str, exact.as_tuple().digits)).strip("0")
    text = f"{exact:f}"
    if len(digits) > MOST_DIGITS or len(text) > 2 * MOST_DIGITS:
        return None
    return text.rstrip("0").rstrip(".") if "." in text else text


def text_of_day(text: str | None) -> str | None:
    """Return a day `YYYY-MM-DD` as it is; None for what has a time of day, which engines write in different ways."""
    return text if text is None or _DAY.fullmatch(text) else None
