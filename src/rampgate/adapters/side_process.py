"""Another Python process of the same installation that answers questions: for work that keeps a processor busy.

Each question and each answer is a frame: its size in eight bytes, then itself. One question waits at a time, so that
neither side ever waits for the other to read. Example::

    with SideProcess("rampgate.app.verifying.side") as side:
        side.ask(b"...")
        answer = side.answer()
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from types import TracebackType
from typing import IO, Final, Self

_SIZE: Final = 8
# The module is found where this process found it, whatever it was started with; nothing of `__main__` is run again.
_START: Final = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "import {0} as module; module.serve(sys.stdin.buffer, sys.stdout.buffer)"
)


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Return the next frame, None at the end. Raises EOFError where it breaks off."""
    head = stream.read(_SIZE)
    if not head:
        return None
    size = int.from_bytes(head, "big")
    data = stream.read(size)
    if len(head) < _SIZE or len(data) < size:
        raise EOFError("a frame breaks off")
    return data


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Write a frame, all of it."""
    stream.write(len(data).to_bytes(_SIZE, "big"))
    stream.write(data)
    stream.flush()


class SideProcess:
    """A process that runs the function `serve` of a module on its standard streams; a context manager that ends it."""

    def __init__(self, module: str) -> None:
        words = [sys.executable, "-c", _START.format(module), json.dumps(sys.path)]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def ask(self, data: bytes) -> None:
        """Send a question. Raises OSError where the process is gone."""
        assert self._process.stdin is not None
        write_frame(self._process.stdin, data)

    def answer(self) -> bytes:
        """Return the answer to the question that was sent. Raises EOFError where the process is gone."""
        assert self._process.stdout is not None
        found = read_frame(self._process.stdout)
        if found is None:
            raise EOFError("the process is gone")
        return found

    def close(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
