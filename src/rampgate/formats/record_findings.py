"""Checks the findings in the bytes of a record without making anything of them: nine tenths of a record are findings.

Lists, days and the judge look at everything else that a record says. Fifty findings as objects take five times as long
as all other reading of a record; as text they are held against the one form that they can have. Deliberately not here:
findings whose words hold what JSON escapes; they are few, and read in the usual way.
"""

from __future__ import annotations

import re
from typing import Final

from rampgate.model.vocabulary import Effect, Outcome

_LIST: Final = b'"findings":['
_PLAIN: Final = r'[^"\\\x00-\x1f]'
"""A character that stands for itself in JSON."""
_TOLD, _RULE, _LINE = 8000, 200, 300
"""The most characters of each, as `rampgate.model.record.RecordedFinding` has them; a test holds both together."""


def _text(at_least: int, at_most: int) -> str:
    return f'"{_PLAIN}{{{at_least},{at_most}}}"'


def _one_of(words: type[Outcome | Effect]) -> str:
    return f'"(?:{"|".join(map(re.escape, words))})"'


_FIELDS: Final = {
    "attested": "(?:true|false)",
    "effect": _one_of(Effect),
    "expected": _text(0, _TOLD),
    "found": _text(0, _TOLD),
    "message": _text(0, _TOLD),
    "outcome": _one_of(Outcome),
    "rule": _text(1, _RULE),
    "waiver": f"(?:null|{_text(1, _LINE)})",
}
"""Field -> its one form; in the order of canonical JSON."""

_FINDING: Final = r"\{" + ",".join(f'"{name}":{form}' for name, form in _FIELDS.items()) + r"\}"
_FINDINGS: Final = re.compile(f"(?:{_FINDING}(?:,{_FINDING})*)?]")


def without_findings(payload: bytes) -> bytes | None:
    """Return the bytes of a statement as they would be without findings; None where those are not in their plain form.

    Where what is returned is a record in its one form, the whole is one: the key can stand nowhere else in it, for
    inside a text its quotation marks would be escaped.
    """
    before, key, rest = payload.partition(_LIST)
    if not key:
        return payload
    try:
        text = rest.decode()
    except UnicodeDecodeError:
        return None
    found = _FINDINGS.match(text)
    if found is None:
        return None
    return b"".join((before, _LIST, b"]", text[found.end() :].encode()))
