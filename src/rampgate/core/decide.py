"""From findings to one verdict. Deny by default: what was not evaluated never allows.

>>> decide([])
<Verdict.UNDECIDED: 'undecided'>
"""

from __future__ import annotations

from collections.abc import Iterable

from rampgate.model.finding import Finding
from rampgate.model.vocabulary import Effect, Outcome, Verdict


def decide(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict on a set of findings; their order never matters, and only blocking ones count.

    deny: a blocking rule failed. undecided: one is insufficient or erred, or none passed or was waived. hold: the
    others only wait. allow: at least one that settles the matter passed or was waived, and none of the above.
    """
    blocking = [finding for finding in findings if finding.effect is Effect.BLOCK]
    outcomes = {finding.outcome for finding in blocking}
    if Outcome.FAIL in outcomes:
        return Verdict.DENY
    if outcomes & {Outcome.INSUFFICIENT, Outcome.ERROR}:
        return Verdict.UNDECIDED
    if Outcome.WAITING in outcomes:
        return Verdict.HOLD
    if any(finding.settles and finding.outcome in (Outcome.PASS, Outcome.WAIVED) for finding in blocking):
        return Verdict.ALLOW
    return Verdict.UNDECIDED
