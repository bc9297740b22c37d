"""Whoever kills the recorder, at whatever step: the history is valid as it is, and one ordinary run makes it complete.

The steps are every program that it starts (before, while and after it runs; with it or alone), every question to the
forge (before and after it is answered), every ref that Git holds locked, and moments of time; drawn by a fixed seed.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from forge.fixtures import look_at
from history.forks import TIMEOUT_SECONDS, Forks, Running
from history.kills import Trap
from history.stands import WAITING, CloneStand, ForgeStand, Stand
from rampgate.adapters import git_locks

POINTS = 36
"""Kills in each scene; 216 in all."""
WAYS = (
    *("before a program", "during a program", "after a program", "beside a program"),
    *("before an answer", "after an answer", "in time", "alone in time"),
)


@dataclass(frozen=True)
class Scene:
    """What is killed. start: what is on record before; race: what another writer pushes first; batch: see `Forks`."""

    start: str
    words: tuple[str, ...] = ()
    race: str = ""
    batch: int = 50
    offline: bool = False


SCENES = {
    "the first run": Scene("none"),
    "catching up": Scene("opened"),
    "catching up, a push for each landing": Scene("opened", batch=1),
    "a closed pull request": Scene("all", words=("--closed", "3")),
    "again after a lost race": Scene("opened", race="one more", batch=1),
    "a clone by itself": Scene("none", offline=True),
}


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as started:
        yield started


@pytest.fixture(scope="module")
def stands(tmp_path_factory: Any) -> Iterator[Mapping[bool, Stand]]:
    """Whether offline -> where it happens; built where they are needed first."""

    built = Lazily(lambda offline: (CloneStand if offline else ForgeStand)(tmp_path_factory.mktemp("stand")))
    yield built
    if isinstance(at_forge := built.get(False), ForgeStand):
        at_forge.forge.stop()
        look_at([at_forge.forge])


@pytest.fixture(scope="module")
def killers(stands: Mapping[bool, Stand], forks: Forks, tmp_path_factory: Any) -> Mapping[str, Killer]:
    """The killers by their scenes; each is made where it is needed first."""
    return Lazily(
        lambda name: Killer(SCENES[name], stands[SCENES[name].offline], forks, Trap(tmp_path_factory.mktemp("trap")))
    )


class Lazily(dict[Any, Any]):
    """A dictionary that makes what it holds."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make

    def __missing__(self, key: Any) -> Any:
        self[key] = self.make(key)
        return self[key]


