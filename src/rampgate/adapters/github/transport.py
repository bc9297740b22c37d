"""Send one request to GitHub and return its answer, or say why there is none.

Here: the headers, the time limits, the bound on the body, attempts after a fault, waits where GitHub asks for them, and
redirects. The token goes to the host of the settings and to no other. What may be sent again after a fault is said by
the caller: a request that would do something twice is not. Deliberately not here: pages (see `pages`) and paths (see
`client`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

import rampgate
from rampgate.adapters.github.answer import Answer
from rampgate.adapters.github.patience import BACK_OFF_SECONDS, PATIENCE_SECONDS, Patience, limit_seconds, too_long
from rampgate.adapters.github.refusals import Unanswered, refusal
from rampgate.adapters.github.settings import LOOPBACK, Settings
from rampgate.errors import Unreachable
from rampgate.reports.escape import plain

if TYPE_CHECKING:
    import httpx

API_VERSION: Final = "2022-11-28"
LARGEST_BODY: Final = 32 * 1024 * 1024
"""Bytes of one answer; a page of a hundred pull requests has about two million."""
CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 30.0
WHOLE_SECONDS: Final = 60.0
"""From the request to the last byte of its answer, however steadily it drips."""
MOST_REDIRECTS: Final = 3

_FAULTS: Final = frozenset({500, 502, 503, 504})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class _NoAnswer(Exception):
    """The network failed; `sent` says whether GitHub may have received the request."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        self.reason = reason
        self.sent = sent
        super().__init__(reason)


