"""Lists the keys of the decision history: whose, for which records, and whether the next one may be theirs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rampgate.adapters.sshsig import fingerprint, key_blob
from rampgate.app.keys.file import WITNESSES, first_place, found_keys, next_place
from rampgate.app.work_files import find_root
from rampgate.model.history import HistoryKey


@dataclass(frozen=True, slots=True)
class ListedKey:
    """One key. role: `signer` or `witness`; why_not: why the next record or checkpoint can not be its, "" if it can."""

    key: HistoryKey
    role: str
    fingerprint: str
    why_not: str


@dataclass(frozen=True, slots=True)
class KeyList:
    """The keys that a work tree declares. next: the next free place; None where this clone has no such branch."""

    repository: str
    branch: str
    next: int | None
    keys: tuple[ListedKey, ...]


def keys_of(repo: Path) -> KeyList:
    """Return the keys in `policies/history.yaml` of the work tree, in the order of the file, signers first.

    Raises UsageProblem where there is no such file, InvalidInput where it is wrong.
    """
    root = find_root(repo)
    found = found_keys(root)
    free = next_place(root, found.settings.branch)
    keys = [
        ListedKey(
            each,
            "witness" if role == WITNESSES else "signer",
            fingerprint(key_blob(each.key)),
            each.why_not_at(first_place(free or 0, role)),
        )
        for role, own in found.roles.items()
        for each in own
    ]
    return KeyList(found.settings.repository, found.settings.branch, free, tuple(keys))
