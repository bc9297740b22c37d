"""Reads the event that woke a run of GitHub Actions; from it come a number and commit ids, and nothing is believed.

Only which pull request or commit is to be looked at is taken; everything that is judged is asked for again. Keys that
are not needed are passed over, because GitHub adds some every month. Source: docs.github.com, "Events that trigger
workflows" and "Webhook events and payloads".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rampgate.errors import InvalidInput, Problem
from rampgate.formats.forge_json import load_answer
from rampgate.formats.suggest import did_you_mean
from rampgate.model.wake import Wake, WakeAll, WakeClosed, WakeHead, WakeNothing, WakePull, WakeQueue

LARGEST_EVENT: Final = 160 << 20
"""Bytes of an event once every character beyond ASCII is written as 6. GitHub's own limit is 25 MB, before that."""

_SHA: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_QUEUE: Final = re.compile(r"(?:refs/heads/)?gh-readonly-queue/(?P<base>.+)/pr-(?P<pull>[1-9][0-9]{0,9})-[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """An entry of the merge queue: the branch that it goes into, and the number of the pull request."""

    base: str
    pull: int


def wake_of(name: str, data: bytes, path: str) -> Wake:
    """Return what an event asks for. name: as in `GITHUB_EVENT_NAME`; data: the bytes of the file `path`.

    Raises InvalidInput where the event is none that rampgate is woken by, or is not what GitHub documents.
    """
    reader = READERS.get(name)
    if reader is None:
        hint = did_you_mean(name, READERS)
        known = ", ".join(READERS)
        fix = "let the workflow run on one of those events, as `rampgate github init` writes it"
        raise InvalidInput([Problem("", f"the event `{name}` says nothing to judge{hint}", found=name, expected=known,
                                    fix=fix)])  # fmt: skip
    value = load_answer(data, path, max_bytes=LARGEST_EVENT).value
    if not isinstance(value, dict):
        raise InvalidInput([Problem(path, "the event is no JSON object", fix=_FIX)])
    return reader(_Event(value, path))


_FIX: Final = "give the file that GITHUB_EVENT_PATH names, as GitHub wrote it"


class _Event:
    """One event, asked for what must be there."""

    def __init__(self, value: Mapping[str, Any], path: str) -> None:
        self.value = value
        self._path = path

    def get(self, *keys: str) -> Any:
        """Return what stands at a path of keys, or None."""
        value: Any = self.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def text(self, *keys: str) -> str:
        """Return the text at a path of keys."""
        value = self.get(*keys)
        if isinstance(value, str):
            return value
        raise self._refusal(keys, "a text")

    def number(self, *keys: str) -> int:
        """Return the number above zero at a path of keys."""
        value = self.get(*keys)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        raise self._refusal(keys, "a whole number above 0")

    def sha(self, *keys: str) -> str:
        """Return the full commit id at a path of keys."""
        value = self.get(*keys)
        if isinstance(value, str) and _SHA.fullmatch(value):
            return value
        raise self._refusal(keys, "a full commit id")

    def _refusal(self, keys: tuple[str, ...], expected: str) -> InvalidInput:
        where = ".".join(keys)
        found = repr(self.get(*keys))[:80]
        return InvalidInput([Problem(self._path, f"the event's `{where}` is not what it should be", found=found,
                                    expected=expected, fix=_FIX)])  # fmt: skip


def _pull_request(event: _Event) -> Wake:
    head = event.sha("pull_request", "head", "sha")
    if event.get("action") == "closed":
        return WakeClosed(head, event.get("pull_request", "merged") is True)
    before = event.sha("before") if event.get("before") is not None else ""
    return WakePull(event.number("pull_request", "number"), head, event.text("pull_request", "base", "ref"), before)


def _workflow_run(event: _Event) -> Wake:
    head = event.sha("workflow_run", "head_sha")
    match event.get("workflow_run", "event"):
        case "merge_group":
            return _queue(head, event.text("workflow_run", "head_branch"))
        case "push" | "workflow_dispatch":
            # What landed is on record now, and what waited for that can be judged.
            return WakeAll(event.text("workflow_run", "head_branch"))
        case "pull_request_target":
            return WakeNothing("a pull request that was closed is on record now")
        case _:
            return WakeHead(head)


def _merge_group(event: _Event) -> Wake:
    if event.get("action") == "destroyed":
        return WakeNothing("the queue let the group go")
    return _queue(event.sha("merge_group", "head_sha"), event.text("merge_group", "head_ref"))


def queue_entry(branch: str) -> QueueEntry | None:
    """Return what a branch of GitHub's merge queue is for, None for any other branch."""
    found = _QUEUE.fullmatch(branch)
    return QueueEntry(found["base"], int(found["pull"])) if found else None


def _queue(head: str, branch: str) -> Wake:
    entry = queue_entry(branch)
    if entry is None:
        message = "the merge queue's branch does not say which pull request it is for"
        raise InvalidInput(
            [Problem("", message, found=branch[:80], expected="gh-readonly-queue/BASE/pr-NUMBER-COMMIT")]
        )
    return WakeQueue(head, entry.pull, entry.base)


def _push(event: _Event) -> Wake:
    ref = event.text("ref")
    if not ref.startswith("refs/heads/"):
        return WakeNothing(f"`{ref[:80]}` is no branch")
    if event.get("deleted") is True:
        return WakeNothing("a branch was deleted")
    return WakeAll(ref.removeprefix("refs/heads/"))


def _all(_event: _Event) -> Wake:
    return WakeAll()


READERS: Final[Mapping[str, Callable[[_Event], Wake]]] = {
    "pull_request_target": _pull_request,
    "pull_request": _pull_request,
    "pull_request_review": _pull_request,
    "workflow_run": _workflow_run,
    "merge_group": _merge_group,
    "push": _push,
    "schedule": _all,
    "workflow_dispatch": _all,
}
"""Name of an event -> how it is read."""
