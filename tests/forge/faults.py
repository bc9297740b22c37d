"""What goes wrong on purpose: a status instead of an answer, or an answer that is lost, cut or bent.

A fault waits for a call by method and path (`*` stands for anything), lets `skip` such calls pass, then strikes `times`
times. Where it strikes before the call is done nothing has happened; after it, only the answer suffers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from forge.answers import Answer


class Lost(Exception):
    """The connection ends here; `sent` is the part of the answer's body that still arrives, 0 for nothing at all."""

    def __init__(self, answer: Answer, sent: float) -> None:
        self.answer, self.sent = answer, sent
        super().__init__("the connection is lost on purpose")


Change = Callable[[Answer], Answer]


@dataclass
class Fault:
    method: str
    path: str
    change: Change
    times: int
    skip: int
    done: bool


class Faults:
    """The faults that wait, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, method: str, path: str, change: Change, *, times: int = 1, skip: int = 0, done: bool = True) -> None:
        """Let `change` make another answer (or raise Lost); `done` says whether the call itself happens first."""
        self._waiting.append(Fault(method, path, change, times, skip, done))

    def strike(self, method: str, path: str, *, done: bool) -> list[Change]:
        """Return what strikes this call, and count it."""
        striking = []
        for fault in self._waiting:
            meant = fault.method in ("*", method) and fnmatchcase(path, fault.path)
            if fault.done is not done or not meant or fault.times <= 0:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            striking.append(fault.change)
        return striking

    @property
    def left(self) -> int:
        """How many strikes have not happened."""
        return sum(fault.times for fault in self._waiting)


def answering(status: int, headers: Mapping[str, str] | None = None, body: Any = None) -> Change:
    """This status, with GitHub's plain error body unless another one is given."""
    told = {"message": f"injected {status}"} if body is None else body
    return lambda answer: Answer(status, told, dict(headers or {}))


def losing(sent: float = 0.0) -> Change:
    """The connection ends; `sent` is the part of the body that arrives before, from 0 (nothing, no status) below 1."""

    def lose(answer: Answer) -> Answer:
        raise Lost(answer, sent)

    return lose


def with_next(url: str) -> Change:
    """A `Link` header whose next page is this address; `{url}` stands for what `rel="next"` said before."""

    def bend(answer: Answer) -> Answer:
        found = re.search(r'<([^>]*)>; rel="next"', answer.headers.get("Link", ""))
        target = url.replace("{url}", found[1] if found else "")
        return replace(answer, headers={**answer.headers, "Link": f'<{target}>; rel="next"'})

    return bend


def with_body(make: Callable[[Any], Any]) -> Change:
    """The same answer with another body; bytes are sent as they are, whatever the media type says."""
    return lambda answer: replace(answer, body=make(answer.body))
