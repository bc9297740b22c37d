"""The decision, written a second time from the specification, the slow and obvious way; nothing of rampgate.core is used."""

from __future__ import annotations


def naive_verdict(findings: list[tuple[str, str, bool]]) -> str:
    """Return the verdict on (outcome, effect, settles) triples, by the text of the design: deny, undecided, hold, allow."""
    failed = waiting = unclear = good = 0
    for outcome, effect, settles in findings:
        if effect != "block":
            continue
        if outcome == "fail":
            failed += 1
        elif outcome in ("insufficient", "error"):
            unclear += 1
        elif outcome == "waiting":
            waiting += 1
        elif outcome in ("pass", "waived") and settles:
            good += 1
    if failed > 0:
        return "deny"
    if unclear > 0:
        return "undecided"
    if waiting > 0:
        return "hold"
    if good == 0:
        return "undecided"
    return "allow"
