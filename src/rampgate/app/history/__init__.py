"""Floor 4: the decision history: read, written, verified, replayed, told."""
