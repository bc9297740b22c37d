"""Judging inside GitHub Actions: what woke the run, what the forge says, the judgement, the publishing."""
