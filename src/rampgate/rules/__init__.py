"""Floor 1: the rule kinds, one file each. The list is explicit: a release's kinds are a reviewable diff."""
