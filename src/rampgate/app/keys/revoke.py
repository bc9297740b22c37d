"""Says from which record on a key of the decision history is not believed any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.adapters.sshsig import key_blob, signing_key
from rampgate.app.keys.file import PATH, SIGNERS, KeysFile, found_keys, next_place
from rampgate.app.work_files import find_root
from rampgate.errors import UsageProblem
from rampgate.formats.dsse import read_envelope
from rampgate.formats.record import NAMESPACE
from rampgate.model.history import HistoryKey


@dataclass(frozen=True, slots=True)
class RevokeRequest:
    """A key that is believed no more. start: the first record that is not; day: UTC, when it was found out."""

    repo: Path
    name: str
    start: int
    reason: str
    day: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """What was said. notes: what follows from it, in words."""

    name: str
    start: int
    notes: tuple[str, ...]


def revoke(request: RevokeRequest) -> Revoked:
    """Say it in `policies/history.yaml`; earlier records of the key stay as they are.

    Raises UsageProblem for an unknown key, one that is revoked, or a place at which it counts for nothing.
    """
    root = find_root(request.repo)
    before = found_keys(root)
    role, index, key = before.find(request.name)
    reason = " ".join(request.reason.split())
    if len(reason) < 3:
        raise UsageProblem("say in --reason why the key is not to be believed, in at least three characters")
    if not reason.isprintable():
        raise UsageProblem("--reason holds a character that is not to be seen; no governed file may hold it")
    _refuse_pointless(key, request.start)
    said = {"from": request.start, "on": request.day, "reason": reason}
    after = before.with_field(role, index, "revoked", said)
    notes = tuple(_notes(after, key, role, request.start))
    after.write()
    return Revoked(key.name, request.start, notes)


def _refuse_pointless(key: HistoryKey, start: int) -> None:
    if key.revoked is not None:
        told = f"to revoke it from an earlier record on, change `from` in {PATH}"
        raise UsageProblem(f"`{key.name}` is revoked from record {key.revoked.from_} on already; {told}")
    if start < key.from_:
        told = f"--from {key.from_} takes away all that it could sign"
        raise UsageProblem(f"`{key.name}` counts from record {key.from_} on, and for nothing before it; {told}")
    if key.to is not None and start > key.to:
        raise UsageProblem(f"`{key.name}` ends at record {key.to}, so there is nothing to revoke from {start} on")


def _notes(after: KeysFile, key: HistoryKey, role: str, start: int) -> Iterator[str]:
    if role != SIGNERS:
        return
    signed = list(_signed_since(after, key, start))
    if signed:
        count = f"record {signed[0]} is" if len(signed) == 1 else f"{len(signed)} records, from {signed[0]} on, are"
        yield f"{count} signed with it, and believed no more: until they are written again no version can come up"
    place = signed[0] if signed else next_place(after.root, after.settings.branch)
    if place is not None and all(each.why_not_at(place) for each in after.settings.signers):
        told = f"make one for the same pull request: `rampgate keys create NAME --from {place}`"
        yield f"no key may sign record {place} then; {told}"


def _signed_since(after: KeysFile, key: HistoryKey, start: int) -> Iterator[int]:
    """Yield the places, from one on, of the records in this clone that the key signed."""
    if next_place(after.root, after.settings.branch) is None:
        return
    blob = key_blob(key.key)
    with GitObjects.open(after.root) as git:
        ledger = Ledger.on(git, after.settings.branch)
        entries = ledger.entries(start) if ledger is not None and start < ledger.size else []
        for entry, data in zip(entries, ledger.read(entries) if ledger else (), strict=True):
            envelope = read_envelope(data, entry.path)
            if signing_key(envelope.signed, envelope.signature, NAMESPACE, {blob}) is not None:
                yield entry.seq
