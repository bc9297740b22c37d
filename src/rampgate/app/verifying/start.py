"""Where the proof of a history begins: at its first record, or behind a checkpoint that a witness signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from rampgate.adapters.git_history import Step
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.verifying.checkpoints import Kept
from rampgate.errors import InvalidInput
from rampgate.formats.log_tree import LogTree
from rampgate.formats.record import SealedRecord, read_record
from rampgate.model.record import RecordKind


@dataclass(frozen=True, slots=True)
class Start:
    """What is taken as proven: so many records, the newest of them, and the commit that holds them.

    opening: whether nothing but the opening and baselines is among them. before: gives the digest of the newest record
    of a model among them. newer: the commits of the branch after that. log: the folder of the log with them.
    """

    size: int = 0
    commit: str = ""
    head: str | None = None
    recorded_at: str = ""
    covered: str = ""
    opening: bool = True
    before: Callable[[str], str | None] = lambda _: None
    newer: tuple[Step, ...] = ()
    log: LogTree = field(default_factory=LogTree)


def start_behind(git: GitObjects, tip: str, kept: Kept | None) -> Start:
    """Return where to begin; at the first record where no checkpoint that the branch agrees with is given."""
    if kept is None or kept.why_not:
        return Start()
    said = kept.checkpoint
    try:
        newer = git.steps_after(tip, said.commit)
        if newer is None:
            return Start()
        ledger = Ledger(git, said.commit)
        newest = record_at(ledger, said.newest)
        if ledger.size != said.size or newest.digest != said.head or newest.record.git.covered != said.covered:
            return Start()
    except InvalidInput:
        return Start()
    before = Before(ledger, said.size)
    opening = newest.record.kind in (RecordKind.OPENING, RecordKind.BASELINE)
    written = newest.record.recorded_at
    log = ledger.grown(said.size)
    return Start(said.size, said.commit, said.head, written, said.covered, opening, before.digest, tuple(newer), log)


def record_at(ledger: Ledger, seq: int) -> SealedRecord:
    """Return one record as it lies in the log; raises InvalidInput where there is none that can be read."""
    entry = ledger.entries(seq, seq + 1)[0]
    return read_record(next(iter(list(ledger.read([entry])))), entry.path)


def digest_at(ledger: Ledger, seq: int) -> str | None:
    """Return the digest of one record, None where there is no such file."""
    try:
        entries = ledger.entries(seq, seq + 1)
        return sha256(next(iter(list(ledger.read(entries))))).hexdigest() if entries else None
    except InvalidInput:
        return None


@dataclass(frozen=True, slots=True)
class Before:
    """The records that are taken as proven, looked through from the newest on: a model's last is seldom far."""

    ledger: Ledger
    size: int

    def digest(self, model: str) -> str | None:
        """Return the digest of the newest record of a model, None where it has none."""
        for entry in self.ledger.newest_first(model, self.size):
            sealed = read_record(next(iter(list(self.ledger.read([entry])))), entry.path)
            if model in sealed.record.model_prev:
                return sealed.digest
        return None
