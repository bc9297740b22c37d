"""Makes text from files harmless where it is shown: no terminal escape, no Markdown, no HTML, no line of its own."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MARKDOWN: Final = re.compile(r"www(?=\.)|GH(?=-\d)|[\\`*_{}\[\]()#+!|<>~@&:$-]", re.IGNORECASE)
_ENTITY: Final = {"<": "&lt;", ">": "&gt;", "@": "&#64;", "&": "&amp;"}
_JOINER: Final = "&#8288;"


def plain(text: str) -> str:
    """Return text on one line in which nothing is invisible: controls and bidi marks are shown by their code point."""
    return "".join(_shown(character) for character in text.replace("\n", " ").replace("\t", " "))


def _shown(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"\\u{ord(character):04x}"
    return character


def markdown(text: str) -> str:
    """Return text that Markdown shows as it is: no mark-up, mention, link, image or HTML comes of it.

    GitHub looks for mentions, issue numbers and addresses once more in the text that Markdown has made, where no
    backslash is left; a word joiner of no width (U+2060) behind `@`, `#`, `:` and `www` keeps it from finding any.
    Two rules of a table cell hold as well: no `|` ends it, and no line break.
    """
    return _MARKDOWN.sub(_harmless, plain(text))


def _harmless(found: re.Match[str]) -> str:
    mark = found[0]
    if len(mark) > 1:
        return mark + _JOINER
    is_followed = bool(found.string[found.end() :][:1].strip())
    return _ENTITY.get(mark, f"\\{mark}") + (_JOINER if mark in "@#:" and is_followed else "")


def code(text: str) -> str:
    """Return text as a Markdown code span that it can not leave, whatever it holds, "" for no text."""
    shown = plain(text)
    if not shown.strip():
        return ""
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """Return a code span for a table: there a `|` ends the cell even inside code, unless a backslash stands before it.

    Source: GitHub Flavored Markdown 0.29, section 4.10, example 200.
    """
    return code(text).replace("|", "\\|")
