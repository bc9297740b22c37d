"""What other policies would have said of the decisions on record, each at its own moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from rampgate.adapters.git_objects import GitObjects
from rampgate.app.history.open_history import open_history
from rampgate.app.judging.control import Control
from rampgate.app.replaying.elsewhere import newest_decisions, past_under
from rampgate.errors import InvalidInput, Unreachable
from rampgate.model.replay import Past

NEWEST: Final = 200
"""So many decisions are judged again where no day is given; some seconds' worth."""


def past_here(
    repo: Path | GitObjects,
    control: Control,
    since: str = "",
    tell: Callable[[int, int], None] | None = None,
    newest: int | None = None,
) -> Past:
    """Return what control files would have said of the decisions on record in a clone.

    since: a UTC day from which on all are judged, "" for the newest ones: 200, or as many as are asked for.
    Where there is no history, or none that is to be believed, the answer says so: what stands today can be judged
    without it.
    """
    try:
        with open_history(repo) as history:
            picked, left_out = newest_decisions(history, since, 0 if since else newest or NEWEST)
            return replace(past_under(history, control, picked, tell=tell), left_out=left_out)
    except (InvalidInput, Unreachable) as error:
        return Past("", missing=" ".join(str(error).split()))
