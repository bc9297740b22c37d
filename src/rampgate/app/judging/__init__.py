"""The judge: what a change rests on, read from Git objects, and the decision on it."""
