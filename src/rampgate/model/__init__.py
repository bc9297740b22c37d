"""Floor 0: the nouns. Frozen values with no I/O, no clock and no knowledge of YAML, Git or forges."""
