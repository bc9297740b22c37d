"""Writes entries down as records, each behind the one before it: numbered, chained, signed, with what they name.

Nothing leaves this program here: what was written waits in `additions` to be appended in one go.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rampgate.adapters.clock import parse_rfc3339
from rampgate.adapters.ledger_write import Addition
from rampgate.app.history.seal import seal
from rampgate.app.judging.chronicle import Chronicle
from rampgate.core.recorded import Entry, Writing, record_of
from rampgate.errors import Unreachable, UsageProblem
from rampgate.formats.digest import canonical_json
from rampgate.formats.dsse import PAYLOAD_TYPE
from rampgate.formats.log_tree import LogTree, object_name
from rampgate.formats.record import SealedRecord, input_path, log_path, payload_of, read_record
from rampgate.model.record import Record
from rampgate.model.sourced import Missing


@dataclass
class Scribe:
    """One run's writing. chronicle: the history so far, with what this run has added; key: None writes nothing down."""

    chronicle: Chronicle
    writing: Writing
    key: Path | None
    additions: list[Addition] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    _added: set[str] = field(default_factory=set)
    _last_of: dict[str, str | None] = field(default_factory=dict)
    _log: LogTree | None = None

    def write(self, entry: Entry, contents: Mapping[str, bytes] | None = None) -> Record:
        """Write one entry down and return its record. contents: what it names, by digest.

        Raises Unreachable where the clock stands before the newest record, UsageProblem where the key may not sign it.
        """
        newest = self.chronicle.newest()
        if newest is not None:
            self._refuse_going_back(newest.record)
        models = dict.fromkeys(sorted(entry.models))
        record = record_of(
            entry,
            self.writing,
            seq=self.chronicle.size,
            prev=newest.digest if newest else None,
            log=self._log_tree().name,
            model_prev={model: self._last(model) for model in models},
        )
        path = log_path(record)
        data = self._sealed(record)
        sealed = read_record(data, path)
        self._refuse_key(sealed)
        files = {path: data, **self._inputs(contents or {})}
        self.additions.append(Addition(files, f"{record.seq} {record.title}"[:200], record.recorded_at))
        self.records.append(record)
        self.chronicle.more = [*self.chronicle.more, sealed]
        self._log_tree().add(path, object_name(b"blob", data, entry.git.covered))
        self._last_of |= dict.fromkeys(models, sealed.digest)
        return record

    def _sealed(self, record: Record) -> bytes:
        return _unsigned(record) if self.key is None else seal(record, self.key)

    def _refuse_going_back(self, newest: Record) -> None:
        if parse_rfc3339(self.writing.recorded_at) < parse_rfc3339(newest.recorded_at):
            raise Unreachable(
                f"the clock says {self.writing.recorded_at}, and record {newest.seq} was written at "
                f"{newest.recorded_at}; nothing was recorded; set the clock right and run this again"
            )

    def _refuse_key(self, sealed: SealedRecord) -> None:
        if self.key is None:
            return
        signer = self.chronicle.trust.signer(sealed)
        if isinstance(signer, Missing):
            raise UsageProblem(
                f"`{self.key}` may not sign this record, so nothing was recorded: {signer.why}\n"
                "a key is listed under `signers` in `policies/history.yaml`; `rampgate keys rotate` changes it"
            )

    def _inputs(self, contents: Mapping[str, bytes]) -> dict[str, bytes]:
        ledger = self.chronicle.ledger
        new = {
            sha256: data
            for sha256, data in contents.items()
            if sha256 not in self._added and not (ledger is not None and ledger.holds(sha256))
        }
        self._added |= set(new)
        return {input_path(sha256): data for sha256, data in new.items()}

    def _last(self, model: str) -> str | None:
        """Return the digest of the newest record that is about a model, None where there is none."""
        if model not in self._last_of:
            self._last_of[model] = self.chronicle.last(model)
        return self._last_of[model]

    def _log_tree(self) -> LogTree:
        if self._log is None:
            ledger = self.chronicle.ledger
            self._log = ledger.grown(self.chronicle.end) if ledger else LogTree()
        return self._log


def _unsigned(record: Record) -> bytes:
    """Return the envelope of a record that is only shown: nobody believes it, and it never leaves this run."""
    payload, signature = (b64encode(each).decode() for each in (payload_of(record), b"unsigned"))
    signatures = [{"keyid": "", "sig": signature}]
    return canonical_json({"payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": signatures})
