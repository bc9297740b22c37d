"""Every generated file is what the code would write, byte for byte."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = generator()


@pytest.mark.parametrize("name", [each.__name__ for each in GENERATE.GENERATORS])
def test_committed_files_are_what_the_code_says(name):
    for path, text in getattr(GENERATE, name)():
        target = ROOT / path
        assert target.is_file(), f"{path} is missing; run: make docs"
        assert target.read_bytes() == text.encode(), f"{path} is not what the code says; run: make docs"


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
