"""The formats in which `gate` tells a decision; the list is explicit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from rampgate.model.decision import Decision
from rampgate.reports import json_v1, junit, markdown, sarif, text

FORMATS: Final[Mapping[str, Callable[[Decision], str]]] = {
    "text": text.render,
    "markdown": markdown.render,
    "json": json_v1.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
"""Name of a format -> how it is rendered; an unknown name is an error, never a default."""
