"""Decimals that a double can hold without a doubt: at most 15 significant digits.

Any decimal of up to 15 significant digits survives the way into an IEEE 754 double and back (DBL_DIG), and two such
decimals compare as doubles exactly as they compare as decimals. So a threshold of 0.8 and a value of 0.8 are
equal, and nothing below 0.8 reaches it by rounding. Longer ones are refused instead of rounded.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, localcontext

DIGITS = 15
_LARGEST = 2**63 - 1
_DECIMAL_TEXT = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")
_LONGEST_TEXT = 64


def is_decimal_text(text: str) -> bool:
    """Return whether a text is a decimal number as people write it."""
    return len(text) <= _LONGEST_TEXT and _DECIMAL_TEXT.fullmatch(text) is not None


def fits(value: int) -> bool:
    """Return whether CEL can hold an integer (64 bits, signed)."""
    return -_LARGEST - 1 <= value <= _LARGEST


def to_double(value: Decimal) -> float | None:
    """Return the double of a decimal, or None where it is not finite, too long or out of range to be exact."""
    if not value.is_finite():
        return None
    digits = bytes(value.as_tuple().digits).strip(b"\0")
    if value and (len(digits) > DIGITS or not -300 <= value.adjusted() <= 300):
        return None
    return float(value)


def to_decimal(value: float) -> Decimal:
    """Return the shortest decimal that a double stands for; of an integer, itself."""
    return Decimal(value) if isinstance(value, int) else Decimal(repr(value))


def rounded(value: Decimal, out_of_range: Exception) -> float:
    """Return a result as a double of 15 significant digits (half to even); raises `out_of_range` beyond 1e±300."""
    with localcontext(Context(prec=DIGITS)):
        short = +value
    double = to_double(short)
    if double is None:
        raise out_of_range
    return double
