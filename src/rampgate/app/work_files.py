"""Finds the user's repository and lists the governed files in its work tree, quickly and without Git.

Links are listed apart and never followed: a link says one thing to Git and another to whoever opens it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from rampgate.errors import InvalidInput, Problem, Unreachable, UsageProblem

LIMIT_BYTES = 16 * 1024 * 1024
"""The largest file that is read; evidence is counts, not rows."""


def find_root(start: Path) -> Path:
    """Return the top folder of the repository that a folder is in.

    It is the nearest folder, from there upwards, with a `.git`; without one, the nearest with `policies/`; else the
    folder itself. Raises Unreachable where the folder does not exist.
    """
    if not start.is_dir():
        raise Unreachable(f"`{start}` is not a folder; give the repository with --repo")
    here = start.resolve()
    for sign in (".git", "policies"):
        for folder in (here, *here.parents):
            if (folder / sign).exists():
                return folder
    return here


def relative_to_root(root: Path, given: Path, start: Path) -> str:
    """Return a path that the user gave, as seen from the root of the repository; "" is the root itself.

    start: the folder that relative paths are meant from. Raises UsageProblem for a path outside, or one that is not
    there.
    """
    absolute = Path(os.path.normpath(start.resolve() / given))
    if not os.path.lexists(absolute):
        raise UsageProblem(f"there is no `{given}`; give files or folders of the repository")
    resolved = absolute.parent.resolve() / absolute.name
    if not resolved.is_relative_to(root):
        raise UsageProblem(f"`{given}` is outside the repository `{root}`")
    return "" if resolved == root else resolved.relative_to(root).as_posix()


def walk(root: Path, folder: str) -> tuple[list[str], list[str]]:
    """Return the paths of all files and of all links under a folder, sorted; both empty where there is no folder."""
    files: list[str] = []
    links: list[str] = []
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        for entry in _entries(root, here):
            path = f"{here}/{entry.name}"
            if entry.is_symlink():
                links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            else:
                files.append(path)
    return sorted(files), sorted(links)


def _entries(root: Path, folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(root / folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise Unreachable(f"{folder}: {error.strerror or error}") from error


def read_bytes(root: Path, path: str) -> bytes:
    """Return the bytes of a file. Raises InvalidInput for a link, a pipe, a folder, a missing or too large file."""
    place = f"{root}/{path}"
    try:
        # Whoever opens a pipe would wait for its other end.
        handle = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if Path(place).is_symlink():
            raise InvalidInput([link_problem(path)]) from None
        if isinstance(error, FileNotFoundError):
            raise InvalidInput([Problem(path, "there is no such file")]) from None
        raise Unreachable(f"{path}: {error.strerror or error}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InvalidInput([special_problem(path)])
    with os.fdopen(handle, "rb") as file:
        data = file.read(LIMIT_BYTES + 1)
    if len(data) > LIMIT_BYTES:
        raise InvalidInput([Problem(path, f"the file is over {LIMIT_BYTES // 1024 // 1024} MiB")])
    return data


def link_problem(path: str) -> Problem:
    """Return the problem that a symbolic link is."""
    return Problem(path, "a symbolic link stands where only a regular file may", fix="commit the file itself")


def special_problem(path: str) -> Problem:
    """Return the problem that a pipe, a socket or a device is."""
    return Problem(path, "this is no regular file", fix="put the file itself there")


def not_ignored(root: Path, paths: Collection[str]) -> list[str]:
    """Return those paths that Git would not ignore; all of them where it can not be asked.

    What is ignored never gets into a commit: the leftovers of an editor or a desktop are no fault of the repository.
    """
    if not paths:
        return []
    import subprocess  # noqa: PLC0415 -- only where something stands that rampgate does not know

    words = ["git", "-C", str(root), "check-ignore", "-z", "--stdin"]
    try:
        done = subprocess.run(words, input="\0".join(paths).encode(), capture_output=True, check=False)
    except OSError:
        return list(paths)
    ignored = set(os.fsdecode(done.stdout).split("\0")) if done.returncode == 0 else set()
    return [path for path in paths if path not in ignored]
