"""Finds the known word that a misspelt one was probably meant to be.

>>> did_you_mean("aproval", ["approval", "waiver"])
'; did you mean `approval`?'
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the closest known word as the end of a message, or an empty text where none is close.

    Letter case, and `_` against `-`, count as no difference. A word over 100 characters gets no suggestion.
    """
    if len(word) > 100:  # the comparison is quadratic, and nobody mistypes that much
        return ""
    by_folded = {_folded(candidate): candidate for candidate in known}
    matches = difflib.get_close_matches(_folded(word), by_folded, n=1, cutoff=0.6)
    return f"; did you mean `{by_folded[matches[0]]}`?" if matches else ""


def _folded(word: str) -> str:
    return word.casefold().replace("_", "-")
