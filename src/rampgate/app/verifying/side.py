"""Examines envelopes on as many processors as there are; a short history, or one processor, needs no other process."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Final, Self

from rampgate.adapters.side_process import SideProcess, read_frame, write_frame
from rampgate.app.judging.trust import Trust
from rampgate.app.verifying.examine import Examined, LogFile, answer, answered, asked, examine, question
from rampgate.model.history import HistorySettings

FEW: Final = 600
"""Envelopes up to which other processes would take longer to start than they help."""
MOST: Final = 4
"""Processes; reading from Git keeps up with no more."""


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer questions until there are no more; the first says whose signatures count."""
    settings = read_frame(questions)
    if settings is None:
        return
    trust = Trust(HistorySettings.model_validate_json(settings))
    while (block := read_frame(questions)) is not None:
        write_frame(answers, answer([examine(each, trust) for each in asked(block)]))


@dataclass
class Examiners:
    """Takes blocks of envelopes and gives back what they are, in their order; a context manager that ends its helpers.

    `put` a block, and `take` the oldest that was put; up to `depth` of them may wait.
    """

    trust: Trust
    few: int = FEW
    processes: int = field(default_factory=lambda: min(os.cpu_count() or 1, MOST))
    _seen: int = 0
    _idle: list[SideProcess] = field(default_factory=list)
    _waiting: deque[tuple[Sequence[LogFile], SideProcess | None]] = field(default_factory=deque)

    @property
    def is_full(self) -> bool:
        """Return whether the oldest block has to be taken before another one is put."""
        return len(self._waiting) >= max(self.processes, 1)

    @property
    def is_empty(self) -> bool:
        """Return whether no block waits."""
        return not self._waiting

    def put(self, files: Sequence[LogFile]) -> None:
        """Hand over a block; there must be room for it."""
        self._seen += len(files)
        if self._seen > self.few and self.processes > 1:
            self._start()
        side = self._idle.pop() if self._idle else None
        if side is not None:
            try:
                side.ask(question(files))
            except OSError:
                side.close()
                side = None
        self._waiting.append((files, side))

    def take(self) -> list[Examined]:
        """Return what the oldest block is."""
        files, side = self._waiting.popleft()
        if side is not None:
            try:
                found = answered(side.answer())
            except (EOFError, OSError, ValueError):
                # Whatever became of it, the work is done here.
                side.close()
            else:
                self._idle.append(side)
                return found
        return [examine(each, self.trust) for each in files]

    def _start(self) -> None:
        busy = sum(1 for _, side in self._waiting if side is not None)
        if self._idle or busy:
            return
        for _ in range(self.processes):
            side = SideProcess(__name__)
            side.ask(self.trust.settings.model_dump_json(by_alias=True).encode())
            self._idle.append(side)

    def close(self) -> None:
        """End the helpers."""
        for side in (*self._idle, *(each for _, each in self._waiting if each is not None)):
            side.close()
        self._idle.clear()
        self._waiting.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
