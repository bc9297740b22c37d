"""Read the branch that holds the decision history, as of one commit of it.

The log is a folder of files, one a record, whose names begin with their place; what records name by digest lies beside
it under `inputs/`. Deliberately not here: what records mean, and whether they are to be believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from rampgate.adapters.git_objects import GitObjects
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.digest import sha256_of
from rampgate.formats.dsse import MAX_ENVELOPE_BYTES
from rampgate.formats.log_tree import LogTree
from rampgate.formats.record import FOLDER_SIZE, input_path, may_be_about

MAX_INPUT_BYTES: Final = 16 << 20
_FOLDER: Final = re.compile(r"[0-9]{4}")
_NAME: Final = re.compile(rb"([0-9]{6})-[A-Za-z0-9.+_-]{1,200}\.json")
_FILE: Final = (b"100644", b"100755")


class LogEntry(NamedTuple):
    """One file of the log. seq: its place, by its name; oid: its blob."""

    seq: int
    path: str
    oid: str


class Ledger:
    """The history as of one commit of its branch; `size` records, numbered from 0."""

    def __init__(self, git: GitObjects, commit: str) -> None:
        self.git = git
        self.commit = commit
        self._tree = git.tree_of(commit)
        self._folders: dict[str, tuple[LogEntry, ...]] = {}

    @classmethod
    def on(cls, git: GitObjects, branch: str) -> Ledger | None:
        """Return the history on a branch, or None where there is no such branch.

        What the forge has, as far as it was fetched, comes before a branch of the clone's own.
        """
        tips = git.tips(f"refs/remotes/origin/{branch}") or git.tips(f"refs/heads/{branch}")
        return cls(git, tips[0]) if tips else None

    @property
    def size(self) -> int:
        """Return how many records there are. Raises InvalidInput where the log has gaps or strange names."""
        names = self._folder_names()
        if not names:
            return 0
        last = self._folder(names[-1])
        return last[-1].seq + 1 if last else 0

    def entries(self, start: int = 0, end: int | None = None) -> list[LogEntry]:
        """Return the files of the log from a place on, up to another (not included), in order.

        Raises InvalidInput where one is missing, stands twice, or has a name that no record has.
        """
        end = self.size if end is None else min(end, self.size)
        found: list[LogEntry] = []
        for number in range(start // FOLDER_SIZE, -(-end // FOLDER_SIZE)):
            found += [each for each in self._folder(f"{number:04d}") if start <= each.seq < end]
        if [each.seq for each in found] != list(range(start, end)):
            raise InvalidInput([Problem("log", "the log has a gap, or one place twice", fix=_RESTORE)])
        return found

    def newest_first(self, model: str, end: int) -> Iterator[LogEntry]:
        """Yield the files before a place that can be about a model by their names; a model's last is seldom far."""
        for stop in range(end, 0, -FOLDER_SIZE):
            listed = self.entries(max(stop - FOLDER_SIZE, 0), stop)
            yield from (each for each in reversed(listed) if may_be_about(each.path, model))

    def grown(self, size: int) -> LogTree:
        """Return the folder of the log as it was with so many records, at most as many as there are."""
        full, rest = divmod(size, FOLDER_SIZE)
        names = {f"{number:04d}" for number in range(full)}
        folders = {each.name: each.oid for each in self.git.list_dir(self._tree, "log") if each.name in names}
        return LogTree(folders, [(each.path, each.oid) for each in self.entries(size - rest, size)])

    def read(self, entries: Sequence[LogEntry]) -> Iterator[bytes]:
        """Yield the bytes of files of the log; to be read to the end before anything else is asked."""
        return self.git.read_blobs([each.oid for each in entries], limit_bytes=MAX_ENVELOPE_BYTES)

    def input(self, sha256: str) -> bytes:
        """Return the content that a record names. Raises InvalidInput where it is absent or is another one."""
        path = input_path(sha256)
        entry = self.git.entry(self._tree, path)
        if entry is None or entry.kind != "file":
            raise InvalidInput([Problem(path, "a record names this content, and it is not there", fix=_RESTORE)])
        data = self.git.read_blob(entry.oid, limit_bytes=MAX_INPUT_BYTES)
        if sha256_of(data) != f"sha256:{sha256}":
            raise InvalidInput([Problem(path, "it has another content than its name says", fix=_RESTORE)])
        return data

    def holds(self, sha256: str) -> bool:
        """Return whether the content of this digest is there already."""
        return self.git.entry(self._tree, input_path(sha256)) is not None

    def _folder_names(self) -> list[str]:
        names = [entry.name for entry in self.git.list_dir(self._tree, "log")]
        strange = [name for name in names if not _FOLDER.fullmatch(name)]
        if strange:
            raise InvalidInput([Problem(f"log/{strange[0]}", "no folder of the log has this name", fix=_RESTORE)])
        return names

    def _folder(self, name: str) -> tuple[LogEntry, ...]:
        if name not in self._folders:
            self._folders[name] = tuple(self._listed(name))
        return self._folders[name]

    def _listed(self, name: str) -> Iterator[LogEntry]:
        folder = int(name)
        for file, mode, oid in self.git.names_in(self._tree, f"log/{name}"):
            match = _NAME.fullmatch(file)
            if match is None or mode not in _FILE or int(match[1]) // FOLDER_SIZE != folder:
                path = f"log/{name}/{file.decode('utf-8', 'backslashreplace')}"
                raise InvalidInput([Problem(path, "no record has this name", fix=_RESTORE)])
            yield LogEntry(int(match[1]), f"log/{name}/{file.decode('ascii')}", oid)


_RESTORE: Final = "restore the branch from a clone that verifies; see `rampgate audit verify`"
