"""Makes text from files harmless where it is shown: no terminal escape, no Markdown, no HTML, no line of its own."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+!|<>~@&:-])")


def plain(text: str) -> str:
    """Return text on one line in which nothing is invisible: controls and bidi marks are shown by their code point."""
    return "".join(_shown(character) for character in text.replace("\n", " ").replace("\t", " "))


def _shown(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"\\u{ord(character):04x}"
    return character


def markdown(text: str) -> str:
    """Return text that Markdown shows as it is: no mark-up, mention, link, image or HTML comes of it."""
    return _MARKDOWN.sub(r"\\\1", plain(text)).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\@", "&#64;")


def code(text: str) -> str:
    """Return text as a Markdown code span that it can not leave, whatever it holds."""
    shown = plain(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
