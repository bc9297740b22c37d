"""How one rule answers differently under other policies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleShift:
    """How one rule answers under two sets of policies, in words; `-` where it does not speak or is not there.

    reason: what it says under the second, "" where that is not told.
    """

    rule: str
    before: str
    after: str
    reason: str = ""
