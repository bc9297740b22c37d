"""What became of a decision: whether what it let in still stands, and which later record ended or corrected it.

A fold over all records in their order; dates have no part in it. Example::

    fates = Fates(records)
    fates.of(records[7]).words  # "rolled back to pilot by record 9"
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from rampgate.core.chronicle import put_right
from rampgate.model.record import Record, RecordedMove, RecordKind

STANDS: Final = "still stands"
_RULES: Final = (RecordKind.POLICY, RecordKind.WAIVER)
_WORD: Final = {
    RecordKind.ROLLBACK: "rolled back",
    RecordKind.RETIRE: "retired",
    RecordKind.RESTORE: "restored",
    RecordKind.PROMOTE: "moved on",
    RecordKind.AMEND: "amended",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of what a record tells of.

    word: the short answer, such as `still stands` or `rolled back`. words: the whole sentence, without a full stop.
    later: the places of the records that say so, in order.
    """

    word: str
    words: str
    later: tuple[int, ...] = ()


@dataclass
class Fates:
    """The later fate of every record of a history."""

    records: Iterable[Record]
    _about: dict[tuple[str, str], list[Record]] = field(init=False, default_factory=lambda: defaultdict(list))
    _rules: list[Record] = field(init=False, default_factory=list)
    _corrected: dict[int, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Read the records once, from the first to the last."""
        records = list(self.records)
        self._corrected = put_right(records)
        for record in records:
            for subject in set(subjects(record)):
                self._about[subject].append(record)
            if record.landed and record.kind in _RULES:
                self._rules.append(record)

    def of(self, record: Record) -> Fate:
        """Return what became of one of the records."""
        fate = self._landed(record) if record.landed else self._did_not_land(record)
        by = self._corrected.get(record.seq)
        if by is None:
            return fate
        words = f"corrected by record {by}; {fate.words}"
        return Fate("corrected", words, tuple(sorted({by, *fate.later})))

    def _landed(self, record: Record) -> Fate:
        main = next(iter(subjects(record)), None)
        if main is None:
            return self._of_rules(record)
        after = self._next(main, record.seq)
        if after is None:
            return Fate(STANDS, f"{main[0]} {main[1]} still stands as this record left it")
        # What moves along with another version, as the incumbent does, is not what the kind of record speaks of.
        word = _WORD.get(after.kind, "changed") if next(subjects(after)) == main else "moved"
        move = _move_of(after, main)
        to = move.to if move is not None and move.to not in (move.from_, word) else None
        where = f" to {to}" if to is not None else ""
        return Fate(word, f"{word}{where} by record {after.seq}", (after.seq,))

    def _of_rules(self, record: Record) -> Fate:
        if record.kind not in _RULES:
            return Fate("moves nothing", "it moves no version")
        after = next((each.seq for each in self._rules if each.seq > record.seq), None)
        if after is None:
            return Fate(STANDS, "the rules were not changed again")
        return Fate("followed", f"the rules were changed again by record {after}", (after,))

    def _did_not_land(self, record: Record) -> Fate:
        if record.decision is None:
            return Fate("moves nothing", "it moves no version")
        shown = record.decision.transition
        if shown is None or shown.from_ == shown.to:
            return Fate("did not land", "it did not land")
        same = (
            each
            for each in self._about[shown.model, shown.version]
            if each.seq > record.seq and (move := _move_of(each, (shown.model, shown.version))) and move.to == shown.to
        )
        after = next(same, None)
        if after is None:
            words = f"it did not land, and {shown.model} {shown.version} has not come to {shown.to} since"
            return Fate("did not land", words)
        words = f"it did not land; {shown.model} {shown.version} came to {shown.to} later, by record {after.seq}"
        return Fate("did not land", words, (after.seq,))

    def _next(self, subject: tuple[str, str], seq: int) -> Record | None:
        return next((each for each in self._about[subject] if each.seq > seq), None)


def subjects(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the versions, as (model, version), that a record changed something of; the one it is about comes first."""
    if not record.landed:
        return
    shown = record.decision.transition if record.decision else None
    if shown is not None:
        yield shown.model, shown.version
    yield from ((each.model, each.version) for each in record.moves)


def _move_of(record: Record, subject: tuple[str, str]) -> RecordedMove | None:
    return next((each for each in record.moves if (each.model, each.version) == subject), None)
