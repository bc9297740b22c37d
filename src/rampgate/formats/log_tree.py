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
        self._like = next(iter((folders or {}).values()), "")
        self._named = {name: _entry(FOLDER, name, oid) for name, oid in (folders or {}).items()}
        self._files: dict[str, dict[str, bytes]] = {}
        self._grown: set[str] = set()
        for path, blob in files:
            self.add(path, blob)

    def add(self, path: str, blob: str) -> None:
        """Put one record there. path: `log/<folder>/<name>`; blob: Git's name of its bytes."""
        _, folder, name = path.split("/")
        self._like = blob
        self._files.setdefault(folder, {})[name] = _entry(FILE, name, blob)
        self._grown.add(folder)

    @property
    def name(self) -> str | None:
        """Return Git's name of the tree, None while there is nothing in it."""
        for folder in self._grown:
            self._named[folder] = _entry(FOLDER, folder, self._tree(self._files[folder]))
        self._grown.clear()
        return self._tree(self._named) if self._named else None

    def _tree(self, entries: Mapping[str, bytes]) -> str:
        # In Git's order; of folders all names are of one length, and of files none begins with another.
        return object_name(b"tree", b"".join(sorted(entries.values())), self._like)


def _entry(mode: bytes, name: str, oid: str) -> bytes:
    return b"%s %s\0%s" % (mode, name.encode(), bytes.fromhex(oid))
