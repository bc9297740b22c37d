"""Compiles an expression once, and evaluates it into one of four outcomes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Literal

from rampgate.formats.cel.checker import Checker
from rampgate.formats.cel.gaps import MISSING, GapFinder
from rampgate.formats.cel.prepare import Preparation, TooLarge
from rampgate.formats.cel.problems import ExpressionInvalid, ExpressionProblem, place_of
from rampgate.formats.cel.reads import fields_read
from rampgate.formats.cel.shapes import Shape, shape_of
from rampgate.formats.cel.strict import FAULTY, INSUFFICIENT, OPERATORS, renew_budget
from rampgate.formats.cel.syntax import Node, parsed, with_operators_renamed

MAX_SOURCE = 2_000
Outcome = Literal["true", "false", "insufficient", "error"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_SYNTAX_PROBLEM = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_MISSING_KEY = re.compile(r'Key not found in map : "(.*)"')
# What the library says where a value was missing, null or of another kind; everything else is an error.
_INSUFFICIENT = re.compile(
    r"Key not found in map|No value with name|No matching overloads found|Applying SELECT to non-message type"
    r"|Index error|conversion failed|CelTimestamp|Timestamp|Duration"
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an expression says of some values, and why: empty for true, a sentence otherwise."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CompiledExpression:
    """An expression that has been checked; made by `compile_expression`."""

    source: str
    _tree: Node = field(repr=False)
    _shapes: Mapping[str, Shape] = field(repr=False)
    _reads: Mapping[str, frozenset[str] | None] = field(repr=False)
    _program: Any = field(repr=False)

    def evaluate(self, values: Mapping[str, Any]) -> Evaluation:
        """Return what the expression says of these values.

        values: name of a variable -> plain values as the loader gives them (dict, list, str, bool, None, int, Decimal);
        a key that is absent is missing. `true` is given for the boolean true and for nothing else.
        """
        preparation = Preparation()
        prepared: dict[str, Any] = {}
        try:
            for name, only in self._reads.items():
                if name in values:
                    prepared[name] = preparation.value(values[name], self._shapes[name], name, only)
            renew_budget()
            result = self._program.eval(data=prepared)
        except TooLarge as problem:
            return Evaluation("error", f"the expression {problem}")
        except Exception as problem:  # noqa: BLE001 - whatever the library raises, the answer is no answer
            return Evaluation("error", f"the evaluation stopped: {_first_line(problem)}")
        return self._judged(result, GapFinder(prepared, preparation.faults))

    def _judged(self, result: Any, finder: GapFinder) -> Evaluation:
        # Errors are values in this library, and truthy ones: only the type tells them from an answer.
        cel = _library()
        if result.type() == cel.Type.BOOL:
            answer = result.value()
            if answer is True:
                return Evaluation("true")
            if answer is False:
                return Evaluation("false", f"`{_shortened(self.source)}` does not hold")
        if result.type() != cel.Type.ERROR:
            return Evaluation("insufficient", f"the expression gives {result.type()}, not true or false")
        text = str(result.value())
        if FAULTY in text:
            return Evaluation("error", f"the expression {text.split(FAULTY)[1]}")
        if INSUFFICIENT not in text and not _INSUFFICIENT.search(text):
            return Evaluation("error", f"the evaluation failed: {_first_line(text)}")
        return Evaluation("insufficient", _reason(text, finder, self._tree))


def compile_expression(
    source: str, schema: Mapping[str, Any] = _NOTHING, *, variables: Mapping[str, Mapping[str, Any]]
) -> CompiledExpression:
    """Compile a CEL expression whose answer is true or false, and check it against the schemas of its variables.

    schema: the document that `$ref`s lead into where a variable's own schema has no such definition; may be empty.
    variables: name -> JSON Schema (Draft 2020-12) of that variable. Compiled once per process for the same input.
    Raises ExpressionInvalid with every problem found: a syntax error alone, otherwise unknown names, fields,
    functions and choices, operands of a wrong kind, and a result that is not true or false.
    """
    declared = json.dumps([schema, variables], sort_keys=True, default=dict)
    return _compiled(source, declared)


@lru_cache(maxsize=1_024)
def _compiled(source: str, declared: str) -> CompiledExpression:
    if len(source) > MAX_SOURCE:
        message = f"the expression has {len(source)} characters, more than {MAX_SOURCE}"
        raise ExpressionInvalid((ExpressionProblem(1, 1, message, "split the rule in two"),))
    schema, variables = json.loads(declared)
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in source):
        raise ExpressionInvalid((ExpressionProblem(1, 1, "the expression has a character that is no text"),))
    shapes = {name: shape_of(own, own, schema) for name, own in variables.items()}
    environment = _environment(tuple(sorted(shapes)))
    try:
        serialized = environment.compile(source, disable_check=True).serialize()
        tree = parsed(serialized)
    except (RuntimeError, ValueError, RecursionError) as problem:
        raise ExpressionInvalid(_syntax_problems(problem)) from None
    checker = Checker(source)
    checker.check(tree, shapes)
    checker.problems += _pattern_problems(source, checker.patterns)
    if checker.problems:
        raise ExpressionInvalid(tuple(checker.problems))
    names = {operator: name for operator, (name, _) in OPERATORS.items()}
    program = environment.deserialize(with_operators_renamed(serialized, names))
    return CompiledExpression(source, tree, shapes, fields_read(tree), program)


def _pattern_problems(source: str, patterns: list[tuple[int, str]]) -> list[ExpressionProblem]:
    if not patterns:
        return []
    cel = _library()
    program = cel.NewEnv(variables={"pattern": cel.Type.STRING}).compile("''.matches(pattern)")
    problems = []
    for offset, pattern in patterns:
        result = program.eval(data={"pattern": pattern})
        if result.type() != cel.Type.BOOL:
            words = _first_line(result.value()).rpartition("regular expression: ")[2]
            message = f"`{_shortened(pattern)}` is no regular expression: {words}"
            problems.append(ExpressionProblem(*place_of(source, offset), message, "see the RE2 syntax"))
    return problems


def _library() -> Any:
    # Imported late: the library is 50 MB, and most commands never meet an expression.
    from cel_expr_python import cel  # noqa: PLC0415

    return cel


@cache
def _environment(names: tuple[str, ...]) -> Any:
    cel = _library()
    anything = cel.Type.DYN
    operators = [
        cel.FunctionDecl(name, [cel.Overload(id=name, return_type=anything, parameters=[anything] * 2, impl=behind)])
        for name, behind in OPERATORS.values()
    ]
    extension = cel.CelExtension("rampgate", operators)
    return cel.NewEnv(variables=dict.fromkeys(names, anything), extensions=[extension])


def _syntax_problems(problem: Exception) -> tuple[ExpressionProblem, ...]:
    found = []
    for line, column, words in _SYNTAX_PROBLEM.findall(str(problem)):
        if "parsetree" in words:
            continue
        # The library gives 2^32 - 1 for a fault without a place.
        at = (int(line), max(int(column), 1)) if int(line) <= MAX_SOURCE else (1, 1)
        text = words.removesuffix(" [INVALID_ARGUMENT]").rstrip(".")
        found.append(ExpressionProblem(*at, text[:1].lower() + text[1:], "see the CEL language definition"))
    unique = tuple(dict.fromkeys(found))
    return unique or (ExpressionProblem(1, 1, f"can not be read: {_first_line(problem)}"),)


def _reason(text: str, finder: GapFinder, tree: Node) -> str:
    gaps = finder.gaps(tree)
    key = _MISSING_KEY.search(text)
    if key:
        gaps.sort(key=lambda gap: not (gap.path.endswith(f".{key[1]}") and gap.gap == MISSING))
    elif INSUFFICIENT in text or "No matching overloads" in text:
        gaps.sort(key=lambda gap: gap.gap == MISSING)
    said = text.split(INSUFFICIENT)[1] if INSUFFICIENT in text else _first_line(text)
    if not gaps or (INSUFFICIENT in text and "missing or can not be used" not in text):
        return f"the expression {said}" if INSUFFICIENT in text else f"a value can not be used: {said}"
    return f"`{gaps[0].path}` {gaps[0].gap}"


def _first_line(problem: object) -> str:
    lines = str(problem).splitlines()
    return _shortened(lines[0]) if lines else type(problem).__name__


def _shortened(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 200 else f"{one_line[:199]}…"
