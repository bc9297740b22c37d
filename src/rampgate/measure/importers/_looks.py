"""Whose results a file looks like, for whoever named the wrong tool; nothing is imported by it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from rampgate.errors import InvalidInput
from rampgate.measure.importers._base import ResultsFile
from rampgate.measure.importers._json import read_json

KEYS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "dbt": frozenset({"metadata", "results", "elapsed_time"}),
        "great-expectations": frozenset({"results", "statistics", "success"}),
        "lm-eval": frozenset({"results", "configs", "n-shot"}),
        "mlflow": frozenset({"info", "data"}),
        "promptfoo": frozenset({"results", "config"}),
        "evidently": frozenset({"metrics", "tests"}),
    }
)
"""Tool -> keys that its results have on top, and those of no other tool."""


def looks_like(file: ResultsFile) -> str:
    """Return the tool whose results a file looks like, "" for none of them."""
    if file.data.startswith(b"SQLite format 3\0"):
        return "mlflow"
    try:
        value: Any = read_json(file)
    except InvalidInput:
        return ""
    keys = set(value) if isinstance(value, dict) else set()
    return next((tool for tool, wanted in KEYS.items() if wanted <= keys), "")
