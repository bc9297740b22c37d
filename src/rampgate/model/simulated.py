"""What the gate would say if other people had approved: two decisions, and what was supposed between them."""

from __future__ import annotations

from dataclasses import dataclass

from rampgate.model.approval import IgnoredReview
from rampgate.model.decision import Decision


@dataclass(frozen=True, slots=True)
class SimulatedApproval:
    """An approval that nobody has given. review: the id under which it stands in the simulated decision."""

    person: str
    login: str
    review: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """A decision as it is, and as it would be.

    approvals: what was added. left_out: what was taken away. assumed: what had to be supposed about the pull request
    because nobody handed it over, in words, "" for nothing.
    """

    before: Decision
    after: Decision
    approvals: tuple[SimulatedApproval, ...] = ()
    left_out: tuple[IgnoredReview, ...] = ()
    assumed: str = ""

    def why_not(self, approval: SimulatedApproval) -> str:
        """Return why a simulated approval would not count, "" where it would."""
        return next((each.reason for each in self.after.ignored if each.review == approval.review), "")
