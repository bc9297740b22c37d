"""Floor 1: decisions as text. Pure: a decision in, a string out."""