@dataclass
class Killer:
    """Kills one scene again and again. whole: how long one run takes, in seconds; complete: what is told in the end."""

    scene: Scene
    stand: Stand
    forks: Forks
    trap: Trap
    whole: float = 0.0
    programs: int = 0
    questions: int = 0
    locks: int = 0
    complete: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Let one run go through, and count what it does."""
        if isinstance(self.stand, CloneStand):
            hooks = self.stand.clone / ".git" / "hooks"
            hooks.mkdir(exist_ok=True)
            shutil.copy(self.trap.hook, hooks)
        self.put_back()
        asked, began = self._asked(), time.monotonic()
        assert self.start().wait() in (0, 10)
        self.whole = time.monotonic() - began
        self.programs, self.questions, self.locks = self.trap.programs, self._asked() - asked, self.trap.locks
        self.complete = self.stand.told()
        assert not self.stand.faults()
        self.put_back()
        assert self.stand.faults() <= WAITING
        assert self.complete, "it records something"

    def put_back(self) -> None:
        self.stand.put_back(self.scene.start)
        self.trap.clear()
        if self.scene.race:
            git, tip = f"git -C {self.stand.repository}", self.stand.tips[self.scene.race]
            self.trap.race(f"{git} update-ref refs/heads/decisions {tip}")

    def start(self) -> Running:
        words, batch = self.scene.words, self.scene.batch
        return self.stand.start(self.forks, *words, environ=self.trap.environ, batch=batch)

    def _asked(self) -> int:
        return len(self.stand.forge.calls) if isinstance(self.stand, ForgeStand) else 0

    # Kills

    def kill(self, way: str, share: float) -> bool:
        """Start a run and kill it. share: where, from 0 to below 1. Returns False where it ended before."""
        self.put_back()
        how, _, what = way.partition(" ")
        if way.endswith("in time"):
            run = self.start()
            assert run.group
            time.sleep(self.whole * share)
            run.kill(alone=how == "alone")
        elif what == "an answer":
            run = self._at_question(int(self.questions * share), answered=how == "after")
        else:
            self.trap.set(1 + int(self.programs * share), how)
            run = self.start()
        code = run.wait()
        assert code in (-signal.SIGKILL, 0, 10), run.error
        self.settled(run)
        return code == -signal.SIGKILL

    def _at_question(self, number: int, *, answered: bool) -> Running:
        """Kill when the question of this number (from 0) arrives, before or after it is answered."""
        stand = self.stand
        assert isinstance(stand, ForgeStand)
        running: list[Running] = []

        def kill() -> None:
            while not running:
                time.sleep(0.001)
            running[0].kill()
            running[0].wait()

        stand.forge.when("*", "*", kill, skip=number, done=answered)
        running.append(self.start())
        running[0].wait()
        stand.forge.desk.faults._waiting.clear()
        return running[0]

    def settled(self, run: Running) -> None:
        """Wait until its programs have ended, and the forge has done what they have sent it."""
        until = time.monotonic() + TIMEOUT_SECONDS
        while run.programs() or (isinstance(self.stand, ForgeStand) and self.stand.forge._servers[0]._open):
            assert time.monotonic() < until, "a program does not end, or a connection stays open"
            time.sleep(0.005)

    # What must hold

    def look(self, point: str) -> None:
        if self.stand.tip() != self.stand.tips[self.scene.start]:
            assert self.stand.faults() <= WAITING, point
            told = self.stand.told()
            assert told == self.complete[: len(told)], point
        run = self.stand.run(*self.scene.words)
        assert run.code in (0, 10), (point, run.error)
        assert self.stand.faults() == set(), point
        assert self.stand.told() == self.complete, point


def ways(scene: Scene) -> tuple[str, ...]:
    """Offline nobody is asked."""
    return tuple(each for each in WAYS if not (scene.offline and each.endswith("answer")))


@pytest.mark.scale
@pytest.mark.parametrize("name", SCENES)
def test_a_recorder_killed_at_any_step_loses_nothing(name, killers):
    deadly = killers[name]
    drawn, killed, tried = random.Random(f"killed in {name}"), 0, 0
    while killed < POINTS:
        tried += 1
        assert tried < 2 * POINTS, f"only {killed} of {tried} runs were killed"
        way = ways(deadly.scene)[tried % len(ways(deadly.scene))]
        share = drawn.random()
        killed += deadly.kill(way, share)
        deadly.look(f"{name}: killed {way}, at {share:.4f} of the run")


# A few of them, in little time


SAMPLE = {
    "at its first question": ("the first run", "before an answer", 0.0),
    "while it signs": ("the first run", "during a program", 0.55),
    "beside its push": ("the first run", "beside a program", 0.87),
    "when everything is pushed": ("the first run", "after a program", 0.92),
    "while it asks": ("again after a lost race", "after an answer", 0.7),
    "before it looks again": ("again after a lost race", "before a program", 0.5),
    "between two pushes": ("again after a lost race", "after a program", 0.8),
    "while it pushes once more": ("again after a lost race", "during a program", 0.9),
}


# The scene of a lost race takes its time to be set: it runs with the slow tests.
@pytest.mark.parametrize(
    "case",
    [
        case if name == "the first run" else pytest.param(case, marks=pytest.mark.scale)
        for case, (name, _, _) in SAMPLE.items()
    ],
)
def test_a_killed_recorder_loses_nothing(case, killers):
    name, way, share = SAMPLE[case]
    deadly = killers[name]
    assert deadly.kill(way, share)
    deadly.look(case)


# A ref stays locked


def ageing(stand, seconds):
    """Let every lock that was left be this old; returns how many there are."""
    left = [lock for place in {stand.clone, stand.repository} for lock in place.rglob("*.lock")]
    for lock in left:
        then = lock.stat().st_mtime - seconds
        os.utime(lock, (then, then))
    return len(left)


# At a forge git itself waits ten seconds before it says that a ref is locked.
@pytest.mark.parametrize("name", [pytest.param("the first run", marks=pytest.mark.scale), "a clone by itself"])
def test_a_recorder_killed_with_a_ref_locked_loses_nothing(name, killers):
    """The lock stays behind; once nobody can hold it any more, the next run takes it away."""
    deadly = killers[name]
    deadly.put_back()
    # The ones before it are of a temporary repository, or move nothing.
    deadly.trap.set_lock(deadly.locks)
    run = deadly.start()
    assert run.wait() in (-signal.SIGKILL, 0, 10)
    deadly.settled(run)
    assert ageing(deadly.stand, git_locks.STALE_SECONDS) == 1
    deadly.look(f"{name}: killed while a ref was locked")


def test_a_lock_that_somebody_holds_is_waited_for(killers):
    deadly = killers["a clone by itself"]
    deadly.put_back()
    lock = deadly.stand.clone / ".git/refs/heads/decisions.lock"
    lock.touch()
    run = deadly.start()
    time.sleep(2 * deadly.whole)
    assert not run.has_ended
    assert deadly.stand.told() == []
    lock.unlink()
    assert run.wait() in (0, 10), run.error
    assert deadly.stand.told() == deadly.complete
