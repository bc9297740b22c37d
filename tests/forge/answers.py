"""One question as a route sees it, one answer, and how lists are cut into pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from forge.acts import Hub, Refusal
from forge.shapes import Site
from forge.state import Account, State, Token

MOST_PER_PAGE = 100


@dataclass(frozen=True)
class Answer:
    """Status, JSON (or bytes where `kind` is another media type) and headers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "json"


@dataclass(frozen=True)
class Ask:
    """A question that may be asked: route parameters are in `words`; `url` is what `Link` repeats."""

    hub: Hub
    site: Site
    token: Token
    words: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    accept: str
    url: str
    page_size: int

    @property
    def state(self) -> State:
        return self.hub.state

    @property
    def who(self) -> Account:
        return self.token.account

    def number(self, name: str) -> int:
        if not self.words[name].isdigit():
            raise Refusal(404, "Not Found")
        return int(self.words[name])

    def field(self, name: str, default: Any = None) -> Any:
        return (self.body or {}).get(name, default)


def page(
    ask: Ask, items: Sequence[Any], *, shape: Callable[[Any], Any] = lambda each: each, cap: int = 10_000
) -> Answer:
    """One page of a list with GitHub's `Link` header; `page_size` forces pages shorter than asked for.

    shape: what is shown of an item; it is asked for those of the page alone.
    """
    wanted = min(int(ask.query.get("per_page", "30")), MOST_PER_PAGE, ask.page_size)
    at = max(int(ask.query.get("page", "1")), 1)
    items = items[:cap]
    last = max(-(-len(items) // wanted), 1)
    targets = {"prev": at - 1, "next": at + 1, "last": last, "first": 1}
    shown = {"prev": at > 1, "next": at < last, "last": at < last, "first": at > 1}
    links = [f'<{_link(ask, target)}>; rel="{name}"' for name, target in targets.items() if shown[name]]
    headers = {"Link": ", ".join(links)} if links else {}
    return Answer(200, [shape(each) for each in items[(at - 1) * wanted : at * wanted]], headers)


def _link(ask: Ask, number: int) -> str:
    return f"{ask.url}?{urlencode({**ask.query, 'page': number})}"
