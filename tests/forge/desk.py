"""Answers one REST call: who asks, may they, is it a call of GitHub's, and is the answer one that GitHub would give."""

from __future__ import annotations

import base64
import json
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from forge.acts import Hub, Refusal
from forge.answers import MOST_PER_PAGE, Answer, Ask
from forge.contract import Contract
from forge.faults import Faults
from forge.routes import Route, find
from forge.shapes import Site
from forge.state import Token

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True)
class Exchange:
    """One call and its answer, as they went over the wire; `login` is None where no valid token was sent."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    status: int
    answer: Any
    login: str | None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Question:
    """A request as it came in; `path` is without the API's own folder, `home` is the address links begin with."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    home: str


class Desk:
    """Holds what one forge answers with; `violations` is empty as long as both sides keep to GitHub's contract."""

    def __init__(self, hub: Hub, site: Site, contract: Contract) -> None:
        self.hub, self.site, self.contract = hub, site, contract
        self.faults = Faults()
        self.calls: list[Exchange] = []
        self.violations: list[str] = []
        self.page_size = MOST_PER_PAGE
        self.lock = threading.RLock()

    def answer(self, question: Question) -> Answer:
        """Answer a call, bent by the faults that wait for it, and write it down. Raises Lost."""
        # Outside of the lock: what is planned for this moment may itself push or call.
        for change in self.faults.strike(question.method, question.path, done=False):
            planned = change(Answer(0, None))
            if planned.status:
                return self._written(question, planned)
        with self.lock:
            answer = self._written(question, self._checked(question))
        for change in self.faults.strike(question.method, question.path, done=True):
            answer = change(answer)
        return answer

    def token(self, headers: Mapping[str, str]) -> Token | None:
        """What the secret of a request stands for; Git sends it as the password of `x-access-token`."""
        kind, _, secret = headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            secret = base64.b64decode(secret).decode("utf-8", "replace").partition(":")[2]
        return self.hub.state.tokens.get(secret.strip())

    def violated(self, faults: list[str]) -> Answer:
        self.violations += faults
        return Answer(500, {"message": "the exchange breaks GitHub's contract", "errors": faults})

    def _written(self, question: Question, answer: Answer) -> Answer:
        token = self.token(question.headers)
        login = token.account.login if token else None
        sent, told = as_json(question.body), answer.body
        self.calls.append(
            Exchange(
                question.method,
                question.path,
                dict(parse_qsl(question.query)),
                sent,
                answer.status,
                told,
                login,
                {name: value for name, value in question.headers.items() if name != "authorization"},
            )
        )
        limits = {"x-github-request-id": f"FORGE:{len(self.calls)}", "x-ratelimit-remaining": "4999"}
        return replace(answer, headers={**limits, **answer.headers})

    def _checked(self, question: Question) -> Answer:
        """Answer a call for which no fault waits; whatever breaks in here is a violation too."""
        try:
            return self._answered(question)
        except Refusal as refusal:
            return refused(refusal)
        except Exception:  # noqa: BLE001
            return self.violated([f"{question.method} {question.path}: {traceback.format_exc()}"])

    def _answered(self, question: Question) -> Answer:
        token = self._admitted(question)
        found = find(question.method, question.path)
        if found is None:
            return self.violated([f"{question.method} {question.path}: the forge has no such call (see routes.py)"])
        route, words = found
        self._check_place(words)
        query, body = dict(parse_qsl(question.query, keep_blank_values=True)), as_json(question.body)
        faults = self.contract.request_faults(question.method, question.path, query, body)
        if faults:
            return self.violated(faults)
        check_permission(route, token)
        accept = question.headers.get("accept", "")
        url = f"{question.home}{question.path}"
        ask = Ask(self.hub, self.site, token, words, query, body, accept, url, self.page_size)
        try:
            answer = route.answer(ask)
        except Refusal as refusal:
            answer = refused(refusal)
        told = (question.method, question.path, answer.status, answer.body)
        faults = self.contract.response_faults(*told, kind=answer.kind)
        return self.violated(faults) if faults else answer

    def _admitted(self, question: Question) -> Token:
        if not question.headers.get("user-agent"):
            raise Refusal(403, "Request forbidden by administrative rules. Please make sure you send a User-Agent")
        if "authorization" not in question.headers:
            raise Refusal(401, "Requires authentication")
        token = self.token(question.headers)
        if token is None:
            raise Refusal(401, "Bad credentials")
        return token

    def _check_place(self, words: Mapping[str, str]) -> None:
        asked = (words.get("owner", self.hub.state.owner), words.get("repo", self.hub.state.name))
        if "/".join(asked).lower() != self.hub.state.full_name.lower():
            raise Refusal(404, "Not Found")


def check_permission(route: Route, token: Token) -> None:
    """Refuse what the token may not do, as GitHub does: with a header that names what it would take."""
    name, _, level = route.permission.partition("=")
    if name and not token.may(name, level):
        kind = "integration" if token.installation else "personal access token"
        raise NotPermitted(403, f"Resource not accessible by {kind}", (route.permission,))


class NotPermitted(Refusal):
    """The token lacks the one permission that `errors` names."""


def refused(refusal: Refusal) -> Answer:
    body: dict[str, Any] = {"message": refusal.message, "documentation_url": DOCUMENTATION}
    if isinstance(refusal, NotPermitted):
        return Answer(403, body, {"x-accepted-github-permissions": refusal.errors[0]})
    return Answer(refusal.status, {**body, "errors": list(refusal.errors)} if refusal.errors else body)


def as_json(data: bytes) -> Any:
    """The JSON of a body; None where there is none, and a text that no schema allows where it is broken."""
    if not data:
        return None
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")
