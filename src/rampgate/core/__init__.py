"""Floor 2: the judgement, pure: bind, select, check, waive, decide."""
