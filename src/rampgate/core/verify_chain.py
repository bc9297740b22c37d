"""Whether records follow each other: places, digests over the whole log and for each model, and moments of writing.

Unlike `rampgate.core.history_chain`, which stops a reader at the first fault, this goes on and tells them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rampgate.core.instants import instant
from rampgate.core.verify_record import fault, history_read
from rampgate.formats.log_tree import LogTree
from rampgate.model.record import Record, RecordKind
from rampgate.model.verified import Mismatch


def _none_before(_: str) -> str | None:
    return None


@dataclass
class ChainCheck:
    """The records so far; `take` the next one.

    seq, prev, recorded_at: of the place to come and of the record before it. may_open: whether nothing but the opening
    and baselines was before. before: gives the digest of the newest record of a model among those that are taken on a
    checkpoint's word.
    """

    seq: int = 0
    prev: str | None = None
    recorded_at: str = ""
    may_open: bool = True
    before: Callable[[str], str | None] = _none_before
    log: LogTree = field(default_factory=LogTree)
    """The folder of the log with the records before the place to come."""
    digests: list[str] = field(default_factory=list)
    """Of the records that were taken, one after the other."""
    _of_model: dict[str, str | None] = field(default_factory=dict)
    _unread: set[str] = field(default_factory=set)
    _is_broken: bool = False
    _landed_at: str = ""
    _base: int = field(init=False)

    def __post_init__(self) -> None:
        """Remember where it begins."""
        self._base = self.seq

    def skip(self, digest: str) -> None:
        """Pass over a record that can not be read: the next one still has to name its digest."""
        self._unread.add(digest)
        self._step(digest, self.seq)

    def take(self, record: Record, digest: str) -> Iterator[Mismatch]:
        """Yield in what a record does not follow those before it; it is then the newest. digest: of its envelope.

        Its file is put into `log` after this.
        """
        if record.seq != self.seq:
            self._is_broken = True
            what = "a record is missing before it" if record.seq > self.seq else "the place is taken already"
            yield fault(record, "record.sequence", what, f"record {record.seq}", f"record {self.seq}")
        if record.prev != self.prev:
            what = "it does not name the record before it"
            yield fault(record, "record.chain", what, str(record.prev), str(self.prev))
            self._is_broken = True
        # Behind a record that was altered or taken away no folder can be the one that was named: that is told once.
        if record.log != self.log.name and not self._is_broken:
            what = "it does not name the folder of the records before it"
            yield fault(record, "record.log", what, str(record.log), str(self.log.name))
        yield from self._models(record)
        yield from self._moments(record)
        yield from self._history(record)
        if record.kind is RecordKind.BASELINE and not self.may_open:
            yield fault(record, "record.kind", "a baseline stands right after the opening, and nowhere else")
        self.may_open = self.may_open and record.kind in (RecordKind.OPENING, RecordKind.BASELINE)
        self._of_model |= dict.fromkeys(record.model_prev, digest)
        self._step(digest, record.seq)

    def _step(self, digest: str, seq: int) -> None:
        self.digests.append(digest)
        self.prev, self.seq = digest, seq + 1

    def _models(self, record: Record) -> Iterator[Mismatch]:
        for model, named in record.model_prev.items():
            if model not in self._of_model:
                self._of_model[model] = self.before(model)
            expected = self._of_model[model]
            if named != expected and named not in self._unread:
                what = f"it does not name the record of `{model}` before it"
                yield fault(record, "record.model_chain", what, str(named), str(expected))

    def _moments(self, record: Record) -> Iterator[Mismatch]:
        if self.recorded_at and instant(record.recorded_at) < instant(self.recorded_at):
            what = "it was written before the record before it"
            yield fault(record, "record.time", what, record.recorded_at, f"{self.recorded_at} or later")
        else:
            self.recorded_at = record.recorded_at
        if not record.landed:
            return
        if self._landed_at and not record.past_the_gate and instant(record.at) < instant(self._landed_at):
            what = "it landed before the landing that it follows, and does not say so"
            yield fault(record, "record.time", what, record.at, f"{self._landed_at} or later")
        self._landed_at = record.at

    def _history(self, record: Record) -> Iterator[Mismatch]:
        read = history_read(record)
        if read is None:
            return
        size, head = read
        place = size - self._base - 1
        if size > record.seq or size < 1 or (place >= 0 and place < len(self.digests) and self.digests[place] != head):
            what = f"it was judged by another history than the {record.seq} records before it"
            yield fault(record, "record.decision", what, f"{size} records, the newest {head}")
