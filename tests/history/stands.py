"""A governed branch on which everything has happened already, and a history that can be put back to any state.

On main: an allowed promotion, a push by hand, a commit of words, a merge on hold. Pull request 3 was closed on hold.
"""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from forge.server import Forge
from forge.state import Pull
from history.forks import Forks, Running
from rampgate.adapters.git_objects import GitObjects
from rampgate.adapters.ledger import Ledger
from rampgate.app.verifying.verify import VerifyRequest, verify
from rampgate.formats.record import read_record
from worlds.actions_world import Run
from worlds.command_line import said_here
from worlds.git_world import clean_environment
from worlds.governed_world import OTTO, RITA, GovernedWorld, card, evidence
from worlds.recorder_world import Recorder, declared, key_file
from worlds.ssh_signer import SECOND, SIGNER

CARD = "model_cards/credit-risk/2.0.0/card.yaml"
WAITING = {"landing.waiting"}
NOW = "2026-11-20T12:00:00Z"


class Stand:
    """A repository with the branch `decisions`, a clone that records, and what is to be on record in the end.

    repository: where the branch is; clone: where the recorder runs; tips: name -> where the branch may be put back to;
    base: the commit that declares the history; card: a card, as it stood there.
    """

    repository: Path
    clone: Path
    environ: dict[str, str]
    words: list[str]
    base: str
    card: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tips: dict[str, str | None] = {"none": None}
        self._runs = 0

    def tip(self) -> str | None:
        return git(self.repository, "for-each-ref", "--format=%(objectname)", "refs/heads/decisions") or None

    def keep(self, name: str) -> None:
        """Give the state of the history a name."""
        self.tips[name] = self.tip()

    def put_back(self, name: str) -> None:
        """Put the history back, also in what the clone knows of it, and clear away what killed programs left."""
        for place, ref in ((self.repository, "refs/heads/decisions"), (self.clone, "refs/remotes/origin/decisions")):
            for lock in place.rglob("*.lock"):
                lock.unlink()
            tip = self.tips[name]
            if place == self.clone == self.repository:
                continue
            git(place, "update-ref", *([ref, tip] if tip else ["-d", ref]))

    def start(self, forks: Forks, *words: str, environ: dict[str, str] | None = None, **more: Any) -> Running:
        self._runs += 1
        place = self.folder / "runs" / str(self._runs)
        return forks.start([*self.words, *words], {**self.environ, **(environ or {})}, place, **more)

    def second(self, clone: Path | None = None) -> Self:
        """The same history, written with another key, so that two never write the very same record. clone: where."""
        other = copy.copy(self)
        other.folder = self.folder / "second"
        other.folder.mkdir()
        other.clone = clone or self.clone
        key = self.words[self.words.index("--key") + 1]
        changed = {key: str(key_file(other.folder, SECOND)), str(self.clone): str(other.clone)}
        other.words = [changed.get(each, each) for each in self.words]
        return other

    def run(self, *words: str) -> Run:
        """One ordinary run, in this process."""
        said = said_here([*self.words, *words], self.environ)
        return Run(said.exit, said.out, said.err, {}, "", None)

    def process(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One ordinary run, in a process that is started from nothing."""
        path = {"PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "rampgate", *self.words, *words]
        return subprocess.run(command, env={**self.environ, **path}, capture_output=True, text=True, check=False)

    def faults(self) -> set[str]:
        """Every sort of fault that `rampgate audit verify` finds; nothing where there is no history yet."""
        if self.tip() is None:
            return set()
        return {each.kind for each in verify(VerifyRequest(self.repository)).mismatches}

    def told(self) -> list[tuple[str, str | None, int]]:
        """Kind, landed commit and pull request (0 for none) of every record, in order."""
        tip = self.tip()
        if tip is None:
            return []
        with GitObjects.open(self.repository) as git:
            ledger = Ledger(git, tip)
            entries = ledger.entries()
            found = [
                read_record(data, each.path).record for each, data in zip(entries, ledger.read(entries), strict=True)
            ]
        return [(str(each.kind), each.git.landed, each.pull.number if each.pull else 0) for each in found]


class ForgeStand(Stand):
    """At a forge. lived: whether anything has happened since the history was declared."""

    def __init__(self, folder: Path, *, lived: bool = True) -> None:
        super().__init__(folder)
        world = grown(folder)
        self.base, self.card = world.base, world.read(CARD)
        self.forge = Forge.of(world)
        self.recorder = recorder = Recorder(self.forge, folder / "runner", world)
        self.repository, self.clone = recorder.bare, recorder.runner.checkout
        self.environ = {**clean_environment(), **recorder.runner.environ}
        self.words = ["record", "--repo", str(self.clone), "--key", str(recorder.key)]
        if lived:
            self._live()

    def _live(self) -> None:
        world, recorder = self.recorder.world, self.recorder
        allowed = self._promotion("canary", "one", approved=True)
        world.edit_card(stage="ramp")
        recorder.push_by_hand("by hand", OTTO)
        world.write("README.md", "# words\n")
        recorder.push_by_hand("words", OTTO)
        self._promotion("majority", "two", approved=False)
        self.close("given-up")
        self.run("--after", world.base)
        self.keep("opened")
        self.run("--after", allowed)
        self.keep("one more")
        self.run()
        self.keep("all")

    def close(self, branch: str) -> Pull:
        """Close a promotion that nobody has approved."""
        cards = copy.deepcopy(self.recorder.world.cards)
        pull = self.recorder.promotion("full", branch)
        with self.forge.desk.lock:
            pull.state, pull.updated = "closed", self.forge.state.clock.now()
        self.recorder.world.cards = cards
        return pull

    def _promotion(self, to: str, branch: str, *, approved: bool) -> str:
        pull = self.recorder.promotion(to, branch)
        if approved:
            self.forge.review(pull, RITA, "APPROVED")
        return self.forge.merge(pull, OTTO)


class CloneStand(Stand):
    """A clone by itself: the branch is its own. lived: as for `ForgeStand`."""

    def __init__(self, folder: Path, *, lived: bool = True) -> None:
        super().__init__(folder)
        world = grown(folder)
        self.base, self.card = world.base, world.read(CARD)
        for stage in ("canary", "ramp") if lived else ():
            world.edit_card(stage=stage)
            world.commit(f"to {stage} by hand")
        self.repository = self.clone = world.root
        self.environ = clean_environment()
        key = key_file(folder)
        self.words = ["record", "--offline", "--now", NOW, "--repo", str(world.root), "--key", str(key)]
        if lived:
            self.run("--after", world.base)
            self.keep("opened")
            self.run()
            self.keep("all")

    def put_back(self, name: str) -> None:
        super().put_back(name)
        tip = self.tips[name]
        git(self.clone, "update-ref", *(["refs/heads/decisions", tip] if tip else ["-d", "refs/heads/decisions"]))


def grown(folder: Path) -> GovernedWorld:
    """A world of two models and three versions that declares a history."""
    world = GovernedWorld(folder)
    world.add_version(card(version="1.4.0", stage="full"), evidence())
    world.add_version(card(model="fraud", version="1.0.0", stage="canary"), evidence())
    world.commit("more models")
    declared(world, SIGNER, SECOND)
    return world


def git(place: Path, *words: str, given: str = "") -> str:
    """Run git in a folder and return what it said."""
    done = subprocess.run(
        ["git", *words], cwd=place, env=clean_environment(), input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commits_of(told: Sequence[tuple[str, str | None, int]]) -> list[str]:
    """The landed commits of records, in order; a baseline lands nothing new."""
    return [landed for kind, landed, _ in told if landed and kind != "baseline"]
