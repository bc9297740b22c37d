"""Finding every problem of cards, policies and evidence, in a work tree."""
