"""Join the pages of a list: every item once, in order, or an error.

A page that is missing, repeated or read from elsewhere would hide a review or a dismissal, so that nothing about the
pages is taken on trust. GitHub names the next page in the `Link` header (RFC 8288); there it may call the repository by
number (`/repositories/42/pulls`) where the question called it by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from rampgate.adapters.github.answer import Answer
from rampgate.adapters.github.transport import Transport

PAGE_SIZE: Final = 100
MOST_ITEMS: Final = 3000
MOST_PAGES: Final = 1000

_LINK: Final = re.compile(r"<([^>]*)>([^<]*)")
_RELATION: Final = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))", re.IGNORECASE)

ItemsOf = Callable[[Answer], list[Any]]
Identity = Callable[[dict[str, Any]], object]


def pages(transport: Transport, path: str, query: dict[str, str | int] | None = None) -> Iterator[Answer]:
    """Yield the answers of a list, from the first page to the last.

    path: quoted, begins with `/`; query: without `per_page`.
    Raises Unreachable for a next page that is no continuation: another host, another list, one that was read already,
    one that skips a page, an end before the page that was called the last, or too many.
    """
    query = query or {}
    url = transport.url(path, {**query, "per_page": PAGE_SIZE})
    seen: set[str] = set()
    number, last = 1, 1
    for _ in range(MOST_PAGES):
        seen.add(url)
        answer = transport.ask("GET", url, repeatable=True)
        yield answer
        links = _links(answer)
        last = max(last, _page_number(links.get("last", "")) or 1)
        following = links.get("next", "")
        if not following:
            if number < last:
                raise answer.anomaly(f"no next page after page {number} of {last}")
            return
        if following in seen:
            raise answer.anomaly("a next page that was read already")
        _check_continuation(transport, answer, following, query)
        stated = _page_number(following)
        if stated is not None and stated != number + 1:
            raise answer.anomaly(f"page {stated} as the next one after page {number}")
        url, number = following, number + 1
    raise answer.anomaly(f"more than {MOST_PAGES} pages")


def joined(
    answers: Iterator[Answer], identity: Identity | None, items_of: ItemsOf | None = None
) -> list[dict[str, Any]]:
    """Return the items of all pages.

    identity: gives what no two items of the list share; None where items have nothing of the kind.
    items_of: takes the items out of an answer that is no bare list.
    Raises Unreachable for a body that is no list of objects, an item that comes twice or has no identity, or too many.
    """
    found: list[dict[str, Any]] = []
    known: set[object] = set()
    for answer in answers:
        for item in (items_of or list_of)(answer):
            if not isinstance(item, dict):
                raise answer.anomaly(f"an item of type `{type(item).__name__}` where an object was expected")
            if identity is not None:
                _add_identity(answer, identity(item), known)
            found.append(item)
        if len(found) > MOST_ITEMS:
            raise answer.anomaly(f"more than {MOST_ITEMS} items")
    return found


def list_of(answer: Answer) -> list[Any]:
    """Return the body as a JSON list; raises Unreachable where it is anything else."""
    body = answer.parsed()
    if not isinstance(body, list):
        raise answer.anomaly(f"JSON of type `{type(body).__name__}` where a list was expected")
    return body


def by_id(item: dict[str, Any]) -> object:
    """Return the number that GitHub gives an item, None where it has none."""
    number = item.get("id")
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def by_sha(item: dict[str, Any]) -> object:
    """Return the name of a commit, None where it has none."""
    sha = item.get("sha")
    return sha if isinstance(sha, str) and sha else None


def _add_identity(answer: Answer, identity: object, known: set[object]) -> None:
    if identity is None:
        raise answer.anomaly("an item that has no id")
    if identity in known:
        raise answer.anomaly(
            f"the item `{answer.words(str(identity), 64)}` twice; the list may have changed while it was read"
        )
    known.add(identity)


def _check_continuation(transport: Transport, answer: Answer, following: str, query: dict[str, str | int]) -> None:
    if not transport.is_at_home(following):
        raise answer.anomaly("a next page on another host, which the token must not reach")
    here, there = urlsplit(answer.url), urlsplit(following)
    asked_for = {name: str(value) for name, value in query.items()}
    kept = dict(parse_qsl(there.query, keep_blank_values=True))
    is_same_list = _last_word(here.path) == _last_word(there.path)
    if not is_same_list or any(kept.get(name) != value for name, value in asked_for.items()):
        raise answer.anomaly("a next page of another list")


def _last_word(path: str) -> str:
    return unquote(path).rpartition("/")[2]


def _links(answer: Answer) -> dict[str, str]:
    """Return the addresses of the `Link` header by their relation."""
    found: dict[str, str] = {}
    for target, parameters in _LINK.findall(answer.headers.get("link", "")):
        relation = _RELATION.search(parameters)
        for name in (relation[1] or relation[2] or "").lower().split() if relation else ():
            if found.setdefault(name, target) != target:
                raise answer.anomaly(f"two different links to the `{name}` page")
    return found


def _page_number(url: str) -> int | None:
    """Return the `page` of an address; None where pages are named by a cursor."""
    words = dict(parse_qsl(urlsplit(url).query)).get("page", "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 10 else None
