"""Makes a key of the decision history and declares it, in a file that is made where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rampgate.adapters.git_work import WorkRepo
from rampgate.app.keys.file import PATH, SIGNERS, WITNESSES, KeysFile, first_place, next_place, read_keys
from rampgate.app.keys.pair import KeyWish, NewKey, new_key
from rampgate.app.new_file import new_file
from rampgate.app.work_files import find_root
from rampgate.errors import Unreachable, UsageProblem
from rampgate.formats.git_url import parse
from rampgate.model.history import DECISIONS, HistorySettings


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """A key for the history. witness: it signs checkpoints instead of records. start: the first place, None if open.

    repository: what the records are to name, "" where it is guessed or said already.
    """

    repo: Path
    wish: KeyWish
    witness: bool = False
    repository: str = ""
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """What was made. start: the first place that it may sign; is_first: the file was made with it; notes: in words."""

    name: str
    key: NewKey
    role: str
    start: int
    repository: str
    is_first: bool
    notes: tuple[str, ...] = ()


def create(request: CreateRequest) -> Created:
    """Make the key, declare it in `policies/history.yaml`, and return it.

    Raises UsageProblem, InvalidInput or Unreachable; nothing is then left behind.
    """
    root = find_root(request.repo)
    before = read_keys(root)
    _refuse_other_wishes(request, before)
    repository = before.settings.repository if before else request.repository or guessed_repository(root)
    start, notes = _start(root, request, before)
    key = new_key(root, request.wish)
    role = WITNESSES if request.witness else SIGNERS
    item: dict[str, Any] = {"name": request.wish.name, "key": key.text, "from": start}
    after = before.with_key(role, item) if before else _first(root, repository, item)
    with key.kept():
        after.write()
    return Created(request.wish.name, key, role, start, repository, before is None, notes)


def guessed_repository(root: Path) -> str:
    """Return what records name a repository by its `origin`: `github.com/acme/models`. Raises UsageProblem."""
    instead = "say it: --repository github.com/acme/models"
    try:
        work = WorkRepo.open(root)
    except Unreachable:
        raise UsageProblem(f"this is no clone, so nothing tells which repository it is; {instead}") from None
    try:
        remote = parse(work.push_address())
    except UsageProblem:
        raise UsageProblem(f"there is no remote `origin`, so nothing tells which repository it is; {instead}") from None
    finally:
        work.close()
    if remote is None:
        raise UsageProblem(f"the address of `origin` names no repository on a host; {instead}")
    return f"{remote.host}/{remote.repository}"


def _refuse_other_wishes(request: CreateRequest, before: KeysFile | None) -> None:
    if before is None:
        if request.witness:
            raise UsageProblem(f"there is no {PATH} yet; create the key that signs records first, without --witness")
        return
    said = before.settings.repository
    if request.repository not in ("", said):
        raise UsageProblem(f"{PATH} is about `{said}`, not `{request.repository}`; leave --repository out")
    if request.wish.name in [each.name for keys in before.roles.values() for each in keys]:
        told = "give another name; a key is replaced by `rampgate keys rotate`"
        raise UsageProblem(f"{PATH} has a key `{request.wish.name}` already; {told}")


def _start(root: Path, request: CreateRequest, before: KeysFile | None) -> tuple[int, tuple[str, ...]]:
    """Return the first place that the key may sign, and what the user should know of it.

    No key may speak for records that were written before it.
    """
    if request.start is not None:
        return request.start, ()
    role = WITNESSES if request.witness else SIGNERS
    branch = before.settings.branch if before else DECISIONS
    free = next_place(root, branch)
    if free is None and before is not None:
        note = f"this clone has no branch `{branch}`, so the key counts from record 0 on; else say --from"
        return 0, (note,)
    return first_place(free or 0, role), ()


def _first(root: Path, repository: str, item: dict[str, Any]) -> KeysFile:
    values = {"schema": "rampgate/history/v1", "repository": repository, "signers": [item]}
    data, settings = new_file(PATH, values, HistorySettings, "history")
    return KeysFile(root, data, settings)
