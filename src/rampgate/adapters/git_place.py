"""Find the repository that a folder belongs to, and refuse one whose history is cut short or rewritten in place.

Example: `find_repository(Path("."))` gives the Git folder, the folder with the objects, and the kind of object names.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.git_run import ObjectFormat, run_git
from rampgate.errors import InvalidInput, Problem, Unreachable


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository keeps its refs (`git_dir`) and its objects; a linked worktree keeps them apart."""

    git_dir: Path
    objects: Path
    object_format: ObjectFormat


def find_repository(folder: Path) -> Place:
    """Return where the repository of this folder, or of the nearest folder above it, keeps refs and objects.

    Raises Unreachable where there is none; InvalidInput where it is shallow or has replace refs or grafts, because
    then the same commit names mean different histories to different readers.
    """
    git_dir = _find_git_dir(folder)
    common = _common_dir(git_dir)
    answer = run_git(
        git_dir, ["rev-parse", "--show-object-format", "--is-shallow-repository", "--glob=refs/replace/"]
    ).stdout.decode("ascii", "replace")
    object_format, shallow, *replaced = answer.split()
    problems = [*_shallow(folder, shallow == "true"), *_replaced(folder, len(replaced)), *_grafted(folder, common)]
    if problems:
        raise InvalidInput(problems)
    return Place(git_dir, common / "objects", "sha256" if object_format == "sha256" else "sha1")


def _find_git_dir(folder: Path) -> Path:
    start = folder.absolute()
    if not start.is_dir():
        raise Unreachable(f"`{folder}` is not a folder; give the folder of a Git repository")
    for candidate in (start, *start.parents):
        if (candidate / ".git").is_dir():
            return candidate / ".git"
        if (candidate / ".git").is_file():
            return _follow(candidate / ".git")
        if (candidate / "HEAD").is_file() and (candidate / "objects").is_dir() and (candidate / "refs").is_dir():
            return candidate
    raise Unreachable(f"`{folder}` is not inside a Git repository; run `git init` or give another folder")


def _follow(pointer: Path) -> Path:
    """Return the Git folder that the `.git` file of a worktree or submodule names."""
    text = pointer.read_text(encoding="utf-8", errors="surrogateescape")
    target = pointer.parent / text.removeprefix("gitdir:").strip()
    if not text.startswith("gitdir:") or not target.is_dir():
        raise Unreachable(f"`{pointer}` names no Git folder; run `git worktree repair`")
    return target.resolve()


def _common_dir(git_dir: Path) -> Path:
    pointer = git_dir / "commondir"
    if not pointer.is_file():
        return git_dir
    return (git_dir / pointer.read_text(encoding="utf-8", errors="surrogateescape").strip()).resolve()


def _shallow(folder: Path, found: bool) -> list[Problem]:
    message = "the repository is a shallow clone, its history is cut off"
    fix = "fetch the whole history: `fetch-depth: 0` in actions/checkout, or `git fetch --unshallow`"
    return [Problem(str(folder), f"{message}; {fix}", fix=fix)] if found else []


def _replaced(folder: Path, count: int) -> list[Problem]:
    message = f"the repository has {count} replace refs, which show other content under the same name"
    fix = "judge in a plain clone, or remove them with `git replace -d`"
    return [Problem(str(folder), f"{message}; {fix}", fix=fix)] if count else []


def _grafted(folder: Path, common: Path) -> list[Problem]:
    grafts = common / "info" / "grafts"
    fix = "judge in a plain clone, or remove the file"
    found = grafts.is_symlink() or (grafts.exists() and grafts.stat().st_size > 0)
    message = "the repository has a grafts file `info/grafts`, which invents parents"
    return [Problem(str(folder), f"{message}; {fix}", fix=fix)] if found else []
