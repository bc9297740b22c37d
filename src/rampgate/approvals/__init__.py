"""Floor 1: who approved, who may not, and who is still missing. Pure: it reads review facts, and fetches nothing."""
