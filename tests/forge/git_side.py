"""The Git half: bare repositories behind `git http-backend`, and what GitHub itself does with refs.

Old commits stay fetchable by their id after a force-push, as on GitHub; nobody may push to `refs/pull/`.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from worlds.copied import copy_tree
from worlds.git_world import DATE, clean_environment

SETTINGS = """\
[core]
    repositoryformatversion = 0
    bare = true
[uploadpack]
    allowAnySHA1InWant = true
[receive]
    hideRefs = refs/pull
    denyDeleteCurrent = ignore
[http]
    receivepack = true
[gc]
    auto = 0
[protocol "file"]
    allow = always
"""
FORGE_IDENTITY = {
    "GIT_AUTHOR_NAME": "GitHub",
    "GIT_AUTHOR_EMAIL": "noreply@github.com",
    "GIT_AUTHOR_DATE": DATE,
    "GIT_COMMITTER_NAME": "GitHub",
    "GIT_COMMITTER_EMAIL": "noreply@github.com",
    "GIT_COMMITTER_DATE": DATE,
}

FULL_ID = re.compile(r"[0-9a-f]{40}")
OWN_REF = re.compile(r"refs/(?:heads|pull)(?:/(?!\.)[A-Za-z0-9._-]+(?<!\.lock))+")
"""Names of refs that can be looked up as the files that they are; any other name is Git's to read."""


class GitFailed(Exception):
    """Git ended with an error; the text is what it said."""


@dataclass(frozen=True)
class Entry:
    """One line of a tree."""

    mode: str
    kind: str
    sha: str
    size: int
    path: str


