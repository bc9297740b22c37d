"""Beginning: policies for a repository, cards for a model, and the demonstration."""
