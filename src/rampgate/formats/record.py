"""Records to bytes and back: an in-toto statement in a DSSE envelope, at a path that the record itself determines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from pydantic import ValidationError

from rampgate.errors import InvalidInput, Problem
from rampgate.formats.dsse import Envelope, canonical_text, read_canonical, read_envelope, statement
from rampgate.formats.record_findings import without_findings
from rampgate.model.record import Record, RecordKind

NAMESPACE: Final = "rampgate-decision"
"""The SSH signature namespace of records: a signature made for anything else is refused."""

PREDICATE_TYPE: Final = "urn:rampgate:decision-record:v1"
FOLDER_SIZE: Final = 100
"""Records of one folder of the log: a commit writes the listing of one folder anew, however long the log is."""

_KINDS: Final = frozenset(str(kind) for kind in RecordKind)


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A record with the envelope that it came in. digest: of the envelope's bytes, which the next record names."""

    record: Record
    envelope: Envelope
    digest: str


def log_path(record: Record) -> str:
    """Return where a record lies, such as `log/0000/000042-credit-risk-2.0.0-canary.json`."""
    return f"log/{record.seq // FOLDER_SIZE:04d}/{record.seq:06d}-{_slug(record)}.json"


def may_be_about(path: str, model: str) -> bool:
    """Return whether the record at a path can be about a model, by its name: of that model, or of no one model."""
    name = path.rpartition("/")[2].removesuffix(".json").partition("-")[2]
    return name.startswith(f"{model}-") or name in _KINDS


def input_path(sha256: str) -> str:
    """Return where the content of an input lies, such as `inputs/9f/9f86d0...`."""
    return f"inputs/{sha256[:2]}/{sha256}"


def statement_of(record: Record) -> dict[str, Any]:
    """Return the in-toto statement of a record as plain values."""
    predicate = record.model_dump(mode="json", by_alias=True)
    return statement(list(_subjects(record)), PREDICATE_TYPE, predicate)


def payload_of(record: Record) -> bytes:
    """Return the canonical bytes of a record's statement (RFC 8785)."""
    import rfc8785  # noqa: PLC0415 - reading, which every gate does, does without

    return rfc8785.dumps(statement_of(record))


def read_record(data: bytes, path: str) -> SealedRecord:
    """Return the record that a file of the log holds; its signature is not looked at here.

    Raises InvalidInput where envelope, statement or record are not exactly what this version of the format writes, or
    the record belongs at another path.
    """
    return _sealed(read_envelope(data, path), data, path)


def read_brief(data: bytes, path: str) -> SealedRecord:
    """Return the record that a file of the log holds, with an empty list of findings: the quick way for many records.

    The findings are held against their one form all the same, and what `read_record` refuses is refused in its words.
    """
    envelope = read_envelope(data, path)
    brief = without_findings(envelope.payload)
    record = _as_written(brief) if brief is not None else None
    if record is None or log_path(record) != path:
        sealed = _sealed(envelope, data, path)
        return replace(sealed, record=_shortened(sealed.record))
    return SealedRecord(record, envelope, sha256(data).hexdigest())


def _shortened(record: Record) -> Record:
    if record.decision is None:
        return record
    return record.model_copy(update={"decision": record.decision.model_copy(update={"findings": ()})})


def _sealed(envelope: Envelope, data: bytes, path: str) -> SealedRecord:
    record = _as_written(envelope.payload)
    if record is None:
        raise _refused(envelope.payload, path)
    if log_path(record) != path:
        raise InvalidInput([Problem(path, "the record belongs at another path", expected=log_path(record))])
    return SealedRecord(record, envelope, sha256(data).hexdigest())


def _as_written(payload: bytes) -> Record | None:
    """Return the record of a statement, None where it is not one, or is not written in its one form.

    Whatever pydantic would take in another form, and every subject, has exactly one way to be written. Bytes are
    compared, for to Python 1 and true are equal; so nothing but canonical JSON is taken.
    """
    try:
        record = Record.model_validate(_predicate(json.loads(payload)))
        return record if canonical_text(statement_of(record)) == payload else None
    except (ValueError, RecursionError):
        return None


def _predicate(value: Any) -> Any:
    """Return what a statement says. Raises ValueError where it is no statement about a decision."""
    whole = isinstance(value, dict) and set(value) == {"_type", "subject", "predicateType", "predicate"}
    if not whole or value["predicateType"] != PREDICATE_TYPE:
        raise ValueError("it is no statement about a decision")
    return value["predicate"]


def _refused(payload: bytes, path: str) -> InvalidInput:
    """Return what is wrong with a payload that is no record, or raise it: its JSON first, its statement, its fields."""
    value = read_canonical(payload, path)
    try:
        Record.model_validate(_predicate(value))
    except ValidationError as error:
        return InvalidInput(_problem(path, each) for each in error.errors())
    except ValueError as error:
        return InvalidInput([Problem(path, str(error), expected=PREDICATE_TYPE)])
    return InvalidInput([Problem(path, "the record is not written as this format writes it")])


def _problem(path: str, error: Any) -> Problem:
    where = ".".join(str(part) for part in error["loc"])
    return Problem(path, f"`{where}`: {error['msg']}", found=str(error.get("input"))[:80])


def _slug(record: Record) -> str:
    models = record.models
    # What bears on several models, or on what all go by, must have a name by which each of them finds it.
    if len(models) != 1 or record.kind in (RecordKind.POLICY, RecordKind.REWRITTEN, RecordKind.WAIVER):
        return str(record.kind)
    shown = record.decision.transition if record.decision else None
    if shown is not None and (shown.model,) == models:
        return f"{shown.model}-{shown.version}-{shown.to}"
    if record.kind is RecordKind.BASELINE:
        return f"{record.moves[0].model}-{record.moves[0].version}-baseline"
    return f"{models[0]}-{record.kind}"


def _subjects(record: Record) -> list[Mapping[str, Any]]:
    """Return what a record is about, as in-toto names things: the commit, its tree, the artifact, the card."""
    git = record.git
    found: list[Mapping[str, Any]] = []
    if git.landed is not None:
        found.append({"name": "landed", "digest": {"gitCommit": git.landed}})
        found.append({"name": "landed tree", "digest": {"gitTree": git.landed_tree}})
    elif git.head is not None:
        found.append({"name": "head", "digest": {"gitCommit": git.head}})
    for move in record.moves:
        if move.artifact.startswith("sha256:"):
            digest = {"sha256": move.artifact.removeprefix("sha256:")}
            found.append({"name": f"{move.model}@{move.version}", "digest": digest})
    shown = record.decision
    if shown is not None:
        if shown.transition is not None and not record.moves and shown.transition.artifact.startswith("sha256:"):
            digest = {"sha256": shown.transition.artifact.removeprefix("sha256:")}
            found.append({"name": f"{shown.transition.model}@{shown.transition.version}", "digest": digest})
        found += [
            {"name": each.path.partition(":")[2], "digest": {"sha256": each.sha256}}
            for each in shown.inputs
            if each.path.startswith("landing:") and each.path.endswith("/card.yaml")
        ]
    return found or [{"name": "covered", "digest": {"gitCommit": git.covered}}]
