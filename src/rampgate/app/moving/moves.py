"""Carries out a move: edits the stage lines, on a branch of their own, in one commit; or leaves everything as it was.

Used by `promote`, `rollback` and `restore`. The commit holds the named files and nothing else, by the user's own Git
identity.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.git_work import WorkRepo
from rampgate.app.judging.trees import Tree
from rampgate.app.moving.stages import governed_branch
from rampgate.app.write import write_all
from rampgate.core.paths import CARDS, POLICIES
from rampgate.errors import RampgateError, UsageProblem
from rampgate.formats.documents import Document
from rampgate.formats.edit import set_scalar


@dataclass(frozen=True, slots=True)
class StageEdit:
    """One stage line that a move changes."""

    version: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A move that was committed.

    event: path of the event file, "" for none. start: the branch or commit that it was made from. governed: the
    branch that it is meant for. notes: what the user should know beside it.
    """

    title: str
    edits: tuple[StageEdit, ...]
    event: str
    branch: str
    commit: str
    start: str
    governed: str
    notes: tuple[str, ...] = ()


def edited(document: Document, stage: str) -> bytes:
    """Return the bytes of a card with its stage set, and every other byte as it was."""
    return set_scalar(document.data, document.path, ("stage",), stage)


def refuse_changed_files(work: WorkRepo) -> None:
    """Raise UsageProblem where governed files differ from the last commit: they would not be part of the promotion."""
    changed = work.changed([CARDS, POLICIES, ".github"])
    if changed:
        listed = ", ".join(f"`{path}`" for path in changed[:4])
        more = f" and {len(changed) - 4} more" if len(changed) > 4 else ""
        raise UsageProblem(f"governed files have changes that are not committed: {listed}{more}\ncommit them first")


def refuse_taken(branch: str, taken: Collection[str]) -> None:
    """Raise UsageProblem where the remote has a branch of that name already, of an earlier move or somebody else's."""
    if branch in taken:
        raise UsageProblem(
            f"branch `{branch}` is on the remote already; if its pull request is merged or closed, delete it there: "
            f"git push origin --delete {branch}"
        )


@contextmanager
def told_from_where(work: WorkRepo, tree: Tree) -> Iterator[None]:
    """Add to what is refused inside on which branch the cards were read, where it is not the governed one."""
    try:
        yield
    except UsageProblem as error:
        current, governed = work.current_branch(), governed_branch(tree)
        if current in (None, governed) or governed not in work.branches():
            raise
        hint = f"these are the cards of branch `{current}`; to start from `{governed}`: git checkout {governed}"
        raise UsageProblem(f"{error}\n{hint}") from None


def commit_on_branch(work: WorkRepo, branch: str, files: Mapping[str, bytes], message: str) -> str:
    """Write the files on a new branch, commit them alone, stay there, and return the commit's full name.

    files: path from the root of the work tree -> bytes. Whatever fails, the files, the index and the branch are as
    they were before.
    """
    start = start_of(work)
    work.user()
    if branch in work.branches():
        raise UsageProblem(
            f"branch `{branch}` is there already, of an earlier move: push it, or delete it with "
            f"`git branch -D {branch}`"
        )
    before = {path: _bytes(work.root / path) for path in files}
    work.create_branch(branch)
    try:
        write_all({work.root / path: data for path, data in files.items()})
        return work.commit(list(files), message)
    except BaseException:
        _put_back(work.root, before)
        with suppress(RampgateError):
            work.abandon_branch(branch, back_to=start, paths=list(files))
        raise


def start_of(work: WorkRepo) -> str:
    """Return the branch, or the commit, that is checked out. Raises UsageProblem before the first commit."""
    head = work.head()
    if head is None:
        raise UsageProblem("there is no commit yet; commit the cards and policies first")
    return work.current_branch() or head


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _put_back(root: Path, before: Mapping[str, bytes | None]) -> None:
    for path, data in before.items():
        place = root / path
        if data is not None:
            if place.read_bytes() != data:
                place.write_bytes(data)
        else:
            place.unlink(missing_ok=True)
            with suppress(OSError):
                place.parent.rmdir()  # the folder of the file, where nothing else is in it


def where_from(start: str, governed: str) -> tuple[str, ...]:
    """Return a note where a move was not made from the governed branch."""
    if start == governed:
        return ()
    shown = f"branch `{start}`" if len(start) < 40 else f"commit {start[:7]}"
    more = f"what else differs there is part of the pull request; start from `{governed}` to leave it out"
    return (f"it was made from {shown}, not from `{governed}`; {more}",)
