"""Which rules answer differently under other policies, in words, with what they say there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from rampgate.model.finding import Finding
from rampgate.model.record import RecordedFinding
from rampgate.model.rule_shift import RuleShift
from rampgate.model.vocabulary import Effect, Outcome

WORST: Final = (
    Outcome.FAIL, Outcome.ERROR, Outcome.INSUFFICIENT, Outcome.WAITING, Outcome.WAIVED, Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)  # fmt: skip
"""From what needs a hand first to what needs none."""

SILENT: Final = "-"
F = TypeVar("F", RecordedFinding, Finding)


def shifts(before: Iterable[RecordedFinding], after: Sequence[Finding]) -> tuple[RuleShift, ...]:
    """Return the rules that answer differently from what is on record: what blocks and is worst first."""
    old = {rule: _word(found.outcome, found.effect) for rule, found in _worst(before).items()}
    new = _worst(after)
    order = sorted(new, key=lambda rule: (new[rule].effect is not Effect.BLOCK, WORST.index(new[rule].outcome)))
    found = []
    for rule in dict.fromkeys((*order, *old)):
        now = new.get(rule)
        word = _word(now.outcome, now.effect) if now else SILENT
        if word != old.get(rule, SILENT):
            found.append(RuleShift(rule, old.get(rule, SILENT), word, now.message if now and word != SILENT else ""))
    return tuple(found)


def _worst(findings: Iterable[F]) -> dict[str, F]:
    grouped: dict[str, F] = {}
    for each in findings:
        known = grouped.get(each.rule)
        if known is None or WORST.index(each.outcome) < WORST.index(known.outcome):
            grouped[each.rule] = each
    return grouped


def _word(outcome: Outcome, effect: Effect) -> str:
    if outcome is Outcome.NOT_APPLICABLE:
        return SILENT
    return str(outcome) if effect is Effect.BLOCK else f"{outcome} ({effect})"
