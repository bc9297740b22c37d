"""Environments of programs that are compared with: one each, for none of them fits beside rampgate's packages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def environment(home: Path, *wanted: str, imports: str = "") -> Path | None:
    """Return the folder of an environment's programs, installed first where it is absent; None with a printed reason.

    home: kept for the next run. imports: a module that must load, for an installed package may still be broken.
    """
    programs, complete = home / "bin", home / "complete"
    if complete.exists() and complete.read_text() == " ".join(wanted):
        return programs
    steps = [
        [sys.executable, "-m", "venv", "--clear", str(home)],
        [str(programs / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted],
        *([[str(programs / "python"), "-c", f"import {imports}"]] if imports else []),
    ]
    for words in steps:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
            print(f"{wanted[0]} is not measured: `{' '.join(words[-3:])}` failed: {reason}", file=sys.stderr)
            return None
    complete.write_text(" ".join(wanted))
    return programs
