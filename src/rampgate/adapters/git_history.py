"""Reads a branch commit by commit along first parents, oldest first, with the paths at which each differs from before.

One `git log` gives the order and the paths; what a commit says of its tree and parents is for the caller to read, by
bytes that are checked against the name. Example: `for step in steps(git_dir, tip): step.changes`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from rampgate.adapters.git_run import start_git
from rampgate.errors import Unreachable

_LOG: Final = (
    *("log", "--first-parent", "-m", "--raw", "-z", "-r", "--root", "--no-renames", "--no-abbrev", "--no-notes"),
    *("--no-mailmap", "--no-show-signature", "--no-decorate", "--format=%x01%H"),
)
_CHUNK: Final = 1 << 18


class PathChange(NamedTuple):
    """One path at which a commit differs from its first parent; of a first commit, from nothing.

    status: `A`, `M`, `D` or `T`, as Git says it. before, after: object names, of zeros where the path is absent.
    """

    status: str
    mode: str
    before: str
    after: str
    path: bytes


class Step(NamedTuple):
    """One commit of the line, and what it changes."""

    commit: str
    changes: list[PathChange]


def steps(git_dir: Path, tip: str) -> Iterator[Step]:
    """Yield the commits of the first-parent line that ends at a tip, oldest first. Raises Unreachable as git fails."""
    with closing(_read(git_dir, [*_LOG, "--topo-order", "--reverse", "--end-of-options", tip])) as found:
        yield from found


def steps_after(git_dir: Path, tip: str, after: str) -> list[Step] | None:
    """Return the commits of the line after one of its commits, oldest first; None where that one is not on the line.

    The line is read from its tip down to there: what it takes does not grow with what lies before, whatever dates the
    commits bear. Raises Unreachable where git fails.
    """
    newer: list[Step] = []
    with closing(_read(git_dir, [*_LOG, "--end-of-options", tip])) as found:
        for step in found:
            if step.commit == after:
                return newer[::-1]
            newer.append(step)
    return None


def _read(git_dir: Path, words: list[str]) -> Generator[Step, None, None]:
    process = start_git(git_dir, words)
    try:
        yield from _parsed(_tokens(process))
        if process.wait() != 0:
            raise Unreachable(f"`git log` ended with code {process.returncode}; run `git fsck`")
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _tokens(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """Yield what stands between NULs, as it comes."""
    assert process.stdout is not None
    rest = b""
    while chunk := process.stdout.read1(_CHUNK):  # type: ignore[attr-defined]
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest.strip(b"\n"):
        raise Unreachable("`git log` broke off in the middle of an answer")


def _parsed(tokens: Iterator[bytes]) -> Iterator[Step]:
    commit, changes = "", list[PathChange]()
    for token in tokens:
        # Between a commit's line and its paths git writes a line break.
        token = token.lstrip(b"\n")  # noqa: PLW2901
        if token.startswith(b"\x01"):
            if commit:
                yield Step(commit, changes)
            commit, changes = token[1:].decode("ascii"), []
        elif token.startswith(b":"):
            _, mode, before, after, status = token.decode("ascii").split(" ")
            changes.append(PathChange(status, mode, before, after, next(tokens)))
        elif token:
            raise Unreachable(
                "this git does not answer `git log --raw -z` as it is read here; install git 2.38 or later"
            )
    if commit:
        yield Step(commit, changes)
