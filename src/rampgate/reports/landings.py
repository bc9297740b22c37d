"""What landed and what was recorded of it, as JSON `rampgate/landings/v1`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from rampgate.model.landing import Landing
from rampgate.model.record import Record
from rampgate.reports.json_v1 import as_json

SCHEMA: Final = "rampgate/landings/v1"


def as_json_text(landings: Sequence[Landing], records: Sequence[Record] = ()) -> str:
    """Return the landings as JSON text of a stable order, ending in a newline; each holds its whole decision.

    records: everything that was written into the decision history, landings and all else, in order.
    """
    whole = {
        "schema": SCHEMA,
        "landings": [
            {
                "commit": each.commit,
                "pull_request": each.pull or None,
                "record": each.record,
                "past_the_gate": list(each.faults),
                "decision": as_json(each.decision),
            }
            for each in landings
        ],
        "records": [
            {"seq": each.seq, "kind": each.kind.value, "title": each.title, "past_the_gate": list(each.past_the_gate)}
            for each in records
        ],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
