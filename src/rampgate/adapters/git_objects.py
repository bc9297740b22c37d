"""Read commits, trees and files of a repository as objects: never the work tree, never with the repository's settings.

Every answer is a function of the commits named: hooks, configuration, attributes, merge drivers, replace refs, grafts,
commit dates and the files on disk have no part in it. What git writes while it merges goes to a temporary folder.
Deliberately not here: working in the user's own clone (see `git_work`).

Example::

    with GitObjects.open(Path(".")) as objects:
        base, head = objects.resolve("origin/main"), objects.resolve("HEAD")
        landing = objects.merge_tree(base, head)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from rampgate.adapters.git_batch import ObjectReader, ObjectType
from rampgate.adapters.git_history import Step, steps, steps_after
from rampgate.adapters.git_parse import (
    CommitInfo,
    Entry,
    RawEntry,
    Tree,
    decode_path,
    is_oid,
    parse_commit,
    parse_links,
    parse_tree,
    raw_entry,
)
from rampgate.adapters.git_place import Place, find_repository
from rampgate.adapters.git_run import Quarantine, run_git
from rampgate.errors import InvalidInput, Problem, UsageProblem

__all__ = ["CommitInfo", "Entry", "GitObjects", "MergeResult", "TreeChange", "opened"]

MAX_COMMITS = 10_000
MAX_CHANGED_PATHS = 10_000
MAX_LISTED_FILES = 200_000
MAX_FOLDERS = 50_000
MAX_TREE_BYTES = 16_000_000
MAX_COMMIT_BYTES = 1_000_000
MAX_FOLDER_DEPTH = 64
MAX_STEPS = 16
"""How far the line of a commit is walked here before `git` is started, which takes as long as 50 steps."""

Work = TypeVar("Work", tuple[bytes, str], tuple[bytes, str | None, str | None])


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The tree that would land, or None and the paths on which the two sides conflict."""

    tree: str | None
    conflicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TreeChange:
    """One path at which two trees differ; `before` or `after` is None where the path is not there."""

    path: str
    before: Entry | None
    after: Entry | None


