"""Hands out the packaged JSON Schemas (Draft 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rampgate.adapters import packaged
from rampgate.app.write import write_all
from rampgate.errors import UsageProblem
from rampgate.formats.suggest import did_you_mean

SCHEMAS: Final[Mapping[str, str]] = {
    "card": "model_cards/<model>/<version>/card.yaml",
    "evidence": "model_cards/<model>/<version>/evidence/*.json",
    "lineage": "model_cards/<model>/<version>/lineage.yaml",
    "attestation": "model_cards/<model>/<version>/attestations/*.yaml",
    "event": "model_cards/<model>/<version>/events/*.yaml",
    "break-glass": "model_cards/<model>/<version>/events/*.yaml",
    "break-glass-review": "model_cards/<model>/<version>/events/*.yaml",
    "retraining": "model_cards/<model>/<version>/events/*.yaml",
    "ladder": "policies/ladder.yaml",
    "people": "policies/people.yaml",
    "models": "policies/models.yaml",
    "governance": "policies/governance.yaml",
    "glossary": "policies/glossary.yaml",
    "policy": "policies/*.yaml",
    "waiver": "policies/waivers/*.yaml",
    "history": "policies/history.yaml",
    "correction": "policies/corrections/*.yaml",
    "record": "what a signed log/*/*.json of the history holds",
    "profile": "what `rampgate measure profile` writes",
    "decision": "what `rampgate gate --format json` writes",
}
"""Name of a schema -> the files that it describes."""


def schema_text(name: str) -> str:
    """Return the JSON Schema of that name as text. Raises UsageProblem for a name that is not in `SCHEMAS`."""
    if name not in SCHEMAS:
        raise UsageProblem(f"there is no schema `{name}`{did_you_mean(name, SCHEMAS)}; known: {', '.join(SCHEMAS)}")
    return packaged.schema_bytes(name).decode()


def write_schemas(names: tuple[str, ...], folder: Path) -> list[Path]:
    """Write schemas as `<name>.schema.json` into a folder, all or none, and return their paths."""
    files = {folder / f"{name}.schema.json": schema_text(name).encode() for name in names}
    write_all(files)
    return list(files)
