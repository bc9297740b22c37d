"""Checks documents against JSON Schemas (Draft 2020-12): rampgate's published ones, and a team's own.

jsonschema-rs checks, because it is fast and passes the whole official suite; `date` and `date-time` are checked too.
Nothing is ever fetched: a reference to another file or address is refused. `Decimal` counts as a number, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rampgate.errors import Problem
from rampgate.formats.dialect import shortened
from rampgate.formats.documents import Document, Pointer
from rampgate.formats.schema_messages import problems_of

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_REFERENCES = {"$ref", "$dynamicRef", "$recursiveRef"}
# name -> (the schema, its compiled validator); the schema is kept so that another one of that name is noticed
_COMPILED: dict[str, tuple[Any, Any]] = {}


def check_schema(document: Document, schema_name: str, schema: Mapping[str, Any] | None = None) -> list[Problem]:
    """Return every way in which the document differs from the schema, each at its line and column; [] if it fits.

    schema_name: names the compiled schema in memory. schema: Draft 2020-12; rampgate's published schema of that name
    where none is given. Raises KeyError for a name that is not published, ValueError for a schema that is not valid.
    """
    if schema is None:
        from rampgate.formats.schemas import json_schema  # noqa: PLC0415 -- the nouns are heavy, and rarely needed here

        schema = _COMPILED[schema_name][0] if schema_name in _COMPILED else json_schema(schema_name)
    return problems_of(document, schema, _validator(schema_name, schema).iter_errors(document.value))


def check_team_schema(document: Document, schema_document: Document) -> list[Problem]:
    """Return every way in which the document differs from a team's own schema, or what is wrong with that schema.

    schema_document: a JSON Schema (Draft 2020-12) as it was read; problems of the schema are placed in its file.
    A schema that cannot be used always gives a problem: it never lets a card through unchecked.
    """
    if problems := schema_problems(schema_document):
        return problems
    try:
        errors = list(_compiled(schema_document.value).iter_errors(document.value))
    except ValueError as error:
        return [schema_document.problem((), f"the schema cannot be applied: {_first_line(error)}")]
    return problems_of(document, schema_document.value, errors)


def schema_problems(schema_document: Document) -> list[Problem]:
    """Return what is wrong with a team's JSON Schema itself, each problem at its place in the schema's file."""
    schema = schema_document.value
    problems = list(_reference_problems(schema_document, (), schema))
    draft = schema.get("$schema", _DRAFT) if isinstance(schema, Mapping) else _DRAFT
    if str(draft).rstrip("#") != _DRAFT:
        message = f"`$schema` names `{shortened(str(draft))}`; only Draft 2020-12 is read"
        problems.append(schema_document.problem(("$schema",), message, expected=_DRAFT, fix=f'write "{_DRAFT}"'))
    problems += _structure_problems(schema_document)
    if not problems:
        try:
            _compiled(schema)
        except ValueError as error:
            pointer = tuple(getattr(error, "instance_path", ()))
            problems.append(schema_document.problem(pointer, f"the schema cannot be used: {_first_line(error)}"))
    return sorted(problems, key=lambda problem: (problem.line, problem.column))


def _structure_problems(schema_document: Document) -> Iterator[Problem]:
    import jsonschema  # noqa: PLC0415 -- only where a team has schemas of its own

    checker = jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA)
    for error in checker.iter_errors(schema_document.value):
        message = error.message[:1].lower() + error.message[1:]
        yield schema_document.problem(tuple(error.absolute_path), f"not a valid schema: {shortened(message, 200)}")


def _reference_problems(schema_document: Document, pointer: Pointer, schema: Any) -> Iterator[Problem]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in _REFERENCES and isinstance(value, str) and not value.startswith("#"):
                message = f"`{key}` leads out of the file, to `{shortened(value)}`; nothing is fetched"
                fix = "copy that schema under `$defs` and refer to `#/$defs/...`"
                yield schema_document.problem((*pointer, key), message, fix=fix)
            yield from _reference_problems(schema_document, (*pointer, key), value)
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from _reference_problems(schema_document, (*pointer, index), value)


def _validator(name: str, schema: Mapping[str, Any]) -> Any:
    known = _COMPILED.get(name)
    if known and (known[0] is schema or known[0] == schema):
        return known[1]
    compiled = _compiled(schema)
    _COMPILED[name] = (schema, compiled)
    return compiled


def _compiled(schema: Any) -> Any:
    import jsonschema_rs  # noqa: PLC0415 -- 27 ms, and not needed by every command

    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, ignore_unknown_formats=False, offline=True)


def _first_line(error: Exception) -> str:
    return shortened((str(error).splitlines() or [type(error).__name__])[0], 200)
