"""What other policies would change: of what stands, and of what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.model.replay import Past
from rampgate.model.rule_shift import RuleShift


@dataclass(frozen=True, slots=True)
class WhatIfRow:
    """One question about one version under two sets of policies.

    question: `next` for the next promotion, `standing` for the stage where it stands, approvals taken as given.
    before, after: a verdict, `invalid` where the files are invalid under those policies, `not asked` where their ladder
    has no such question. shifts: the rules that answer differently.
    """

    model: str
    version: str
    stage: str
    question: str
    entering: str
    before: str
    after: str
    shifts: tuple[RuleShift, ...] = ()

    @property
    def flips(self) -> bool:
        """Return whether the verdict differs."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What other policies would change. rows: every question, flipped or not. problems: why files would be invalid.

    borrowed: control files that the other policies lack and that were taken from the repository. past: recorded
    decisions under the other policies, None where they were not asked about.
    """

    policies: str
    now: str
    rows: tuple[WhatIfRow, ...]
    problems_before: tuple[str, ...] = ()
    problems_after: tuple[str, ...] = ()
    borrowed: tuple[str, ...] = ()
    past: Past | None = None
