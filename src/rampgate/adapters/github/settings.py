"""Where GitHub is, which repository is meant, and the token that asks.

Here: what the environment says, checked before anything is sent. Deliberately not here: requests (see `transport`).

>>> Settings("https://api.github.com", "https://github.com", "acme/models", "ghs_secret")
Settings(api_url='https://api.github.com', server_url='https://github.com', repository='acme/models', token=<hidden>)
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from rampgate.errors import UsageProblem
from rampgate.reports.escape import plain

API_URL: Final = "https://api.github.com"
SERVER_URL: Final = "https://github.com"
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_TOKEN: Final = re.compile(r"[\x21-\x7e]*")
_HIDDEN: Final = "<hidden>"


@dataclass(frozen=True, slots=True)
class Settings:
    """The address of GitHub's API and of its pages and Git, one `owner/name`, and a token ("" for none).

    Addresses are kept without a closing slash. No text made of these settings holds the token.
    Raises UsageProblem where an address is neither https nor on this machine, or a value can not be what it must be.
    """

    api_url: str
    server_url: str
    repository: str
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what would send the token in the clear, or to a place that nobody named."""
        object.__setattr__(self, "api_url", checked_url(self.api_url, "GITHUB_API_URL"))
        object.__setattr__(self, "server_url", checked_url(self.server_url, "GITHUB_SERVER_URL"))
        _check_repository(self.repository)
        check_token(self.token)

    def __repr__(self) -> str:
        return (
            f"Settings(api_url={self.api_url!r}, server_url={self.server_url!r}, "
            f"repository={self.repository!r}, token={_HIDDEN if self.token else '<none>'})"
        )

    @property
    def owner(self) -> str:
        """Return the account that the repository belongs to."""
        return self.repository.partition("/")[0]

    @property
    def git_url(self) -> str:
        """Return the address that Git fetches the repository from and pushes it to, without any token."""
        return f"{self.server_url}/{self.repository}.git"

    def redact(self, text: str) -> str:
        """Return the text with the token hidden, as it is and as HTTP basic authentication spells it."""
        return redacted(text, self.token)


def settings_from(environ: Mapping[str, str], *, repository: str = "") -> Settings:
    """Return the settings that the environment gives, as GitHub Actions sets it.

    Reads GITHUB_API_URL, GITHUB_SERVER_URL, GITHUB_REPOSITORY, and GITHUB_TOKEN or GH_TOKEN (the first one that is
    set). repository: `owner/name`, in place of GITHUB_REPOSITORY.
    Raises UsageProblem where one is missing or can not be what it must be.
    """
    name = repository or environ.get("GITHUB_REPOSITORY", "")
    if not name:
        raise UsageProblem("the repository is not known; set GITHUB_REPOSITORY to `owner/name`")
    token = environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN") or ""
    if not token:
        raise UsageProblem("there is no token for GitHub; set GITHUB_TOKEN (or GH_TOKEN)")
    api_url, server_url = _addresses(environ)
    return Settings(api_url, server_url, name, token)


def _addresses(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return both addresses; one alone would send half of the requests, with the token, to another company's server."""
    api_url, server_url = environ.get("GITHUB_API_URL", ""), environ.get("GITHUB_SERVER_URL", "")
    if api_url and not server_url and api_url.rstrip("/") != API_URL:
        raise UsageProblem("GITHUB_API_URL is set and GITHUB_SERVER_URL is not; set both")
    if server_url and not api_url and server_url.rstrip("/") != SERVER_URL:
        raise UsageProblem("GITHUB_SERVER_URL is set and GITHUB_API_URL is not; set both")
    return api_url or API_URL, server_url or SERVER_URL


def checked_url(url: str, name: str) -> str:
    """Return an address that a token may be sent to, without a closing slash; `name` is what a refusal calls it.

    Raises UsageProblem unless it is https, or http on this machine, with neither user, query nor fragment.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UsageProblem(f"{name} is no address; set it to one such as `{API_URL}`") from None
    # The address is not repeated before this: a user and a password may stand in it.
    if parts.username is not None or parts.password is not None:
        raise UsageProblem(f"{name} names a user or a password; set it without, and the token in GITHUB_TOKEN")
    if not re.fullmatch(r"[\x21-\x7e]+", url) or not host or parts.query or parts.fragment or url[-1] in "?#":
        raise UsageProblem(f"{name} is `{plain(url)}`, which is no plain address; set it to one such as `{API_URL}`")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise UsageProblem(
            f"{name} is `{plain(url)}`, and a token is sent over https only (http on this machine); use https"
        )
    return url.rstrip("/")


def redacted(text: str, token: str) -> str:
    """Return the text with a token hidden, as it is and as HTTP basic authentication spells it."""
    if not token:
        return text
    for secret in (token, basic_authentication(token)):
        text = text.replace(secret, _HIDDEN)
    return text


def basic_authentication(token: str) -> str:
    """Return the credentials of RFC 7617 under which GitHub's Git server takes a token, in base64."""
    return base64.b64encode(f"x-access-token:{token}".encode()).decode("ascii")


def _check_repository(name: str) -> None:
    if not _REPOSITORY.fullmatch(name) or {".", ".."} & set(name.split("/")):
        raise UsageProblem(f"the repository is `{plain(name)}`, and GitHub's are called `owner/name`")


def check_token(token: str) -> None:
    """Raise UsageProblem for a token that holds what no header may: white space, a line break, a control."""
    # The token is not repeated: whoever set it wrongly still set a secret.
    if not _TOKEN.fullmatch(token):
        raise UsageProblem(
            "the token for GitHub holds a space, a line break or a character that no token has; "
            "set GITHUB_TOKEN again without"
        )
