"""The proof that a history is what was recorded: signatures, chain, contents, completeness."""
