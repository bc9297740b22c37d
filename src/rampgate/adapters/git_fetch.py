"""Fetch objects by name from another repository, for the judge: reviewed commits may be on no branch any more.

Here: one fixed `git fetch` into the objects (and the named refs) of a local repository; see `git_remote` for how it is
kept away from everybody's settings.

Example: `fetch(repo, url, refs=["+refs/pull/7/head:refs/rampgate/pull/7"], shas=[reviewed], token=token)` gives the
commits among `shas` that the other side does not have any more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rampgate.adapters.git_locks import free_lock
from rampgate.adapters.git_objects import GitObjects, opened
from rampgate.adapters.git_remote import SHA, Remote
from rampgate.adapters.git_run import GitOutput
from rampgate.errors import UsageProblem
from rampgate.reports.escape import plain

ATTEMPTS: Final = 3
"""How often refs are asked for where another run moves the same ones in this clone."""

# What the other side says of a name that it does not have, or does not give away.
_GONE: Final = re.compile(r"(?:not our ref|unadvertised object) ([0-9a-f]{40,64})")
_WORDS: Final = (
    *("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance"),
    *("--no-prune", "--upload-pack=git-upload-pack", "--end-of-options"),
)


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
    remote = _checked(url, refs, shas, token)
    with opened(repo) as git:
        if refs:
            output = _fetch_refs(git.git_dir, remote, refs)
            if output.code != 0:
                raise remote.failed("fetch", output)
        asked = list(dict.fromkeys(shas))
        wanted = [sha for sha in asked if not git.has_commit(sha)]
        while wanted:
            output = remote.run(git.git_dir, _WORDS, wanted)
            if output.code == 0:
                break
            gone = set(_GONE.findall(output.stderr)) & set(wanted)
            if not gone:
                raise remote.failed("fetch", output)
            wanted = [sha for sha in wanted if sha not in gone]
        return tuple(sha for sha in asked if not git.has_commit(sha))


def remote_refs(repo: Path | GitObjects, url: str, pattern: str, *, token: str = "") -> dict[str, str]:
    """Return the refs of the other side that fit a pattern such as `refs/heads/x/*`, with their commits; none is fine.

    Raises UsageProblem for a pattern or address that can not be one; Unreachable where the other side does not answer.
    """
    remote = _checked(url, (pattern.replace("*", "x"),), (), token)
    with opened(repo) as git:
        output = remote.run(git.git_dir, ("ls-remote", "--quiet", "--refs"), (pattern,))
    if output.code != 0:
        raise remote.failed("fetch", output)
    pairs = (line.split("\t") for line in output.stdout.decode("utf-8", "replace").splitlines())
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2 and SHA.fullmatch(pair[0])}


def _checked(url: str, refs: Sequence[str], shas: Sequence[str], token: str) -> Remote:
    remote = Remote(url, token)
    remote.check(refs)
    for sha in shas:
        if not SHA.fullmatch(sha):
            raise UsageProblem(f"`{plain(sha)}` is no full name of a commit; give its 40 or 64 hexadecimal digits")
    return remote


def _fetch_refs(git_dir: Path, remote: Remote, refs: Sequence[str]) -> GitOutput:
    """Fetch refs, once more where another run has moved one of them between looking and writing, or left its lock."""
    for _ in range(ATTEMPTS):
        output = remote.run(git_dir, _WORDS, refs)
        if output.code == 0 or "cannot lock ref" not in output.stderr:
            break
        free_lock(git_dir, output.stderr)
    return output
