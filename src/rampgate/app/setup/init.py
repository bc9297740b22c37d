"""Sets up a repository: what would be written, what is kept, and the writing itself; nothing is ever overwritten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rampgate.adapters import packaged
from rampgate.app.setup.scaffold import Answers, Somebody, scaffold
from rampgate.app.write import write_all
from rampgate.errors import InvalidInput, Unreachable, UsageProblem
from rampgate.formats.schema_check import check_schema


@dataclass(frozen=True, slots=True)
class Setup:
    """What `init` would do: files to write (path -> bytes), files that are there and stay, whether Git is missing.

    same: those that stay and already are what would be written; replaced: those to write that are there.
    """

    root: Path
    write: Mapping[str, bytes]
    kept: tuple[str, ...]
    needs_git: bool
    same: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()


def somebody(text: str, option: str) -> Somebody:
    """Return the person that `NAME:ID:LOGIN` or `NAME:ID:LOGIN:EMAIL` names. Raises UsageProblem for anything else."""
    parts = text.split(":", 3)
    if len(parts) < 3 or not parts[1].isascii() or not parts[1].isdigit() or int(parts[1]) < 1:
        raise UsageProblem(
            f"{option} `{text}`: expected NAME:ID:LOGIN, such as `alice:1001:alice-b`, with the numeric id of the "
            "GitHub account (`gh api users/LOGIN --jq .id`)"
        )
    person = {"name": parts[0], "accounts": [{"forge": "github", "id": int(parts[1]), "login": parts[2]}]}
    if len(parts) == 4:
        person["emails"] = [parts[3]]
    _refuse_odd({"schema": "rampgate/people/v1", "people": [person]}, f"{option} `{text}`")
    return Somebody(parts[0], int(parts[1]), parts[2], parts[3] if len(parts) == 4 else "")


def _refuse_odd(people: dict[str, Any], place: str) -> None:
    from rampgate.formats.documents import Document  # noqa: PLC0415 -- only here

    problems = check_schema(Document(place, b"", people), "people", packaged.schema("people"))
    if problems:
        raise UsageProblem(f"{place}: {problems[0].message}" + (f"; {problems[0].fix}" if problems[0].fix else ""))


def plan_setup(folder: Path, answers: Answers) -> Setup:
    """Return what setting up a folder would write.

    Raises UsageProblem for answers that do not fit, Unreachable where the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise Unreachable(f"`{folder}` is not a folder")
    _refuse_odd_answers(answers)
    here = folder.resolve()
    root = next((each for each in (here, *here.parents) if (each / ".git").exists()), None)
    files = scaffold(answers)
    top = root or here
    kept = tuple(path for path in files if (top / path).exists() or (top / path).is_symlink())
    return Setup(top, {path: data for path, data in files.items() if path not in kept}, kept, root is None)


def _refuse_odd_answers(answers: Answers) -> None:
    try:
        ratio = Decimal(answers.ratio)
    except InvalidOperation:
        ratio = Decimal(0)
    if not 0 < ratio <= 1 or not re.fullmatch(r"[01](\.[0-9]+)?", answers.ratio):
        raise UsageProblem(
            f"--fairness-ratio `{answers.ratio}`: expected a decimal above 0 and at most 1, as in `0.80`"
        )
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}", answers.branch):
        raise UsageProblem(f"--branch `{answers.branch}` is no name of a branch")
    for attribute in answers.attributes:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_ -]{0,60}", attribute):
            raise UsageProblem(f"--attributes `{attribute}`: expected names of columns, as in `sex,age_band`")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,60}", answers.team):
        raise UsageProblem(f"--team `{answers.team}`: expected letters, digits, spaces and hyphens")


def write_setup(setup: Setup, *, git_init: bool) -> None:
    """Write the files of a setup, all or none; make the Git repository first where that is asked for."""
    if git_init and setup.needs_git:
        from rampgate.adapters.git_work import WorkRepo  # noqa: PLC0415 -- GitPython is slow to import

        WorkRepo.init(setup.root).close()
    write_all({setup.root / path: data for path, data in setup.write.items()})


def branch_of(folder: Path) -> str:
    """Return the branch that changes of a folder's repository are meant for; `main` where there is no repository."""
    from rampgate.adapters.git_work import WorkRepo  # noqa: PLC0415 -- GitPython is slow to import

    try:
        work = WorkRepo.open(folder)
    except Unreachable:
        return "main"
    try:
        return work.default_branch()
    finally:
        work.close()


def problems_after(setup: Setup) -> list[str]:
    """Return what is wrong with what was kept and written together, one line each."""
    from rampgate.app.checking.check import check  # noqa: PLC0415 -- only after writing

    try:
        return [str(problem) for problem in check(setup.root).problems]
    except InvalidInput as error:
        return [str(problem) for problem in error.problems]


__all__ = ["Answers", "Setup", "Somebody", "branch_of", "plan_setup", "problems_after", "somebody", "write_setup"]
