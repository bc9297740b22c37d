"""Turns each error of the schema checker into a problem that a person can act on, at its own line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rampgate.errors import Problem
from rampgate.formats.dialect import shortened
from rampgate.formats.documents import Document, Pointer
from rampgate.formats.suggest import did_you_mean

_KIND_NAMES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "a mapping",
}
_FORMATS = {
    "date": "a date such as 2026-11-20",
    "date-time": "a time with its offset, such as 2026-11-20T09:30:00Z",
}
_LENGTHS = {
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minProperties": "at least {} keys",
    "maxProperties": "at most {} keys",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
}
_BRANCHES = {"anyOf", "oneOf"}


def problems_of(document: Document, schema: Any, errors: Iterable[Any]) -> list[Problem]:
    """Return the problems that the errors amount to, in the order of the file, each once.

    schema: what was checked against; its `description` and `examples` say what was expected.
    errors: `jsonschema_rs.ValidationError` of that document.
    """
    listed = list(errors)
    writer = _Writer(document, schema)
    found = [problem for error in listed if not _is_echo(error, listed) for problem in writer.problems(error)]
    return sorted(dict.fromkeys(found), key=lambda problem: (problem.line, problem.column))


def value_at(value: Any, pointer: Iterable[str | int]) -> Any:
    """Return what stands at the pointer of nested mappings and lists, or None where there is nothing."""
    for step in pointer:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def kind_of(value: Any) -> str:
    """Return what kind of value this is, in words."""
    match value:
        case bool():
            return "true or false"
        case None:
            return "no value"
        case int() | Decimal():
            return "a number"
        case str():
            return "a string"
        case Mapping():
            return "a mapping"
        case _:
            return "a list"


def _is_echo(error: Any, errors: Sequence[Any]) -> bool:
    """Return whether the error only follows from another: keys count as unevaluated where a part of a schema fails."""
    if error.kind.name not in {"unevaluatedProperties", "unevaluatedItems"}:
        return False
    here = error.instance_path
    return any(other is not error and other.instance_path[: len(here)] == here for other in errors)


class _Writer:
    def __init__(self, document: Document, schema: Any) -> None:
        self._document = document
        self._schema = schema
        self._by_keyword: Mapping[str, Callable[[Any], Iterator[Problem]]] = {
            "additionalProperties": self._unknown_keys,
            "unevaluatedProperties": self._unknown_keys,
            "required": self._missing_key,
            "type": self._wrong_type,
            "enum": self._not_listed,
            "const": self._not_listed,
            "pattern": self._wrong_form,
            "format": self._wrong_format,
            "propertyNames": self._wrong_key,
            "anyOf": self._no_branch,
            "oneOf": self._no_branch,
        }

    def problems(self, error: Any) -> Iterator[Problem]:
        name = error.kind.name
        if name in self._by_keyword:
            yield from self._by_keyword[name](error)
        elif name in _LENGTHS:
            yield self._out_of_bounds(error, _LENGTHS[name])
        else:
            yield self._document.problem(_pointer(error), _sentence(error.message), fix=self._described(error))

    def _unknown_keys(self, error: Any) -> Iterator[Problem]:
        allowed = list(self._around(error).get("properties", {}))
        for key in error.kind.unexpected:
            message = f"unknown key `{shortened(key)}`{did_you_mean(key, allowed)}"
            expected = f"one of {_listed(allowed)}" if allowed else "no keys"
            yield self._document.problem((*_pointer(error), key), message, expected=expected, at_key=True)

    def _missing_key(self, error: Any) -> Iterator[Problem]:
        key = error.kind.property
        wanted = self._around(error).get("properties", {}).get(key, {})
        fix = f"add `{key}:`" + (f" ({_clause(wanted['description'])})" if _has_text(wanted, "description") else "")
        yield self._document.problem(_pointer(error), f"missing key `{key}`", expected=f"`{key}`", fix=fix, at_key=True)

    def _wrong_type(self, error: Any) -> Iterator[Problem]:
        yield self._type_problem(_pointer(error), list(error.kind.types))

    def _type_problem(self, pointer: Pointer, types: list[str]) -> Problem:
        value = value_at(self._document.value, pointer)
        expected = " or ".join(_KIND_NAMES.get(kind, kind) for kind in dict.fromkeys(types))
        found = kind_of(value)
        if "integer" in types and isinstance(value, Decimal):
            found = f"`{value}`"
        fix = ""
        if "string" in types and not isinstance(value, (dict, list)) and value is not None:
            fix = f'quote it: "{self._source(pointer)}"'
        message = f"expected {expected}, found {found}" + (f" ({fix})" if fix else "")
        return self._document.problem(pointer, message, found=found, expected=expected, fix=fix)

    def _not_listed(self, error: Any) -> Iterator[Problem]:
        kind = error.kind
        options = list(kind.options) if kind.name == "enum" else [kind.expected_value]
        value = value_at(self._document.value, _pointer(error))
        words = [option for option in options if isinstance(option, str)]
        hint = did_you_mean(value, words) if isinstance(value, str) else ""
        shown = f"`{shortened(value)}`" if isinstance(value, str) else kind_of(value)
        expected = f"one of {_listed(options)}" if len(options) > 1 else _listed(options)
        message = f"expected {expected}, found {shown}{hint}"
        yield self._document.problem(_pointer(error), message, found=shown, expected=expected)

    def _wrong_form(self, error: Any) -> Iterator[Problem]:
        value = value_at(self._document.value, _pointer(error))
        expected = self._described(error) or f"text that matches `{error.kind.pattern}`"
        shown = f"`{shortened(value)}`" if isinstance(value, str) else kind_of(value)
        message = f"{shown} does not have the right form; expected {expected}"
        yield self._document.problem(_pointer(error), message, found=shown, expected=expected)

    def _wrong_format(self, error: Any) -> Iterator[Problem]:
        wanted = error.kind.format
        value = value_at(self._document.value, _pointer(error))
        expected = _FORMATS.get(wanted, f"text of the format `{wanted}`")
        message = f"expected {expected}, found `{shortened(str(value))}`"
        yield self._document.problem(_pointer(error), message, found=f"`{shortened(str(value))}`", expected=expected)

    def _wrong_key(self, error: Any) -> Iterator[Problem]:
        inner = error.kind.error
        for key in value_at(self._document.value, _pointer(error)) or ():
            if key == inner.instance:
                expected = self._described(inner) or _sentence(inner.message)
                message = f"the key `{shortened(key)}` is not accepted here; expected {expected}"
                yield self._document.problem((*_pointer(error), key), message, expected=expected, at_key=True)

    def _out_of_bounds(self, error: Any, words: str) -> Problem:
        value = value_at(self._document.value, _pointer(error))
        limit = error.kind.multiple_of if error.kind.name == "multipleOf" else error.kind.limit
        expected = words.format(limit)
        expected = expected.removesuffix("s") if limit == 1 and words.endswith("s") else expected
        countable = isinstance(value, (str, list, dict))
        found = f"{len(value)}" if countable and not (isinstance(value, str) and not value) else f"`{value}`"
        found = "an empty text" if value == "" else found
        return self._document.problem(
            _pointer(error), f"expected {expected}, found {found}", found=found, expected=expected
        )

    def _no_branch(self, error: Any) -> Iterator[Problem]:
        branches: list[list[Any]] = [list(branch) for branch in error.kind.context]
        if not any(branches) or (error.kind.name == "oneOf" and any(not branch for branch in branches)):
            yield self._document.problem(_pointer(error), "fits more than one of the forms that exclude each other")
            return
        here = error.instance_path
        mistyped = [branch for branch in branches if _is_mistyped(branch, here)]
        if len(mistyped) == len(branches):
            yield self._type_problem(_pointer(error), [kind for branch in branches for kind in branch[0].kind.types])
            return
        best = min(branches, key=lambda branch: _distance(branch, here))
        for inner in best:
            yield from self.problems(inner)

    def _around(self, error: Any) -> Mapping[str, Any]:
        """Return the part of the schema that holds the keyword which failed."""
        found = value_at(self._schema, error.schema_path[:-1])
        return found if isinstance(found, Mapping) else {}

    def _described(self, error: Any) -> str:
        around = self._around(error)
        words = _clause(around["description"]) if _has_text(around, "description") else ""
        examples = around.get("examples")
        if isinstance(examples, list) and examples:
            shown = f"for example `{shortened(str(examples[0]))}`"
            return f"{words} ({shown})" if words else f"text such as `{shortened(str(examples[0]))}`"
        return words

    def _source(self, pointer: Pointer) -> str:
        span = self._document.spans.get(pointer)
        text = self._document.data.decode()[span.start : span.end] if span else ""
        return shortened(text or str(value_at(self._document.value, pointer)))


def _is_mistyped(branch: list[Any], here: list[str | int]) -> bool:
    return len(branch) == 1 and branch[0].kind.name == "type" and branch[0].instance_path == here


def _distance(branch: list[Any], here: list[str | int]) -> tuple[int, int]:
    """Return how far a branch is from fitting: another type first, another constant (`kind: ...`) next, then errors."""
    names = {error.kind.name for error in branch if error.instance_path == here}
    constants = {error.kind.name for error in branch if len(error.instance_path) == len(here) + 1}
    return (2 if "type" in names else 1 if {"const"} & (constants | names) else 0), len(branch)


def _pointer(error: Any) -> Pointer:
    return tuple(error.instance_path)


def _listed(options: Iterable[Any]) -> str:
    words = [f"`{str(option).lower() if isinstance(option, bool) else option}`" for option in options]
    return ", ".join(words[:20]) + (f" and {len(words) - 20} more" if len(words) > 20 else "")


def _sentence(message: str) -> str:
    return shortened(message[:1].lower() + message[1:], 200)


def _clause(description: str) -> str:
    """Return the first sentence of a description as it can stand inside a message."""
    first = description.split("\n\n", maxsplit=1)[0].replace("\n", " ").split(". ")[0].rstrip(".")
    return first[:1].lower() + first[1:] if first[:2].istitle() or first[1:2] == " " else first


def _has_text(schema: Any, key: str) -> bool:
    return isinstance(schema, Mapping) and isinstance(schema.get(key), str) and bool(schema[key])
