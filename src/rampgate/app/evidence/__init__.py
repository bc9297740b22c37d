"""Floor 4: evidence: attached, verified, shown, taken from other tools."""
