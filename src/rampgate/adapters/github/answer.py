"""What GitHub answered to one request, and how its JSON is read.

>>> Answer("GET /user", "https://api.github.com/user", 200, {}, b'{"login": "rita"}').json_object()
{'login': 'rita'}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rampgate.adapters.github.settings import redacted
from rampgate.errors import Unreachable
from rampgate.reports.escape import plain

_REQUEST_ID_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what was asked (`GET /user`), of which address, the status, the headers and the body.

    headers: by their name in lower case; several of one name are joined by `, ` (RFC 9110, section 5.3).
    token: what no message made of this answer may hold, even where the answer itself repeats it.
    """

    asked: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    token: str = field(default="", repr=False)

    @property
    def request_id(self) -> str:
        """Return the name of the request for GitHub's support, in words for a message; "" where there is none."""
        name = self.words(self.headers.get("x-github-request-id", ""), _REQUEST_ID_LENGTH)
        return f" (request `{name}`)" if name else ""

    def parsed(self) -> Any:
        """Return the body as JSON.

        Raises Unreachable where it is none: a proxy or a login page answered, and nothing can be concluded from it.
        """
        try:
            return json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError):
            raise self.anomaly("something that is not JSON") from None

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; raises Unreachable where it is anything else."""
        found = self.parsed()
        if not isinstance(found, dict):
            raise self.anomaly(f"JSON of type `{type(found).__name__}` where an object was expected")
        return found

    def anomaly(self, what: str) -> Unreachable:
        """Return the error for an answer that can not be relied on; `what` completes `was answered with`."""
        text = (
            f"`{self.asked}` was answered with {what}{self.request_id}; "
            "nothing was concluded from it, try again, and check GITHUB_API_URL and any proxy"
        )
        return Unreachable(redacted(text, self.token))

    def words(self, text: str, longest: int) -> str:
        """Return what the answer says, fit for a message: one line, no backtick, no token, nothing invisible, cut."""
        shown = plain(redacted(text, self.token)).replace("`", "'")
        return shown if len(shown) <= longest else shown[: longest - 1] + "…"