class BareRepository:
    """One bare repository at `root/owner/name.git`."""

    def __init__(self, root: Path, full_name: str) -> None:
        self.root = root
        self.path = root / f"{full_name}.git"
        for each in ("refs/heads", "objects/info", "objects/pack"):
            (self.path / each).mkdir(parents=True)
        (self.path / "config").write_text(SETTINGS)
        (self.path / "HEAD").write_text("ref: refs/heads/main\n")
        # Commits stay, and every status asks for one: Git is asked for each once.
        self._known: set[str] = set()
        # What lies between two commits never changes, and every answer about a pull request asks for it.
        self._commits: dict[tuple[str, str], list[dict[str, str]]] = {}
        self._changed: dict[tuple[str, str], tuple[int, int, int]] = {}

    def bytes(self, *words: str, stdin: bytes = b"") -> bytes:
        if words[0] == "gc":  # the one command after which a commit may be gone
            self._known.clear()
        done = subprocess.run(
            ["git", *words],
            cwd=self.path,
            env=clean_environment() | FORGE_IDENTITY,
            input=stdin,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise GitFailed(f"git {' '.join(words)}: {done.stderr.decode()}{done.stdout.decode()}")
        return done.stdout

    def git(self, *words: str, stdin: str = "") -> str:
        return self.bytes(*words, stdin=stdin.encode()).decode("utf-8", "replace").rstrip("\n")

    def refs(self) -> dict[str, str]:
        return refs_of(self.path)

    def commit_of(self, name: str) -> str | None:
        """The commit of a branch, tag or full id; None where there is none."""
        if name in self._known:
            return name
        if OWN_REF.fullmatch(name) and ".." not in name and (sha := _ref(self.path, name)):
            return sha
        for each in (name, f"refs/heads/{name}", f"refs/{name}"):
            try:
                sha = self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{each}^{{commit}}")
            except GitFailed:
                continue
            if sha == name:
                self._known.add(sha)
            return sha
        return None

    def set_ref(self, name: str, sha: str) -> None:
        """Let a ref stand at a commit that is here: written as Git writes it, and where the name is plain without it."""
        if not OWN_REF.fullmatch(name):
            self.git("update-ref", name, sha)
            return
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        written = target.with_name(f"{target.name}.lock")
        with written.open("x") as file:  # whoever pushes to this ref meanwhile holds the same lock
            file.write(f"{sha}\n")
        written.replace(target)

    def delete_ref(self, name: str) -> None:
        self.git("update-ref", "-d", name)

    def contains(self, tip: str, commit: str) -> bool:
        try:
            self.git("merge-base", "--is-ancestor", commit, tip)
        except GitFailed:
            return False
        return True

    def merged(self, base: str, head: str, message: str, *, squash: bool = False) -> str | None:
        """The commit that merging head into base gives; None where the two conflict. No ref moves."""
        try:
            tree = self.git("merge-tree", "--write-tree", base, head).splitlines()[0]
        except GitFailed:
            return None
        parents = ["-p", base] if squash else ["-p", base, "-p", head]
        return self.git("commit-tree", tree, *parents, "-F", "-", stdin=message)

    def commits(self, base: str, head: str) -> list[dict[str, str]]:
        """The commits that a pull request brings, oldest first."""
        if (base, head) not in self._commits:
            self._commits[base, head] = self._list(base, head)
        return self._commits[base, head]

    def _list(self, base: str, head: str) -> list[dict[str, str]]:
        fields = ("%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B")
        names = ("sha", "tree", "parents", "an", "ae", "at", "cn", "ce", "ct", "message")
        words = ["log", "--reverse", "--topo-order", f"--format={'%x00'.join(fields)}%x01", f"{base}..{head}"]
        entries = (entry.lstrip("\n") for entry in self.git(*words).split("\x01"))
        return [dict(zip(names, entry.split("\0"), strict=True)) for entry in entries if entry]

    def entry(self, commit: str, path: str) -> Entry | None:
        """What lies at a path of a commit's tree."""
        found = self.entries(commit, path.rstrip("/"))
        return found[0] if found else None

    def entries(self, commit: str, path: str) -> list[Entry]:
        """The line at `path`, or with a slash at its end (or empty) the lines below it."""
        text = self.git("ls-tree", "-l", "-z", commit, *(["--", path] if path else []))
        return [_entry(line) for line in text.split("\0") if line]

    def changed(self, base: str, head: str) -> tuple[int, int, int]:
        """Additions, deletions and changed files between the merge base and head."""
        if (base, head) not in self._changed:
            self._changed[base, head] = self._compare(base, head)
        return self._changed[base, head]

    def _compare(self, base: str, head: str) -> tuple[int, int, int]:
        rows = [line.split("\t") for line in self.git("diff", "--numstat", f"{base}...{head}").splitlines()]
        added, deleted = (sum(int(row[at]) for row in rows if row[at] != "-") for at in (0, 1))
        return added, deleted, len(rows)

    def begin_as(self, other: Path) -> None:
        """Take everything of another repository, where this one is empty yet: its objects and its branches."""
        shutil.rmtree(self.path / "objects")
        copy_tree(other / "objects", self.path / "objects")
        for name, sha in refs_of(other).items():
            if name.startswith("refs/heads/"):
                self.set_ref(name, sha)

    def take(self, other: Path, source: str, name: str, *, force: bool = False) -> None:
        """Let a branch stand where a branch of another repository stands: what a push does, without a server between.

        Raises GitFailed where there is no such branch, or where this one would lose commits.
        """
        sha = _ref(other, source)
        if sha is None:
            raise GitFailed(f"{other} has no {source}")
        self.bring(other, sha)
        old = _ref(self.path, name)
        if old is not None and not force and not self.contains(sha, old):
            raise GitFailed(f"{name} would lose {old}")
        self.set_ref(name, sha)

    def bring(self, other: Path, sha: str) -> None:
        """Copy a commit of another repository with everything that it needs, and nothing else."""
        have = [f"^{each}" for each in set(self.refs().values())]
        words = ["git", f"--git-dir={other}", "rev-list", "--objects", "--ignore-missing", sha, *have]
        listed = subprocess.run(words, env=clean_environment(), capture_output=True, check=True).stdout.decode()
        for oid in (line[:40] for line in listed.splitlines()):
            place = f"objects/{oid[:2]}/{oid[2:]}"
            if (self.path / place).exists():
                continue
            if not (other / place).exists():  # it lies in a pack
                self.fetch_from(other, sha)
                return
            (self.path / place).parent.mkdir(exist_ok=True)
            shutil.copy2(other / place, self.path / place)

    def fetch_from(self, place: Path, *refspecs: str) -> None:
        self.git("fetch", "-q", "--no-write-fetch-head", str(place), *refspecs)


def refs_of(git_dir: Path) -> dict[str, str]:
    """Every ref of a repository and where it stands, by name; read from its files."""
    found = dict(_packed(git_dir))
    for folder, _, names in os.walk(git_dir / "refs"):
        for name in names:
            if name.endswith(".lock"):
                continue
            ref = (Path(folder) / name).relative_to(git_dir).as_posix()
            if sha := _ref(git_dir, ref):
                found[ref] = sha
    return dict(sorted(found.items()))


def _packed(git_dir: Path) -> list[tuple[str, str]]:
    try:
        lines = (git_dir / "packed-refs").read_text().splitlines()
    except FileNotFoundError:
        return []
    return [(line[41:], line[:40]) for line in lines if FULL_ID.fullmatch(line[:40])]


def _ref(git_dir: Path, name: str) -> str | None:
    """Where one ref stands; None where there is none."""
    try:
        text = (git_dir / name).read_text().strip()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return dict(_packed(git_dir)).get(name)
    return text if FULL_ID.fullmatch(text) else None


def _entry(line: str) -> Entry:
    head, _, path = line.partition("\t")
    mode, kind, sha, size = head.split()
    return Entry(mode, kind, sha, int(size) if size.isdigit() else 0, path)


Reply = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers and body."""

_abilities: dict[tuple[str, str], Reply] = {}


def http_backend(root: Path, variables: dict[str, str], body: bytes) -> Reply:
    """Answer one request as `git http-backend` does, a fetch with fewer processes than it takes."""
    protocol = variables.get("GIT_PROTOCOL", "")
    asked = variables["QUERY_STRING"], protocol
    if variables["REQUEST_METHOD"] == "POST" and variables["PATH_INFO"].endswith("/git-upload-pack"):
        return _uploaded(root, variables, body)
    if asked != ("service=git-upload-pack", "version=2"):
        return _backend(root, variables, body)
    # Protocol 2 begins with what the server can do, in which there is nothing of the repository's content.
    if asked not in _abilities:
        _abilities[asked] = _backend(root, variables, body)
    return _abilities[asked]


def _uploaded(root: Path, variables: dict[str, str], body: bytes) -> Reply:
    """Run what `git http-backend` runs for a fetch, without it in between."""
    if variables.get("HTTP_CONTENT_ENCODING") in ("gzip", "x-gzip"):
        body = gzip.decompress(body)
    place = root / variables["PATH_INFO"].removeprefix("/").removesuffix("/git-upload-pack")
    environment = clean_environment() | {"GIT_PROTOCOL": variables.get("GIT_PROTOCOL", "")}
    words = ["git", "-c", "safe.directory=*", "upload-pack", "--stateless-rpc", os.fspath(place)]
    done = subprocess.run(words, env=environment, input=body, capture_output=True, check=False)
    headers = [("Content-Type", "application/x-git-upload-pack-result"), ("Cache-Control", "no-cache")]
    return 200, headers, done.stdout


def _backend(root: Path, variables: dict[str, str], body: bytes) -> Reply:
    environment = clean_environment() | {"GIT_PROJECT_ROOT": os.fspath(root), "GIT_HTTP_EXPORT_ALL": "1"} | variables
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "http-backend"], env=environment, input=body, capture_output=True, check=False
    )
    head, _, rest = done.stdout.partition(b"\r\n\r\n")
    headers = [
        (name.strip(), value.strip()) for name, _, value in (x.partition(":") for x in head.decode().splitlines())
    ]
    status = next((int(value.split()[0]) for name, value in headers if name.lower() == "status"), 200)
    return status, [each for each in headers if each[0].lower() != "status"], rest
