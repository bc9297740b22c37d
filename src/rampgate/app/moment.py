"""The moment that a command works at: the one that the user gives, else the clock's; read once."""

from __future__ import annotations

from rampgate.adapters.clock import now, parse_rfc3339


def moment(given: str | None = None) -> str:
    """Return a moment as RFC 3339 in UTC; its first ten characters are the day. Raises UsageProblem for a wrong one."""
    chosen = parse_rfc3339(given) if given else now()
    return chosen.strftime("%Y-%m-%dT%H:%M:%SZ")
