"""What a JSON Schema says about a value, as far as an expression cares: its kinds, fields and elements.

`unknown` and `not_applicable: <reason>` are left out of a shape: they are words for "no value here", and a
value that is one of them never reaches an expression. A schema that declares `properties` and says nothing of
`additionalProperties` counts as closed, because a rule can only mean the fields that are declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal["boolean", "number", "text", "list", "map", "time", "duration", "bytes"]
KINDS: frozenset[Kind] = frozenset({"boolean", "number", "text", "list", "map", "time", "duration", "bytes"})

IN_WORDS: dict[Kind, str] = {
    "boolean": "true or false", "number": "a number", "text": "text", "list": "a list", "map": "a section with fields",
    "time": "a timestamp", "duration": "a duration", "bytes": "bytes",
}  # fmt: skip

_KIND_OF_TYPE: dict[str, Kind] = {
    "boolean": "boolean", "number": "number", "integer": "number", "string": "text", "array": "list", "object": "map",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Located:
    """A schema and the documents that its references lead into, nearest first."""

    schema: Any
    documents: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a value.

    kinds: what it can be. fields, others: schemas of named fields and of any other field of a map; a map without
    `others` is closed. elements: schemas of a list's elements. choices: the only texts it can be, None for any.
    whole: a number is always an integer.
    """

    kinds: frozenset[Kind]
    fields: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    others: tuple[Part, ...] = ()
    elements: tuple[Part, ...] = ()
    choices: frozenset[str] | None = None
    whole: bool = False

    @property
    def is_anything(self) -> bool:
        """Nothing is known of the value before it is there."""
        return self.kinds == KINDS

    def field(self, name: str) -> Shape | None:
        """Return the shape of a field, or None where there can not be one of this name."""
        parts = self.fields.get(name, self.others)
        return union(resolved(part) for part in parts) if parts else None

    def any_field(self) -> Shape:
        """Return the shape of a field whose name is known only when the values are there."""
        parts = [part for parts in self.fields.values() for part in parts]
        return union(resolved(part) for part in [*parts, *self.others])

    def element(self) -> Shape:
        """Return the shape of a list's elements."""
        return union(resolved(part) for part in self.elements)

    def in_words(self) -> str:
        """Return the kinds as a sentence has them: `a number or text`."""
        return " or ".join(sorted(IN_WORDS[kind] for kind in self.kinds)) or "nothing"


Part = Located | Shape

_FREE = Located(schema=True, documents=())
ANYTHING = Shape(KINDS, others=(_FREE,), elements=(_FREE,))


def of_kinds(*kinds: Kind) -> Shape:
    """Return a shape of which only the kinds are known."""
    return Shape(frozenset(kinds))


def shape_of(schema: Any, *documents: Mapping[str, Any]) -> Shape:
    """Return the shape that a JSON Schema (Draft 2020-12) describes; `$ref`s are looked up in the documents."""
    return resolved(Located(schema, documents))


def resolved(part: Part) -> Shape:
    """Return the shape of a part, following references."""
    return part if isinstance(part, Shape) else _resolved(part.schema, part.documents, frozenset())


def union(shapes: Iterable[Shape]) -> Shape:
    """Return the shape of a value that has one of several shapes; of none at all, anything."""
    several = list(shapes)
    if not several or any(shape.is_anything for shape in several):
        return ANYTHING
    fields: dict[str, tuple[Part, ...]] = {}
    for shape in several:
        for name, parts in shape.fields.items():
            fields[name] = fields.get(name, ()) + parts
    texts = [shape.choices for shape in several if "text" in shape.kinds]
    numbers = [shape.whole for shape in several if "number" in shape.kinds]
    return Shape(
        kinds=frozenset(kind for shape in several for kind in shape.kinds),
        fields=fields,
        others=tuple(part for shape in several for part in shape.others),
        elements=tuple(part for shape in several for part in shape.elements),
        choices=None if not texts or None in texts else frozenset(word for words in texts if words for word in words),
        whole=bool(numbers) and all(numbers),
    )


