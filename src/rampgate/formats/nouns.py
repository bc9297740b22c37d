"""Documents to nouns: the schema first, with every problem at its place, then what a schema can not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from rampgate.errors import InvalidInput, Problem
from rampgate.formats.digest import sha256_of
from rampgate.formats.documents import Document
from rampgate.formats.schema_check import check_schema
from rampgate.model.ids import Noun
from rampgate.model.sourced import Sourced

N = TypeVar("N", bound=Noun)


def noun_of(document: Document, noun: type[N], name: str, schema: Mapping[str, Any]) -> Sourced[N]:
    """Return the noun that a document holds, with its source.

    name, schema: the published JSON Schema of that noun. Raises InvalidInput with every problem of the document.
    """
    problems = check_schema(document, name, schema)
    if problems:
        raise InvalidInput(problems)
    try:
        value = noun.model_validate(document.value)
    except ValidationError as error:
        raise InvalidInput(_problem(document, each) for each in error.errors()) from None
    return Sourced(value, document.value, document, sha256_of(document.data))


def _problem(document: Document, error: Any) -> Problem:
    """Return what a noun itself refuses; the schema has already settled names, types and patterns."""
    pointer = tuple(part for part in error["loc"] if _exists(document.value, error["loc"], part))
    text = str(error["msg"]).removeprefix("Value error, ")
    return document.problem(pointer, f"{text[:1].lower()}{text[1:]}")


def _exists(value: Any, way: tuple[str | int, ...], part: str | int) -> bool:
    """Return whether a part of pydantic's way is a real key; the names of union members are not."""
    for step in way[: way.index(part)]:
        value = _step(value, step)
    return _step(value, part) is not value


def _step(value: Any, part: str | int) -> Any:
    if isinstance(value, Mapping) and part in value:
        return value[part]
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return value
