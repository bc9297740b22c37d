"""Counts of a decision's findings, the same in every report."""

from __future__ import annotations

from collections.abc import Iterable

from rampgate.model.finding import Finding
from rampgate.model.vocabulary import Outcome


def summary(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings were checked and attested, and how many there are of each outcome.

    checked: answers that rest on a check, whatever their outcome, without those that do not apply. attested: answers
    that rest on a person's word; they are never counted as checked.
    """
    found = list(findings)
    speaking = [each for each in found if each.outcome is not Outcome.NOT_APPLICABLE]

    def count(outcome: Outcome) -> int:
        return sum(each.outcome is outcome for each in found)

    return {
        "checked": sum(not each.attested for each in speaking),
        "attested": sum(each.attested for each in speaking),
        "passed": count(Outcome.PASS),
        "failed": count(Outcome.FAIL),
        "insufficient": count(Outcome.INSUFFICIENT),
        "waiting": count(Outcome.WAITING),
        "errored": count(Outcome.ERROR),
        "waived": count(Outcome.WAIVED),
        "not_applicable": count(Outcome.NOT_APPLICABLE),
    }
