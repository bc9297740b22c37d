"""Findings: one rule's answer about one change, with what was found, what was expected and the next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from rampgate.model.approval import SlotState
from rampgate.model.sourced import Location
from rampgate.model.vocabulary import Effect, Outcome

BY_BREAK_GLASS: Final = "break-glass "
"""What stands before the name of a break-glass where a finding says what excuses it; no waiver's id holds a blank."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule kind says; `rampgate.core.check` makes a finding of it.

    message: one line, true on its own. found and expected: short, "" where there is nothing to compare.
    fix: the next step, "" for the rule's own. attested: it rests on a person's word, not on a check.
    valid_until: the last UTC day on which the answer stands, "" for no end.
    """

    outcome: Outcome
    message: str
    found: str = ""
    expected: str = ""
    location: Location | None = None
    fix: str = ""
    attested: bool = False
    valid_until: str = ""
    slots: tuple[SlotState, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's answer, with what the policy says about the rule."""

    rule: str
    kind: str
    outcome: Outcome
    effect: Effect
    title: str
    message: str
    found: str = ""
    expected: str = ""
    location: Location | None = None
    fix: str = ""
    why: str = ""
    controls: tuple[str, ...] = ()
    attested: bool = False
    valid_until: str = ""
    waiver: str = ""
    slots: tuple[SlotState, ...] = ()
    settles: bool = True
    """Whether passing it means that the change was evaluated; what holds everywhere does not, where traffic moves."""

    def waived_by(self, waiver: str, until: str) -> Finding:
        """Return the finding as one that a waiver excuses until a UTC day."""
        return replace(self, outcome=Outcome.WAIVED, waiver=waiver, valid_until=until)

    @property
    def is_bypassed(self) -> bool:
        """Return whether a break-glass excuses it, and not a waiver."""
        return self.outcome is Outcome.WAIVED and self.waiver.startswith(BY_BREAK_GLASS)
