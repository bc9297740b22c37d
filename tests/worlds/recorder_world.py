"""A forge whose repository declares a decision history, a clone that records, and what its branch then says.

Example::

    recorder = Recorder(forge, tmp_path / "runner", world)
    run = recorder()
    assert (run.code, recorder.kinds()) == (0, ["opening", "baseline"])
"""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from forge.server import Forge
from forge.state import Pull
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.judging.trust import Trust, read_believed
from rampgate.formats.record import SealedRecord
from rampgate.model.history import HistorySettings
from rampgate.model.record import Record
from worlds.actions_world import Actions, Run
from worlds.git_world import GitWorld, clean_environment
from worlds.governed_world import ALICE, GovernedWorld, dump
from worlds.ssh_signer import SIGNER, WITNESS, Signer

REPOSITORY = "github.com/acme/models"


def declared(world: GovernedWorld, *signers: Signer, **fields: Any) -> str:
    """Let main declare a history that these keys sign, and return the commit."""
    keys = [{"name": each.name, "key": each.public} for each in signers or (SIGNER,)]
    witnesses = [{"name": WITNESS.name, "key": WITNESS.public}]
    value = {"schema": "rampgate/history/v1", "repository": REPOSITORY, "signers": keys, "witnesses": witnesses}
    world.write("policies/history.yaml", dump({**value, **fields}))
    world.base = world.commit("declare the history")
    return world.base


def key_file(folder: Path, signer: Signer = SIGNER) -> Path:
    """Write a private key as `ssh-keygen` takes it, and return its path."""
    path = folder / signer.name
    path.write_bytes(signer.private_file)
    path.chmod(0o600)
    return path


def begun(start_forge: Callable[..., Forge], folder: Path) -> Recorder:
    """A recorder whose first run is behind it: the opening and the baseline of the one version are on record.

    The first run is the same for every test, so it is made once, and its three repositories are copied.
    """
    first = _first()
    world = first.world.copy(folder)
    forge = start_forge(world)
    forge.hub.git.begin_as(first.bare)
    forge.state.clock.set(first.forge.state.clock.next)
    return Recorder(forge, folder / "runner", world, like=first)


@functools.cache
def _first() -> Recorder:
    folder = Path(tempfile.mkdtemp(prefix="rampgate-recorder-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    world = GovernedWorld(folder)
    declared(world)
    with Forge.of(world) as forge:
        found = Recorder(forge, folder / "runner", world)
        assert found().code == 0
        assert not forge.violations
    return found


class Recorder:
    """A runner that records what landed at a forge. like: one whose clone is taken over; None clones."""

    def __init__(self, forge: Forge, folder: Path, world: GovernedWorld, *, like: Recorder | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.forge, self.world, self.folder = forge, world, folder
        self.runner = Actions(forge, folder, like=like.runner if like else None)
        self.key = key_file(folder)
        self.settings = HistorySettings.model_validate(json.loads(world.read("policies/history.yaml")))

    def __call__(self, *words: str, key: Path | None = None) -> Run:
        return self.runner.command("record", "--repo", str(self.runner.checkout), "--key", str(key or self.key), *words)

    # What is on the branch

    @property
    def bare(self) -> Path:
        return self.forge.hub.git.path

    def tip(self, branch: str = "decisions") -> str | None:
        return self.forge.hub.git.commit_of(f"refs/heads/{branch}")

    def sealed(self) -> list[SealedRecord]:
        """Every record, each believed."""
        tip = self.tip()
        if tip is None:
            return []
        with GitObjects.open(self.bare) as git:
            ledger = Ledger(git, tip)
            return list(read_believed(ledger, ledger.entries(), Trust(self.settings)))

    def records(self) -> list[Record]:
        return [each.record for each in self.sealed()]

    def kinds(self) -> list[str]:
        return [str(each.kind) for each in self.records()]

    def clone(self, name: str = "auditor") -> GitWorld:
        """A fresh clone, as an auditor has it: no branch of any pull request that is gone."""
        auditor = GitWorld.__new__(GitWorld)
        auditor.root = self.folder / name
        words = ["git", "clone", "-q", "--no-local", str(self.bare), str(auditor.root)]
        subprocess.run(words, check=True, env=clean_environment())
        return auditor

    # What people do

    def promotion(self, to: str = "canary", branch: str = "promote") -> Pull:
        """Alice asks for one stage up, on top of what the forge's main is now."""
        world = self.world
        self.begin(branch)
        world.edit_card(stage=to)
        world.commit(f"promote to {to}")
        return self.request(branch)

    def begin(self, branch: str) -> None:
        """Check out a branch of what the forge's main is now."""
        self.world.git("fetch", "-q", "origin", "main")
        self.world.branch(branch, "FETCH_HEAD")

    def request(self, branch: str, by: dict[str, Any] = ALICE) -> Pull:
        self.forge.push(self.world, branch, by=by)
        return self.forge.open_pull(branch, "main", by)

    def push_by_hand(self, message: str, by: dict[str, Any]) -> str:
        """Push what is in the work tree straight to the forge's main."""
        self.world.git("stash", "-q", "--include-untracked")
        self.begin(f"by-hand-{len(self.world.git('branch', '--list').splitlines())}")
        self.world.git("stash", "pop", "-q")
        commit = self.world.commit(message)
        self.forge.push(self.world, self.world.git("branch", "--show-current"), by=by, to="main")
        return commit
