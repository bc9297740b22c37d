"""Writes the keys of the decision history as OpenSSH reads them: allowed signers, and a list of revoked keys.

What can not be said there: that a key counts for a range of records. So a key that was revoked late is either believed
for all records (without the list) or for none (with it); `rampgate audit verify` knows the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.signing import key_text
from rampgate.adapters.sshsig import key_blob
from rampgate.app.keys.file import SIGNERS, KeysFile, found_keys
from rampgate.app.work_files import find_root
from rampgate.app.write import write_whole
from rampgate.errors import UsageProblem
from rampgate.formats.checkpoint import NAMESPACE as OF_CHECKPOINTS
from rampgate.formats.record import NAMESPACE as OF_RECORDS
from rampgate.model.history import HistoryKey


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. ranged: the names of keys of which the files say less than `policies/history.yaml` does."""

    allowed: int
    revoked: int
    ranged: tuple[str, ...]


def export(repo: Path, allowed_signers: Path, revoked: Path | None = None) -> Exported:
    """Write the files and return how many keys each holds. Raises UsageProblem, InvalidInput or Unreachable."""
    if revoked is not None and revoked.absolute() == allowed_signers.absolute():
        raise UsageProblem("--revoked takes a file of its own: `ssh-keygen` reads the two lists in different ways")
    found = found_keys(find_root(repo))
    keys = [(role, each) for role, own in found.roles.items() for each in own]
    files = {allowed_signers: _lines(found, [_allowed(role, each) for role, each in keys])}
    gone = [each for _, each in keys if each.revoked is not None]
    if revoked is not None:
        files[revoked] = _lines(found, [line for each in gone for line in _revoked(each)])
    for path, data in files.items():
        write_whole(path, data)
    ranged = tuple(each.name for _, each in keys if each.from_ or each.to is not None or each.revoked is not None)
    return Exported(len(keys), len(gone), ranged)


def _lines(found: KeysFile, lines: list[str]) -> bytes:
    head = f"# The decision history of {found.settings.repository}. Which records a key may sign is not said here."
    return "".join(f"{line}\n" for line in (head, *lines)).encode()


def _allowed(role: str, key: HistoryKey) -> str:
    # INVARIANT: name, namespace and re-encoded key hold no space, comma, quote or pattern, so none can add words.
    namespace = OF_RECORDS if role == SIGNERS else OF_CHECKPOINTS
    return f'{key.name} namespaces="{namespace}" {key_text(key_blob(key.key))}'


def _revoked(key: HistoryKey) -> Iterator[str]:
    assert key.revoked is not None, "the caller looked"
    yield f"# {key.name}: from record {key.revoked.from_} on"
    yield key_text(key_blob(key.key))
