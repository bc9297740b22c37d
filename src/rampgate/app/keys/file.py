"""The keys of the decision history as the work tree declares them, in `policies/history.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rampgate.adapters import packaged
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.judging.history_keys import key_problems
from rampgate.app.judging.trees import WorkTree
from rampgate.app.write import write_whole
from rampgate.errors import InvalidInput, UsageProblem
from rampgate.formats.edit import insert_item
from rampgate.formats.edit_field import add_field
from rampgate.formats.nouns import noun_of
from rampgate.formats.suggest import did_you_mean
from rampgate.formats.yaml_text import load_yaml
from rampgate.model.history import HistoryKey, HistorySettings

PATH: Final = "policies/history.yaml"
SIGNERS: Final = "signers"
WITNESSES: Final = "witnesses"


@dataclass(frozen=True, slots=True)
class KeysFile:
    """The file as it stands, or as it is about to be written. root: of the repository; settings: what it says."""

    root: Path
    data: bytes
    settings: HistorySettings

    def find(self, name: str) -> tuple[str, int, HistoryKey]:
        """Return the role, the place in the list, and the key of a name. Raises UsageProblem for an unknown one."""
        for role, keys in self.roles.items():
            for index, each in enumerate(keys):
                if each.name == name:
                    return role, index, each
        known = [each.name for keys in self.roles.values() for each in keys]
        listed = ", ".join(f"`{each}`" for each in known)
        raise UsageProblem(f"{PATH} has no key `{name}`{did_you_mean(name, known)}\nknown: {listed}")

    @property
    def roles(self) -> Mapping[str, tuple[HistoryKey, ...]]:
        """Return the keys by what they may sign: records, or checkpoints."""
        return {SIGNERS: self.settings.signers, WITNESSES: self.settings.witnesses}

    def with_key(self, role: str, item: Mapping[str, Any]) -> KeysFile:
        """Return the file with one key more; raises UsageProblem for what can not stand there."""
        return self._changed(lambda: insert_item(self.data, PATH, (role,), item))

    def with_field(self, role: str, index: int, name: str, value: Any) -> KeysFile:
        """Return the file with one thing more said of a key; raises UsageProblem for what can not be said."""
        return self._changed(lambda: add_field(self.data, PATH, (role, index), name, value))

    def write(self) -> None:
        """Write the file, whole."""
        write_whole(self.root / PATH, self.data)

    def _changed(self, edit: Callable[[], bytes]) -> KeysFile:
        try:
            data = edit()
            return KeysFile(self.root, data, _settings(data))
        except InvalidInput as error:
            told = "\n".join(f"  - {problem.message}" for problem in error.problems)
            raise UsageProblem(f"this can not be written into {PATH}:\n{told}") from None


def read_keys(root: Path) -> KeysFile | None:
    """Return the file of a work tree, None where there is none. Raises InvalidInput where it is wrong."""
    tree = WorkTree(root)
    if not tree.exists(PATH):
        return None
    data = tree.read(PATH)
    return KeysFile(root, data, _settings(data))


def found_keys(root: Path) -> KeysFile:
    """Return the file of a work tree. Raises UsageProblem where there is none, InvalidInput where it is wrong."""
    found = read_keys(root)
    if found is None:
        raise UsageProblem(f"there is no {PATH} here; `rampgate keys create NAME` writes it")
    return found


def next_place(root: Path, branch: str) -> int | None:
    """Return the next free place of the history, as far as this clone has it; None where it has no such branch."""
    if not (root / ".git").exists():
        return None
    with GitObjects.open(root) as git:
        ledger = Ledger.on(git, branch)
        return ledger.size if ledger is not None else None


def first_place(free: int, role: str) -> int:
    """Return the first place that a new key is for: the next free one, or the newest record, which a witness signs."""
    return max(free - 1, 0) if role == WITNESSES else free


def _settings(data: bytes) -> HistorySettings:
    read = noun_of(load_yaml(data, PATH), HistorySettings, "history", packaged.schema("history"))
    problems = list(key_problems(read))
    if problems:
        raise InvalidInput(problems)
    return read.noun
