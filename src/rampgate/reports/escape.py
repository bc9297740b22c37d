"""Makes text from files harmless where it is shown: no terminal escape, no Markdown, no HTML, no line of its own."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MARKDOWN: Final = re.compile(r"www(?=\.)|GH(?=-\d)|[\\`*_{}\[\]()#+!|<>~@&:$-]", re.IGNORECASE)
_ENTITY: Final = {"<": "&lt;", ">": "&gt;", "@": "&#64;", "&": "&amp;"}
_JOINER: Final = "&#8288;"


def plain(text: str) -> str:
    """Return text on one line in which nothing is invisible: controls and bidi marks are shown by their code point.

    GitHub's runner obeys `##[command]` wherever it stands in a line of a log, so that bracket is shown so too.
    """
    shown = text.replace("\n", " ").replace("\t", " ")
    if not shown.isprintable():
        shown = "".join(_shown(character) for character in shown)
    return shown.replace("##[", "##\\u005b")


def log_line(line: str) -> str:
    """Return a line that GitHub's runner does not take for a command: those begin with `::`, blanks aside."""
    bare = line.lstrip()
    return f"{line[: len(line) - len(bare)]}\\u003a{bare[1:]}" if bare.startswith("::") else line


def clipped(text: str, most: int) -> str:
    """Return at most so many characters of a text; one that is cut ends in `...`. Cut before escaping, never after."""
    return text if len(text) <= most else text[: most - 3] + "..."


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
    is_followed = bool(found.string[found.end() : found.end() + 1].strip())
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


def prose(text: str) -> str:
    """Return a sentence in which what stands between two backticks is a code span, and nothing else is mark-up.

    A text with an odd number of backticks shows them as they are. Whatever stands between is harmless on either side
    of a backtick, so a text that holds some of its own can shift the spans and no more.
    """
    parts = plain(text).split("`")
    if len(parts) % 2 == 0:
        return markdown(text)
    return "".join(code(part) if place % 2 else markdown(part) for place, part in enumerate(parts))


def cell(text: str) -> str:
    """Return a code span for a table: there a `|` ends the cell even inside code, unless a backslash stands before it.

    Source: GitHub Flavored Markdown 0.29, section 4.10, example 200.
    """
    return code(text).replace("|", "\\|")
