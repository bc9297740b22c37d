"""A `rampgate` for the PATH of a shell that starts fast: forked off a process that has imported the command already.

What runs is the command itself, in a process, a folder, an environment and with streams of its own; only the start of
Python and the imports are not done again for each. That the installed program starts is proven by `test_wheel`, and
by the pages of the documentation that are followed with it. Example::

    environ["PATH"] = os.pathsep.join([str(folder_of_the_command()), environ["PATH"]])
"""

from __future__ import annotations

import atexit
import functools
import importlib
import json
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel

PROGRAM = """\
#!{python} -IS
import json, os, socket, sys
there = socket.socket(socket.AF_UNIX)
there.connect({place!r})
socket.send_fds(there, [b"!"], [0, 1, 2])
there.sendall(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode())
there.shutdown(socket.SHUT_WR)
os._exit(int(there.recv(16) or b"99"))
"""
SLOW = {"measure": ("pandas", "sklearn.metrics", "fairlearn.metrics", "duckdb")}
"""What a command needs that takes seconds to import: that is done once, where it is first called."""


@functools.cache
def folder_of_the_command() -> Path:
    """Start the process that others are forked off, and return a folder in which `rampgate` asks it."""
    folder = Path(tempfile.mkdtemp(prefix="rampgate-command-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    place = folder / "place"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, __file__, str(place)], env=environ, stdin=subprocess.PIPE)
    atexit.register(_end, parent)
    while not place.exists():
        assert parent.poll() is None, "the process that commands are forked off has ended"
        time.sleep(0.005)
    program = folder / "bin" / "rampgate"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable, place=str(place)))
    program.chmod(0o755)
    return program.parent


def _end(parent: subprocess.Popen[bytes]) -> None:
    assert parent.stdin is not None
    parent.stdin.close()
    parent.wait(10)


# The other side: what is forked off


def _serve(place: str) -> None:
    import rampgate  # noqa: PLC0415

    for each in pkgutil.walk_packages(rampgate.__path__, "rampgate."):
        if not each.name.endswith("__main__"):
            with suppress(ImportError):
                importlib.import_module(each.name)
    _build(BaseModel)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = socket.socket(socket.AF_UNIX)
    server.bind(f"{place}.draft")
    server.listen()
    Path(f"{place}.draft").rename(place)
    # Standard input ends with the process of the tests.
    while sys.stdin not in (ready := select.select([server, sys.stdin], [], [])[0]):
        assert ready
        there, _ = server.accept()
        _answer(there)
        there.close()


def _build(model: type[BaseModel]) -> None:
    """Build what a model checks with now, which else each process does where it first reads one."""
    for each in model.__subclasses__():
        if each.__module__.startswith("rampgate.") and not each.__pydantic_complete__:
            each.model_rebuild(raise_errors=False)
        _build(each)


def _answer(there: socket.socket) -> None:
    """Read what is asked for, and let a process of its own do it."""
    _, streams, _, _ = socket.recv_fds(there, 1, 3)
    text = b""
    while part := there.recv(65536):
        text += part
    words, folder, environ = json.loads(text)
    for name in SLOW.get(words[0] if words else "", ()):
        with suppress(ImportError):
            importlib.import_module(name)
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        child = os.fork()
        if child == 0:
            there.close()
            _become(words, folder, environ, streams)
        for each in streams:
            os.close(each)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        there.sendall(b"%d" % (code if code >= 0 else 128 - code))
        os._exit(0)
    for each in streams:
        os.close(each)


def _become(words: list[str], folder: str, environ: dict[str, str], streams: list[int]) -> None:
    """Be the command, as far as a process can become one that has begun as another."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.argv = ["rampgate", *words]
    code = 1  # Python's own, where the command crashes
    try:
        from rampgate.cli.main import run  # noqa: PLC0415

        run(words)
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001 - it is told as Python tells it
        traceback.print_exc()
    with suppress(OSError):
        sys.stdout.flush()
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve(sys.argv[1])
