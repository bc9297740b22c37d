"""Every generated file is what the code would write, byte for byte."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = generator()


def test_committed_files_are_what_the_code_says():
    """In a process of its own: click keeps parts of a help page that another test may have asked for otherwise."""
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_byte_is_found_and_not_repaired(tmp_path, monkeypatch, capsys):
    """`--check` must never make itself true."""
    target = tmp_path / "page.md"
    target.write_text("old\n")
    monkeypatch.setattr(GENERATE, "ROOT", tmp_path)
    monkeypatch.setattr(GENERATE, "GENERATORS", (lambda: iter([("page.md", "new\n")]),))
    monkeypatch.setattr("sys.argv", ["generate.py", "--check"])
    assert GENERATE.main() == 1
    assert target.read_text() == "old\n"
    assert capsys.readouterr().out == "page.md: not what the code says; run: make docs\n"
    monkeypatch.setattr("sys.argv", ["generate.py"])
    assert GENERATE.main() == 0
    assert target.read_text() == "new\n"
