"""Everything of one decision, as files: what was asked, judged, approved and signed, from the history's branch alone.

Branches of pull requests may be gone: contents come from what the record names by digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rampgate.adapters.sshsig import fingerprint, key_blob
from rampgate.app.history.open_history import OpenHistory
from rampgate.core.fate import Fate
from rampgate.core.paths import CARDS, WAIVERS, split
from rampgate.errors import InvalidInput, NotBelieved, Problem
from rampgate.formats.digest import sha256_of
from rampgate.formats.record import NAMESPACE, SealedRecord, log_path
from rampgate.model.history import HistoryKey
from rampgate.model.record import Record
from rampgate.model.sourced import Missing
from rampgate.reports.packed import FileRole, PackedDecision, PackedFile, PackedRequest, PackedReview

_PEOPLE: Final = frozenset(
    f"policies/{name}.yaml" for name in ("people", "ladder", "models", "governance", "glossary", "history")
)
_OF_A_VERSION: Final = {
    "card.yaml": FileRole.CARD,
    "lineage.yaml": FileRole.LINEAGE,
    "attestations": FileRole.ATTESTATION,
    "evidence": FileRole.EVIDENCE,
    "events": FileRole.EVENT,
}
_UNSAFE: Final = frozenset('\\:*?"<>|')
_MOST_BYTES: Final = 255
"""The most bytes of one name that common file systems take."""


@dataclass
class Contents:
    """The files of one decision. held: path from the folder of the decision -> bytes."""

    held: dict[str, bytes] = field(default_factory=dict)
    files: list[PackedFile] = field(default_factory=list)

    def add(self, path: str, role: FileRole, data: bytes, source: str = "") -> None:
        """Add a file; a second one of the same path is none that a pack can tell apart, and a fault of the caller."""
        assert path not in self.held, path
        self.held[path] = data
        self.files.append(PackedFile(path, role, sha256_of(data).removeprefix("sha256:"), len(data), source))


def packed(history: OpenHistory, sealed: SealedRecord, fate: Fate) -> tuple[PackedDecision, Mapping[str, bytes]]:
    """Return one decision as it is told, and its files by path. Raises NotBelieved where a content is not there."""
    record = sealed.record
    key = history.trust.signer(sealed)
    if isinstance(key, Missing):
        raise NotBelieved([Problem(log_path(record), key.why)])
    contents = Contents()
    _record_files(contents, history, sealed)
    document = history.document(record)
    reviews = b""
    if record.decision is not None:
        contents.add("decision.json", FileRole.DECISION, _input(history, record.decision.document))
        reviews = _inputs(contents, history, record)
    _statements(contents, history, record)
    told = PackedDecision(
        record=record,
        digest=sealed.digest,
        path=log_path(record),
        signer=key.name,
        fingerprint=fingerprint(key_blob(key.key)),
        fate=fate.word,
        fate_words=fate.words,
        later=fate.later,
        document=document or {},
        request=_request(reviews) if reviews else None,
        files=tuple(sorted(contents.files, key=_order)),
    )
    return told, contents.held


def allowed_signers(keys: Iterator[HistoryKey] | tuple[HistoryKey, ...], seq: int | None = None) -> str:
    """Return keys as `ssh-keygen -Y verify -f` reads them, for records alone; seq: those that may sign this record."""
    chosen = [each for each in keys if seq is None or not each.why_not_at(seq)]
    return "".join(f'{each.name} namespaces="{NAMESPACE}" {each.key}\n' for each in chosen)


def envelope_of(history: OpenHistory, sealed: SealedRecord) -> bytes:
    """Return a record byte for byte as it lies in the log."""
    data = next(iter(list(history.ledger.read(history.ledger.entries(sealed.record.seq, sealed.record.seq + 1)))))
    assert sha256_of(data).removeprefix("sha256:") == sealed.digest, "it was read a moment ago"
    return data


def _record_files(contents: Contents, history: OpenHistory, sealed: SealedRecord) -> None:
    record, envelope = sealed.record, sealed.envelope
    contents.add("record.json", FileRole.RECORD, envelope_of(history, sealed), log_path(record))
    contents.add("record.statement.json", FileRole.RECORD, envelope.payload)
    contents.add("record.signed", FileRole.CHECK, envelope.signed)
    contents.add("record.signed.sig", FileRole.CHECK, envelope.signature.encode())
    signers = allowed_signers(history.trust.settings.signers, record.seq)
    contents.add("allowed_signers", FileRole.CHECK, signers.encode())
    if record.git.objects is not None:
        contents.add("git-objects.pack", FileRole.CHECK, _input(history, record.git.objects))


def _inputs(contents: Contents, history: OpenHistory, record: Record) -> bytes:
    """Add what the decision read, and return what the forge said, b"" where there was no pull request."""
    reviews = b""
    for each in record.decision.inputs if record.decision else ():
        side, _, path = each.path.partition(":")
        if side == "history":
            continue  # the records before this one, by the digest of the newest: they are in no pack
        data = _input(history, each.sha256)
        if each.path == "reviews":
            reviews = data
            contents.add("reviews.json", FileRole.REQUEST, data, each.path)
        elif (name := _placed(side, path, each.sha256)) not in contents.held:
            contents.add(name, role_of(path), data, each.path)
    return reviews


def _statements(contents: Contents, history: OpenHistory, record: Record) -> None:
    """Add what people stated with the change, where the judgement did not read it and the history keeps it."""
    known = {each.sha256 for each in contents.files}
    for each in record.statements:
        name = _placed("stated", each.path, each.sha256)
        if each.sha256 not in known and name not in contents.held:
            data = history.statement(each)
            if data is not None:
                contents.add(name, role_of(each.path), data, f"stated:{each.path}")


def _input(history: OpenHistory, sha256: str) -> bytes:
    try:
        return history.ledger.input(sha256)
    except InvalidInput as error:
        raise NotBelieved(error.problems) from None


def role_of(path: str) -> FileRole:
    """Return what a file of the repository is, by its path."""
    of_version = split(path)
    if of_version is not None:
        return _OF_A_VERSION.get(of_version.rest.partition("/")[0], FileRole.OTHER_OF_VERSION)
    if path in _PEOPLE:
        return FileRole.PEOPLE
    if path.startswith((f"{WAIVERS}/", "policies/break-glass")):
        return FileRole.EXCEPTION
    return FileRole.OTHER_OF_VERSION if path.startswith(f"{CARDS}/") else FileRole.POLICY


def _placed(side: str, path: str, sha256: str) -> str:
    """Return where a file of the repository lies in the pack; a name that some file system refuses is its digest."""
    parts = path.split("/")
    plain = all(
        part not in ("", ".", "..")
        and part.isprintable()
        and not _UNSAFE & set(part)
        and not part.endswith((" ", "."))
        and len(part.encode()) <= _MOST_BYTES
        for part in (side, *parts)
    )
    return f"{side}/{path}" if plain else f"other/{sha256}"


def _order(file: PackedFile) -> tuple[int, str]:
    return list(FileRole).index(file.role), file.path


def _request(data: bytes) -> PackedRequest | None:
    """Return what the forge said of the pull request; what it left out stays "", for nothing is decided by it here."""
    value = json.loads(data)
    asked = _mapping(value, "pull_request")
    return PackedRequest(
        number=_number(asked, "number"),
        title=_text(asked, "title"),
        login=_text(_mapping(asked, "user"), "login"),
        opened_at=_text(asked, "created_at"),
        ended_at=_text(asked, "merged_at") or _text(asked, "closed_at"),
        head_ref=_text(_mapping(asked, "head"), "ref"),
        base_ref=_text(_mapping(asked, "base"), "ref"),
        reviews=tuple(_review(each) for each in value.get("reviews", ()) if isinstance(each, dict)),
    )


def _review(value: Mapping[str, Any]) -> PackedReview:
    return PackedReview(
        id=_number(value, "id"),
        login=_text(_mapping(value, "user"), "login"),
        state=_text(value, "state"),
        commit=_text(value, "commit_id"),
        at=_text(value, "submitted_at"),
        words=_text(value, "body"),
    )


def _mapping(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _number(value: Mapping[str, Any], key: str) -> int:
    found = value.get(key)
    return found if isinstance(found, int) else 0
