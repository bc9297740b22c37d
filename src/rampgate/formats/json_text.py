"""Reads JSON, strictly, into plain values: evidence files, review lists, a team's own schemas.

The standard library's parser does the reading; what it lets through (equal keys, NaN, numbers beyond doubles, lone
surrogates, deep nesting, hidden characters) is refused here. Whole numbers stay int, all others become Decimal.

>>> load_json(b'{"n": 120, "rate": 0.50}', "evidence.json").value
{'n': 120, 'rate': Decimal('0.50')}
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from rampgate.errors import InvalidInput, Problem
from rampgate.formats import dialect
from rampgate.formats.dialect import MAX_DEPTH, MAX_DIGITS, MAX_PROBLEMS, RefusedScalar, shortened
from rampgate.formats.documents import Document, Pointer
from rampgate.formats.json_positions import json_spans, repeated_json_keys

MAX_JSON_BYTES = 16 << 20
_LONG_NUMBER = re.compile(f"[0-9]{{{MAX_DIGITS + 1}}}")
_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity|-?[0-9][0-9.eE+-]*', re.DOTALL)


class _RepeatedKeyFound(Exception):
    """Somewhere an object holds a key twice; a second look says where."""


def load_json(data: bytes, path: str, *, max_bytes: int = MAX_JSON_BYTES) -> Document:
    """Return the document that the bytes hold: one object of plain values, numbers with a fraction as Decimal.

    path: what problems are placed at. max_bytes: the largest file that is read.
    Raises InvalidInput, and nothing else, with every problem that can be found: encoding, hidden characters, JSON
    errors, repeated keys, numbers that are not finite or of over 300 digits, over 64 levels, or a root that is no
    object.
    """
    try:
        return _load(data, path, max_bytes)
    except InvalidInput:
        raise
    except RecursionError as error:
        raise InvalidInput([_too_deep(path, data.decode(errors="replace"))]) from error
    except Exception as error:
        # The boundary: whatever else a parser raises is a fault of the file, and never a crash or a pass.
        message = f"cannot be read as JSON ({type(error).__name__}: {shortened(str(error))})"
        raise InvalidInput([Problem(path, message, 1, 1)]) from error


def _load(data: bytes, path: str, max_bytes: int) -> Document:
    if len(data) > max_bytes:
        raise InvalidInput([Problem(path, f"the file has {len(data):,} bytes; at most {max_bytes:,} are read", 1, 1)])
    text = dialect.decoded(data, path)
    if not dialect.is_clean_text(data) and (problems := dialect.character_problems(text, path)):
        raise InvalidInput(problems)
    try:
        value = _parsed(text)
    except json.JSONDecodeError as error:
        message = "the file is empty; expected an object" if not text.strip() else f"not valid JSON: {_words(error)}"
        raise InvalidInput([Problem(path, message, error.lineno, error.colno)]) from error
    except RefusedScalar as error:
        raise InvalidInput(_number_problems(text, path)) from error
    except _RepeatedKeyFound as error:
        raise InvalidInput(_repeated(text, path)) from error
    document = Document(path, data, value, json_spans)
    _check_shape(document, text)
    return document


def _parsed(text: str) -> Any:
    # A hook for whole numbers would cost one call per cell of a counts table; it is needed for long ones only.
    whole = dialect.bounded_int if _LONG_NUMBER.search(text) else int
    return json.loads(
        text,
        object_pairs_hook=_pairs,
        parse_float=dialect.bounded_decimal,
        parse_int=whole,
        parse_constant=_refuse_constant,
    )


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _RepeatedKeyFound
    return value


def _refuse_constant(word: str) -> NoReturn:
    raise RefusedScalar(f"`{word}` is not a finite number", "write a number, or leave the field out and say why")


def _words(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:]


def _number_problems(text: str, path: str) -> list[Problem]:
    problems = []
    for match in _NUMBER.finditer(text):
        word = match.group()
        try:
            if word[0] == '"':
                continue
            if word.lstrip("-")[0] in "NI":
                _refuse_constant(word)
            (dialect.bounded_decimal if set(word) & set(".eE") else dialect.bounded_int)(word)
        except RefusedScalar as error:
            problems.append(Problem(path, str(error), *_place(text, match.start()), fix=error.fix))
    return problems[:MAX_PROBLEMS]


def _repeated(text: str, path: str) -> list[Problem]:
    return [dialect.repeated_key_problem(path, *found) for found in repeated_json_keys(text)[:MAX_PROBLEMS]]


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _too_deep(path: str, text: str) -> Problem:
    depth = 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text, re.DOTALL):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match.group(), 0)
        if depth > MAX_DEPTH:
            return Problem(path, f"nested over {MAX_DEPTH} levels deep", *_place(text, match.start()))
    return Problem(path, f"nested over {MAX_DEPTH} levels deep", 1, 1)


def _check_shape(document: Document, text: str) -> None:
    if _is_too_deep(document.value):
        raise InvalidInput([_too_deep(document.path, text)])
    if not isinstance(document.value, dict):
        found = "a list" if isinstance(document.value, list) else "a single value"
        message = f"expected an object, found {found}"
        raise InvalidInput([document.problem((), message, found=found, expected="an object")])
    # Where every character is ASCII and there is no escape, no text can hold anything that is hidden.
    if "\\" in text or not text.isascii():
        problems = _text_problems(document)
        if problems:
            raise InvalidInput(problems[:MAX_PROBLEMS])


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
    return bool(level)


def _text_problems(document: Document) -> list[Problem]:
    problems: list[Problem] = []
    waiting: list[tuple[Pointer, Any]] = [((), document.value)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            for key, child in value.items():
                if fault := dialect.key_fault(key):
                    problem = document.problem((*pointer, key), f"the key `{shortened(key)}` {fault}", at_key=True)
                    problems.append(problem)
                waiting.append(((*pointer, key), child))
        elif isinstance(value, list):
            waiting.extend(((*pointer, index), child) for index, child in enumerate(value))
        elif isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
            problems.append(document.problem(pointer, "the text holds half a character (a lone surrogate escape)"))
    return sorted(problems, key=lambda problem: (problem.line, problem.column))
