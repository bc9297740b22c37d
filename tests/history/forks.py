"""Real processes of `rampgate`, started fast: forked off one that has imported the command and has done nothing yet.

A process of its own spends a second on imports before its first step, and hundreds are needed here. Each is alone in a
process group, and marks the programs that it starts, so that it can be killed with all of them or alone. Example::

    with Forks() as forks:
        run = forks.start(["record", "--repo", folder], environ, tmp_path / "run")
        run.kill()
        assert run.wait() == -signal.SIGKILL
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

TIMEOUT_SECONDS = 120
MARK = "RECORDER"
"""What is in the environment of everything that a process starts: its number."""

_LAZY = ("httpx", "yaml", "jsonschema", "cryptography", "celpy", "rfc8785", "json", "email", "ssl")
"""Beside rampgate's own modules, packages that it imports where they are needed first."""


@dataclass
class Running:
    """One process. Its folder takes what it says."""

    folder: Path

    @property
    def group(self) -> int:
        return int(_content(self.folder / "pid"))

    @property
    def has_ended(self) -> bool:
        return (self.folder / "status").exists()

    def kill(self, *, alone: bool = False) -> None:
        """Kill it, with every program that it has started; alone, and they go on."""
        with suppress(ProcessLookupError):
            (os.kill if alone else os.killpg)(self.group, signal.SIGKILL)
        while not alone and (left := self.programs()):
            for each in left:
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)

    def programs(self) -> list[int]:
        """Return the programs of it that are running, as far down as they go."""
        mark = f"\0{MARK}={self.group}\0".encode()
        found = []
        for each in Path("/proc").iterdir():
            with suppress(OSError):
                if each.name.isdigit() and mark in b"\0" + (each / "environ").read_bytes():
                    found.append(int(each.name))
        return found

    def wait(self) -> int:
        """The exit code, or the signal that ended it, below zero."""
        return os.waitstatus_to_exitcode(int(_content(self.folder / "status")))

    @property
    def out(self) -> str:
        return (self.folder / "out").read_text()

    @property
    def error(self) -> str:
        return (self.folder / "error").read_text()


class Forks:
    """The process that others are forked off; a context manager."""

    def __init__(self) -> None:
        # What an earlier run in this process has needed, the others need too.
        names = [name for name in sorted(sys.modules) if name.split(".")[0] in ("rampgate", *_LAZY)]
        path = {"PYTHONPATH": os.pathsep.join(sys.path)}
        words = [sys.executable, __file__, *names]
        self._parent = subprocess.Popen(words, env={**os.environ, **path}, stdin=subprocess.PIPE, text=True)

    def start(self, words: Sequence[str], environ: Mapping[str, str], folder: Path, **more: Any) -> Running:
        """Start a command. more: `batch`, landings that are pushed together."""
        folder.mkdir(parents=True)
        request = {"words": list(words), "environ": dict(environ), "folder": str(folder), **more}
        assert self._parent.stdin is not None
        self._parent.stdin.write(json.dumps(request) + "\n")
        self._parent.stdin.flush()
        return Running(folder)

    def close(self) -> None:
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        self._parent.wait(TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _content(path: Path) -> str:
    """What a file holds that is about to be there."""
    until = time.monotonic() + TIMEOUT_SECONDS
    while not path.exists():
        assert time.monotonic() < until, f"{path} never came"
        time.sleep(0.001)
    return path.read_text()


# The other side: what is forked off


def _serve(names: Sequence[str]) -> None:
    for name in names:
        with suppress(ImportError):
            importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _watch(json.loads(line))


def _watch(request: dict[str, Any]) -> None:
    """Start the command, and write down how it ended: one process for each, beside it."""
    folder = Path(request["folder"])
    child = os.fork()
    if child == 0:
        os.setsid()
        _put(folder / "pid", os.getpid())
        try:
            _become(request, folder)
        except BaseException:  # noqa: BLE001 - whatever it is, the test that started it tells it
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(99)
    _, status = os.waitpid(child, 0)
    _put(folder / "status", status)
    os._exit(0)


def _become(request: dict[str, Any], folder: Path) -> None:
    for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, "out", _WRITE), (2, "error", _WRITE)):
        os.dup2(os.open(folder / name, flags, 0o600), number)
    os.environ.clear()
    os.environ.update(request["environ"])
    # Some of the programs that it starts are in groups of their own.
    os.environ[MARK] = str(os.getpid())
    from rampgate.app.recording import run as record_run  # noqa: PLC0415
    from rampgate.cli.main import run  # noqa: PLC0415

    record_run.BATCH = request.get("batch", record_run.BATCH)  # type: ignore[misc]
    try:
        run(request["words"])
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(ended.code or 0))


_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def _put(path: Path, number: int) -> None:
    """Write a file that is whole as soon as it is there."""
    draft = path.with_suffix(".draft")
    draft.write_text(str(number))
    draft.rename(path)


if __name__ == "__main__":
    _serve(sys.argv[1:])
