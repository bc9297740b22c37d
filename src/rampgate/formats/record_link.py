"""What ties a record to the one before it, read from an envelope quickly; it is not looked at whether it is valid.

Each record names the bytes of the one before it. So the signature of the newest vouches for every byte of the log, and
what a record is about can be read from its own bytes: no name of a file, which nobody signs, has to be believed.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rampgate.errors import InvalidInput, Problem

_BEGINS: Final = b'{"payload":"'
_TAIL: Final = 8 << 10
"""Characters at the end of a payload in which it nearly always says this; what was found comes before, and is long."""

# In canonical JSON the fields of a record stand in this order, and no text inside it holds a bare quotation mark.
_ABOUT: Final = re.compile(rb'"kind":"([a-z]+)","model_prev":\{([^{}]*)\},"moves":\[')
_MODEL: Final = re.compile(rb'"([a-z0-9-]+)":(?:null|"[0-9a-f]{64}")')
_PREV: Final = re.compile(rb'\],"prev":(?:null|"([0-9a-f]{64})"),"pull":')


@dataclass(frozen=True, slots=True)
class Link:
    """One record of a chain. digest: of its bytes; prev: of the record before it, None for none."""

    digest: str
    prev: str | None
    kind: str
    models: frozenset[str]


def link_of(data: bytes, path: str) -> Link:
    """Return what ties a record to the one before it. Raises InvalidInput for what is no record."""
    end = data.find(b'"', len(_BEGINS)) if data.startswith(_BEGINS) else -1
    # Of Base64, every four characters stand for themselves.
    for start in (end - _TAIL - end % 4, len(_BEGINS)):
        found = _said(data[start:end]) if len(_BEGINS) <= start < end else None
        if found is not None:
            kind, models, prev = found
            return Link(sha256(data).hexdigest(), prev, kind, models)
    raise InvalidInput([Problem(path, "it is no record")])


def _said(encoded: bytes) -> tuple[str, frozenset[str], str | None] | None:
    try:
        text = b64decode(encoded, validate=True)
    except ValueError:
        return None
    about, prev = _ABOUT.search(text), _PREV.search(text)
    if about is None or prev is None:
        return None
    models = frozenset(each.decode("ascii") for each in _MODEL.findall(about[2]))
    return about[1].decode("ascii"), models, prev[1].decode("ascii") if prev[1] else None
