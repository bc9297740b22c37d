"""Fetch objects by name from another repository, for the judge: reviewed commits may be on no branch any more.

Here: one fixed `git fetch` into the objects (and the named refs) of a local repository. No tags, submodules, hooks,
credential programs or redirects; only http, https and folders. The token goes through the environment of that one
process, so that it stands in no command line, no configuration file and no message.

Example: `fetch(repo, url, refs=["+refs/pull/7/head:refs/rampgate/pull/7"], shas=[reviewed], token=token)` gives the
commits among `shas` that the other side does not have any more.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from rampgate.adapters.git_objects import GitObjects, opened
from rampgate.adapters.git_run import GitOutput, git_command, scrubbed_environment
from rampgate.adapters.github.settings import LOOPBACK, basic_authentication, check_token, checked_url, redacted
from rampgate.errors import Unreachable, UsageProblem
from rampgate.reports.escape import plain

TIMEOUT_SECONDS: Final = 300

_SHA: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REF: Final = r"(?:HEAD|refs/[^\s:^~?\[\\\x00-\x1f\x7f]+)"
_REFSPEC: Final = re.compile(rf"\+?{_REF}(?::{_REF})?")
# What the other side says of a name that it does not have, or does not give away.
_GONE: Final = re.compile(r"(?:not our ref|unadvertised object) ([0-9a-f]{40,64})")

_SETTINGS: Final = {
    "protocol.version": "2",
    "credential.helper": "",
    "http.followRedirects": "false",
    "http.sslVerify": "true",
    # A server that has gone quiet is given up before the whole time is over.
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    # What is fetched stays, unlike what the judge writes: it must be on the disk, packed.
    "core.fsync": "default",
    "fetch.unpackLimit": "1",
    "fetch.writeCommitGraph": "false",
    "fetch.recurseSubmodules": "false",
    "fetch.prune": "false",
    "fetch.bundleURI": "",
}
_WORDS: Final = (
    *("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance"),
    *("--no-prune", "--upload-pack=git-upload-pack", "--end-of-options"),
)


@dataclass(frozen=True, slots=True)
class _Remote:
    """The other side, and the token for it."""

    url: str
    token: str


def fetch(
    repo: Path | GitObjects, url: str, *, refs: Sequence[str], shas: Sequence[str], token: str = ""
) -> tuple[str, ...]:
    """Fetch refs and commits into the repository of a folder, and return the commits that the other side did not give.

    repo: its folder, or the repository where it is open already. url: https, http on this machine, `file://` or a
    folder. refs: such as `+refs/heads/main:refs/remotes/x/main`; without a right side only the objects come.
    shas: full names of commits; those that are here already are not asked for. The result has each missing one once,
    in their order: after a forced push a commit may be gone.
    Raises UsageProblem for a refspec, name or address that can not be one; Unreachable where the other side does not
    answer, or has one of the refs not.
    """
    _check(url, refs, shas, token)
    with opened(repo) as git:
        remote = _Remote(url, token)
        if refs:
            output = _fetch(git.git_dir, remote, refs)
            if output.code != 0:
                raise _failed(remote, output)
        asked = list(dict.fromkeys(shas))
        wanted = [sha for sha in asked if not git.has_commit(sha)]
        while wanted:
            output = _fetch(git.git_dir, remote, wanted)
            if output.code == 0:
                break
            gone = set(_GONE.findall(output.stderr)) & set(wanted)
            if not gone:
                raise _failed(remote, output)
            wanted = [sha for sha in wanted if sha not in gone]
        return tuple(sha for sha in asked if not git.has_commit(sha))


def remote_refs(repo: Path | GitObjects, url: str, pattern: str, *, token: str = "") -> dict[str, str]:
    """Return the refs of the other side that fit a pattern such as `refs/heads/x/*`, with their commits; none is fine.

    Raises UsageProblem for a pattern or address that can not be one; Unreachable where the other side does not answer.
    """
    _check(url, (pattern.replace("*", "x"),), (), token)
    with opened(repo) as git:
        output = _run(git.git_dir, _Remote(url, token), ("ls-remote", "--quiet", "--refs"), (pattern,))
    if output.code != 0:
        raise _failed(_Remote(url, token), output)
    pairs = (line.split("\t") for line in output.stdout.decode("utf-8", "replace").splitlines())
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2 and _SHA.fullmatch(pair[0])}


def _check(url: str, refs: Sequence[str], shas: Sequence[str], token: str) -> None:
    check_token(token)
    if urlsplit(url).scheme in ("http", "https"):
        checked_url(url, "the address to fetch from")
    elif not url.startswith(("file:///", "/")):
        raise UsageProblem(f"`{plain(url)}` is no address to fetch from; give one with https, or a whole path")
    for ref in refs:
        if not _REFSPEC.fullmatch(ref):
            raise UsageProblem(f"`{plain(ref)}` is no refspec; give one such as `refs/heads/main:refs/remotes/x/main`")
    for sha in shas:
        if not _SHA.fullmatch(sha):
            raise UsageProblem(f"`{plain(sha)}` is no full name of a commit; give its 40 or 64 hexadecimal digits")


def _fetch(git_dir: Path, remote: _Remote, what: Sequence[str]) -> GitOutput:
    return _run(git_dir, remote, _WORDS, what)


def _run(git_dir: Path, remote: _Remote, words: Sequence[str], what: Sequence[str]) -> GitOutput:
    # As in the API's transport: what stays on this machine, unencrypted, must not pass a proxy.
    direct = {"http.proxy": ""} if urlsplit(remote.url).hostname in LOOPBACK else {}
    settings = [word for name, value in (_SETTINGS | direct).items() for word in ("-c", f"{name}={value}")]
    try:
        done = subprocess.run(
            git_command(git_dir, [*settings, *words, remote.url, *what]),
            cwd=git_dir,
            env=_environment(remote),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreachable(f"{_named(remote)} did not end within {TIMEOUT_SECONDS} seconds; try again") from None
    except OSError as error:
        raise Unreachable(f"git can not be started ({error.strerror}); install git 2.38 or later") from None
    return GitOutput(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())


def _environment(remote: _Remote) -> dict[str, str]:
    """Return the environment of the fetch: no program may ask for a password, and the token is one header."""
    environment = scrubbed_environment() | {"GIT_ALLOW_PROTOCOL": "http:https:file", "GIT_ASKPASS": ""}
    if not remote.token:
        return environment
    name = f"http.{remote.url}.extraheader"
    # The empty one first drops what the repository's own configuration adds (actions/checkout leaves such a header):
    # GitHub refuses two.
    headers = ("", f"Authorization: Basic {basic_authentication(remote.token)}")
    environment["GIT_CONFIG_COUNT"] = str(len(headers))
    for place, header in enumerate(headers):
        environment |= {f"GIT_CONFIG_KEY_{place}": name, f"GIT_CONFIG_VALUE_{place}": header}
    return environment


def _named(remote: _Remote) -> str:
    return f"`git fetch` from `{plain(remote.url)}`"


def _failed(remote: _Remote, output: GitOutput) -> Unreachable:
    lines = [line for line in output.stderr.splitlines() if line.strip()]
    # The last line is often advice ("and the repository exists."); the first that says `fatal` is the reason.
    reasons = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines or ["no reason given"]
    reason = plain(redacted(reasons[0], remote.token))[:300].replace("`", "'")
    return Unreachable(
        f"{_named(remote)} ended with code {output.code}: `{reason}`; check the address, the network, and that the "
        "token may read the contents"
    )
