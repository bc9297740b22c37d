"""Finds every break-glass and every review of one beside the cards of a tree."""

from __future__ import annotations

from collections.abc import Mapping

from rampgate.app.judging.trees import Tree
from rampgate.app.judging.versions import load_event
from rampgate.core.break_glass import VersionRecords
from rampgate.core.paths import CARDS, split
from rampgate.model.sourced import Sourced
from rampgate.model.statements import BreakGlass, BreakGlassReview


def break_glass_files(tree: Tree, model: str = "") -> Mapping[str, Mapping[str, VersionRecords]]:
    """Return model -> version -> every break-glass and every review of one, of all models or of one.

    Raises InvalidInput for a file under `events/` that is not valid.
    """
    found: dict[str, dict[str, tuple[dict[str, Sourced[BreakGlass]], dict[str, Sourced[BreakGlassReview]]]]] = {}
    for path in sorted(tree.files(f"{CARDS}/{model}" if model else CARDS)):
        place = split(path)
        if place is None or not place.rest.startswith("events/"):
            continue
        event = load_event(tree, path)
        events, reviews = found.setdefault(place.model, {}).setdefault(place.version, ({}, {}))
        id_ = place.rest.removeprefix("events/").removesuffix(".yaml")
        if isinstance(event.noun, BreakGlass):
            events[id_] = event
        elif isinstance(event.noun, BreakGlassReview):
            reviews[id_] = event
    return found
