"""Pack what a judgement read, so that it can be read again where a branch is gone; and note which files were read.

Example::

    with NotingObjects.open(Path()) as git:
        ...  # judge something
        pack = packed(git, [head], [landing_tree], without=base, blobs=git.noted)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.git_place import Place
from rampgate.adapters.git_run import run_git


class NotingObjects(GitObjects):
    """A repository that notes, by name, every file that is read from it one by one; `noted` may be emptied."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.noted: set[str] = set()

    def read_blob(self, oid: str, *, limit_bytes: int) -> bytes:
        """Return the bytes of a file, and note that it was read."""
        data = super().read_blob(oid, limit_bytes=limit_bytes)
        self.noted.add(oid)
        return data


def packed(
    git: GitObjects,
    commits: Sequence[str],
    trees: Sequence[str],
    *,
    without: str,
    blobs: Collection[str] = (),
    with_files: bool = False,
) -> bytes | None:
    """Return a pack of commits and trees with all that they reach, but for what the commit `without` reaches.

    blobs: files to add, by name; with_files: whether every file that is reached is added. The pack stands alone: no
    object in it is told as a difference from one that is not. None where it would be empty.
    """
    asked = "".join(f"{name}\n" for name in (*commits, *trees, f"^{without}")).encode("ascii")
    arguments = ["rev-list", "--objects", *(() if with_files else ("--filter=blob:none",)), "--stdin"]
    listed = run_git(git.scratch, arguments, given=asked).stdout.splitlines()
    names = dict.fromkeys([*(line.partition(b" ")[0].decode("ascii") for line in listed), *sorted(blobs)])
    if not names:
        return None
    # One thread and nothing taken over from other packs: the same objects give the same bytes in every clone.
    words = ["pack-objects", "--stdout", "-q", "--threads=1", "--no-reuse-delta", "--no-reuse-object"]
    return run_git(git.scratch, words, given="".join(f"{name}\n" for name in names).encode("ascii")).stdout
