"""What landed, as JSON `rampgate/landings/v1`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from rampgate.model.landing import Landing
from rampgate.reports.json_v1 import as_json

SCHEMA: Final = "rampgate/landings/v1"


def as_json_text(landings: Sequence[Landing]) -> str:
    """Return the landings as JSON text of a stable order, ending in a newline; each holds its whole decision."""
    whole = {
        "schema": SCHEMA,
        "landings": [
            {
                "commit": each.commit,
                "pull_request": each.pull or None,
                "past_the_gate": list(each.faults),
                "decision": as_json(each.decision),
            }
            for each in landings
        ],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
