"""Reads the branch of the history commit by commit, and tells where it is no log: one record more each, nothing else.

Contents that records name are read as they are added, and held against their names. What is read stays in memory for
one block of commits only.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Final

from rampgate.adapters.git_history import PathChange, Step
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import MAX_INPUT_BYTES
from rampgate.app.judging.trust import Trust
from rampgate.app.verifying.examine import Examined, LogFile
from rampgate.app.verifying.side import Examiners
from rampgate.formats.dsse import MAX_ENVELOPE_BYTES
from rampgate.formats.record import FOLDER_SIZE, input_path
from rampgate.model.verified import Mismatch

BLOCK: Final = 100
"""Commits that are read at once."""

_LOG: Final = re.compile(r"log/([0-9]{4})/([0-9]{6})-[A-Za-z0-9.+_-]{1,200}\.json")
_INPUT: Final = re.compile(r"inputs/[0-9a-f]{2}/([0-9a-f]{64})")
_FILE: Final = "100644"


@dataclass
class Added:
    """What one commit of the branch adds. inputs: digest -> blob, of contents that are what their names say."""

    commit: str
    files: list[tuple[str, int, str]] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    examined: list[Examined] = field(default_factory=list)


@dataclass
class LogReader:
    """The branch from a commit on; `blocks` yields what it adds, and `mismatches` collects what it must not do."""

    git: GitObjects
    trust: Trust
    tip: str
    after: str = ""
    newer: Sequence[Step] = ()
    mismatches: list[Mismatch] = field(default_factory=list)
    _last: str = field(init=False)

    def __post_init__(self) -> None:
        """Begin behind the commit that is taken on a checkpoint's word."""
        self._last = self.after

    def commits(self) -> Iterator[Added]:
        """Yield what each commit adds, oldest first."""
        waiting: deque[list[Added]] = deque()
        with Examiners(self.trust) as examiners:
            for block in self._blocks():
                if examiners.is_full:
                    yield from _filled(waiting.popleft(), examiners.take())
                examiners.put(self._files(block))
                waiting.append(block)
            while waiting:
                yield from _filled(waiting.popleft(), examiners.take())

    def _blocks(self) -> Iterator[list[Added]]:
        steps = iter(self.newer) if self.after else self.git.steps(self.tip)
        while block := list(islice(steps, BLOCK)):
            links = self.git.read_links([each.commit for each in block])
            added = [self._added(step, parents) for step, (_, parents) in zip(block, links, strict=True)]
            self._read_inputs(added)
            yield added

    def _added(self, step: Step, parents: tuple[str, ...]) -> Added:
        self._check_parents(step.commit, parents)
        found = Added(step.commit)
        for change in step.changes:
            self._sort(change, found)
        if len(found.files) != 1:
            self._tell("commit.adds", step.commit, "a commit of the history adds exactly one record", len(found.files))
        return found

    def _check_parents(self, commit: str, parents: tuple[str, ...]) -> None:
        expected = (self._last,) if self._last else ()
        if parents != expected:
            what = "a commit of the history has exactly the one before it as parent, and the first has none"
            self._tell("commit.parents", commit, what, " ".join(parents) or "none")
        self._last = commit

    def _sort(self, change: PathChange, found: Added) -> None:
        path = change.path.decode("utf-8", "backslashreplace")
        if change.status != "A":
            verb = {"D": "removes", "M": "changes"}.get(change.status, "changes the type of")
            self._tell("commit.rewrites", found.commit, f"it {verb} `{path}`; nothing is ever rewritten")
            return
        log, content = _LOG.fullmatch(path), _INPUT.fullmatch(path)
        if change.mode != _FILE or not (log or content):
            self._tell("commit.path", found.commit, f"it adds `{path}`, which has no place in a history", change.mode)
        elif log:
            seq = int(log[2])
            if seq // FOLDER_SIZE != int(log[1]):
                self._tell("commit.path", found.commit, f"record {seq} lies in another folder than its own: `{path}`")
            found.files.append((path, seq, change.after))
        elif content and input_path(content[1]) == path:
            found.inputs[content[1]] = change.after
        else:
            self._tell("commit.path", found.commit, f"a content lies in another folder than its own: `{path}`")

    def _read_inputs(self, block: Sequence[Added]) -> None:
        named = [(each, name, blob) for each in block for name, blob in each.inputs.items()]
        contents = self.git.read_blobs([blob for _, _, blob in named], limit_bytes=MAX_INPUT_BYTES)
        for (each, name, _), data in zip(named, contents, strict=True):
            found = sha256(data).hexdigest()
            if found != name:
                what = f"the content `{input_path(name)}` has other bytes than its name says"
                self.mismatches.append(Mismatch("input.content", _commit(each.commit), what, found, name))
                del each.inputs[name]

    def _files(self, block: Sequence[Added]) -> list[LogFile]:
        files = [file for each in block for file in each.files]
        data = self.git.read_blobs([blob for *_, blob in files], limit_bytes=MAX_ENVELOPE_BYTES)
        return [LogFile(path, seq, envelope) for (path, seq, _), envelope in zip(files, data, strict=True)]

    def _tell(self, kind: str, commit: str, what: str, found: object = "") -> None:
        self.mismatches.append(Mismatch(kind, _commit(commit), what, str(found)))


def _filled(block: list[Added], examined: Sequence[Examined]) -> Iterator[Added]:
    """Yield commits with what their envelopes are."""
    rest = iter(examined)
    for each in block:
        each.examined += islice(rest, len(each.files))
        yield each


def _commit(sha: str) -> str:
    return f"commit {sha[:12]}"
