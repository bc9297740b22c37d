"""Reads the address of a Git remote: which host it names, and which `owner/name` there.

>>> parse("git@github.com:acme/models.git")
Remote(scheme='ssh', host='github.com', repository='acme/models')
>>> parse("https://git.acme.example/risk/models")
Remote(scheme='https', host='git.acme.example', repository='risk/models')
>>> parse("../models.git") is None
True
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_SCP: Final = re.compile(r"(?:[^@/:\s]+@)?(?P<host>[A-Za-z0-9.-]{2,}):(?!//)(?P<path>[^\s]+)")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_SCHEMES: Final = {"https": "https", "http": "http", "ssh": "ssh", "git+ssh": "ssh", "ssh+git": "ssh"}


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a remote is. scheme: `https`, `http` or `ssh`; host: in lower case, with the port of a web address."""

    scheme: str
    host: str
    repository: str


def parse(url: str) -> Remote | None:
    """Return what a remote's address names, None where it is no `owner/name` on a host; a user in it is left out.

    Source: Git, "git-fetch", section "Git URLs"; GitHub's SSH over the HTTPS port is `ssh.github.com:443`.
    """
    if "://" in url:
        return _of_address(url)
    found = _SCP.fullmatch(url)
    return _remote("ssh", found["host"], found["path"]) if found else None


def _of_address(url: str) -> Remote | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname:
        return None
    # The port of an SSH address says nothing about where the pages are.
    host = f"{parts.hostname}:{port}" if port and scheme != "ssh" else parts.hostname
    return _remote(scheme, host, parts.path)


def _remote(scheme: str, host: str, path: str) -> Remote | None:
    name = path.strip("/").removesuffix(".git")
    if not _REPOSITORY.fullmatch(name) or {".", ".."} & set(name.split("/")):
        return None
    host = host.lower()
    return Remote(scheme, "github.com" if host in ("ssh.github.com", "www.github.com") else host, name)
