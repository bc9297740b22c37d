"""The one way by which reading commands come to the decision history: whole, in order, and believed or not told.

Every record is parsed strictly, follows the one before it by digest, and is signed by a key that counts for its place.
Deliberately not here: whether records and governed branch cover each other, which `rampgate audit verify` proves.
Example::

    with open_history(Path()) as history:
        print([entry.title for entry in history.entries()])
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from rampgate.adapters.git_objects import GitObjects, opened
from rampgate.adapters.ledger import Ledger
from rampgate.app.history.governed_tip import Governed, trusted_settings
from rampgate.app.judging.trust import Trust
from rampgate.app.verifying.examine import Examined, LogFile
from rampgate.app.verifying.side import Examiners
from rampgate.core.history_chain import Chain
from rampgate.core.history_entry import entry_of
from rampgate.errors import InvalidInput, NotBelieved, Problem, Unreachable
from rampgate.formats.record import SealedRecord, log_path, read_record
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.history_views import Entry
from rampgate.model.record import Record, RecordedStatement

Tell = Callable[[int, int], None]
"""Takes how many records are read, and how many there are."""

_BLOCK: Final = 200
"""Records that are read from Git at once; no more of them are in memory whole."""
_VERIFY: Final = "nothing is told from a history that is not believed; `rampgate audit verify` lists every fault"
_WHO: Final = ("waiver", "break-glass")
"""The kinds of statements that name who let something pass."""


@dataclass
class OpenHistory:
    """A decision history, open for reading. repository: what its records must name."""

    git: GitObjects
    ledger: Ledger
    trust: Trust
    governed: Governed
    tell: Tell | None = None
    _entries: list[Entry] | None = field(init=False, default=None)

    @property
    def repository(self) -> str:
        """Return the name of the repository that the history is of."""
        return self.trust.settings.repository

    def entries(self) -> list[Entry]:
        """Return every record as it is listed, in order, read once. Raises NotBelieved as `sealed` does.

        A long history is examined by other processes too, where there are processors for them.
        """
        if self._entries is None:
            with _believing():
                self._entries = list(self._listed())
        return self._entries

    def _listed(self) -> Iterator[Entry]:
        chain = Chain()
        with closing(Examiners(self.trust)) as examiners:
            for block in self._blocks():
                while examiners.is_full:
                    yield from self._believed(examiners.take(), chain)
                examiners.put(block)
            while not examiners.is_empty:
                yield from self._believed(examiners.take(), chain)

    def _believed(self, block: Iterable[Examined], chain: Chain) -> Iterator[Entry]:
        for each in block:
            record = each.record
            if each.mismatches or record is None:
                told = (Problem(m.place, m.message, found=m.found, expected=m.expected) for m in each.mismatches)
                raise InvalidInput(told)
            problem = self._elsewhere(record) or chain.take(record, each.digest)
            if problem is not None:
                raise InvalidInput([problem])
            yield entry_of(record, each.digest, self._excused(record), self._stated(record))

    def _elsewhere(self, record: Record) -> Problem | None:
        if record.repository == self.repository:
            return None
        message = "it is of another repository"
        return Problem(log_path(record), message, found=record.repository, expected=self.repository)

    def sealed(self) -> Iterator[SealedRecord]:
        """Yield every record whole, from the first on.

        Raises NotBelieved at the first that is malformed, does not follow the one before it, or is not signed by a
        key that counts for its place.
        """
        chain = Chain()
        with _believing():
            for block in self._blocks():
                for file in block:
                    yield self._checked(file, chain)

    def _blocks(self) -> Iterator[list[LogFile]]:
        """Yield the files of the log in blocks; each is read to its end before anything else is asked of Git."""
        files = self.ledger.entries()
        for start in range(0, len(files), _BLOCK):
            block = files[start : start + _BLOCK]
            data = list(self.ledger.read(block))
            yield [LogFile(file.path, file.seq, each) for file, each in zip(block, data, strict=True)]
            if self.tell is not None:
                self.tell(start + len(block), len(files))

    def _checked(self, file: LogFile, chain: Chain) -> SealedRecord:
        sealed = read_record(file.data, file.path)
        problem = self.trust.problem(sealed, file.path) or chain.take(sealed.record, sealed.digest)
        if problem is not None:
            raise InvalidInput([problem])
        return sealed

    def one(self, seq: int) -> SealedRecord:
        """Return one record whole; `entries` has said whether the history is to be believed."""
        with _believing():
            file = self.ledger.entries(seq, seq + 1)[0]
            return read_record(next(iter(list(self.ledger.read([file])))), file.path)

    def document(self, record: Record) -> Mapping[str, Any] | None:
        """Return the decision as it was told then, None where nothing was decided.

        Raises NotBelieved where the content that the record names is not there, or is no decision.
        """
        if record.decision is None:
            return None
        with _believing():
            value = json.loads(self.ledger.input(record.decision.document))
            if not isinstance(value, dict) or value.get("schema") != "rampgate/decision/v1":
                raise InvalidInput([Problem(f"record {record.seq}", "its decision document is none")])
        return value

    def statement(self, stated: RecordedStatement) -> bytes | None:
        """Return the content of a statement, None where the history does not keep it."""
        with _believing():
            return self.ledger.input(stated.sha256) if self.ledger.holds(stated.sha256) else None

    def _excused(self, record: Record) -> Mapping[str, Any]:
        shown = record.decision
        if shown is None or not (shown.waivers or shown.break_glass):
            return {}
        document = self.document(record) or {}
        excused: Mapping[str, Any] = document["excused_by"]
        return excused

    def _stated(self, record: Record) -> Iterator[tuple[str, Any]]:
        for each in record.statements:
            data = self.statement(each) if each.kind in _WHO else None
            if data is not None:
                # What landed past the gate may be no YAML; the record is true all the same.
                with suppress(InvalidInput):
                    yield each.kind, load_yaml(data, each.path).value


@contextmanager
def open_history(repo: Path | GitObjects, trust: Path | None = None, tell: Tell | None = None) -> Iterator[OpenHistory]:
    """Open the history of a clone for the time of a block.

    trust: a file like `policies/history.yaml` that was kept elsewhere, None for the one of the governed branch.
    Raises Unreachable where the clone has no history, InvalidInput where the settings are not valid, NotBelieved where
    the log is no log.
    """
    with opened(repo) as git:
        settings, governed = trusted_settings(git, trust)
        with _believing():
            ledger = Ledger.on(git, settings.branch)
            size = 0 if ledger is None else ledger.size
        if ledger is None:
            raise Unreachable(
                f"the decision history is not in this clone: there is no branch `{settings.branch}`; "
                f"fetch it: `git fetch origin {settings.branch}`"
            )
        if not size:
            raise Unreachable("the decision history is empty; `rampgate record` begins it")
        yield OpenHistory(git, ledger, Trust(settings), governed, tell)


@contextmanager
def _believing() -> Iterator[None]:
    """Turn whatever is wrong with the log into the one error that says so, with the way to learn more."""
    try:
        yield
    except NotBelieved:
        raise
    except (InvalidInput, KeyError, ValueError) as error:
        problems = error.problems if isinstance(error, InvalidInput) else [Problem("log", f"it is damaged: {error!r}")]
        raise NotBelieved(replace(each, fix=_VERIFY) for each in problems) from None
