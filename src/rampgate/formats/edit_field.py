r"""Adds one key to a mapping inside a YAML file, and leaves every other byte as it was.

As with every edit, the result is read again, and is returned only if it differs in exactly that key.

>>> add_field(b"keys:\n  - name: ci  # ours\n", "keys.yaml", ("keys", 0), "to", 41)
b'keys:\n  - name: ci  # ours\n    to: 41\n'
"""

from __future__ import annotations

import copy
import io
from typing import Any

from rampgate.errors import InvalidInput
from rampgate.formats.documents import Document, Pointer
from rampgate.formats.edit import dotted, end_of, reads_as, value_at
from rampgate.formats.yaml_text import load_yaml
from rampgate.formats.yaml_write import flow_text, quoted_as


def add_field(data: bytes, path: str, pointer: Pointer, key: str, value: Any) -> bytes:
    """Return the file with a key added to the mapping at the pointer; other bytes stay.

    value: plain values, written on one line. Where the text can not simply be added to, the file is written again with
    its comments, and may change its layout.
    Raises InvalidInput if the file is not accepted by `load_yaml`, has no mapping there, or one with this key.
    """
    document = load_yaml(data, path)
    old = value_at(document.value, pointer)
    if not isinstance(old, dict) or not old:
        raise InvalidInput([document.problem(pointer, f"`{dotted(pointer)}` is no mapping that a key could join")])
    if key in old:
        raise InvalidInput([document.problem((*pointer, key), f"`{dotted(pointer)}` has a `{key}` already")])
    expected = copy.deepcopy(document.value)
    value_at(expected, pointer)[key] = copy.deepcopy(value)
    for attempt in (_spliced, _written_again):
        changed = attempt(document, pointer, key, value)
        if changed is not None and reads_as(changed, path, expected):
            return changed
    raise InvalidInput([document.problem(pointer, f"`{key}` can not be added to `{dotted(pointer)}`; do it by hand")])


def _spliced(document: Document, pointer: Pointer, key: str, value: Any) -> bytes | None:
    """Return the file with the key added to its text, or None where the layout offers no place for it."""
    text = document.data.decode()
    line = f"{quoted_as('', key)}: {flow_text(value)}"
    span = document.spans[pointer]
    if span.style == "{":
        inside = text[: span.end - 1].rstrip()
        return (inside + ", " + line + text[len(inside) :]).encode()
    newline = "\r\n" if "\r\n" in text else "\n"
    first = min(document.spans[place].key_column for place in document.spans if place and place[:-1] == pointer)
    written = " " * (first - 1) + line
    end = end_of(document, pointer)
    line_end = (
        end if text[end - 1 : end] == "\n" else text.find("\n", end) + 1
    )  # a text block ends behind its last line
    if line_end == 0:
        return (text + newline + written).encode()
    return (text[:line_end] + written + newline + text[line_end:]).encode()


def _written_again(document: Document, pointer: Pointer, key: str, value: Any) -> bytes | None:
    """Return the file written again with ruamel.yaml, or None where that can not be."""
    from ruamel.yaml import YAML  # noqa: PLC0415 -- slow to load, and needed for unusual layouts only
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    writer = YAML()
    writer.width = 1 << 20  # columns: no line is ever folded
    writer.preserve_quotes = True
    stream = io.BytesIO()
    try:
        content = writer.load(document.data)
        value_at(content, pointer)[key] = value
        writer.dump(content, stream)
    except (YAMLError, ValueError, TypeError, LookupError, AttributeError):
        return None
    return stream.getvalue()
