"""Tells who promotes a version that its least stay is not over; the gate holds it until then, nothing is refused."""

from __future__ import annotations

from pathlib import Path

from rampgate.app.judging.history_here import history_here, settings_in
from rampgate.app.judging.trees import Tree
from rampgate.app.moving.stages import Stages, governed_branch
from rampgate.model.sourced import Missing
from rampgate.rules._dwell import least_stay, moment_of
from rampgate.rules._evidence import days


def stay_notes(root: Path, tree: Tree, stages: Stages, version: str, now: str) -> tuple[str, ...]:
    """Return what is to be said of the least stay that the ladder asks for, as the history of this clone tells it."""
    stage = stages.stages[version]
    position = stages.ladder.position(stage)
    least = stages.ladder.stages[position].dwell_days if position is not None else None
    if not least:
        return ()
    asked = f"a version stays at `{stage}` for {days(least)} at least"
    history = history_here(root, settings_in(tree), governed_branch(tree), stages.model)
    if isinstance(history, Missing):
        return (f"{asked}, and nothing here tells since when it stands there: {history.why}",)
    stay = history.stays.get(version)
    if stay is None or stages.ladder.canonical(stay.stage) != stage:
        return (f"{asked}, and the decision history does not know it there",)
    found = least_stay(stay, least)
    if isinstance(found, Missing):
        return (f"{asked}; {found.why}",)
    if found.is_over(moment_of(now)):
        return ()
    return (f"{asked}; it stands there since {stay.since}, and the gate holds it until {found.earliest}",)
