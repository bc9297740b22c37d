"""Signs how long the decision history is, for a witness: after reading it whole, and what was signed before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from rampgate.adapters import signing
from rampgate.adapters.sshsig import key_blob, signer_blob, signing_key
from rampgate.app.history.checkpoint import witness_of
from rampgate.app.history.open_history import OpenHistory, Tell, open_history
from rampgate.app.write import write_whole
from rampgate.errors import InvalidInput, NotBelieved, Problem, Unreachable, UsageProblem
from rampgate.formats.checkpoint import NAMESPACE, checkpoint_bytes, key_id, read_checkpoint, text_of
from rampgate.model.checkpoint import Checkpoint, NoteSignature, origin_of, witness_name
from rampgate.model.history import HistoryKey, HistorySettings
from rampgate.model.sourced import Missing


@dataclass(frozen=True, slots=True)
class CheckpointRequest:
    """What a witness signs. key: their private key; after: a checkpoint from before, which must still hold.

    trust: a file like `policies/history.yaml` that was kept elsewhere, None for the one of the governed branch.
    """

    repo: Path
    key: Path
    after: Path | None = None
    trust: Path | None = None
    tell: Tell | None = None


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """The checkpoint with its bytes. witness: the name of the key; grown: records since the one before, or all."""

    checkpoint: Checkpoint
    data: bytes
    witness: str
    grown: int


def sign_checkpoint(request: CheckpointRequest) -> SignedCheckpoint:
    """Return a signed checkpoint of the history as this clone has it.

    Every record is read: a witness signs nothing that is not believed, or that goes back behind what was signed.
    Raises NotBelieved where that is so, UsageProblem for a key that is no witness's, InvalidInput for what is no
    checkpoint, Unreachable for what is not there.
    """
    with open_history(request.repo, request.trust, request.tell) as history:
        settings = history.trust.settings
        before = _before(request.after, settings) if request.after else None
        state = _state(history, before)
    signature = signing.sign(text_of(state), request.key, NAMESPACE)
    witness, blob = _witness(signature, text_of(state), settings, state.newest)
    name = witness_name(state.origin, witness.name)
    line = NoteSignature(name, key_id(name, blob), signing.signature_blob(signature) or b"")
    made = replace(state, signatures=(line,))
    return SignedCheckpoint(made, checkpoint_bytes(made), witness.name, made.size - (before.size if before else 0))


def keep(made: SignedCheckpoint, out: Path) -> None:
    """Write a checkpoint where no file stands. Raises UsageProblem where one does: it may be all that tells of then."""
    if out.is_file() or out.is_symlink():
        raise UsageProblem(f"`{out}` is there already, and a checkpoint is never written over; give another name")
    write_whole(out, made.data)


def _state(history: OpenHistory, before: Checkpoint | None) -> Checkpoint:
    """Return the history's state, unsigned. Raises NotBelieved where it is no longer what was signed before."""
    last = None
    for last in history.sealed():
        if before and last.record.seq == before.newest and last.digest != before.head:
            raise NotBelieved([_gone_back(before, "another record stands there now", last.digest)])
    assert last is not None, "an open history has records"
    size = last.record.seq + 1
    if before and before.size > size:
        raise NotBelieved([_gone_back(before, "the history is shorter now", f"{size} records")])
    origin = origin_of(history.trust.settings)
    return Checkpoint(origin, size, last.digest, history.ledger.commit, last.record.git.covered)


def _gone_back(before: Checkpoint, what: str, found: str) -> Problem:
    message = f"record {before.newest} was signed for as the newest one, and {what}"
    fix = "sign nothing; ask who rewrote the branch, and run `rampgate audit verify --checkpoint`"
    return Problem("log", message, found=found, expected=before.head, fix=fix)


def _before(path: Path, settings: HistorySettings) -> Checkpoint:
    """Return the checkpoint from before. Raises InvalidInput where no witness of this history signed it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unreachable(f"{path}: {error.strerror or error}") from error
    before = read_checkpoint(data, str(path))
    signed = witness_of(before, settings)
    if isinstance(signed, Missing):
        raise InvalidInput([Problem(str(path), signed.why, fix="give the newest checkpoint that a witness signed")])
    return before


def _witness(signature: str, text: bytes, settings: HistorySettings, seq: int) -> tuple[HistoryKey, bytes]:
    """Return the witness whose key made a signature. Raises UsageProblem for any other key."""
    blob = signer_blob(signature) or b""
    if any(key_blob(each.key) == blob for each in settings.signers):
        told = "a checkpoint is signed by a witness, whose key is another and kept elsewhere"
        raise UsageProblem(f"this key signs the records themselves; {told}: `rampgate keys create NAME --witness`")
    for each in settings.witnesses:
        if key_blob(each.key) == blob:
            why = each.why_not_at(seq)
            if why:
                raise UsageProblem(f"this key may not sign that the history has record {seq}: {why}")
            if signing_key(text, signature, NAMESPACE, {blob}) is None:
                raise UsageProblem("the signature that was just made does not verify; is the key sound?")
            return each, blob
    told = "no witness has this key; declare it with `rampgate keys create NAME --witness --public FILE`"
    raise UsageProblem(f"{told}, and land that first")
