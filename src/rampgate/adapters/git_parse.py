"""Read the bytes of Git trees and commits into values, and refuse what is malformed.

Here: pure functions. The formats are those of Git's documentation (gitformat-*, git-cat-file). Git itself tolerates
more than is read here (duplicate names, unsorted trees, two author lines): those are read differently by different
programs, so none of them is taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rampgate.errors import InvalidInput, Problem

Kind = Literal["file", "symlink", "gitlink", "folder"]
Tree = dict[bytes, tuple[bytes, bytes]]
"""Name -> (mode, object name), all as they stand in the object."""

_KINDS: dict[bytes, tuple[str, Kind]] = {
    b"100644": ("100644", "file"),
    b"100755": ("100755", "file"),
    b"120000": ("120000", "symlink"),
    b"160000": ("160000", "gitlink"),
    b"40000": ("040000", "folder"),
}
_FOLDER = b"40000"

MAX_NAME_BYTES = 255
"""Bytes of one name in a path: no usual file system holds longer ones, and a tree of Git can."""

_ENTRY = {
    20: re.compile(rb"([0-7]{1,7}) ([^\0/]+)\0(.{20})", re.DOTALL),
    32: re.compile(rb"([0-7]{1,7}) ([^\0/]+)\0(.{32})", re.DOTALL),
}

_LINKS = re.compile(rb"tree ([0-9a-f]+)\n((?:parent (?:[0-9a-f]{40}|[0-9a-f]{64})\n)*)author [^\n]+\ncommitter ")
_PERSON = re.compile(r"(?P<name>[^<>]*?) ?<(?P<email>[^<>]*)> -?\d+ [+-]\d{4,}")
_FORBIDDEN_NAMES = {b".", b"..", b".git"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a tree: what kind of thing stands at a path.

    mode: as Git prints it (`100644`, `100755`, `120000`, `160000`, `040000`). path: relative to the tree that was
    asked, with `/` between folders. oid: the object's name; of a gitlink, a commit of another repository.
    """

    mode: str
    kind: Kind
    oid: str
    path: str

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry whose name is still bytes, because only names that are handed out must be text."""

    mode: str
    kind: Kind
    oid: str
    name: bytes


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """What a commit says: its tree, parents, people and message. Dates are left out: their author chooses them.

    Bytes that are not UTF-8 become U+FFFD in names, addresses and message, so such an address equals no real one.
    """

    sha: str
    tree: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    committer_name: str
    committer_email: str
    message: str


def parse_tree(oid: str, data: bytes) -> Tree:
    """Return the entries of a tree object by name, in the tree's order; see `raw_entry` for one of them.

    oid: the tree's name, which also tells how long the names inside are. Raises InvalidInput for a malformed tree.
    """
    # A folder of thousands of models is read for the sake of one: whole-list operations, and no object per entry.
    found: list[tuple[bytes, bytes, bytes]] = _ENTRY[len(oid) // 2].findall(data)
    if sum(len(mode) + len(name) for mode, name, _ in found) + len(found) * (len(oid) // 2 + 2) != len(data):
        raise malformed("tree", oid, "it does not follow the format")
    unknown = {mode for mode, _, _ in found} - _KINDS.keys()
    if unknown:
        raise malformed("tree", oid, f"mode `{min(unknown).decode()}` is not one that Git writes")
    entries = {name: (mode, target) for mode, name, target in found}
    if not _FORBIDDEN_NAMES.isdisjoint(map(bytes.lower, entries)):
        raise malformed("tree", oid, "`.`, `..` or `.git` can not be the name of a file")
    order = [name + b"/" if mode == _FOLDER else name for mode, name, _ in found]
    if len(entries) != len(found) or order != sorted(order):
        raise malformed("tree", oid, "a name stands in it twice, or its names are not sorted")
    return entries


def raw_entry(tree: Tree, name: bytes) -> RawEntry | None:
    """Return the entry of this name in a tree, or None."""
    found = tree.get(name)
    if found is None:
        return None
    mode, kind = _KINDS[found[0]]
    return RawEntry(mode, kind, found[1].hex(), name)


def parse_commit(oid: str, data: bytes) -> CommitInfo:
    """Return what a commit object says; raises InvalidInput for a malformed one."""
    head, _, message = data.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    values: dict[str, list[str]] = {"tree": [], "parent": [], "author": [], "committer": []}
    for line in lines:
        key, _, value = line.partition(" ")
        if key in values:
            values[key].append(value)
    if [len(values[key]) for key in ("tree", "author", "committer")] != [1, 1, 1]:
        raise malformed("commit", oid, "tree, author and committer must each stand in it once")
    if not all(is_oid(name, len(oid)) for name in (*values["tree"], *values["parent"])):
        raise malformed("commit", oid, "its tree or a parent is not an object name")
    author, committer = (_person(oid, values[key][0]) for key in ("author", "committer"))
    text = message.decode("utf-8", "replace")
    return CommitInfo(oid, values["tree"][0], tuple(values["parent"]), *author, *committer, text)


def parse_links(oid: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the tree and the parents of a commit object; raises InvalidInput for a malformed one.

    Of tens of thousands of commits of a line nothing else matters, and it takes a tenth of reading them whole.
    """
    found, head = _LINKS.match(data), data.partition(b"\n\n")[0]
    parents = found[2].decode().split()[1::2] if found else []
    if found is None or len(found[1]) != len(oid) or head.count(b"\nparent ") != len(parents) or b"\ntree " in head:
        info = parse_commit(oid, data)
        return info.tree, info.parents
    return found[1].decode(), tuple(parents)


def _person(oid: str, text: str) -> tuple[str, str]:
    match = _PERSON.fullmatch(text)
    if match is None:
        raise malformed("commit", oid, f"`{text}` is not `name <address> time zone`")
    return match["name"].strip(), match["email"].strip()


def is_oid(text: str, length: int) -> bool:
    """Return whether the text is a full object name of this many hexadecimal digits, in lower case."""
    return len(text) == length and re.fullmatch(r"[0-9a-f]+", text) is not None


def decode_path(path: bytes) -> str:
    """Return a path as text; raises InvalidInput where its bytes are not UTF-8, or a name in it is too long."""
    if len(path) > MAX_NAME_BYTES and any(len(name) > MAX_NAME_BYTES for name in path.split(b"/")):
        shown, fix = path[:60].decode("utf-8", "backslashreplace"), "give it a shorter name"
        message = f"a name in the path has more than {MAX_NAME_BYTES} bytes, which no disk holds; {fix}"
        raise InvalidInput([Problem(f"{shown}...", message, found=f"{len(path)} bytes", fix=fix)])
    try:
        return path.decode("utf-8")
    except UnicodeDecodeError:
        shown = path.decode("utf-8", "backslashreplace")
        fix = "rename the file"
        raise InvalidInput([Problem(shown, f"the path is not UTF-8; {fix}", found=repr(path), fix=fix)]) from None


def malformed(what: str, oid: str, reason: str) -> InvalidInput:
    """Return the error for an object that can not be read as what it claims to be."""
    fix = "run `git fsck`; push the change again from a sound clone"
    return InvalidInput([Problem("", f"{what} `{oid}` is malformed: {reason}; {fix}", found=oid, fix=fix)])
