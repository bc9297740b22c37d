"""What rampgate reads in YAML and JSON beyond their grammars: which characters, keys, numbers and sizes.

What is refused here is what two readers, or a reader and a reviewer's eye, could understand differently. Plain
scalars follow the YAML 1.2 core schema, where `no` and `on` are text; numbers with a fraction become `Decimal`.

>>> resolve_plain("on"), resolve_plain("0o14"), resolve_plain("1.10")
('on', 12, Decimal('1.10'))
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from rampgate.errors import InvalidInput, Problem

MAX_BYTES = 1 << 20  # of a YAML file
MAX_DEPTH = 64  # collections inside each other; the outermost counts 1
MAX_DIGITS = 300  # of a number, and the largest power of ten: beyond it, readers that use doubles see infinity
MAX_PROBLEMS = 50  # of one kind per file; a binary file would otherwise fill the screen

Scalar = str | bool | int | Decimal | None

# Every byte that may stand in ASCII text without a closer look; CR is looked at, because only CRLF is accepted.
_USUAL_BYTES = bytes([0x09, 0x0A, *range(0x20, 0x7F)])
_HIDDEN = re.compile(
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_BREAKS = {"\r", "\x85", "\u2028", "\u2029", "\x0b", "\x0c"}
_BIDI = {"\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}

# A plain scalar is text unless it is one of these words or starts like a number.
NUMBER_STARTS = frozenset("+-.0123456789")
WORDS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_DECIMAL_INT = re.compile(r"[-+]?[0-9]+", re.ASCII)
_OTHER_INT = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class RefusedScalar(ValueError):
    """A plain scalar means nothing, or not the same to every reader; `fix` says what to write instead."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def shortened(text: str, limit: int = 60) -> str:
    """Return the text for a message: on one line, visible, cut after `limit` characters."""
    shown = text if len(text) <= limit else text[: limit - 3] + "..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)


def resolve_plain(text: str) -> Scalar:
    """Return what an unquoted YAML scalar means by the 1.2 core schema; what is no null, bool or number is text.

    Raises RefusedScalar for `.nan` and `.inf`, a leading zero (`010` is 8 to some readers) and numbers of over 300
    digits or beyond 1e300. Source: YAML 1.2.2, section 10.3.2.
    """
    if text in WORDS:
        return WORDS[text]
    if text[0] not in NUMBER_STARTS:
        return text
    if _DECIMAL_INT.fullmatch(text):
        _refuse_leading_zero(text)
        return bounded_int(text)
    if _FLOAT.fullmatch(text):
        _refuse_leading_zero(text)
        return bounded_decimal(text)
    if _OTHER_INT.fullmatch(text):
        _refuse_long(text)
        return int(text, 0)
    if _NOT_FINITE.fullmatch(text):
        raise RefusedScalar(f"`{text}` is not a finite number", "write a number, or quote it if text is meant")
    return text


def bounded_int(text: str) -> int:
    """Return the integer; raises RefusedScalar if it has over 300 digits."""
    _refuse_long(text)
    return int(text)


def bounded_decimal(text: str) -> Decimal:
    """Return the number with exactly the digits written; raises RefusedScalar beyond 300 digits or powers of ten."""
    _refuse_long(text)
    _, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > MAX_DIGITS:
        raise RefusedScalar(
            f"the number `{shortened(text)}` is out of range", f"use powers of ten from -{MAX_DIGITS} to {MAX_DIGITS}"
        )
    return Decimal(text)


def is_clean_text(data: bytes) -> bool:
    """Return whether the bytes are plain ASCII text, in which no character can be hidden."""
    return not data.translate(None, _USUAL_BYTES)


def decoded(data: bytes, path: str) -> str:
    """Return the bytes as text; raises InvalidInput with the place of the first byte that is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        start_of_line = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[start_of_line : error.start].decode(errors="replace")) + 1
        message = f"byte 0x{data[error.start]:02X} is not UTF-8; save the file as UTF-8"
        raise InvalidInput([Problem(path, message, line, column)]) from error


def repeated_key_problem(path: str, key: str, first: tuple[int, int], again: tuple[int, int]) -> Problem:
    """Return the problem of a key that stands twice in one mapping; places are line and column from 1."""
    message = f"the key `{shortened(key)}` stands twice; the first is at line {first[0]}, column {first[1]}"
    return Problem(path, message, *again, fix="keep one of them")


def character_problems(text: str, path: str) -> list[Problem]:
    """Return a problem for each character that an eye or another reader would not see as it is."""
    problems = []
    for match in _HIDDEN.finditer(text):
        start = match.start()
        line = text.count("\n", 0, start) + 1
        column = start - text.rfind("\n", 0, start)
        problems.append(Problem(path, *_character_message(match.group(), start), line=line, column=column))
        if len(problems) == MAX_PROBLEMS:
            break
    return problems


def without_hidden(text: str) -> str:
    """Return the text with a space for each refused character, so that the rest can be looked at too."""
    return _HIDDEN.sub(" ", text.removeprefix("\ufeff"))


def hidden_in(text: str) -> str:
    """Return the first refused character of a text that came out of escapes, or an empty text."""
    if text.isprintable():  # printable excludes all control, format and separator characters but the space
        return ""
    match = _HIDDEN.search(text.replace("\r\n", "\n"))
    return match.group() if match else next((char for char in text if "\ud800" <= char <= "\udfff"), "")


def key_fault(key: str) -> str:
    """Return what is wrong with a key, or an empty text: it must be NFC and hold only visible characters."""
    if key.isascii() and key.isprintable():
        return ""
    for char in key:
        if not char.isprintable():
            return f"holds {character_name(char)}"
    return "" if unicodedata.is_normalized("NFC", key) else "is not in Unicode normal form NFC"


def character_name(char: str) -> str:
    """Return code point and Unicode name of a character."""
    name = unicodedata.name(char, "control character" if unicodedata.category(char) == "Cc" else "no character")
    return f"U+{ord(char):04X} ({name.lower()})"


def _character_message(char: str, start: int) -> tuple[str]:
    name = character_name(char)
    if char == "\ufeff" and start == 0:
        return ("the file starts with a byte order mark; save it as UTF-8 without BOM",)
    if char in _BREAKS:
        return (f"{name} breaks the line for some readers only; use a plain newline",)
    if char in _BIDI:
        return (f"{name} changes the order in which text is shown; remove it",)
    return (f"{name} cannot be seen; remove it, or write it as an escape in a quoted text",)


def _refuse_leading_zero(text: str) -> None:
    if _LEADING_ZERO.match(text):
        raise RefusedScalar(
            f"`{shortened(text)}` has a leading zero, which some readers take for octal",
            f'quote it: "{shortened(text)}"; or write the number without the zero',
        )


def _refuse_long(text: str) -> None:
    if len(text) > MAX_DIGITS:
        raise RefusedScalar(f"a number of over {MAX_DIGITS} digits", "quote it if text is meant")
