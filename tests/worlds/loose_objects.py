"""Writes Git objects as files, without a process for each: a commit that adds two files takes a millisecond."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WHO = b"Recorder <recorder@example.com> 1767614400 +0000"


def object_id(kind: bytes, body: bytes) -> str:
    """The name of an object of a SHA-1 repository."""
    return hashlib.sha1(b"%s %d\0" % (kind, len(body)) + body, usedforsecurity=False).hexdigest()


def commit_body(tree: str, parents: tuple[str, ...], message: str, who: bytes = WHO) -> bytes:
    """A commit as Git writes it; author and committer are the same."""
    lines = [b"tree " + tree.encode(), *(b"parent " + parent.encode() for parent in parents)]
    return b"\n".join([*lines, b"author " + who, b"committer " + who, b"", message.encode() + b"\n"])


@dataclass
class Folder:
    """A tree that changes file by file; only what changed is written anew."""

    files: dict[str, str] = field(default_factory=dict)
    folders: dict[str, Folder] = field(default_factory=dict)
    _id: str = ""

    def put(self, path: str, oid: str | None) -> None:
        """Let a file stand at a path; None removes it."""
        self._id = ""
        name, _, rest = path.partition("/")
        if rest:
            self.folders.setdefault(name, Folder()).put(rest, oid)
            if not self.folders[name].files and not self.folders[name].folders:
                del self.folders[name]
        elif oid is None:
            del self.files[name]
        else:
            self.files[name] = oid

    def below(self, name: str, store: Any) -> str | None:
        """Return the name of the tree of a folder in it, None where there is none."""
        return self.folders[name].written(store) if name in self.folders else None

    def written(self, store: Any) -> str:
        """Return the name of the tree; `store(kind, body)` writes what is new and names it."""
        if not self._id:
            entries = [(name.encode(), b"100644", oid) for name, oid in self.files.items()]
            entries += [(name.encode() + b"/", b"40000", each.written(store)) for name, each in self.folders.items()]
            entries.sort()
            body = b"".join(mode + b" " + name.rstrip(b"/") + b"\0" + bytes.fromhex(oid) for name, mode, oid in entries)
            self._id = store(b"tree", body)
        return self._id


@dataclass(frozen=True)
class LooseObjects:
    """The object folder of a repository."""

    git_dir: Path

    def store(self, kind: bytes, body: bytes) -> str:
        """Write an object and return its name."""
        oid = object_id(kind, body)
        target = self.git_dir / "objects" / oid[:2] / oid[2:]
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(zlib.compress(b"%s %d\0" % (kind, len(body)) + body, 1))
        return oid

    def point(self, ref: str, oid: str | None) -> None:
        """Let a ref, such as `refs/heads/decisions`, stand at a commit; None removes it."""
        target = self.git_dir / ref
        if oid is None:
            target.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        # In one step, as Git does: somebody may be reading.
        fresh = target.with_name(target.name + ".new")
        fresh.write_text(oid + "\n")
        fresh.replace(target)
