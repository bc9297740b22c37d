"""Examines envelopes one by one: their form and whose signature they bear. What takes nearly all of the time.

What comes out is small, whatever went in: the record without the long lists that nothing further looks at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from rampgate.app.judging.trust import Trust
from rampgate.core.instants import instant
from rampgate.errors import InvalidInput, Problem
from rampgate.formats.record import read_brief
from rampgate.model.record import Record
from rampgate.model.sourced import Missing
from rampgate.model.verified import Mismatch


class LogFile(NamedTuple):
    """One envelope of the log. seq: its place, by its name."""

    path: str
    seq: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Examined:
    """What one envelope is. record: without findings, None where it can not be read; key: whose signature it bears."""

    digest: str
    record: Record | None
    key: str
    mismatches: tuple[Mismatch, ...]


def examine(file: LogFile, trust: Trust) -> Examined:
    """Return what an envelope is."""
    digest = sha256(file.data).hexdigest()
    place = f"record {file.seq}"
    try:
        sealed = read_brief(file.data, file.path)
        _refuse_no_moment(sealed.record, file.path)
    except InvalidInput as error:
        told = (
            Mismatch("record.malformed", place, f"`{file.path}`: {e.message}", e.found, e.expected, file.seq)
            for e in error.problems
        )
        return Examined(digest, None, "", tuple(told))
    signer = trust.signer(sealed)
    record = _brief(sealed.record)
    if isinstance(signer, Missing):
        return Examined(digest, record, "", (Mismatch("record.signature", place, signer.why, seq=file.seq),))
    return Examined(digest, record, signer.name, ())


def _refuse_no_moment(record: Record, path: str) -> None:
    """Raise InvalidInput where a moment has the right form and no calendar has it, such as the 31st of February."""
    moments = [record.at, record.recorded_at, *([record.decision.evaluated_at] if record.decision else [])]
    for each in moments:
        try:
            instant(each)
        except ValueError:
            raise InvalidInput([Problem(path, "no calendar has this moment", found=each)]) from None


def _brief(record: Record) -> Record:
    if record.decision is None:
        return record
    lists = dict.fromkeys(("findings", "not_applicable", "ignored"), ())
    return record.model_copy(update={"decision": record.decision.model_copy(update=lists)})


# As bytes, for a process at the side


def question(files: Iterable[LogFile]) -> bytes:
    """Return files as one question."""
    files = list(files)
    head = json.dumps([(each.path, each.seq, len(each.data)) for each in files]).encode()
    return b"\n".join([head, b"".join(each.data for each in files)])


def asked(data: bytes) -> list[LogFile]:
    """Return the files of a question."""
    head, _, rest = data.partition(b"\n")
    found, at = [], 0
    for path, seq, size in json.loads(head):
        found.append(LogFile(path, seq, rest[at : at + size]))
        at += size
    return found


def answer(examined: Sequence[Examined]) -> bytes:
    """Return what was found as one answer."""
    return b"\n".join(line for each in examined for line in (_head(each), _record(each.record)))


def answered(data: bytes) -> list[Examined]:
    """Return what an answer says."""
    lines = data.split(b"\n")
    return [_read(json.loads(head), record) for head, record in zip(lines[::2], lines[1::2], strict=True)]


def _head(examined: Examined) -> bytes:
    told = [(e.kind, e.place, e.message, e.found, e.expected, e.seq) for e in examined.mismatches]
    return json.dumps([examined.digest, examined.key, told]).encode()


def _record(record: Record | None) -> bytes:
    return b"" if record is None else record.model_dump_json(by_alias=True).encode()


def _read(head: Any, record: bytes) -> Examined:
    digest, key, told = head
    read = Record.model_validate_json(record) if record else None
    return Examined(digest, read, key, tuple(Mismatch(*each) for each in told))
