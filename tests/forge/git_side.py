"""The Git half: bare repositories behind `git http-backend`, and what GitHub itself does with refs.

Old commits stay fetchable by their id after a force-push, as on GitHub; nobody may push to `refs/pull/`.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

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
        # What lies between two commits never changes, and every answer about a pull request asks for it.
        self._commits: dict[tuple[str, str], list[dict[str, str]]] = {}
        self._changed: dict[tuple[str, str], tuple[int, int, int]] = {}

    def bytes(self, *words: str, stdin: bytes = b"") -> bytes:
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
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return {name: sha for name, _, sha in (line.partition(" ") for line in lines)}

    def commit_of(self, name: str) -> str | None:
        """The commit of a branch, tag or full id; None where there is none."""
        for each in (name, f"refs/heads/{name}", f"refs/{name}"):
            try:
                return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{each}^{{commit}}")
            except GitFailed:
                continue
        return None

    def set_ref(self, name: str, sha: str) -> None:
        self.git("update-ref", name, sha)

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

    def fetch_from(self, place: Path, *refspecs: str) -> None:
        self.git("fetch", "-q", "--no-write-fetch-head", str(place), *refspecs)


def _entry(line: str) -> Entry:
    head, _, path = line.partition("\t")
    mode, kind, sha, size = head.split()
    return Entry(mode, kind, sha, int(size) if size.isdigit() else 0, path)


def http_backend(root: Path, variables: dict[str, str], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """Run `git http-backend` for one request and return status, headers and body."""
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
