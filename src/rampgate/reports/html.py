"""HTML that is safe by construction: text is escaped wherever it is put in, and only what these functions make is not.

>>> str(tag("p", "1 < 2", class_="note"))
'<p class="note">1 &lt; 2</p>'
>>> str(tag("b", foreign("<i>")))
'<b><bdi>&lt;i&gt;</bdi></b>'
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias
from urllib.parse import quote

from rampgate.reports.escape import clipped, plain

LONGEST: Final = 4_000
"""The most characters of one text that somebody else wrote; the whole text is in its file."""

_VOID: Final = frozenset({"meta", "br"})


class Html(str):
    """Mark-up that was made here; any other text is escaped before it becomes part of a page."""

    __slots__ = ()


Content: TypeAlias = str | Iterable["Content"]


def text(value: str) -> Html:
    """Return text as HTML shows it: nothing of it is mark-up, and nothing of it is invisible."""
    return Html(html.escape(plain(value), quote=True))


def foreign(value: str) -> Html:
    """Return a text that somebody else wrote, cut and set apart, so that its direction of writing stays its own."""
    return tag("bdi", clipped(value, LONGEST))


def joined(*parts: Content) -> Html:
    """Return parts as one, each escaped unless it is mark-up already."""
    return Html("".join(_flat(parts)))


def tag(element: str, /, *children: Content, **attributes: str | bool) -> Html:
    """Return an element. An attribute is written with `-` for `_`; `True` has no value, `False` leaves it out."""
    words = [element]
    for key, value in attributes.items():
        if value is not False:
            words.append(_name(key) if value is True else f'{_name(key)}="{text(str(value))}"')
    if element in _VOID:
        return Html(f"<{' '.join(words)}>")
    return Html(f"<{' '.join(words)}>{joined(*children)}</{element}>")


def link(path: str, words: Content) -> Html:
    """Return a link to a file beside the page, by its path from the page; never one that leads elsewhere."""
    return tag("a", words, href=quote(f"./{path}", safe="/._-~"))


def code(value: str) -> Html:
    """Return a name, digest or command as it is."""
    return tag("code", foreign(value))


def prose(value: str) -> Html:
    """Return a sentence of somebody else in which what stands between two backticks is shown as code."""
    parts = clipped(value, LONGEST).split("`")
    if len(parts) % 2 == 0:
        return foreign(value)
    shown = (tag("code", tag("bdi", part)) if place % 2 else text(part) for place, part in enumerate(parts))
    return tag("bdi", *shown)


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[Content]], *, class_: str = "") -> Html:
    """Return a table whose first column names its row.

    Every cell says its column once more: a narrow window shows rows as blocks, and the roles keep them a table then.
    """
    heads = [tag("th", each, scope="col", role="columnheader") for each in header]
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", heads, role="row"), role="rowgroup"),
        tag("tbody", [_row(header, row) for row in rows], role="rowgroup"),
        role="table",
        class_=class_ or False,
    )


def page(title: str, style: str, *body: Content) -> Html:
    """Return a whole page that loads nothing and runs nothing; only this very style is let in."""
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rule = f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=rule),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        Html(f"<style>{style}</style>"),
    )
    return Html(f"<!DOCTYPE html>\n{tag('html', head, tag('body', *body), lang='en')}\n")


def _row(header: Sequence[str], row: Sequence[Content]) -> Html:
    first, *others = zip(header, row, strict=True)
    cells = [tag("td", cell, role="cell", data_label=name) for name, cell in others]
    return tag("tr", tag("th", first[1], scope="row", role="rowheader"), cells, role="row")


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _flat(parts: Iterable[Content]) -> Iterable[str]:
    for part in parts:
        if isinstance(part, Html):
            yield part
        elif isinstance(part, str):
            yield text(part)
        else:
            yield from _flat(part)
