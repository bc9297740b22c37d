"""What GitHub refused, in words: what was asked, what GitHub says, and what to do next.

`Refused` is an answer; `Unanswered` is the lack of one, after which nobody knows whether the thing was done.
"""

from __future__ import annotations

from typing import Any, Final

from rampgate.adapters.github.answer import Answer
from rampgate.errors import Unreachable

LONGEST_MESSAGE: Final = 300
"""Characters of GitHub's own words that a message repeats."""

_NEXT_STEP: Final = {
    401: "the token is not valid or has expired, set GITHUB_TOKEN to one that is",
    403: "the token may not do this, give it the permission",
    404: "it is not there, or the token may not see it",
    405: "its rules do not allow it now, look at the pull request",
    409: "it has changed meanwhile, look at it again",
    422: "the values do not fit what is there, look at it again",
}


class Refused(Unreachable):
    """GitHub answered and said no; `status` is the HTTP status, such as 401, 403, 404, 409 or 422."""

    def __init__(self, message: str, status: int) -> None:
        self.status = status
        super().__init__(message)


class Unanswered(Unreachable):
    """A request that changes something was sent and not answered: it may have been done, or not.

    It is not sent again, because it might then be done twice; whoever asked looks first.
    """


def refusal(answer: Answer) -> Unreachable:
    """Return the error for an answer that is no success: Refused for a status of 400 to 499, else Unreachable."""
    words = github_words(answer)
    said = f": `{words}`" if words else ""
    text = f"`{answer.asked}` was refused with {answer.status}{said}{answer.request_id}; {_next_step(answer)}"
    return Refused(text, answer.status) if 400 <= answer.status < 500 else Unreachable(text)


def github_words(answer: Answer) -> str:
    """Return GitHub's own message on one line, with everything invisible shown, the token hidden, and cut short."""
    try:
        body = answer.parsed()
    except Unreachable:
        return ""
    if not isinstance(body, dict):
        return ""
    details = [_detail(each) for each in _listed(body.get("errors"))]
    parts = [part for part in (body.get("message"), *details) if isinstance(part, str) and part]
    return answer.words(": ".join(parts[:4]), LONGEST_MESSAGE)


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _detail(error: Any) -> str:
    """Return one of the `errors` of a 422 in words: its message, else the field and the code."""
    if isinstance(error, str):
        return error
    if not isinstance(error, dict):
        return ""
    if isinstance(error.get("message"), str):
        return str(error["message"])
    return " ".join(str(error[key]) for key in ("field", "code") if isinstance(error.get(key), str))


def _next_step(answer: Answer) -> str:
    step = _NEXT_STEP.get(answer.status, "try again later")
    needed = answer.words(answer.headers.get("x-accepted-github-permissions", ""), LONGEST_MESSAGE)
    if needed and answer.status in (403, 404):
        step += f": GitHub asks for `{needed}`"
    if answer.status == 403 and "x-github-sso" in answer.headers:
        step += ", and authorise the token for the organisation's single sign-on"
    return step
