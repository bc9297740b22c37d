"""Runs the command line inside the test's own process, and keeps what it said."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from unittest.mock import patch

import pytest

from rampgate.cli.main import run


def said_here(words: list[str], environ: Mapping[str, str]) -> Said:
    """Run a command in this process, in exactly this environment and without a terminal.

    A process of its own spends most of its time on imports; a command that crashes fails the test here as well.
    """
    out, error = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        patch.dict(os.environ, environ, clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(error),
        pytest.raises(SystemExit) as ended,
    ):
        run(words)
    texts = (stream.buffer.getvalue().decode() for stream in (out, error))  # type: ignore[attr-defined]
    return Said(int(ended.value.code or 0), *texts)


@dataclass(frozen=True)
class Said:
    """Exit code, standard output and standard error of one command."""

    exit: int
    out: str
    err: str


class CommandLine:
    """Calls `rampgate` with words; `--repo` is added where a repository is given."""

    def __init__(self, capsys: pytest.CaptureFixture[str], repo: object = None) -> None:
        self.capsys = capsys
        self.repo = repo

    def __call__(self, *words: str) -> Said:
        self.capsys.readouterr()
        more = ["--repo", str(self.repo)] if self.repo is not None else []
        with pytest.raises(SystemExit) as ended:
            run([*words, *more])
        caught = self.capsys.readouterr()
        return Said(int(ended.value.code or 0), caught.out, caught.err)
