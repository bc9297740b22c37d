"""Decisions with everything that they rest on, as a folder or an archive."""
