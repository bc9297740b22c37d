"""The published JSON Schemas (Draft 2020-12), generated from the nouns: one definition gives types and schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from rampgate.model.card import Card
from rampgate.model.correction import Correction
from rampgate.model.evidence import Evidence
from rampgate.model.history import HistorySettings
from rampgate.model.ids import Noun
from rampgate.model.ladder import Ladder
from rampgate.model.lineage import Lineage
from rampgate.model.people import People
from rampgate.model.policy import Policy
from rampgate.model.profile import Profile
from rampgate.model.record import Record
from rampgate.model.registry import Glossary, Governance, Models
from rampgate.model.statements import Attestation, BreakGlass, BreakGlassReview, Event, RetrainingDecision
from rampgate.model.waiver import Waiver

NOUNS: Final[Mapping[str, type[Noun]]] = {
    "card": Card,
    "evidence": Evidence,
    "lineage": Lineage,
    "attestation": Attestation,
    "event": Event,
    "break-glass": BreakGlass,
    "break-glass-review": BreakGlassReview,
    "retraining": RetrainingDecision,
    "ladder": Ladder,
    "people": People,
    "models": Models,
    "governance": Governance,
    "glossary": Glossary,
    "history": HistorySettings,
    "correction": Correction,
    "policy": Policy,
    "waiver": Waiver,
    "record": Record,
    "profile": Profile,
}
"""Name of a schema -> the noun that it describes; `schema: rampgate/<name>/v1` in a file names one of them."""

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a noun. Raises KeyError for a name that is not in `NOUNS`."""
    body = NOUNS[name].model_json_schema(by_alias=True)
    return {"$schema": DIALECT, "$id": f"urn:rampgate:{name}:v1", **body}


def schema_text(schema: Mapping[str, Any]) -> str:
    """Return a JSON Schema as it is committed, ending in a newline."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
