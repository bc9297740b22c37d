"""rampgate judges the promotion of machine-learning models, from model cards and policies kept in Git.

Nothing is imported here: a command pays only for what it uses.
"""

__version__ = "0.1.0"
