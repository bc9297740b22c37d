"""Exact arithmetic on counts: rates, intervals, disparities, regression errors.

Everything here is pure and uses `int`, `Fraction` and `Decimal` only, so that the same counts give the same
digits on every machine. An undefined rate is `None`, never 0.
"""
