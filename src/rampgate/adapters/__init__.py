"""Where rampgate touches the world: Git, files, signatures, the clock, forges."""
