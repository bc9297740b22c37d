"""What a pack tells of one decision: its record, and what its contents say, ready to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rampgate.model.record import Record


class FileRole(StrEnum):
    """What a file of a pack is, in the order in which files are listed."""

    RECORD = "record"
    DECISION = "decision"
    REQUEST = "request and reviews"
    CARD = "card"
    LINEAGE = "lineage"
    ATTESTATION = "attestation"
    EVIDENCE = "evidence"
    EVENT = "event"
    OTHER_OF_VERSION = "file of a version"
    POLICY = "policy"
    PEOPLE = "people and ladder"
    EXCEPTION = "waiver or break-glass"
    CHECK = "for checking"


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file. path: from its decision's folder; source: what the decision called it, "" for what is made here."""

    path: str
    role: FileRole
    sha256: str
    size: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class PackedReview:
    """One review as the forge told of it; "" for what it did not say."""

    id: int
    login: str
    state: str
    commit: str
    at: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class PackedRequest:
    """The pull request as the forge told of it; "" for what it did not say."""

    number: int
    title: str
    login: str
    opened_at: str
    ended_at: str
    head_ref: str
    base_ref: str
    reviews: tuple[PackedReview, ...] = ()


@dataclass(frozen=True, slots=True)
class PackedDecision:
    """One decision of a pack.

    digest: of the record as it lies in the log; signer: the name of the key that signed it, fingerprint: of that key.
    fate: the short answer to what became of it; fate_words: the sentence; later: the records that say so.
    document: the whole decision (`rampgate/decision/v1`), empty where nothing was decided. folder: where its files are.
    """

    record: Record
    digest: str
    path: str
    signer: str
    fingerprint: str
    fate: str
    fate_words: str
    later: tuple[int, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    request: PackedRequest | None = None
    files: tuple[PackedFile, ...] = ()

    @property
    def name(self) -> str:
        """Return its name, which is that of its record: `000042-credit-risk-2.0.0-canary`."""
        return self.path.rpartition("/")[2].removesuffix(".json")

    @property
    def folder(self) -> str:
        """Return the folder of its files, from the root of the pack."""
        return f"decisions/{self.name}"


@dataclass(frozen=True, slots=True)
class Pack:
    """Decisions that are handed over together.

    selection: which ones, in words. size, head: how long the history was, and the digest of its newest record.
    """

    repository: str
    branch: str
    selection: str
    size: int
    head: str
    engine_version: str
    decisions: tuple[PackedDecision, ...]
