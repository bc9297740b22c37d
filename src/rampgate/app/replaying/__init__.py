"""Decisions made again from what a clone holds, and compared with what was recorded."""
