"""The way out of too little evidence: pool windows, or wait for so many more rows.

The last way, a waiver, is told by `rampgate.core.waive`, which knows whether the rule can be waived, and by whom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

from rampgate.model.evidence import Evidence
from rampgate.model.facts import Facts
from rampgate.rules._evidence import Fit, current_stage, days

MOST_DAYS = 36500


@dataclass(frozen=True, slots=True)
class Need:
    """So many more rows of one group, which has `present` so far; `more` is None where no number of rows helps."""

    of: str
    present: int
    more: int | None


def way_out(fit: Fit, facts: Facts, needs: list[Need]) -> str:
    """Return the steps that can settle what evidence leaves open, in the order in which to try them."""
    steps = []
    if fit.measure.startswith("rampgate measure "):
        # A regression is measured from sums of one file; labels are counted, and counts of several files add up.
        pooled = "--data FILE" if fit.evidence.kind == "regression" else "--data FILE --pool FILE"
        steps.append(f"pool windows of the same artifact: `{fit.measure.replace('--data FILE', pooled)}`")
    more = [f"{need.more} more rows of {need.of}{_how_long(fit.evidence, facts, need)}" for need in needs if need.more]
    if more:
        steps.append(f"gather {' and '.join(more)}")
    if any(need.more is None for need in needs):
        steps.append("improve the model, for at the rates found more rows alone do not settle it")
    return "; or ".join(steps)


def _how_long(evidence: Evidence, facts: Facts, need: Need) -> str:
    """Return about how many days the rows take where the version now stands; "" where nothing tells."""
    per_day = _rows_per_day(evidence, facts, need.present)
    if not per_day or need.more is None:
        return ""
    wait = ceil(need.more / per_day)
    stage = current_stage(facts)
    if wait > MOST_DAYS:
        return f" (more than a century at `{stage}`)"
    return f" (about {days(wait)} at `{stage}`, {facts.ladder.exposure(stage)}% of traffic)"


def _rows_per_day(evidence: Evidence, facts: Facts, rows: int) -> Fraction | None:
    """Return the rows of a day at today's exposure, from the evidence's window and the exposure that it was under."""
    served = facts.ladder.canonical(evidence.stage) if evidence.stage else None
    now = facts.ladder.canonical(current_stage(facts))
    if evidence.window is None or served is None or now is None:
        return None
    try:
        length = (date.fromisoformat(evidence.window.to) - date.fromisoformat(evidence.window.from_)).days + 1
    except ValueError:
        return None
    exposure = facts.ladder.exposure(served)
    if length < 1 or exposure == 0:
        return None
    return Fraction(rows, length) * Fraction(facts.ladder.exposure(now), exposure)


def least_more(is_enough: Callable[[int], bool], present: int, most: int = 10**12) -> int | None:
    """Return the least number of rows to add so that `is_enough(present + added)`, or None where `most` is too few.

    is_enough: true from some number of rows on.
    """
    if present <= 0 or not is_enough(most):
        return None
    below, above = present - 1, most
    while above - below > 1:
        middle = (below + above) // 2
        if is_enough(middle):
            above = middle
        else:
            below = middle
    return above - present
