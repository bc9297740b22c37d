"""The name that Git gives to the folder `log/`: one name for every record in it, by the name of its file and its bytes.

Each record names the folder that it was added to. So the signature of the newest vouches for all that came before it,
and what a record is about may be taken from the name of its file: nobody can rename, change or hide one without a key.
To look that up takes two folders, however long the log is. Source: Git's object format, gitformat-pack(5) and
git-hash-object(1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

FILE = b"100644"
FOLDER = b"40000"
_SHA1_DIGITS = 40


def object_name(kind: bytes, body: bytes, like: str) -> str:
    """Return Git's name of an object. kind: such as `blob`; like: any name of the same repository, for its length."""
    data = b"%s %d\0%s" % (kind, len(body), body)
    if len(like) == _SHA1_DIGITS:
        return hashlib.sha1(data, usedforsecurity=False).hexdigest()
    return hashlib.sha256(data).hexdigest()


class LogTree:
    """The folder `log/`, as it grows record by record.

    folders: its folders that are full -> Git's names of their trees; files: path and blob of each record behind them.
    """

    def __init__(self, folders: Mapping[str, str] | None = None, files: Iterable[tuple[str, str]] = ()) -> None:
        self._named = dict(folders or {})
        self._files: dict[str, dict[str, str]] = {}
        for path, blob in files:
            self.add(path, blob)

    def add(self, path: str, blob: str) -> None:
        """Put one record there. path: `log/<folder>/<name>`; blob: Git's name of its bytes."""
        _, folder, name = path.split("/")
        self._files.setdefault(folder, {})[name] = blob
        self._named.pop(folder, None)

    @property
    def name(self) -> str | None:
        """Return Git's name of the tree, None while there is nothing in it."""
        for folder, files in self._files.items():
            if folder not in self._named:
                self._named[folder] = _tree(FILE, files)
        return _tree(FOLDER, self._named) if self._named else None


def _tree(mode: bytes, entries: Mapping[str, str]) -> str:
    """Return Git's name of a tree whose entries are all of one kind; of folders all names must be of one length."""
    listed = sorted((name.encode(), bytes.fromhex(oid)) for name, oid in entries.items())
    body = b"".join(b"%s %s\0%s" % (mode, name, oid) for name, oid in listed)
    return object_name(b"tree", body, next(iter(entries.values())))
