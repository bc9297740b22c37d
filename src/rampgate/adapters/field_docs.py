"""The strings under the fields of nouns and parameters, read from the source only where somebody wants to see them.

pydantic can do the same for every class as it is made (`use_attribute_docstrings`); that costs every command a third of
its start-up, for texts that only schemas and reference pages show.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel


def documented(schema: dict[str, Any], root: type[BaseModel]) -> dict[str, Any]:
    """Return a JSON Schema that pydantic made of a class, with the fields' strings as their descriptions."""
    classes = {each.__name__: each for each in _all_models(BaseModel)}
    sections = [(root, schema)]
    sections += [(classes[name], part) for name, part in schema.get("$defs", {}).items() if name in classes]
    for model, section in sections:
        docs = field_docs(model)
        for name, field in model.model_fields.items():
            shown = section.get("properties", {}).get(field.alias or name)
            if shown is not None and name in docs:
                shown["description"] = docs[name]
    return schema


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """Return the string under each field of a class and of its bases; fields without one are left out."""
    docs: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if issubclass(each, BaseModel) and each is not BaseModel:
            docs |= _own_docs(each)
    return docs


def _own_docs(model: type) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)
    docs = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        is_field = isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if is_field and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            docs[field.target.id] = inspect.cleandoc(str(after.value.value))  # type: ignore[attr-defined]
    return docs


def _all_models(root: type[BaseModel]) -> Iterable[type[BaseModel]]:
    for each in root.__subclasses__():
        yield each
        yield from _all_models(each)
