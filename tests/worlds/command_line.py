"""Runs the command line inside the test's own process, and keeps what it said."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from rampgate.cli.main import run


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
