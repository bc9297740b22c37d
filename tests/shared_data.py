"""Finds the real cards, predictions and lineage events that lie beside a checkout on some machines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("RAMPGATE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


def shared(path: str) -> Path:
    """Return a file or folder of the shared data, or skip the test with the reason where it is absent."""
    found = ROOT / path
    if not found.exists():
        pytest.skip(f"shared data `{path}` is not on this machine (set RAMPGATE_SHARED_DATA)")
    return found