def _resolved(schema: Any, documents: tuple[Mapping[str, Any], ...], seen: frozenset[str]) -> Shape:
    if not isinstance(schema, Mapping):
        return ANYTHING
    reference = schema.get("$ref")
    if isinstance(reference, str):
        # A reference that leads back to itself says nothing about the value.
        return (
            ANYTHING
            if reference in seen
            else _resolved(_looked_up(reference, documents), documents, seen | {reference})
        )
    for keyword in ("anyOf", "oneOf"):
        if isinstance(schema.get(keyword), list):
            alternatives = [_dereferenced(part, documents) for part in schema[keyword]]
            real = [part for part in alternatives if not _says_no_value(part)]
            return union(_resolved(part, documents, seen) for part in real) if real else Shape(frozenset())
    if isinstance(schema.get("allOf"), list):
        rest = {key: value for key, value in schema.items() if key != "allOf"}
        parts = [_resolved(part, documents, seen) for part in [*schema["allOf"], rest]]
        known = [part for part in parts if not part.is_anything]
        return (
            replace(union(known), kinds=frozenset.intersection(*(part.kinds for part in known))) if known else ANYTHING
        )
    return _plain(schema, documents)


def _plain(schema: Mapping[str, Any], documents: tuple[Mapping[str, Any], ...]) -> Shape:
    kinds, types = _kinds(schema)
    if not types:
        return ANYTHING
    allowed = (
        schema["enum"] if isinstance(schema.get("enum"), list) else [schema["const"]] if "const" in schema else None
    )
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    named = properties if isinstance(properties, Mapping) else {}
    patterned = schema.get("patternProperties")
    rest = list(patterned.values()) if isinstance(patterned, Mapping) else []
    if others is not None and others is not False:
        rest.append(others)
    if others is None and not named and not rest:
        rest.append(True)
    return Shape(
        kinds=kinds,
        fields={name: (Located(value, documents),) for name, value in named.items()},
        others=tuple(Located(value, documents) for value in rest) if "map" in kinds else (),
        elements=(Located(schema.get("items", True), documents),) if "list" in kinds else (),
        choices=frozenset(word for word in allowed if isinstance(word, str)) if allowed is not None else None,
        whole="number" not in types and "integer" in types,
    )


def _kinds(schema: Mapping[str, Any]) -> tuple[frozenset[Kind], frozenset[str]]:
    found = schema.get("type")
    types = {found} if isinstance(found, str) else set(found) if isinstance(found, list) else set()
    if not types:
        values = (
            schema["enum"] if isinstance(schema.get("enum"), list) else [schema["const"]] if "const" in schema else []
        )
        types = {_type_of(value) for value in values}
    if not types and ("properties" in schema or "additionalProperties" in schema):
        types = {"object"}
    if not types and "items" in schema:
        types = {"array"}
    return frozenset(_KIND_OF_TYPE[name] for name in types if name in _KIND_OF_TYPE), frozenset(types)


def _type_of(value: object) -> str:  # noqa: PLR0911 - one answer per kind reads best
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return "number"


def _says_no_value(schema: Any) -> bool:
    if not isinstance(schema, Mapping):
        return False
    is_reason = set(schema.get("properties") or ()) == {"not_applicable"}
    return schema.get("const") == "unknown" or schema.get("type") == "null" or is_reason


def _dereferenced(schema: Any, documents: tuple[Mapping[str, Any], ...]) -> Any:
    reference = schema.get("$ref") if isinstance(schema, Mapping) else None
    found = _looked_up(reference, documents) if isinstance(reference, str) else None
    return found if _says_no_value(found) else schema


def _looked_up(reference: str, documents: tuple[Mapping[str, Any], ...]) -> Any:
    for document in documents:
        found: Any = document
        for step in reference.removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        if found is not None:
            return found
    raise ValueError(f"the schema has no `{reference}`")
