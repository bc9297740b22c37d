"""Expressions in policies: CEL, checked against the schema of what they read, and closed where a value is missing.

>>> card = {"type": "object", "properties": {"auc": {"type": "number"}}, "additionalProperties": False}
>>> good = compile_expression("card.auc >= 0.8", variables={"card": card})
>>> good.evaluate({"card": {"auc": 0.9}}).outcome
'true'
>>> good.evaluate({"card": {}})
Evaluation(outcome='insufficient', reason='`card.auc` is missing')
>>> compile_expression("card.auk >= 0.8", variables={"card": card})
Traceback (most recent call last):
rampgate.formats.cel.problems.ExpressionInvalid: 1:6: `card` has no field `auk`; did you mean `auc`?

Parsing, macros, logic and functions are the CEL library's (`cel-expr-python`, Google's cel-cpp). What differs from
plain CEL, each time towards "can not tell":

- Operators refuse operands of different kinds, and a null; plain CEL answers `"0.2" == 0.2` with false. Texts that hold
  numbers have no order. Whole lists and sections are not compared.
- Numbers carry at most 15 significant digits, as values and as literals, so that doubles compare as the decimals that
  were written; `+ - *` are exact in decimals, `/` is rounded to 15 digits and refused for two integers. Integers and
  decimals mix. A decimal in quotes is a number where the schema allows both a number and a text.
- A null counts as missing. `unknown` and `not_applicable` are there (`has()` sees them) and can not be used.
- `false && x` is false and `true || x` is true whatever x is, missing included, as CEL defines it; the same holds
  inside `all` and `exists`. Write what must be present into the rule.
- `has(a.b.c)` asks for `c` alone; where `b` is missing it can not tell.

Bounds: 2,000 characters, 32 levels, macros 2 deep, 5,000 values read, 100,000 elements looked through with `in`, and
the library's 10,000 iterations; regular expressions are RE2, linear in the text. Not here: the time of day, files,
functions of a team's own.
"""

from __future__ import annotations

from rampgate.formats.cel.expression import MAX_SOURCE, CompiledExpression, Evaluation, Outcome, compile_expression
from rampgate.formats.cel.problems import ExpressionInvalid, ExpressionProblem

__all__ = [
    "MAX_SOURCE",
    "CompiledExpression",
    "Evaluation",
    "ExpressionInvalid",
    "ExpressionProblem",
    "Outcome",
    "compile_expression",
]
