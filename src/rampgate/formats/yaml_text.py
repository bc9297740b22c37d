r"""Reads YAML, strictly, into plain values: the one way by which a card, policy or waiver comes in.

libyaml's events come through PyYAML; what they mean is decided here (YAML 1.2 core schema), because PyYAML's own
loaders read YAML 1.1, keep the last of two equal keys, and overflow the stack on deep nesting. Events are taken one
by one and reading stops at the depth limit, so the parser never holds more than the limit.

>>> load_yaml(b"model: credit-risk\nversion: '2.0.0'\n", "card.yaml").value
{'model': 'credit-risk', 'version': '2.0.0'}
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from rampgate.errors import InvalidInput, Problem
from rampgate.formats import dialect
from rampgate.formats.dialect import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_PROBLEMS,
    NUMBER_STARTS,
    WORDS,
    RefusedScalar,
    resolve_plain,
    shortened,
)
from rampgate.formats.documents import Document
from rampgate.formats.yaml_positions import repeated_keys, yaml_spans

_SHORT = 32  # characters: cards repeat their short numbers, and what is kept in memory stays small
_short_resolved = lru_cache(maxsize=4096)(resolve_plain)
_FIXES = {
    "mapping values are not allowed": "quote the text if its `: ` belongs to it, or check the indentation",
    "could not find expected ':'": "write `key: value`, and check the indentation",
    "did not find expected key": "check the indentation and the quotes of this line and of the one before",
    "did not find expected '-' indicator": "indent the items of one list alike",
    "did not find expected ',' or": "close the bracket, or put a comma between the items",
    "unexpected end of stream": "close the quote",
    "unknown escape character": "use single quotes, or double the backslash",
    "cannot start any token": "quote the text, and indent with spaces only",
}


class _TooDeep(Exception):
    """Reading stops here: the next level would be one too many."""


def load_yaml(data: bytes, path: str) -> Document:
    """Return the document that the bytes hold: one mapping of plain values, numbers with a fraction as Decimal.

    path: what problems are placed at. Unquoted digits with a fraction keep the digits written: `1.10` prints 1.10.
    Raises InvalidInput, and nothing else, with every problem that can be found: encoding, hidden characters, YAML
    errors, repeated or non-text keys, anchors, aliases, tags, merge keys, directives, a second document, numbers
    that are not finite or not plain, over 64 levels or 1 MiB, an empty file, or a root that is no mapping.
    """
    try:
        return _load(data, path)
    except InvalidInput:
        raise
    except Exception as error:
        # The boundary: whatever else a parser raises is a fault of the file, and never a crash or a pass.
        message = f"cannot be read as YAML ({type(error).__name__}: {shortened(str(error))})"
        raise InvalidInput([Problem(path, message, 1, 1)]) from error


def _load(data: bytes, path: str) -> Document:
    problems: list[Problem] = []
    readable = data
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read"
        raise InvalidInput([Problem(path, message, 1, 1, fix="keep large content in a file of its own")])
    if not dialect.is_clean_text(data):
        text = dialect.decoded(data, path)
        problems += dialect.character_problems(text, path)
        if problems:
            readable = dialect.without_hidden(text).encode()
    reader = _Reader(path, b"\\" in data)
    value = reader.read(readable, syntax_counts=not problems)
    problems += reader.problems
    if reader.has_repeated_keys:
        problems += [dialect.repeated_key_problem(path, *found) for found in repeated_keys(readable)[:MAX_PROBLEMS]]
    if not problems and not isinstance(value, dict):
        problems.append(_no_mapping(path, value, reader.root))
    if problems:
        raise InvalidInput(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return Document(path, data, value, yaml_spans)


def _no_mapping(path: str, value: Any, root: Any) -> Problem:
    if root is None or (value is None and isinstance(root, ScalarEvent) and not root.value):
        return Problem(path, "the file is empty; expected a mapping (`key: value`)", 1, 1, expected="a mapping")
    found = "a list" if isinstance(value, list) else "a single value"
    mark = root.start_mark
    return Problem(
        path,
        f"expected a mapping (`key: value`), found {found}",
        mark.line + 1,
        mark.column + 1,
        found=found,
        expected="a mapping",
    )


class _Reader:
    """Builds the value from events and collects what the dialect refuses, without stopping at the first fault."""

    def __init__(self, path: str, has_escapes: bool) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.has_repeated_keys = False
        self.root: Any = None
        self._has_escapes = has_escapes
        self._next: Callable[[], Any]
        self._depth = 0

    def read(self, data: bytes, *, syntax_counts: bool) -> Any:
        """Return the first document's value; syntax_counts: whether a YAML error is a problem of its own."""
        value = None
        try:
            self._next = CParser(data).get_event
            self._next()  # the start of the stream
            event = self._next()
            if type(event) is DocumentStartEvent:
                self._refuse_directives(event)
                self.root = self._next()
                value = self._value(self.root)
                self._next()  # the end of the document
                event = self._next()
                if type(event) is DocumentStartEvent:
                    message = "a second document starts here; one file holds one document"
                    self._refuse(event, message, "split the file, or remove what does not belong here")
        except MarkedYAMLError as error:
            if syntax_counts:
                self.problems.append(_syntax_problem(self.path, error))
        except _TooDeep:
            pass  # the problem is on the list already
        return value

    def _value(self, event: Any) -> Any:
        kind = type(event)
        if kind is AliasEvent:
            self._refuse(event, f"alias `*{shortened(event.anchor)}`: aliases are not read", "repeat the content")
            return None
        if event.anchor or event.tag:
            self._refuse_properties(event)
        if kind is ScalarEvent:
            text = event.value
            if event.style:
                if self._has_escapes:
                    self._check_escapes(event, text)
            elif text in WORDS:
                return WORDS[text]
            elif text[0] in NUMBER_STARTS:
                return self._resolved(event, text)
            return text
        if self._depth == MAX_DEPTH:
            self._refuse(event, f"nested over {MAX_DEPTH} levels deep")
            raise _TooDeep
        self._depth += 1
        value = self._mapping() if kind is MappingStartEvent else self._sequence()
        self._depth -= 1
        return value

    def _sequence(self) -> list[Any]:
        items: list[Any] = []
        while type(event := self._next()) is not SequenceEndEvent:
            items.append(self._value(event))
        return items

    def _mapping(self) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        get_event, get_value = self._next, self._value
        while type(event := get_event()) is not MappingEndEvent:
            if type(event) is ScalarEvent:
                key = event.value
                # A plain word needs no closer look; all other keys, and words such as `null`, do.
                if not (key.isascii() and key.isidentifier()) or key in WORDS or event.anchor or event.tag:
                    self._check_key(event, key)
                if key in pairs:
                    self.has_repeated_keys = True
            else:
                self._refuse(event, "a key must be text, found a list, a mapping or an alias")
                get_value(event)
                key = ""
            pairs[key] = get_value(get_event())
        return pairs

    def _refuse(self, event: Any, message: str, fix: str = "") -> None:
        mark = event.start_mark
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(self.path, message, mark.line + 1, mark.column + 1, fix=fix))

    def _refuse_directives(self, event: Any) -> None:
        if event.version or event.tags:
            self._refuse(event, "directives (`%YAML`, `%TAG`) are not read", "remove the line")

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor:
            self._refuse(event, f"anchor `&{shortened(event.anchor)}`: anchors are not read", "remove it")
        if event.tag:
            self._refuse(event, f"tag `{shortened(event.tag)}`: tags are not read", "remove it, and quote what is text")

    def _check_key(self, event: Any, key: str) -> None:
        if event.anchor or event.tag:
            self._refuse_properties(event)
        if not event.style and not isinstance(self._resolved(event, key), str):
            self._refuse(event, f"the key `{shortened(key)}` is not text", f'quote it: "{shortened(key)}"')
        elif key == "<<" and not event.style:
            self._refuse(event, "merge key `<<`: merge keys are not read", "repeat the content")
        elif fault := dialect.key_fault(key):
            self._refuse(event, f"the key `{shortened(key)}` {fault}")

    def _check_escapes(self, event: Any, value: str) -> None:
        if event.style == '"' and (char := dialect.hidden_in(value)):
            self._refuse(event, f"the text holds {dialect.character_name(char)}, written as an escape", "remove it")

    def _resolved(self, event: Any, text: str) -> Any:
        try:
            return _short_resolved(text) if len(text) < _SHORT else resolve_plain(text)
        except RefusedScalar as error:
            self._refuse(event, str(error), error.fix)
            return text


def _syntax_problem(path: str, error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    words = str(error.problem or error.context or "not YAML").lower()
    message = f"not valid YAML: {words} {error.context or ''}".strip()
    fix = next((text for sign, text in _FIXES.items() if sign in words), "")
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(path, message, line, column, fix=fix)
