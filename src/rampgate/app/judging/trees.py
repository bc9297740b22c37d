"""Two ways to see the files of a repository: a Git tree, which the gate judges, and the user's work tree.

Both record every file that is read with the sha256 of its bytes, so that a decision can name what it rests on.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from rampgate.errors import InvalidInput, Problem, Unreachable
from rampgate.formats.digest import sha256_of
from rampgate.model.inputs import Input

if TYPE_CHECKING:
    from rampgate.adapters.git_objects import GitObjects

LIMIT_BYTES: Final = 16 * 1024 * 1024
"""The largest file that is read; evidence is counts, not rows."""

_REGULAR: Final = ("100644", "100755")
_OTHER_MODES: Final = {"120000": "a symbolic link", "160000": "a submodule"}


class Tree(Protocol):
    """The files of one state of a repository, by path."""

    inputs: list[Input]

    def files(self, folder: str) -> dict[str, str]:
        """Return every regular file under a folder: path -> object id. Refuses links and submodules (InvalidInput)."""

    def names(self, folder: str) -> list[str]:
        """Return the names right under a folder, folders included; empty where there is no such folder."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a file that `files` lists. Raises InvalidInput where they are too many."""

    def exists(self, path: str) -> bool:
        """Return whether a regular file stands at a path."""


@dataclass
class GitTree:
    """The files of one Git tree; `label` tells the sides of a decision apart (`base`, `landing`)."""

    git: GitObjects
    tree: str
    label: str
    inputs: list[Input] = field(default_factory=list)
    _oids: dict[str, str] = field(default_factory=dict)

    def files(self, folder: str) -> dict[str, str]:
        """Return every regular file under a folder: path -> object id."""
        entries = [entry for entry in self.git.list_tree(self.tree, folder) if entry.kind != "folder"]
        refuse_special((_under(folder, entry.path), entry.mode) for entry in entries)
        found = {_under(folder, entry.path): entry.oid for entry in entries}
        self._oids.update(found)
        return found

    def names(self, folder: str) -> list[str]:
        """Return the names right under a folder."""
        return [entry.name for entry in self.git.list_dir(self.tree, folder)]

    def exists(self, path: str) -> bool:
        """Return whether a regular file stands at a path."""
        entry = self.git.entry(self.tree, path)
        return entry is not None and entry.mode in _REGULAR

    def read(self, path: str) -> bytes:
        """Return the bytes of a file."""
        oid = self._oids.get(path)
        if oid is None:
            entry = self.git.entry(self.tree, path)
            if entry is None:
                raise InvalidInput([Problem(path, "there is no such file")])
            refuse_special([(path, entry.mode)])
            oid = entry.oid
        try:
            data = self.git.read_blob(oid, limit_bytes=LIMIT_BYTES)
        except InvalidInput as error:
            raise InvalidInput(replace(problem, path=path) for problem in error.problems) from None
        self.inputs.append(Input(f"{self.label}:{path}", sha256_of(data).removeprefix("sha256:")))
        return data


@dataclass
class WorkTree:
    """The files on disk, as the user has them now."""

    root: Path
    inputs: list[Input] = field(default_factory=list)

    def files(self, folder: str) -> dict[str, str]:
        """Return every regular file under a folder: path -> "" (a file on disk has no object id yet)."""
        return {path.relative_to(self.root).as_posix(): "" for path in self._walk(self.root / folder)}

    def _walk(self, folder: Path) -> Iterator[Path]:
        if not folder.is_dir():
            return
        for path in sorted(folder.rglob("*")):
            if path.is_symlink():
                refuse_special([(path.relative_to(self.root).as_posix(), "120000")])
            if path.is_file():
                yield path

    def names(self, folder: str) -> list[str]:
        """Return the names right under a folder."""
        place = self.root / folder
        return sorted(path.name for path in place.iterdir()) if place.is_dir() else []

    def exists(self, path: str) -> bool:
        """Return whether a regular file stands at a path."""
        place = self.root / path
        return place.is_file() and not place.is_symlink()

    def read(self, path: str) -> bytes:
        """Return the bytes of a file."""
        place = self.root / path
        if place.is_symlink():
            refuse_special([(path, "120000")])
        try:
            status = place.stat()
            if not stat.S_ISREG(status.st_mode):
                raise InvalidInput([Problem(path, "this is no regular file", fix="put the file itself there")])
            if status.st_size > LIMIT_BYTES:
                raise InvalidInput([Problem(path, f"the file is over {LIMIT_BYTES // 1024 // 1024} MiB")])
            data = place.read_bytes()
        except FileNotFoundError:
            raise InvalidInput([Problem(path, "there is no such file")]) from None
        except OSError as error:
            raise Unreachable(f"{path}: {error.strerror or error}") from error
        self.inputs.append(Input(path, sha256_of(data).removeprefix("sha256:")))
        return data


def _under(folder: str, path: str) -> str:
    """Return a path as seen from the root; Git lists it from either."""
    return path if not folder or path == folder or path.startswith(f"{folder}/") else f"{folder}/{path}"


def refuse_special(entries: Iterable[tuple[str, str]]) -> None:
    """Raise InvalidInput for every entry, (path, mode), that is not a regular file.

    A link says one thing to Git and another to whoever opens it.
    """
    problems = [
        Problem(
            path,
            f"{_OTHER_MODES.get(mode, f'a file of mode {mode}')} stands where only a regular file may",
            fix="commit the file itself",
        )
        for path, mode in entries
        if mode not in _REGULAR
    ]
    if problems:
        raise InvalidInput(problems)
