"""Takes what is needed out of a forge's JSON, value by value, and collects every problem with its place.

A value that is absent or of another type reads as a harmless stand-in of its type, so that the rest of the file can be
read too; whoever uses a reader raises the collected problems at the end and throws the stand-ins away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rampgate.errors import Problem
from rampgate.formats.documents import Document, Pointer
from rampgate.formats.json_text import MAX_JSON_BYTES, load_json
from rampgate.model.pull_request import ForgeAccount

MISSING: Final = object()
"""Stands for a key that is not there; null is a value."""

FIX: Final = "hand over the forge's answers verbatim, every page of them"

_SHA: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")


def load_answer(data: bytes, path: str, *, max_bytes: int = MAX_JSON_BYTES) -> Document:
    """Return what a forge said, as the document that the bytes hold. Raises InvalidInput as `load_json` does.

    Unlike in governed files, any character may stand in its texts: they are what strangers wrote in titles and
    comments, nobody reads them here, and no title may make a pull request impossible to judge. Columns count such
    characters as 6. max_bytes: the largest file that is read, before that.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return load_json(data, path)
    escaped = _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)
    return load_json(escaped.encode(), path, max_bytes=max_bytes)


class ForgeReader:
    """Collects every problem of one file while it is read."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def account(self, parent: dict[str, Any], key: str, here: Pointer) -> ForgeAccount | None:
        """Return the account under a key, None for null, which the forge writes for one that no longer exists."""
        # GitHub answers `{}` for an author whom it can not map, as well as null.
        if parent.get(key, MISSING) is None or (parent.get(key) == {} and here[0] == "commits"):
            return None
        user = parent.get(key, MISSING)
        if not isinstance(user, dict):
            self.absent_or_wrong(here, key, user, "an object, or null for nobody")
            return None
        return self.account_of(user, (*here, key))

    def account_of(self, user: dict[str, Any], place: Pointer) -> ForgeAccount:
        """Return the account that an object describes."""
        kind = user.get("type", "User")
        if not isinstance(kind, str):
            self.say((*place, "type"), "expected a text", kind)
        login = self.text(user, "login", place)
        if len(login) > 100 or not login.isprintable():
            self.say((*place, "login"), "this is no login", login)
        return ForgeAccount(self.number(user, "id", place), login, kind != "User")

    def check_once(self, given: Sequence[tuple[Pointer, Any]], what: str) -> None:
        """Say of every value that stands twice that it does."""
        seen: set[Any] = set()
        for pointer, value in given:
            if value and value in seen:
                self.say(pointer, f"{what} `{value}` is listed twice", value)
            seen.add(value)

    def items(self, parent: dict[str, Any], key: str, here: Pointer = ()) -> Iterator[tuple[int, Any]]:
        """Yield place and value of each entry of a list."""
        value = parent.get(key, MISSING)
        if isinstance(value, list):
            return iter(enumerate(value))
        self.absent_or_wrong(here, key, value, "a list")
        return iter(())

    def mapping(self, parent: dict[str, Any], key: str, here: Pointer) -> dict[str, Any]:
        """Return the object under a key."""
        value = parent.get(key, MISSING)
        if isinstance(value, dict):
            return value
        self.absent_or_wrong(here, key, value, "an object")
        return {}

    def as_mapping(self, value: Any, here: Pointer) -> dict[str, Any]:
        """Return a value that must be an object."""
        if isinstance(value, dict):
            return value
        self.say(here, "expected an object", value)
        return {}

    def number(self, parent: dict[str, Any], key: str, here: Pointer) -> int:
        """Return the whole number above 0 under a key."""
        value = parent.get(key, MISSING)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.absent_or_wrong(here, key, value, "a whole number above 0")
        return 0

    def text(self, parent: dict[str, Any], key: str, here: Pointer) -> str:
        """Return the text under a key."""
        value = parent.get(key, MISSING)
        if isinstance(value, str):
            return value
        self.absent_or_wrong(here, key, value, "a text")
        return ""

    def flag(self, parent: dict[str, Any], key: str, here: Pointer) -> bool:
        """Return the yes or no under a key that may be left out, which means no."""
        value = parent.get(key, False)
        if not isinstance(value, bool):
            self.absent_or_wrong(here, key, value, "true or false")
        return value is True

    def sha(self, parent: dict[str, Any], key: str, here: Pointer) -> str:
        """Return the full commit id under a key."""
        value = self.text(parent, key, here)
        if isinstance(parent.get(key), str) and not _SHA.fullmatch(value):
            self.say((*here, key), f"`{shown(value)}` is no full commit id", value)
        return value

    def absent_or_wrong(self, here: Pointer, key: str, value: Any, expected: str) -> None:
        """Say that a key is missing, or that its value is of another type than expected."""
        # Everything inside a part that is itself absent or wrong has been said already.
        if here and self._is_said(here):
            return
        if value is MISSING:
            self.say(here, f"`{key}` is missing", "", expected)
        else:
            self.say((*here, key), f"`{key}` must be {expected}", value, expected)

    def _is_said(self, here: Pointer) -> bool:
        value = self.document.value
        for part in here:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return True
        return not isinstance(value, dict)

    def say(self, pointer: Pointer, message: str, found: Any, expected: str = "", fix: str = FIX) -> None:
        """Add a problem at a place."""
        problem = self.document.problem(pointer, message, found=shown(found), expected=expected, fix=fix)
        self.problems.append(problem)


def shown(value: Any) -> str:
    """Return a value as it is told in a message, at most 80 characters of it."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
