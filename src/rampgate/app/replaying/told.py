"""The records of a history, told one after the other: every judge sees those before its own, and each is read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from rampgate.adapters.ledger import Ledger
from rampgate.app.history.open_history import OpenHistory
from rampgate.app.judging.chronicle import Chronicle
from rampgate.app.judging.trust import Trust, read_briefs
from rampgate.core.history_entry import without_findings
from rampgate.formats.dsse import Envelope
from rampgate.formats.record import SealedRecord, log_path, may_be_about
from rampgate.model.history import HistorySettings

FEW: Final = 20
"""So many records are judged with their models' own records read for each; for more, all records are read once."""

_NO_ENVELOPE: Final = Envelope(b"", "", "")


def told(history: OpenHistory, picked: Sequence[int] | None) -> Iterator[tuple[SealedRecord, Chronicle]]:
    """Yield the picked records, in order, each with the history before it, which is good until the next is asked for.

    picked: places in order, None for every record; for a few of them the rest of the history is not read.
    Raises NotBelieved where a record is not to be believed.
    """
    if picked is not None and len(picked) <= FEW:
        whole = Chronicle(history.ledger, history.trust, history.ledger.size)
        for seq in picked:
            yield history.one(seq), whole.up_to(seq)
        return
    wanted = None if picked is None else frozenset(picked)
    last = picked[-1] if picked else None
    telling = Telling(history.ledger)
    for sealed in history.sealed():
        seq = sealed.record.seq
        if wanted is None or seq in wanted:
            yield sealed, ToldSoFar(history.ledger, history.trust, seq, telling=telling)
        if seq == last:
            return
        telling.add(sealed)


@dataclass
class Telling:
    """The records told so far, without what only their own judgement needs, so that a long history fits in memory."""

    ledger: Ledger
    newest: SealedRecord | None = None
    _of_all: list[SealedRecord] = field(default_factory=list)
    _of_model: dict[str, list[SealedRecord]] = field(default_factory=dict)
    _believed: dict[HistorySettings, set[int]] = field(default_factory=dict)
    _trust: Trust | None = None

    def add(self, sealed: SealedRecord) -> None:
        """Take the next record."""
        record, path = sealed.record, log_path(sealed.record)
        # Whose word counts seldom changes from one record to the next, and the envelope is at hand now.
        if self._trust is not None and self._trust.problem(sealed, path) is None:
            self._believed[self._trust.settings].add(record.seq)
        self.newest = slim = SealedRecord(without_findings(record), _NO_ENVELOPE, sealed.digest)
        for each in (
            [self._of_all] if may_be_about(path, "") else [self._of_model.setdefault(m, []) for m in record.models]
        ):
            each.append(slim)

    def named_for(self, model: str, trust: Trust) -> list[SealedRecord]:
        """Return what `Chronicle.of` does. Raises InvalidInput as it does."""
        found = sorted((*self._of_all, *self._of_model.get(model, ())), key=lambda each: each.record.seq)
        self.believe(found, trust)
        return found

    def believe(self, records: Sequence[SealedRecord], trust: Trust) -> None:
        """Raise InvalidInput for a record that is not believed under these settings; each is looked at once."""
        known = self._believed.setdefault(trust.settings, set())
        self._trust = trust
        for each in records:
            seq = each.record.seq
            if seq not in known:
                known.update(e.record.seq for e in read_briefs(self.ledger, self.ledger.entries(seq, seq + 1), trust))


@dataclass(kw_only=True)
class ToldSoFar(Chronicle):
    """The records that a telling has told, as a judge reads them; good until the next one is told."""

    telling: Telling

    def newest(self) -> SealedRecord | None:
        """Return the last record."""
        found = self.telling.newest
        self.telling.believe([found] if found else [], self.trust)
        return found

    def of(self, model: str) -> list[SealedRecord]:
        """Return the records that matter for a model, in order, all believed."""
        return self.telling.named_for(model, self.trust)
