"""`--help` of each command: what it is for, examples on lines of their own, and every exit code."""

from __future__ import annotations

import pytest

from rampgate.cli.main import COMMANDS
from worlds.command_line import CommandLine


@pytest.mark.parametrize("command", COMMANDS)
def test_a_help_page_has_examples_and_exit_codes(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = CommandLine(capsys)(command, "--help")
    assert done.exit == 0
    lines = done.out.splitlines()
    assert any(line.startswith(f"  rampgate {command}") for line in lines), "no example"
    assert any(line.startswith("  Exit codes: 0 ") for line in lines), "no exit codes"
    assert [line for line in lines if len(line) > 80] == []
    assert not any("\\b" in line or "\b" in line for line in lines)
