"""Writes the history for other tools: SLSA summaries, the signed envelopes themselves, or a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.sshsig import fingerprint, key_blob
from rampgate.app.history.log import listed
from rampgate.app.history.open_history import OpenHistory, Tell, open_history
from rampgate.app.packing.contents import envelope_of
from rampgate.app.write import write_all
from rampgate.core.fate import Fates
from rampgate.core.paths import version_folder
from rampgate.errors import InvalidInput, NotBelieved, Problem, UsageProblem
from rampgate.formats.digest import canonical_json
from rampgate.formats.record import SealedRecord, log_path
from rampgate.formats.vsa import summaries
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.history_views import Filters
from rampgate.model.record import Record
from rampgate.model.sourced import Missing
from rampgate.reports.history_csv import decisions_csv
from rampgate.reports.packed import PackedDecision


class ExportFormat(StrEnum):
    """What is written."""

    SUMMARIES = "in-toto-vsa"
    """One SLSA Verification Summary Attestation for each commit and each artifact that was decided about; unsigned."""
    ENVELOPES = "in-toto"
    """The signed records themselves, as DSSE envelopes."""
    TABLE = "csv"
    """One row for each record."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is to be written. trust: as in `rampgate.app.history.log.LogRequest`."""

    repo: Path | GitObjects
    format: ExportFormat
    filters: Filters = field(default_factory=Filters)
    trust: Path | None = None
    tell: Tell | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """One piece of what is written: a line of one file, or a file of its own. name: of such a file."""

    name: str
    data: bytes


def export(request: ExportRequest) -> list[Exported]:
    """Return what is to be written, in the order of the history; a table is one piece.

    Raises UsageProblem for a name that nothing knows, NotBelieved for a history that is not to be believed, and
    Unreachable where there is none.
    """
    with open_history(request.repo, request.trust, request.tell) as history:
        chosen = [each.seq for each in listed(history, request.filters).entries]
        match request.format:
            case ExportFormat.TABLE:
                return [Exported("decisions.csv", decisions_csv(_rows(history, chosen)).encode())]
            case ExportFormat.ENVELOPES:
                return [_envelope(history, history.one(seq)) for seq in chosen]
            case ExportFormat.SUMMARIES:
                return [each for seq in chosen for each in _summaries(history, history.one(seq))]


def lines(pieces: list[Exported]) -> bytes:
    """Return pieces as one file: JSON lines, or the table as it is."""
    return b"".join(each.data if each.data.endswith(b"\n") else each.data + b"\n" for each in pieces)


def write(pieces: list[Exported], out: Path, *, replace: bool) -> None:
    """Write pieces into a folder that is there, one file each, else into one file.

    Raises UsageProblem where a file is there already, Unreachable where one can not be written.
    """
    files = {out / each.name: each.data for each in pieces} if out.is_dir() else {out: lines(pieces)}
    there = [path for path in files if path.is_file() and not str(path).startswith("/dev/")]
    if there and not replace:
        raise UsageProblem(f"`{there[0]}` is there already; nothing was written; choose another --out, or --replace")
    write_all(files)


def _summaries(history: OpenHistory, sealed: SealedRecord) -> Iterator[Exported]:
    uri = _artifact_uri(history, sealed.record)
    for each in summaries(sealed, uri, history.trust.settings.branch):
        yield Exported(f"{each.name}.json", canonical_json(each.statement))


def _envelope(history: OpenHistory, sealed: SealedRecord) -> Exported:
    return Exported(log_path(sealed.record).rpartition("/")[2], envelope_of(history, sealed))


def _artifact_uri(history: OpenHistory, record: Record) -> str | None:
    """Return where the card says that the artifact is; "" where it does not say, None where the artifact is not one.

    An artifact of several parts has a digest of the list of them, which is the digest of no file.
    """
    shown = record.decision.transition if record.decision else None
    if record.decision is None or shown is None:
        return None
    path = f"{version_folder(shown.model, shown.version)}/card.yaml"
    named = {each.path: each.sha256 for each in record.decision.inputs}
    sha256 = named.get(f"landing:{path}") or named.get(f"base:{path}")
    if sha256 is None:
        return None
    try:
        card = load_yaml(history.ledger.input(sha256), path).value
    except InvalidInput as error:
        raise NotBelieved(error.problems) from None
    artifact = card.get("artifact") if isinstance(card, dict) else None
    if not isinstance(artifact, dict) or artifact.get("digest") != shown.artifact:
        return None
    return str(artifact.get("uri") or "")


def _rows(history: OpenHistory, chosen: list[int]) -> Iterator[PackedDecision]:
    fates = Fates(each.record for each in history.entries())
    for seq in chosen:
        sealed = history.one(seq)
        key = history.trust.signer(sealed)
        if isinstance(key, Missing):
            raise NotBelieved([Problem(log_path(sealed.record), key.why)])
        fate, mark = fates.of(sealed.record), fingerprint(key_blob(key.key))
        yield PackedDecision(
            sealed.record, sealed.digest, log_path(sealed.record), key.name, mark, fate.word, fate.words, fate.later
        )
