"""Bytes to plain values and back: strict YAML and JSON, located problems, edits that leave other bytes alone."""
