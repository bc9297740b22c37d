"""Ends one key of the decision history and begins another of the same role, at a place of the history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rampgate.app.keys.file import KeysFile, first_place, found_keys, next_place
from rampgate.app.keys.pair import KeyWish, NewKey, new_key
from rampgate.app.work_files import find_root
from rampgate.errors import UsageProblem
from rampgate.model.history import HistoryKey

OVERLAP: Final = 20
"""How many records both keys may sign where no place was given: others land while the pull request waits."""


@dataclass(frozen=True, slots=True)
class RotateRequest:
    """A key that takes another one's place. at: its first place, None for the next free one.

    overlap: how many records both may sign; None for none where a place was given, else `OVERLAP`.
    """

    repo: Path
    old: str
    wish: KeyWish
    at: int | None = None
    overlap: int | None = None


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done. start: the first place of the new key; last: the last one of the old key."""

    old: str
    new: str
    key: NewKey
    role: str
    start: int
    last: int


def rotate(request: RotateRequest) -> Rotated:
    """Make the new key, end the old one, and say both in `policies/history.yaml`.

    Raises UsageProblem, InvalidInput or Unreachable; nothing is then left behind.
    """
    root = find_root(request.repo)
    before = found_keys(root)
    role, index, old = before.find(request.old)
    if request.wish.name in [each.name for keys in before.roles.values() for each in keys]:
        raise UsageProblem(f"there is a key `{request.wish.name}` already; give the new one a name of its own")
    start = _start(root, request, before, role)
    overlap = request.overlap if request.overlap is not None else 0 if request.at is not None else OVERLAP
    last = start - 1 + overlap
    _refuse_ended(old, start)
    key = new_key(root, request.wish)
    item: dict[str, Any] = {"name": request.wish.name, "key": key.text, "from": start}
    after = before.with_field(role, index, "to", last).with_key(role, item)
    with key.kept():
        after.write()
    return Rotated(old.name, request.wish.name, key, role, start, last)


def _start(root: Path, request: RotateRequest, before: KeysFile, role: str) -> int:
    branch = before.settings.branch
    free = next_place(root, branch)
    if request.at is None:
        if free is None:
            told = f"fetch it with `git fetch origin {branch}`, or say the place with --at"
            raise UsageProblem(f"this clone has no branch `{branch}`, so the next free place is not known; {told}")
        return first_place(free, role)
    if free is not None and request.at < first_place(free, role):
        told = f"the next free place is {free}; a key that is not to be believed is revoked"
        raise UsageProblem(f"record {request.at} is written already, under the old key; {told}")
    return request.at


def _refuse_ended(old: HistoryKey, start: int) -> None:
    """Raise UsageProblem where the old key can not end before a place: it has ended, or not begun."""
    if old.revoked is not None:
        told = "make another with `rampgate keys create`"
        raise UsageProblem(f"`{old.name}` is revoked from record {old.revoked.from_} on; {told}")
    if old.to is not None:
        raise UsageProblem(f"`{old.name}` ends at record {old.to} already; make another with `rampgate keys create`")
    if start <= old.from_:
        told = "while it has signed nothing, change the key in the file instead"
        raise UsageProblem(f"`{old.name}` counts from record {old.from_} on, and can not end before {start}; {told}")