class Transport:
    """One connection to GitHub's API.

    sleep: waits that many seconds; clock: seconds since 1970, to compare with what GitHub says of its limits.
    patience_seconds: all waits together. read_seconds: the longest silence within an answer.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        patience_seconds: float = PATIENCE_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._patience = Patience(sleep, patience_seconds)
        self._read_seconds = read_seconds
        self._http: httpx.Client | None = None
        self.last_answer: Answer | None = None

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def url(self, path: str, query: Mapping[str, str | int] | None = None) -> str:
        """Return the whole address of a path that begins with `/` and is quoted already."""
        words = f"?{urlencode(query)}" if query else ""
        return f"{self._settings.api_url}{path}{words}"

    def is_at_home(self, url: str) -> bool:
        """Return whether an address lies below the settings' own: the same scheme, host, port and folder."""
        try:
            parts, home = urlsplit(url), urlsplit(self._settings.api_url)
            same = (parts.scheme, parts.hostname, _port(parts)) == (home.scheme, home.hostname, _port(home))
        except ValueError:
            return False
        is_below = parts.path.startswith(f"{home.path}/") and not {".", ".."} & set(parts.path.split("/"))
        return same and is_below and parts.username is None and parts.password is None

    def ask(self, method: str, url: str, body: Mapping[str, Any] | None = None, *, repeatable: bool) -> Answer:
        """Send a request until it is answered, and return an answer of status 200 or 201.

        repeatable: whether sending it twice leaves the same as sending it once. What is not is sent again only where
        GitHub can not have received it, or says that it did nothing because it was asked too often.
        Raises Refused for a status of 400 to 499; Unanswered where it may or may not have been done; Unreachable for
        everything else.
        """
        asked = f"{method} {urlsplit(url).path}"
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._answered(method, url, body, repeatable=repeatable)
            if answer.status in (200, 201):
                return answer
            if answer.status not in _REDIRECTS:
                raise refusal(answer)
            url = self._redirected(method, answer)
        raise Unreachable(f"`{asked}` was sent on more than {MOST_REDIRECTS} times; check GITHUB_REPOSITORY")

    def _answered(self, method: str, url: str, body: Mapping[str, Any] | None, *, repeatable: bool) -> Answer:
        asked = f"{method} {urlsplit(url).path}"
        faults = limits = 0
        while True:
            try:
                answer = self._once(method, url, body)
            except _NoAnswer as failure:
                reason, may_repeat = failure.reason, repeatable or not failure.sent
            else:
                wait = limit_seconds(answer, now=self._clock())
                if wait is not None:
                    self._wait_for_limit(answer, max(wait, 2.0**limits))
                    limits += 1
                    continue
                if answer.status not in _FAULTS:
                    return answer
                reason, may_repeat = f"status {answer.status}{answer.request_id}", repeatable
            reason = self._settings.redact(reason)
            if not may_repeat:
                raise Unanswered(
                    f"`{asked}` got no clear answer ({reason}), and may have been done or not; look before trying again"
                )
            if faults >= len(BACK_OFF_SECONDS) or not self._patience.wait(BACK_OFF_SECONDS[faults]):
                raise Unreachable(
                    f"`{asked}` got no answer in {faults + 1} attempts ({reason}); "
                    "check the network and GitHub's status page, then try again"
                )
            faults += 1

    def _wait_for_limit(self, answer: Answer, seconds: float) -> None:
        if not self._patience.wait(seconds):
            raise too_long(answer, seconds, now=self._clock())

    def _redirected(self, method: str, answer: Answer) -> str:
        """Return where a redirect leads; only reading follows one, and only within the same API."""
        target = _resolved(answer)
        if not self.is_at_home(target):
            host = answer.words(_host(target), 100)
            raise answer.anomaly(f"a redirect to another place, `{host}`, which the token must not reach")
        if method != "GET" or target == answer.url:
            raise Unreachable(
                f"`{answer.asked}` was sent on ({answer.status}) and not followed; "
                "the repository may have a new name, set GITHUB_REPOSITORY to it"
            )
        return target

    def _once(self, method: str, url: str, body: Mapping[str, Any] | None) -> Answer:
        import httpx  # noqa: PLC0415

        # Above the try: an error in here is ours, and not the network's.
        client = self._client()
        content = None if body is None else json.dumps(body).encode("ascii")
        try:
            with client.stream(method, url, content=content) as response:
                asked = f"{method} {urlsplit(url).path}"
                headers = {name.lower(): value for name, value in response.headers.items()}
                answer = Answer(asked, url, response.status_code, headers, b"", self._settings.token)
                self.last_answer = replace(answer, body=self._body(response, answer))
                return self.last_answer
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise _NoAnswer(_reason(error), sent=False) from None
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise _NoAnswer(_reason(error), sent=True) from None

    def _body(self, response: httpx.Response, answer: Answer) -> bytes:
        until = time.monotonic() + WHOLE_SECONDS
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_BODY:
                raise answer.anomaly(f"more than {LARGEST_BODY // 2**20} MiB")
            if time.monotonic() > until:
                raise _NoAnswer(f"the answer took more than {WHOLE_SECONDS:.0f} seconds", sent=True)
        return b"".join(chunks)

    def _client(self) -> httpx.Client:
        import httpx  # noqa: PLC0415

        if self._http is None:
            headers = {
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": API_VERSION,
                "User-Agent": f"rampgate/{rampgate.__version__}",
                "Content-Type": "application/json",
            }
            if self._settings.token:
                headers["Authorization"] = f"Bearer {self._settings.token}"
            home = urlsplit(self._settings.api_url)
            self._http = httpx.Client(
                headers=headers,
                # Plain http is for this machine only and leads nowhere else; to read the authorities takes 50 ms.
                verify=home.scheme == "https",
                follow_redirects=False,
                timeout=httpx.Timeout(self._read_seconds, connect=CONNECT_SECONDS),
                # A proxy is for the way out; what stays on this machine, unencrypted, must not pass one.
                trust_env=home.hostname not in LOOPBACK,
            )
        return self._http


def _port(parts: Any) -> int | None:
    return parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _resolved(answer: Answer) -> str:
    try:
        return urljoin(answer.url, answer.headers.get("location", ""))
    except ValueError:
        return ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _reason(error: Exception) -> str:
    words = plain(str(error))[:200].replace("`", "'")
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
