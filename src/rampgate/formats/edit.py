r"""Changes one value of a YAML file, or adds one item, and leaves every other byte as it was.

The change is cut into the text at the value's place. The result is read again, and is returned only if it differs
from what was read before in exactly that value; so a layout that is not understood ends in an error, never in a
wrong file.

>>> set_scalar(b"stage : 'pilot'  # was draft\n", "card.yaml", ("stage",), "canary")
b"stage : 'canary'  # was draft\n"
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from rampgate.errors import InvalidInput
from rampgate.formats.documents import Document, Pointer, Span
from rampgate.formats.yaml_text import load_yaml
from rampgate.formats.yaml_write import block_item, dump_yaml, flow_text, quoted_as, structural_append

__all__ = ["dump_yaml", "insert_item", "set_scalar"]

ABSENT: Final = object()


def set_scalar(data: bytes, path: str, pointer: Pointer, new_text: str) -> bytes:
    """Return the file with the scalar at the pointer set to the text; its quotes stay, and every other byte.

    Raises InvalidInput if the file is not accepted by `load_yaml`, holds no scalar there, or if the change cannot be
    made to that value alone.
    """
    document = load_yaml(data, path)
    span = document.spans.get(tuple(pointer))
    old = value_at(document.value, pointer)
    if span is None or isinstance(old, (dict, list)):
        raise InvalidInput([document.problem(pointer, f"no single value at `{dotted(pointer)}` that could be set")])
    if old == new_text and type(old) is str:
        return data
    text = data.decode()
    start, end, written = _replacement(document, text, span, pointer, new_text)
    changed = (text[:start] + written + text[end:]).encode()
    expected = copy.deepcopy(document.value)
    value_at(expected, pointer[:-1])[pointer[-1]] = new_text
    if not reads_as(changed, path, expected):
        raise InvalidInput([document.problem(pointer, f"`{dotted(pointer)}` cannot be set alone; edit it by hand")])
    return changed


def insert_item(data: bytes, path: str, pointer_of_sequence: Pointer, item: Mapping[str, Any]) -> bytes:
    """Return the file with the item at the end of the list, which is made if it is not there; other bytes stay.

    pointer_of_sequence: a list, or an absent or empty key of a mapping. item: plain values, by key.
    Where the text cannot simply be added to, the file is written again with its comments, and may change its layout.
    Raises InvalidInput if the file is not accepted by `load_yaml`, or if the result would not be the list and the item.
    """
    document = load_yaml(data, path)
    pointer = tuple(pointer_of_sequence)
    old = value_at(document.value, pointer)
    parent = value_at(document.value, pointer[:-1])
    if not pointer or not isinstance(parent, dict) or not (old is ABSENT or old is None or isinstance(old, list)):
        raise InvalidInput([document.problem(pointer, f"`{dotted(pointer)}` is no list that an item could join")])
    expected = copy.deepcopy(document.value)
    items = [*(old if isinstance(old, list) else []), copy.deepcopy(dict(item))]
    value_at(expected, pointer[:-1])[pointer[-1]] = items
    for attempt in (_spliced, structural_append):
        changed = attempt(document, pointer, item)
        if changed is not None and reads_as(changed, path, expected):
            return changed
    raise InvalidInput([document.problem(pointer, f"no item can be added to `{dotted(pointer)}`; add it by hand")])


def _replacement(document: Document, text: str, span: Span, pointer: Pointer, new_text: str) -> tuple[int, int, str]:
    """Return from where to where to cut, and what to put there."""
    if span.style in {"|", ">"}:
        content = str(value_at(document.value, pointer)).strip()
        start = text.find(content, span.start, span.end)
        if not content or start < 0 or "\n" in new_text:
            message = f"`{dotted(pointer)}` is a text block of several lines; edit it by hand"
            raise InvalidInput([document.problem(pointer, message)])
        return start, start + len(content), new_text
    written = quoted_as(span.style, new_text)
    if span.start == span.end:  # the key stands there without a value
        written = written if text[span.start - 1 : span.start].isspace() else f" {written}"
    return span.start, span.end, written


def _spliced(document: Document, pointer: Pointer, item: Mapping[str, Any]) -> bytes | None:
    """Return the file with the item added to its text, or None where the layout offers no place for it."""
    text = document.data.decode()
    newline = "\r\n" if "\r\n" in text else "\n"
    span = document.spans.get(pointer)
    count = len(value_at(document.value, pointer) or []) if span else 0
    if span is None:
        if len(pointer) != 1 or document.spans[()].style:
            return None
        lead = "" if text.endswith("\n") else newline
        return (text + lead + _keyed_block(pointer[0], item, newline)).encode()
    last = document.spans.get((*pointer, count - 1)) if count else None
    if last is None or span.style == "[":
        return _into_flow(text, span, last, item)
    return _into_block(document, text, pointer, count - 1, item, newline)


def _keyed_block(key: str | int, item: Mapping[str, Any], newline: str) -> str:
    return f"{quoted_as('', str(key))}:{newline}{block_item(item, 2, newline)}{newline}"


def _into_flow(text: str, span: Span, last: Span | None, item: Mapping[str, Any]) -> bytes:
    if last:
        return (text[: last.end] + ", " + flow_text(item) + text[last.end :]).encode()
    lead = " " if span.start == span.end and not text[span.start - 1 : span.start].isspace() else ""
    return (text[: span.start] + lead + "[" + flow_text(item) + "]" + text[span.end :]).encode()


def _into_block(
    document: Document, text: str, pointer: Pointer, last: int, item: Mapping[str, Any], newline: str
) -> bytes:
    here = (*pointer, last)
    dash = text.rfind("-", 0, document.spans[here].start)
    indent = dash - (text.rfind("\n", 0, dash) + 1)
    end = end_of(document, here)
    if text[end - 1 : end] == "\n":  # a text block ends behind its last line
        return (text[:end] + block_item(item, indent, newline) + newline + text[end:]).encode()
    line_end = text.find("\n", end)
    if line_end < 0:
        return (text + newline + block_item(item, indent, newline)).encode()
    return (text[: line_end + 1] + block_item(item, indent, newline) + newline + text[line_end + 1 :]).encode()


def end_of(document: Document, pointer: Pointer) -> int:
    """Return where the text of a value in block style ends: behind the last scalar or flow collection in it."""
    return max(
        span.end
        for place, span in document.spans.items()
        if place[: len(pointer)] == pointer
        and (span.style or not isinstance(value_at(document.value, place), (dict, list)))
    )


def reads_as(data: bytes, path: str, expected: Any) -> bool:
    """Return whether a file is read as exactly this value."""
    try:
        return _same(load_yaml(data, path).value, expected)
    except InvalidInput:
        return False


def _same(left: Any, right: Any) -> bool:
    """Return whether two values are equal in type and content; Python takes 1, True and Decimal(1) for equal."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


def value_at(value: Any, pointer: Pointer) -> Any:
    """Return what stands at a pointer, `ABSENT` where nothing does."""
    for step in pointer:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return value


def dotted(pointer: Pointer) -> str:
    """Return a pointer in words, such as `signers.0.to`."""
    return ".".join(map(str, pointer))
