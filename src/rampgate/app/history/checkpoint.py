"""Whose signature on a checkpoint of the decision history counts."""

from __future__ import annotations

from rampgate.adapters.signing import armored
from rampgate.adapters.sshsig import key_blob, signing_key
from rampgate.formats.checkpoint import NAMESPACE, key_id, text_of
from rampgate.model.checkpoint import Checkpoint, origin_of, witness_name
from rampgate.model.history import HistoryKey, HistorySettings
from rampgate.model.sourced import Missing


def witness_of(checkpoint: Checkpoint, settings: HistorySettings) -> HistoryKey | Missing:
    """Return the witness who signed a checkpoint of this history, or why none that counts for its size did.

    Signatures of unknown keys are passed over; where one names a known key and is not that key's, nothing is believed.
    Raises UsageProblem for a listed key that can not be read. Source: c2sp.org/signed-note, "Signatures".
    """
    origin = origin_of(settings)
    if checkpoint.origin != origin:
        return Missing(f"the checkpoint is of another history: found `{checkpoint.origin}`, expected `{origin}`")
    text = text_of(checkpoint)
    known = {_line_of(origin, each): each for each in settings.witnesses}
    signed: list[HistoryKey] = []
    for each in checkpoint.signatures:
        witness = known.get((each.name, each.key_id))
        if witness is None:
            continue
        blob = key_blob(witness.key)
        if signing_key(text, armored(each.signature), NAMESPACE, {blob}) is None:
            return Missing(f"the signature that names witness `{witness.name}` is not of that key and this text")
        signed.append(witness)
    if not signed:
        return Missing("the checkpoint is signed by no witness of `policies/history.yaml`")
    reasons = [each.why_not_at(checkpoint.newest) for each in signed]
    return next((key for key, why in zip(signed, reasons, strict=True) if not why), Missing(reasons[0]))


def _line_of(origin: str, key: HistoryKey) -> tuple[str, bytes]:
    name = witness_name(origin, key.name)
    return name, key_id(name, key_blob(key.key))
