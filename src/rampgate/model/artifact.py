"""What stands for an artifact: its digest, or one over the parts that it is made of."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def artifact_identity(artifact: dict[str, Any]) -> str:
    """Return the digest that stands for an artifact as written in a card (see `model.card.Artifact.identity`)."""
    if artifact.get("digest"):
        return str(artifact["digest"])
    text = json.dumps(artifact["parts"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
