"""The loader accepts plain YAML 1.2 and says, with its place, everything that it refuses."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from rampgate.errors import InvalidInput
from rampgate.formats.yaml_text import load_yaml


def problems(data: bytes) -> list[tuple[str, int, int]]:
    with pytest.raises(InvalidInput) as caught:
        load_yaml(data, "card.yaml")
    return [(problem.message, problem.line, problem.column) for problem in caught.value.problems]


def value(text: str):
    return load_yaml(f"x: {text}\n".encode(), "card.yaml").value["x"]


MEANINGS = {
    "no is text": ("no", "no"),
    "on is text": ("on", "on"),
    "yes is text": ("Yes", "Yes"),
    "a date is text": ("2026-11-20", "2026-11-20"),
    "minutes and seconds are text": ("1:30", "1:30"),
    "an underscore makes text": ("1_000", "1_000"),
    "a tilde is null": ("~", None),
    "nothing is null": ("", None),
    "null in capitals is null": ("NULL", None),
    "true in capitals is true": ("TRUE", True),
    "mixed case is text": ("tRUE", "tRUE"),
    "quoted true is text": ('"true"', "true"),
    "a sign belongs to the number": ("+1", 1),
    "octal is written 0o": ("0o14", 12),
    "hexadecimal is written 0x": ("0x1F", 31),
    "zero is zero": ("0", 0),
    "minus zero is zero": ("-0", 0),
    "a version of three parts is text": ("2.0.0", "2.0.0"),
    "an exponent makes a decimal": ("1e3", Decimal("1E+3")),
    "a point may come first": (".5", Decimal("0.5")),
    "a sign before a letter makes text": ("-x", "-x"),
    "dots are text": ("...x", "...x"),
    "300 digits are a number": ("9" * 300, int("9" * 300)),
}


@pytest.mark.parametrize("sentence", MEANINGS)
def test_plain_scalars_follow_the_core_schema_of_yaml_12(sentence):
    text, expected = MEANINGS[sentence]
    found = value(text)
    assert (found, type(found)) == (expected, type(expected))


def test_a_decimal_keeps_the_digits_that_were_written():
    assert str(value("1.10")) == "1.10"
    assert str(value("0.800")) == "0.800"


REFUSED = {
    "D1 a repeated key, with the place of the first": (
        b"stage: pilot\ntier: low\nstage: full\n",
        [("the key `stage` stands twice; the first is at line 1, column 1", 3, 1)],
    ),
    "a repeated key inside a flow mapping": (
        b"a: {b: 1, b: 2}\n",
        [("the key `b` stands twice; the first is at line 1, column 5", 1, 11)],
    ),
    "D2 a line separator hidden in a comment": (
        "stage: pilot # by bob\u2028stage: full\n".encode(),
        [("U+2028 (line separator) breaks the line for some readers only; use a plain newline", 1, 22)],
    ),
    "D2 a next-line character": (
        "a: x\u0085b: y\n".encode(),
        [("U+0085 (control character) breaks the line for some readers only; use a plain newline", 1, 5)],
    ),
    "D2 a lone carriage return": (
        b"a: x # c\rb: y\n",
        [("U+000D (control character) breaks the line for some readers only; use a plain newline", 1, 9)],
    ),
    "a right-to-left override": (
        "a: x\u202ey\n".encode(),
        [("U+202E (right-to-left override) changes the order in which text is shown; remove it", 1, 5)],
    ),
    "a zero-width space": (
        "a: x\u200by\n".encode(),
        [("U+200B (zero width space) cannot be seen; remove it, or write it as an escape in a quoted text", 1, 5)],
    ),
    "a byte order mark": (
        b"\xef\xbb\xbfa: 1\n",
        [("the file starts with a byte order mark; save it as UTF-8 without BOM", 1, 1)],
    ),
    "a NUL": (
        b"a: \x00\n",
        [("U+0000 (control character) cannot be seen; remove it, or write it as an escape in a quoted text", 1, 4)],
    ),
    "D3 anchor, alias and merge key, all at once": (
        b"a: &x {b: 1}\nc: *x\n<<: {d: 1}\n",
        [
            ("anchor `&x`: anchors are not read", 1, 4),
            ("alias `*x`: aliases are not read", 2, 4),
            ("merge key `<<`: merge keys are not read", 3, 1),
        ],
    ),
    "D4 a tag": (
        b"a: !!python/object:os.system x\n",
        [("tag `tag:yaml.org,2002:python/object:os.system`: tags are not read", 1, 4)],
    ),
    "the non-specific tag": (b"a: ! x\n", [("tag `!`: tags are not read", 1, 4)]),
    "a tag on a list": (b"a: !!set [b]\n", [("tag `tag:yaml.org,2002:set`: tags are not read", 1, 4)]),
    "an anchor on a key": (b"&k a: 1\n", [("anchor `&k`: anchors are not read", 1, 1)]),
    "D5 a second document": (
        b"a: 1\n---\nb: 2\n",
        [("a second document starts here; one file holds one document", 2, 1)],
    ),
    "D5 a list as root": (b"- a\n", [("expected a mapping (`key: value`), found a list", 1, 1)]),
    "D5 a text as root": (b"# c\nhello\n", [("expected a mapping (`key: value`), found a single value", 2, 1)]),
    "D5 a number as a key": (b"1: a\n", [("the key `1` is not text", 1, 1)]),
    "D5 true as a key": (b"true: a\n", [("the key `true` is not text", 1, 1)]),
    "D5 null as a key": (b"~: a\n", [("the key `~` is not text", 1, 1)]),
    "a key that is missing": (b"?\n: a\n", [("the key `` is not text", 1, 2)]),
    "a list as a key": (b"? [a]\n: b\n", [("a key must be text, found a list, a mapping or an alias", 1, 3)]),
    "D6 a leading zero": (b"a: 010\n", [("`010` has a leading zero, which some readers take for octal", 1, 4)]),
    "D7 not a number": (b"a: .nan\nb: -.Inf\n", [("`.nan` is not a finite number", 1, 4), ("`-.Inf` is not a finite number", 2, 4)]),
    "D7 a number that doubles take for infinity": (b"a: 1e999\n", [("the number `1e999` is out of range", 1, 4)]),
    "D7 an exponent that would take all memory": (b"a: 1e999999999999\n", [("the number `1e999999999999` is out of range", 1, 4)]),
    "D9 an integer of 5,000 digits": (b"a: " + b"9" * 5000, [("a number of over 300 digits", 1, 4)]),
    "D9 100,000 brackets": (b"a: " + b"[" * 100_000, [("nested over 64 levels deep", 1, 67)]),
    "block nesting on one line": (b"a:\n " + b"- " * 1000, [("nested over 64 levels deep", 2, 128)]),
    "bytes that are not UTF-8": ("a: ä\nb: é".encode() + b"\xff", [("byte 0xFF is not UTF-8; save the file as UTF-8", 2, 5)]),
    "UTF-16": ("a: 1\n".encode("utf-16"), [("byte 0xFF is not UTF-8; save the file as UTF-8", 1, 1)]),
    "a key that is not in normal form": ("e\u0301: 1\n".encode(), [("the key `e\u0301` is not in Unicode normal form NFC", 1, 1)]),
    "a control character written as an escape": (
        b'a: "x\\u202ey"\n',
        [("the text holds U+202E (right-to-left override), written as an escape", 1, 4)],
    ),
    "a key with an escape in it": (b'"a\\tb": 1\n', [("the key `a\\tb` holds U+0009 (control character)", 1, 1)]),
    "a directive": (b"%YAML 1.1\n---\na: 1\n", [("directives (`%YAML`, `%TAG`) are not read", 1, 1)]),
    "an empty file": (b"", [("the file is empty; expected a mapping (`key: value`)", 1, 1)]),
    "comments only": (b"# nothing\n", [("the file is empty; expected a mapping (`key: value`)", 1, 1)]),
    "over 1 MiB": (b"#" * (1 << 20) + b"\n", [("the file has 1,048,577 bytes; at most 1,048,576 are read", 1, 1)]),
    "a tab as indentation": (
        b"a:\n\tb: 1\n",
        [("not valid YAML: found character that cannot start any token while scanning for the next token", 2, 1)],
    ),
    "hidden characters do not hide other problems": (
        b"a: 1\rx\na: &b 2\n",
        [
            ("U+000D (control character) breaks the line for some readers only; use a plain newline", 1, 5),
            ("the key `a` stands twice; the first is at line 1, column 1", 2, 1),
            ("anchor `&b`: anchors are not read", 2, 4),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_readers_could_take_differently_is_refused_at_its_place(sentence):
    data, expected = REFUSED[sentence]
    assert problems(data) == expected


def test_64_levels_are_read_and_65_are_not():
    levels = 63  # lists below the mapping
    assert load_yaml(b"a: " + b"[" * levels + b"]" * levels, "c.yaml").value["a"] is not None
    assert problems(b"a: " + b"[" * (levels + 1) + b"]" * (levels + 1)) == [("nested over 64 levels deep", 1, 67)]


def test_windows_line_ends_and_tabs_before_comments_are_accepted():
    assert load_yaml(b"a: 1\t# c\r\nb: |\r\n  x\r\n  y\r\n", "c.yaml").value == {"a": 1, "b": "x\ny\n"}


@pytest.mark.parametrize(
    "unit",
    [
        b"[",
        b"{",
        b"- ",
        b"? ",
        b"[a,",
        b"a: {",
        b"&a ",
        b"*a ,",
        b"%a\n",
        b"---\n",
        b"'",
        b'"\\',
        b": ",
        b"\x01",
        b"\xff",
        b"{a,",
        b"!<",
    ],
)
def test_a_mebibyte_of_one_token_ends_soon(unit):
    """Time and memory stay bounded whatever the file repeats; the bound here is generous for slow machines."""
    started = time.perf_counter()
    with pytest.raises(InvalidInput) as caught:
        load_yaml(unit * ((1 << 20) // len(unit)), "c.yaml")
    assert time.perf_counter() - started < 20
    assert len(caught.value.problems) <= 151


def test_positions_of_keys_and_values_are_those_of_an_editor():
    document = load_yaml("a: 1\nbé:\n  - x\n  - {c: 'é', d: [1, 2]}\ne:\n  f: |\n    text\n".encode(), "c.yaml")
    places = {
        ("a",): ((1, 1), (1, 4)),
        ("bé",): ((2, 1), (3, 3)),
        ("bé", 0): ((3, 5), (3, 5)),
        ("bé", 1): ((4, 5), (4, 5)),
        ("bé", 1, "d"): ((4, 14), (4, 17)),
        ("bé", 1, "d", 1): ((4, 21), (4, 21)),
        ("e", "f"): ((6, 3), (6, 6)),
        (): ((1, 1), (1, 1)),
    }
    assert {pointer: (document.locate_key(pointer), document.locate(pointer)) for pointer in places} == places
    assert document.locate(("e", "missing", 3)) == (6, 3)
    problem = document.problem(("e", "f"), "too long", fix="cut it", at_key=True)
    assert (str(problem), problem.fix) == ("c.yaml:6:3: too long", "cut it")
