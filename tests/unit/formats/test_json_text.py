"""The JSON reader refuses what the standard library lets through, at its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rampgate.errors import InvalidInput
from rampgate.formats.json_text import load_json

REFUSED = {
    "D1 repeated keys, all of them": (
        b'{"a": 1,\n "a": 2, "b": {"x": 1, "x": 2}}',
        [
            ("the key `a` stands twice; the first is at line 1, column 2", 2, 2),
            ("the key `x` stands twice; the first is at line 2, column 16", 2, 24),
        ],
    ),
    "D1 a key repeated under an escape": (
        b'{"a": 1, "\\u0061": 2}',
        [("the key `a` stands twice; the first is at line 1, column 2", 1, 10)],
    ),
    "D7 numbers that are not finite": (
        b'{"a": NaN, "b": [-Infinity], "c": 1e999}',
        [
            ("`NaN` is not a finite number", 1, 7),
            ("`-Infinity` is not a finite number", 1, 18),
            ("the number `1e999` is out of range", 1, 35),
        ],
    ),
    "D9 a number of 5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", [("a number of over 300 digits", 1, 7)]),
    "D9 100,000 brackets": (b"[" * 100_000, [("nested over 64 levels deep", 1, 65)]),
    "65 levels": (b'{"a":' * 65 + b"1" + b"}" * 65, [("nested over 64 levels deep", 1, 321)]),
    "a list as root": (b"[1]", [("expected an object, found a list", 1, 1)]),
    "a text as root": (b'"x"', [("expected an object, found a single value", 1, 1)]),
    "text behind the end": (b'{"a": 1} x', [("not valid JSON: extra data", 1, 10)]),
    "an empty file": (b"  ", [("the file is empty; expected an object", 1, 3)]),
    "a byte order mark": (b"\xef\xbb\xbf{}", [("the file starts with a byte order mark; save it as UTF-8 without BOM", 1, 1)]),
    "a bidi control as an escape in a key": (b'{"\\u202e": 1}', [("the key `\\u202e` holds U+202E (right-to-left override)", 1, 2)]),
    "half a character": (b'{"b": "\\ud800"}', [("the text holds half a character (a lone surrogate escape)", 1, 7)]),
    "a zero-width space": ('{"a": "x\u200b"}'.encode(), [("U+200B (zero width space) cannot be seen; remove it, or write it as an escape in a quoted text", 1, 9)]),
    "not UTF-8": (b'{"a": "\xff"}', [("byte 0xFF is not UTF-8; save the file as UTF-8", 1, 8)]),
    "a line break in a text": (b'{"a": "x\ny"}', [("not valid JSON: invalid control character at", 1, 9)]),
    "a leading zero": (b'{"a": 01}', [("not valid JSON: expecting ',' delimiter", 1, 8)]),
    "a comma too many": (b'{"a": 1,}', [("not valid JSON: expecting property name enclosed in double quotes", 1, 9)]),
}  # fmt: skip


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_readers_could_take_differently_is_refused_at_its_place(sentence):
    data, expected = REFUSED[sentence]
    with pytest.raises(InvalidInput) as caught:
        load_json(data, "evidence.json")
    assert [(problem.message, problem.line, problem.column) for problem in caught.value.problems] == expected


def test_whole_numbers_stay_whole_and_fractions_keep_their_digits():
    value = load_json(b'{"n": 120, "rate": 0.50, "big": 123456789012345678901234567890, "e": 1e2}', "e.json").value
    assert value == {"n": 120, "rate": Decimal("0.50"), "big": 123456789012345678901234567890, "e": Decimal(100)}
    assert str(value["rate"]) == "0.50"
    assert type(value["n"]) is int


def test_a_file_over_the_given_size_is_refused():
    assert load_json(b"{}", "e.json", max_bytes=2).value == {}
    with pytest.raises(InvalidInput, match="the file has 3 bytes; at most 2 are read"):
        load_json(b"{ }", "e.json", max_bytes=2)


def test_positions_of_keys_and_values_are_those_of_an_editor():
    document = load_json(b'{\n  "a": [1, {"b": null}],\n  "c": "x:y,{}"\n}', "e.json")
    assert document.locate(("a", 1, "b")) == (2, 18)
    assert document.locate_key(("a", 1, "b")) == (2, 13)
    assert document.locate(("a", 0)) == (2, 9)
    assert document.locate(("c",)) == (3, 8)
    assert document.locate_key(("c",)) == (3, 3)
    assert document.locate(("c", "deeper")) == (3, 8)
