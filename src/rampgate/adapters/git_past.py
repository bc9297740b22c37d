"""Read Git as a past judgement saw it, many judgements one after the other: what is read twice is kept.

Objects are named by their content, so that what was read once is what would be read again.
"""

from __future__ import annotations

from typing import Final

from rampgate.adapters.git_objects import CommitInfo, GitObjects
from rampgate.adapters.git_place import Place
from rampgate.adapters.git_run import run_git

KEPT_BYTES: Final = 64 << 10
"""Files of at most so many bytes are kept."""

MOST_BYTES: Final = 32 << 20
"""So many bytes of files are kept; then it begins anew."""


class RememberingObjects(GitObjects):
    """A repository that keeps the commits and the small files that it has read."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._commits: dict[str, CommitInfo] = {}
        self._files: dict[str, bytes] = {}
        self._bytes = 0

    def commit(self, sha: str) -> CommitInfo:
        """Return what one commit says."""
        if sha not in self._commits:
            self._commits[sha] = super().commit(sha)
        return self._commits[sha]

    def read_blob(self, oid: str, *, limit_bytes: int) -> bytes:
        """Return the bytes of a file; raises InvalidInput where it is larger, absent or no file."""
        known = self._files.get(oid)
        if known is not None and len(known) <= limit_bytes:
            return known
        data = super().read_blob(oid, limit_bytes=limit_bytes)
        if len(data) <= KEPT_BYTES:
            if self._bytes > MOST_BYTES:
                self._files, self._bytes = {}, 0
            self._files[oid] = data
            self._bytes += len(data)
        return data

    def look_through(self, one: str, other: str) -> None:
        """Note as absent every file and folder of two commits, and of what they have in common, that is not here.

        That is for what Git reads by itself, as when it merges. Raises Unreachable where a commit is not here.
        """
        common = run_git(self.scratch, ["merge-base", "--all", "--end-of-options", one, other], accepted=(0, 1))
        words = ["rev-list", "--objects", "--no-walk", "--missing=print", "--end-of-options", one, other]
        listed = run_git(self.scratch, [*words, *common.stdout.decode("ascii").split()]).stdout.splitlines()
        self.absent |= {line[1:].decode("ascii") for line in listed if line.startswith(b"?")}
