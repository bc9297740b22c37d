"""Writes values as YAML text: single scalars and items for edits, whole files with ruamel.yaml.

What is not plainly a word is quoted, also where only YAML 1.1 readers would take it for something else (`on`, `1_000`).

>>> quoted_as("", "canary"), quoted_as("", "on"), quoted_as("'", "it's")
('canary', '"on"', "'it''s'")
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rampgate.errors import InvalidInput
from rampgate.formats.documents import Document, Pointer
from rampgate.formats.yaml_text import load_yaml

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./+@-]*")
_WORDS_OF_11 = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_NO_WRAP = 1 << 20  # columns: no line is ever folded


def quoted_as(style: str, text: str) -> str:
    r"""Return the text as a YAML scalar in the given style: `'`, `"`, or empty for plain where that is possible."""
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if style != '"' and is_plain_word(text):
        return text
    # JSON's escapes are YAML's too, but for pairs of surrogates: what cannot be seen is written by its code point.
    escaped = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in escaped)


def is_plain_word(text: str) -> bool:
    """Return whether every YAML reader takes the unquoted text for this very text."""
    return bool(_WORD.fullmatch(text)) and text.lower() not in _WORDS_OF_11


def flow_text(value: Any) -> str:
    """Return the value on one line: `{path: a.json, digest: "sha256:..."}`."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted_as('', key)}: {flow_text(child)}" for key, child in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    return _scalar_text(value)


def block_item(item: Mapping[str, Any], indent: int, newline: str) -> str:
    """Return the item as `- key: value` lines, indented by so many columns, without a last line break."""
    lines = [f"{quoted_as('', key)}: {flow_text(value)}" for key, value in item.items()] or ["{}"]
    return newline.join(" " * indent + ("  " if number else "- ") + line for number, line in enumerate(lines))


def dump_yaml(value: Mapping[str, Any]) -> bytes:
    """Return the mapping as a YAML file in block style, keys in their order; the same value gives the same bytes.

    value: nested mappings with text keys, lists, str, int, bool, None and Decimal.
    Raises ValueError if the value would not be read back as it is, for a float or a non-text key for instance.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 -- slow to load, and only writing commands need it

    writer = YAML()
    writer.width = _NO_WRAP
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.representer.add_representer(Decimal, _represent_decimal)
    writer.representer.add_representer(type(None), _represent_null)
    stream = io.BytesIO()
    writer.dump(_styled(value), stream)
    data = stream.getvalue()
    try:
        read = load_yaml(data, "<new file>").value
    except InvalidInput as error:
        raise ValueError(f"the value cannot be written as YAML: {error}") from error
    if read != _lists(value):
        raise ValueError("the value cannot be written as YAML: it would be read back as another value")
    return data


def structural_append(document: Document, pointer: Pointer, item: Mapping[str, Any]) -> bytes | None:
    """Return the file written again with the item at the end of the list; comments stay, the layout may change.

    Returns None where ruamel.yaml cannot read or write the file.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 -- slow to load, and needed for unusual layouts only
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    writer = YAML()
    writer.width = _NO_WRAP
    writer.preserve_quotes = True
    stream = io.BytesIO()
    try:
        content = writer.load(document.data)
        parent = content
        for step in pointer[:-1]:
            parent = parent[step]
        items = parent.get(pointer[-1])
        if items is None:
            parent[pointer[-1]] = items = []
        items.append(_styled(item))
        writer.dump(content, stream)
    except (YAMLError, ValueError, TypeError, LookupError, AttributeError):
        return None
    return stream.getvalue()


def _scalar_text(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return str(value)
        case str():
            return quoted_as("", value)
        case _:
            raise TypeError(f"a {type(value).__name__} cannot be written into YAML")


def _styled(value: Any) -> Any:
    """Return the value with each text marked for how it is to be written."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString  # noqa: PLC0415

    if isinstance(value, Mapping):
        return {_styled(key): _styled(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_styled(child) for child in value]
    if not isinstance(value, str) or _is_plain_text(value):
        return value
    lines = value.split("\n")
    if len(lines) > 1 and all(line.isprintable() and line == line.strip() for line in lines) and lines[0]:
        return LiteralScalarString(value)
    return DoubleQuotedScalarString(value)


def _is_plain_text(text: str) -> bool:
    """Return whether the text is words of prose, in which nothing can be taken for YAML."""
    words = text.split(" ")
    return is_plain_word(text) or (len(words) > 1 and all(re.fullmatch(r"[A-Za-z0-9_./+@,;()-]+", w) for w in words)
        and text[0].isalpha())  # fmt: skip


def _lists(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _lists(child) for key, child in value.items()}
    return [_lists(child) for child in value] if isinstance(value, (list, tuple)) else value


def _represent_decimal(representer: Any, number: Decimal) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:float", str(number))


def _represent_null(representer: Any, _: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")
