"""How a new key of the history is told: where it went, what it may sign, and what its owner does next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

SECRET = "RAMPGATE_HISTORY_KEY"
"""The secret that the record workflow signs with."""


def made_lines(private: Path | None, name: str, fingerprint: str) -> Iterator[str]:
    """Yield where a key went, and its fingerprint; where its pair was made elsewhere, only that."""
    if private is not None:
        yield f"wrote {private}  the private key, mode 0600"
        yield f"wrote {private}.pub"
    yield "wrote policies/history.yaml"
    yield f"{name}: {fingerprint}"


def next_lines(private: Path | None, name: str, role: str, *, replaced: str = "") -> Iterator[str]:
    """Yield what is to be done now, in whole sentences. role: `signers` or `witnesses`; replaced: a key's name."""
    if private is not None:
        told = f"`ssh-keygen -p -f {private}` sets one, for a key that a person loads with `ssh-add`"
        why = "so that a workflow can sign with it; whoever has the file can sign as it"
        yield f"note: the key has no passphrase, {why}; {told}"
    yield "next: commit policies/history.yaml on a branch and open a pull request; it lands with the policy quorum"
    if role == "witnesses":
        who = "where the witness is" if private is None else "with the witness, away from the repository"
        yield f"next: keep the private key {who}; `rampgate audit checkpoint --key FILE` signs with it"
        return
    after = f" once it has landed, in place of the one of `{replaced}`" if replaced else ""
    file = private or f"the private key of `{name}`"
    yield f"next: make {file} the secret {SECRET} of the protected environment{after}, then delete the file"