class GitObjects:
    """One repository, open for reading; a context manager."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._oid_length = 40 if place.object_format == "sha1" else 64
        self._quarantine = Quarantine(place.objects, place.object_format)
        self._reader = ObjectReader(self._quarantine.git_dir, place.object_format)
        self._trees: dict[str, Tree] = {}
        self._ranges: dict[tuple[str, str], list[CommitInfo]] = {}
        self._hidden: frozenset[str] = frozenset()
        self.absent: set[str] = set()
        """What was asked for and is not here, but for what is hidden: objects and commits by name."""

    @classmethod
    def open(cls, repo_dir: Path) -> Self:
        """Open the repository of a folder, or of the nearest folder above it.

        Raises Unreachable where there is none; InvalidInput where it is shallow, or has replace refs or grafts.
        """
        return cls(find_repository(repo_dir))

    @property
    def place(self) -> Place:
        """Return where the repository is, to open it once more."""
        return self._place

    @property
    def git_dir(self) -> Path:
        """Return the folder with the repository's own refs."""
        return self._place.git_dir

    @property
    def scratch(self) -> Path:
        """Return the temporary bare repository that reads these objects; what is made there goes when this closes."""
        return self._quarantine.git_dir

    def close(self) -> None:
        """End the reading process and remove the temporary folder."""
        self._reader.close()
        self._quarantine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What a past judgement saw

    def unpack(self, pack: bytes) -> None:
        """Add the objects of a pack, for as long as this is open; the repository itself does not get them.

        Raises InvalidInput where the bytes are no whole pack.
        """
        answer = run_git(self._quarantine.git_dir, ["unpack-objects", "-q"], accepted=(0, 1, 128), given=pack)
        if answer.code != 0:
            raise InvalidInput([Problem("", f"the pack of objects can not be read: {answer.stderr}")])

    def hide(self, commits: Iterable[str]) -> None:
        """Read these commits, and no longer those named before, as if they were not here."""
        self._hidden = frozenset(commits)

    # Commits

    def resolve(self, rev: str) -> str:
        """Return the full name of the commit that a revision names (a branch, tag, `HEAD~1`, or a name in part).

        Raises UsageProblem where it names none, could be read as an option, names more than one thing, or depends on
        dates or the reflog.
        """
        if is_oid(rev, self._oid_length):
            return self._known_commit(rev)
        if _is_no_name(rev):
            raise UsageProblem(f"`{rev}` is not a revision that can be used here; give a branch, a tag or a commit")
        answer = run_git(
            self._place.git_dir, ["rev-parse", "--verify", "--end-of-options", f"{rev}^{{commit}}"], accepted=(0, 128)
        )
        if answer.code != 0:
            raise UsageProblem(f"`{rev}` names no commit of this repository; fetch it, or see `git branch --all`")
        if "ambiguous" in answer.stderr:
            raise UsageProblem(f"`{rev}` names more than one thing; say `refs/heads/{rev}` or `refs/tags/{rev}`")
        # Objects of a repository with its own replacement rules are not believed until read without them.
        return self._known_commit(answer.stdout.decode("ascii", "replace").strip())

    def _known_commit(self, sha: str) -> str:
        found = self._info(sha)
        if found is None or found[0] != "commit":
            what = "is not in this repository" if found is None else f"is a {found[0]}, not a commit"
            raise UsageProblem(f"`{sha}` {what}; fetch it, or give a branch, a tag or a commit")
        return sha

    def has_commit(self, sha: str) -> bool:
        """Return whether the commit of this full name is here; what was fetched a moment ago is."""
        found = self._info(sha) if is_oid(sha, self._oid_length) else None
        return found is not None and found[0] == "commit"

    def _info(self, sha: str) -> tuple[str, int] | None:
        if sha in self._hidden:
            return None
        found = self._reader.info(sha)
        if found is None:
            self.absent.add(sha)
        return found

    def tips(self, *refs: str) -> list[str]:
        """Return the commits at which the refs of these whole names (`refs/heads/main`) stand, where there are such."""
        found = self.named(*refs)
        return [found[ref] for ref in refs if ref in found and self.has_commit(found[ref])]

    def named(self, *refs: str) -> dict[str, str]:
        """Return what the refs of these whole names name, by name; whether it is here and a commit is not asked."""
        asked = [ref for ref in refs if not _is_no_name(ref)]
        arguments = ["for-each-ref", "--format=%(objectname) %(refname)", "--end-of-options", *asked]
        lines = run_git(self._place.git_dir, arguments).stdout.decode("utf-8", "surrogateescape").split("\n")
        # What is asked for is read as a pattern and as a folder of refs, so more may come than these names.
        found = {name: sha for sha, _, name in (line.partition(" ") for line in lines)}
        return {ref: found[ref] for ref in asked if ref in found}

    def commit(self, sha: str) -> CommitInfo:
        """Return what one commit says."""
        return parse_commit(sha, self._read("commit", sha, MAX_COMMIT_BYTES))

    def tree_of(self, commit: str) -> str:
        """Return the name of the tree of a commit."""
        return self.commit(commit).tree

    def merge_base(self, first: str, second: str) -> str | None:
        """Return the one best common ancestor of two commits, or None where they have none.

        Raises InvalidInput where there are several (each side merged the other): then no single tree is "before".
        """
        arguments = ["merge-base", "--all", "--end-of-options", self._known_commit(first), self._known_commit(second)]
        if self._straight(first, second) is not None:
            return first
        found = run_git(self._quarantine.git_dir, arguments, accepted=(0, 1)).stdout.decode("ascii").split()
        if len(found) > 1:
            fix = "rebase the branch, or merge the base branch into it once more"
            message = f"`{first}` and `{second}` have {len(found)} best common ancestors; {fix}"
            raise InvalidInput([Problem("", message, found=" ".join(found), expected="one", fix=fix)])
        return found[0] if found else None

    def is_ancestor(self, first: str, second: str) -> bool:
        """Return whether the second commit is the first or comes after it, through any parent."""
        arguments = ["merge-base", "--is-ancestor", "--end-of-options"]
        arguments += [self._known_commit(first), self._known_commit(second)]
        return run_git(self._quarantine.git_dir, arguments, accepted=(0, 1)).code == 0

    def is_on_branch(self, commit: str, tip: str) -> bool:
        """Return whether a commit is the tip of a branch or one of its former tips, going by first parents alone."""
        if self._known_commit(commit) == self._known_commit(tip):
            return True
        if commit in self._line(tip):
            return True
        arguments = ["rev-list", "--first-parent", "--topo-order", "--end-of-options", tip, f"^{commit}"]
        since = run_git(self._quarantine.git_dir, arguments).stdout.decode("ascii").split()
        return bool(since) and self.commit(since[-1]).parents[:1] == (commit,)

    def commits_between(self, base: str, head: str) -> list[CommitInfo]:
        """Return every commit that is in head and not in base, through all parents, parents before children.

        With clocks far out of order git may name commits that base has too; it never leaves one out.
        Raises InvalidInput above 10,000 commits.
        """
        if (base, head) in self._ranges:
            return list(self._ranges[base, head])
        arguments = ["rev-list", "--topo-order", "--reverse", f"--max-count={MAX_COMMITS + 1}", "--end-of-options"]
        arguments += [self._known_commit(head), f"^{self._known_commit(base)}"]
        found = self._straight(base, head)
        if found is None:
            found = run_git(self._quarantine.git_dir, arguments).stdout.decode("ascii").split()
        if len(found) > MAX_COMMITS:
            raise _too_many("commits between base and head", MAX_COMMITS)
        self._ranges[base, head] = [self.commit(sha) for sha in found]
        return list(self._ranges[base, head])

    def _straight(self, first: str, last: str) -> list[str] | None:
        """Return the commits after the first up to the last, in order, where a few steps lead there past no merge.

        None where that is not so, or where something on the way can not be read: then `git` has to say.
        """
        found: list[str] = []
        at = last
        try:
            while at != first:
                parents = self.commit(at).parents
                if len(parents) != 1 or len(found) == MAX_STEPS:
                    return None
                found.append(at)
                at = parents[0]
        except InvalidInput:
            return None
        return found[::-1]

    def _line(self, tip: str) -> Iterator[str]:
        """Yield the last few former tips of a branch, the newest first; what can not be read ends it."""
        for _ in range(MAX_STEPS):
            try:
                parents = self.commit(tip).parents
            except InvalidInput:
                return
            if not parents:
                return
            tip = parents[0]
            yield tip

    # Trees

    def merge_tree(self, base: str, head: str) -> MergeResult:
        """Return the tree that merging head into base gives, without any attribute or merge driver.

        Raises InvalidInput where the two have no common history.
        """
        arguments = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", "--end-of-options"]
        arguments += [self._known_commit(base), self._known_commit(head)]
        answer = run_git(self._quarantine.git_dir, arguments, accepted=(0, 1, 128))
        if answer.code == 128:
            fix = "make the change on a branch of the base"
            message = f"`{head}` can not be merged into `{base}`: {answer.stderr}; {fix}"
            raise InvalidInput([Problem("", message, found=answer.stderr, fix=fix)])
        tree, *conflicts = answer.stdout.rstrip(b"\0").split(b"\0")
        if answer.code == 1:
            return MergeResult(None, tuple(sorted({decode_path(path) for path in conflicts})))
        return MergeResult(tree.decode("ascii"), ())

    def changed_paths(self, tree_a: str, tree_b: str) -> list[TreeChange]:
        """Return every file, symlink or gitlink at which two trees differ, sorted by path; no renames are guessed.

        Folders that are equal are not entered. Raises InvalidInput above 10,000 paths.
        """
        changes: list[TreeChange] = []
        for path, before, after in self._differences(tree_a, tree_b):
            if len(changes) == MAX_CHANGED_PATHS:
                raise _too_many("changed paths", MAX_CHANGED_PATHS)
            text = decode_path(path)
            changes.append(TreeChange(text, _at(text, before), _at(text, after)))
        return sorted(changes, key=lambda change: change.path)

    def _differences(self, tree_a: str, tree_b: str) -> Iterator[tuple[bytes, RawEntry | None, RawEntry | None]]:
        """Yield (path, before, after) of what is no folder; folders are compared by name before they are entered."""
        waiting: list[tuple[bytes, str | None, str | None]] = [(b"", tree_a, tree_b)]
        for prefix, first, second in self._limited(waiting):
            if first == second:
                continue
            side_a, side_b = (self._tree(oid) if oid else {} for oid in (first, second))
            for name in {name for name, _ in side_a.items() ^ side_b.items()}:
                before, after = raw_entry(side_a, name), raw_entry(side_b, name)
                path = prefix + name
                if _is_leaf(before) or _is_leaf(after):
                    yield path, _leaf(before), _leaf(after)
                if _is_folder(before) or _is_folder(after):
                    waiting.append((path + b"/", _folder_oid(before), _folder_oid(after)))

    def list_dir(self, tree: str, path: str) -> list[Entry]:
        """Return the entries of one folder, sorted by name; "" is the root; empty where nothing is at the path.

        Raises InvalidInput where the path is a file or a symlink, or a name in it is not UTF-8.
        """
        oid = self._folder(tree, path)
        prefix = f"{path}/" if path else ""
        return sorted(self._entries(prefix, oid) if oid else (), key=lambda entry: entry.path)

    def names_in(self, tree: str, path: str) -> Iterator[tuple[bytes, bytes, str]]:
        """Yield name, mode and object of everything in one folder, in the tree's order; quick, for long folders.

        Raises InvalidInput where the path is a file or a symlink.
        """
        oid = self._folder(tree, path)
        for name, (mode, target) in (self._tree(oid) if oid else {}).items():
            yield name, mode, target.hex()

    def list_tree(self, tree: str, path: str) -> list[Entry]:
        """Return all that is below a folder but the folders themselves, sorted by path; see `list_dir`."""
        oid = self._folder(tree, path)
        if oid is None:
            return []
        found: list[Entry] = []
        waiting = [(f"{path}/".encode() if path else b"", oid)]
        for prefix, folder in self._limited(waiting):
            entries = list(self._entries(prefix.decode(), folder))
            found += [entry for entry in entries if entry.kind != "folder"]
            waiting += [(f"{entry.path}/".encode(), entry.oid) for entry in entries if entry.kind == "folder"]
            if len(found) > MAX_LISTED_FILES:
                raise _too_many(f"files below `{path}`", MAX_LISTED_FILES)
        return sorted(found, key=lambda entry: entry.path)

    def tree_oid(self, tree: str, path: str) -> str | None:
        """Return the name of the tree of a folder, or None where there is no folder at the path."""
        if not path:
            return tree
        found = self.entry(tree, path)
        return found.oid if found and found.kind == "folder" else None

    def entry(self, tree: str, path: str) -> Entry | None:
        """Return what stands at a path, or None; symlinks on the way are not followed, nor is `..`."""
        *folders, name = path.encode("utf-8", "surrogatepass").split(b"/")
        for folder in folders:
            found = raw_entry(self._tree(tree), folder)
            if found is None or found.kind != "folder":
                return None
            tree = found.oid
        return _at(path, raw_entry(self._tree(tree), name))

    def read_blob(self, oid: str, *, limit_bytes: int) -> bytes:
        """Return the bytes of a file; raises InvalidInput where it is larger, absent or no file."""
        return self._read("blob", oid, limit_bytes)

    def _read(self, expected: ObjectType, oid: str, limit_bytes: int) -> bytes:
        try:
            return self._reader.read(expected, oid, limit_bytes=limit_bytes)
        except InvalidInput:
            if is_oid(oid, self._oid_length):
                self._info(oid)  # an absent one is noted
            raise

    def read_blobs(self, oids: Sequence[str], *, limit_bytes: int) -> Iterator[bytes]:
        """Yield the bytes of many files in their order; to be read to the end before anything else is asked."""
        return self._reader.read_many(oids, limit_bytes=limit_bytes)

    def read_links(self, shas: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Return the tree and the parents of many commits, in their order."""
        found = self._reader.read_many(shas, limit_bytes=MAX_COMMIT_BYTES, kind="commit")
        return [parse_links(sha, data) for sha, data in zip(shas, found, strict=True)]

    def steps(self, tip: str) -> Iterator[Step]:
        """Yield the commits of a branch along first parents, oldest first, with the paths at which each differs."""
        return steps(self._quarantine.git_dir, self._known_commit(tip))

    def steps_after(self, tip: str, after: str) -> list[Step] | None:
        """Return those after a commit, oldest first; None where it is not on that line."""
        return steps_after(self._quarantine.git_dir, self._known_commit(tip), after)

    def _folder(self, tree: str, path: str) -> str | None:
        oid = self.tree_oid(tree, path)
        found = self.entry(tree, path) if oid is None else None
        if found is not None:
            fix = "make it a folder"
            raise InvalidInput(
                [Problem(path, f"found a {found.kind}, expected a folder; {fix}", found=found.kind, fix=fix)]
            )
        return oid

    @staticmethod
    def _limited(waiting: list[Work]) -> Iterator[Work]:
        """Take folders from the list until it is empty; a few trees that name each other can make it endless."""
        taken = 0
        while waiting:
            item = waiting.pop()
            taken += 1
            if taken > MAX_FOLDERS or item[0].count(b"/") > MAX_FOLDER_DEPTH:
                raise _too_many("folders, or too many inside each other", MAX_FOLDERS)
            yield item

    def _entries(self, prefix: str, oid: str) -> Iterator[Entry]:
        tree = self._tree(oid)
        for name in tree:
            raw = raw_entry(tree, name)
            assert raw is not None
            yield Entry(raw.mode, raw.kind, raw.oid, prefix + decode_path(name))

    def _tree(self, oid: str) -> Tree:
        if oid not in self._trees:
            self._trees[oid] = parse_tree(oid, self._read("tree", oid, MAX_TREE_BYTES))
        return self._trees[oid]


@contextmanager
def opened(repo: Path | GitObjects) -> Iterator[GitObjects]:
    """Open the repository of a folder for the time of a block; one that is open already is lent, and stays open."""
    if isinstance(repo, GitObjects):
        yield repo
    else:
        with GitObjects.open(repo) as git:
            yield git


def _is_no_name(rev: str) -> bool:
    refused = rev.startswith("-") or ".." in rev or "@{" in rev or ":" in rev or "^{" in rev
    return refused or not rev or not rev.isprintable() or " " in rev


def _at(path: str, raw: RawEntry | None) -> Entry | None:
    return None if raw is None else Entry(raw.mode, raw.kind, raw.oid, path)


def _is_folder(raw: RawEntry | None) -> bool:
    return raw is not None and raw.kind == "folder"


def _is_leaf(raw: RawEntry | None) -> bool:
    return raw is not None and raw.kind != "folder"


def _leaf(raw: RawEntry | None) -> RawEntry | None:
    return raw if _is_leaf(raw) else None


def _folder_oid(raw: RawEntry | None) -> str | None:
    return raw.oid if raw is not None and raw.kind == "folder" else None


def _too_many(what: str, limit: int) -> InvalidInput:
    fix = "split the change"
    return InvalidInput([Problem("", f"more than {limit} {what}; {fix}", expected=f"at most {limit}", fix=fix)])
